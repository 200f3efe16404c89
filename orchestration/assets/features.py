"""Layer features: what was known of each person at each decision, the same code for learning and for scoring.

Belongs here: reading marts, keeping the frames, the features gate. Does not: what a feature is (ml/features).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import dagster as dg
import polars as pl

from expectations.registry import suite
from expectations.result import GateResult
from expectations.runner import GateContext, validate
from expectations.summaries.features import FeatureSet, feature_frames
from ml.features.build import REQUIRED_MARTS, scoring_frame
from ml.features.dictionary import FEATURE_NAMES, FORBIDDEN_COLUMNS
from ml.features.training import training_frame
from orchestration.assets.warehouse import KEYS as MART_KEYS
from orchestration.gates import gate_checks
from orchestration.progress import announce
from orchestration.session import RunSession
from orchestration.training import begin

GROUP = "features"
TRAINING, PLACEBO, SCORING = "training", "placebo", "scoring"
KEYS = {name: dg.AssetKey([GROUP, name]) for name in (TRAINING, PLACEBO, SCORING)}
DESCRIPTIONS = {
    TRAINING: "One row per campaign and person in an arm, as known at the start, with what came of it.",
    PLACEBO: "The same people as known before the window that precedes the campaign, for placebo tests.",
    SCORING: "One row per person who may be scored, as known at the end of as_of.",
}


def scoring_campaign(campaigns: pl.DataFrame) -> str | None:
    """The campaign whose products affinity is scored for: the one that started last; None: there is none."""
    newest = campaigns.sort("starts_on", "campaign_id").tail(1)
    return None if newest.is_empty() else str(newest["campaign_id"][0])


def build_frames(session: RunSession) -> dict[str, pl.DataFrame]:
    """The three feature frames of a run."""
    brand = session.settings.brand
    marts = session.marts(dict.fromkeys((*REQUIRED_MARTS, "dim_campaigns"), ()))
    started = marts["dim_campaigns"].filter(pl.col("starts_on") <= session.as_of)
    return {
        TRAINING: training_frame(marts, brand.timezone, brand.currency),
        PLACEBO: training_frame(marts, brand.timezone, brand.currency, moment="before_window"),
        SCORING: scoring_frame(
            marts,
            session.as_of,
            brand.timezone,
            brand.currency,
            campaign_id=scoring_campaign(started),
            basis=session.settings.scoring_basis,
        ),
    }


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """The feature frames, in the generation's folder and in the warehouse."""

    @dg.multi_asset(
        name="build_features",
        specs=[
            dg.AssetSpec(
                key, group_name=GROUP, deps=list(MART_KEYS.values()), description=DESCRIPTIONS[name], kinds={"polars"}
            )
            for name, key in KEYS.items()
        ],
        partitions_def=partitions,
    )
    def build(session: dg.ResourceParam[RunSession]) -> Iterator[dg.MaterializeResult[None]]:
        with announce("features") as step:
            frames = build_frames(session)
            session.build.features.mkdir()
            for name, frame in frames.items():
                frame.write_parquet(session.build.features / f"{name}.parquet")
                session.keep(GROUP, name, frame)
            step.rows = sum(frame.height for frame in frames.values())
            begin(session, frames[TRAINING], frames[SCORING])
        for name, key in KEYS.items():
            frame = frames[name]
            known = frame.select(pl.col(FEATURE_NAMES).is_not_null().mean()).mean_horizontal()
            yield dg.MaterializeResult(
                asset_key=key,
                metadata={
                    "dagster/row_count": frame.height,
                    "coverage (share known)": float(known[0]) if frame.height else None,
                    "bytes": (session.build.features / f"{name}.parquet").stat().st_size,
                },
            )

    return [build]


def check(session: RunSession) -> GateResult:
    """The features gate on this run's frames."""
    training, scoring = session.tables[TRAINING], session.tables[SCORING]
    is_drawn = (training["design"] == "randomised") & (training["arm"] != "comparison")
    labels = {
        # Chance decides the arm: a feature that tells it became known afterwards. Chosen people rightly differ.
        "treatment": training.select(pl.when(is_drawn).then(pl.col("treatment").cast(pl.Float64)))
        .to_series()
        .fill_null(math.nan)
        .to_list(),
        "first_purchase": training["first_purchase"].cast(pl.Float64).fill_null(float("nan")).to_list(),
        "net_spend": (training["net_spend_after_minor"] > 0).cast(pl.Float64).fill_null(float("nan")).to_list(),
    }
    amounts = {"net_spend": training["net_spend_after_minor"].cast(pl.Float64).fill_null(math.nan).to_list()}
    sets = {
        name: FeatureSet(frame.to_pandas(), key, FEATURE_NAMES, FORBIDDEN_COLUMNS, set_labels, set_amounts)
        for name, frame, key, set_labels, set_amounts in (
            (TRAINING, training, ("campaign_id", "consumer_key"), labels, amounts),
            (SCORING, scoring, ("consumer_key",), {}, {}),
        )
        if frame.height
    }
    present = {"decisions"} if sets else set()
    past = session.past_figures(GROUP)
    scored_before = {"scored_before"} if past else set()
    context = GateContext(session.streams_with_rows | present | scored_before, past)
    return validate(suite(GROUP), feature_frames(sets, past), context)


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """gate_features on every frame."""
    return [gate_checks(GROUP, list(KEYS.values()), check)]
