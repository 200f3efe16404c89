"""Layer models: train, judge on held-out people, promote or refuse by the written rule.

Belongs here: which models a run trains, and what is said where one cannot be. Does not: learners and the rule (ml/),
where models are kept (model_store.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import dagster as dg
import polars as pl

from ml.errors import NothingToLearnError
from ml.evaluate.quality import QUALITY_SCHEMA, figures_only, labelled
from ml.measurement.design_checks import DesignCheck, tables
from ml.train import UpliftOutcome, train_uplift
from ml.train_ambassador import train_ambassador
from orchestration.assets.features import KEYS as FEATURE_KEYS
from orchestration.assets.features import SCORING, TRAINING
from orchestration.drift import people_reference
from orchestration.model_store import InUse, candidate_in_use, champion, champion_in_use
from orchestration.progress import announce
from orchestration.session import RunSession

GROUP = "models"
AMBASSADOR = "ambassador"
OUTCOMES: tuple[UpliftOutcome, ...] = get_args(UpliftOutcome)
UPLIFT = {f"uplift_{outcome}": outcome for outcome in OUTCOMES}
KEYS = {name: dg.AssetKey([GROUP, name]) for name in (*UPLIFT, AMBASSADOR)}
# LightGBM works outside Python's lock with one thread a model: two models at a time use two cores, and which two
# changes no byte of any.
AT_ONCE = 2
# How alike the people compared were: tables of ml/measurement/design_checks.py under this prefix, for the measurements.
CHECKED = "models."
# How good every model trained by this run is, promoted or refused: for the monitoring and the scores gate.
QUALITY = "models.quality"


def without(frame: pl.DataFrame, never_use: Sequence[str]) -> pl.DataFrame:
    """The frame with features that the brand forbids unknown for everybody: no model can learn from them."""
    return frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in never_use)


def train(session: RunSession, name: str) -> tuple[InUse, DesignCheck | None, pl.DataFrame | None]:
    """Train one model, or say why it cannot be.

    Returns:
        What is in use afterwards, the check of who was compared, how good the model is; None where there is none.
    """
    frame, people = (without(session.tables[each], session.settings.models.never_use) for each in (TRAINING, SCORING))
    seed = session.settings.seed
    try:
        if name == AMBASSADOR:
            ambassador = train_ambassador(frame, seed=seed, as_of=session.as_of, today=people)
            card = dict(ambassador.card) | {"people": people_reference(session.tables[SCORING])}
            in_use = candidate_in_use(session, name, ambassador.model.boosters, card, ambassador.decision)
            quality = labelled(figures_only(ambassador.table), name, card["outcome"], ambassador.decision.is_promoted)
            return in_use, None, quality
        uplift = train_uplift(frame, UPLIFT[name], seed=seed, as_of=session.as_of, champion=champion(session, name))
        card = dict(uplift.card) | {"people": people_reference(session.tables[SCORING])}
        in_use = candidate_in_use(session, name, uplift.model.boosters, card, uplift.decision)
        return in_use, uplift.design_check, uplift.quality
    except NothingToLearnError as error:
        return champion_in_use(session, name, str(error), "absent"), None, None


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """One asset a model."""

    @dg.multi_asset(
        name="train_models",
        specs=[
            dg.AssetSpec(
                key,
                group_name=GROUP,
                deps=[FEATURE_KEYS[TRAINING], FEATURE_KEYS[SCORING]],
                description="Expected value through others." if name == AMBASSADOR else f"Effect of contact: {name}.",
                kinds={"lightgbm"},
            )
            for name, key in KEYS.items()
        ],
        partitions_def=partitions,
    )
    def train_models(session: dg.ResourceParam[RunSession]) -> Iterator[dg.MaterializeResult[None]]:
        checks, qualities = [], [pl.DataFrame(schema=QUALITY_SCHEMA)]
        pool = ThreadPoolExecutor(AT_ONCE)
        under_way = {name: pool.submit(train, session, name) for name in KEYS}
        pool.shutdown(wait=False)
        for name, key in KEYS.items():
            with announce(f"model {name}") as step:
                in_use, check, quality = under_way[name].result()
                checks += [] if check is None else [check]
                qualities += [] if quality is None else [quality]
                session.in_use[name] = in_use.stored
                session.models[name] = in_use.outcome
                step.rows = None if in_use.stored is None else int(in_use.stored.card["rows"])
                step.note = f"{in_use.outcome.status}: {in_use.outcome.reason}"
            yield dg.MaterializeResult(
                asset_key=key,
                metadata={"status": in_use.outcome.status, "reason": in_use.outcome.reason}
                | ({} if in_use.stored is None else {"evaluation": evaluation(in_use.stored.card["evaluation"])}),
            )
        session.tables |= {f"{CHECKED}{name}": table for name, table in tables(checks).items()}
        session.tables[QUALITY] = pl.concat(qualities)

    return [train_models]


def evaluation(rows: list[dict[str, object]]) -> dg.MarkdownMetadataValue:
    """The held-out table of a model card as Markdown, for the UI."""
    with pl.Config(tbl_formatting="MARKDOWN", tbl_rows=-1, tbl_cols=-1, tbl_hide_column_data_types=True):
        return dg.MetadataValue.md(str(pl.DataFrame(rows)))


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None: a refusal is an answer, and the scores gate looks at what a model says."""
    return []
