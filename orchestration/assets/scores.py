"""Layer scores: what the models in use say of each person who may be scored.

Belongs here: writing score lists, the scores gate. Does not: how a score and its reasons are made (ml/score.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg
import pandas as pd
import polars as pl

from expectations.registry import suite
from expectations.result import GateResult
from expectations.runner import GateContext, validate
from expectations.summaries.scores import ScoredRun, score_frames
from ml.registry import read_model
from ml.score import score_ambassadors, score_uplift
from ml.train import stored_uplift
from ml.train_ambassador import stored_ambassador
from orchestration.assets.features import KEYS as FEATURE_KEYS
from orchestration.assets.features import SCORING
from orchestration.assets.ledger import KEYS as LEDGER_KEYS
from orchestration.assets.measurements import KEYS as MEASUREMENT_KEYS
from orchestration.assets.models import KEYS as MODEL_KEYS
from orchestration.assets.models import QUALITY
from orchestration.assets.reach import KEYS as REACH_KEYS
from orchestration.assets.review_effect import EFFECT as REVIEW_EFFECT
from orchestration.assets.review_effect import KEYS as REVIEW_KEYS
from orchestration.assets.store_lift import KEYS as STORE_LIFT_KEYS
from orchestration.assets.talk import KEYS as TALK_KEYS
from orchestration.assets.talk import STUDIES
from orchestration.gates import gate_checks
from orchestration.progress import announce
from orchestration.session import RunSession
from orchestration.training import AMBASSADOR, UPLIFT
from orchestration.workspace import Build

GROUP = "scores"
LISTS = ("uplift", AMBASSADOR)
# What the gate reads of the measurements: whether every effect on people tells how fair its comparison was.
COMPARED = ("campaign_effects", "design_checks", "overlap", "sensitivity", "store_lift", REVIEW_EFFECT, *LEDGER_KEYS)
TALK = tuple(study.main for study in STUDIES)
KEYS = {name: dg.AssetKey([GROUP, name]) for name in LISTS}


def score(session: RunSession) -> dict[str, pl.DataFrame | None]:
    """Score lists by name; None where no model is in use."""
    people = session.tables[SCORING]
    uplifts = [
        score_uplift(stored_uplift(stored), stored.card, people, model_id=stored.model_id)
        for name in UPLIFT
        if (stored := session.in_use[name]) is not None
    ]
    stored = session.in_use[AMBASSADOR]
    return {
        "uplift": pl.concat(uplifts) if uplifts else None,
        AMBASSADOR: None
        if stored is None
        else score_ambassadors(
            stored_ambassador(stored), stored.card, people, model_id=stored.model_id, kept=session.kept_lots
        ),
    }


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """Uplift and ambassador scores."""

    @dg.multi_asset(
        name="score_people",
        specs=[
            dg.AssetSpec(
                key,
                group_name=GROUP,
                deps=[
                    *MODEL_KEYS.values(),
                    FEATURE_KEYS[SCORING],
                    *MEASUREMENT_KEYS.values(),
                    *STORE_LIFT_KEYS.values(),
                    *REVIEW_KEYS.values(),
                    *LEDGER_KEYS.values(),
                    *TALK_KEYS.values(),
                    *REACH_KEYS.values(),
                ],
                description="One row per outcome and person, with interval, group and reasons."
                if name == "uplift"
                else "One row per person: expected value through others, with reasons.",
                kinds={"lightgbm"},
            )
            for name, key in KEYS.items()
        ],
        partitions_def=partitions,
    )
    def score_people(session: dg.ResourceParam[RunSession]) -> Iterator[dg.MaterializeResult[None]]:
        with announce("scores") as step:
            lists = score(session)
            session.build.scores.mkdir()
            for name, frame in lists.items():
                if frame is not None:
                    frame.write_parquet(session.build.scores / f"{name}.parquet")
                    session.keep(GROUP, name, frame)
            step.rows = sum(frame.height for frame in lists.values() if frame is not None)
        for name, key in KEYS.items():
            frame = lists[name]
            yield dg.MaterializeResult(
                asset_key=key,
                metadata={"dagster/row_count": 0 if frame is None else frame.height, "model in use": frame is not None},
            )

    return [score_people]


def check(session: RunSession) -> GateResult:
    """The scores gate, against the last published scores and the model files themselves."""
    frames = {name: session.tables[name].to_pandas() if name in session.tables else None for name in LISTS}
    past = session.past_figures(GROUP)
    run = ScoredRun(
        uplift=frames["uplift"],
        ambassador=frames[AMBASSADOR],
        model_files_match={
            stored.model_id: read_model(session.build.models / name).model_id == stored.model_id
            for name, stored in session.in_use.items()
            if stored is not None
        },
        previous=_previous(session),
        expected_consumers_count={AMBASSADOR: session.tables[SCORING].height} if frames[AMBASSADOR] is not None else {},
        measured={name: session.tables[name].to_pandas() for name in (*COMPARED, *TALK, *REACH_KEYS)},
        quality=session.tables[QUALITY].to_pandas(),
        trained=frozenset(name for name in session.models if _is_of_today(session, name)),
    )
    is_measured = session.tables["campaign_effects"].filter(status="measured", unit="consumer").height > 0
    in_use = {"measured_effects"} if is_measured else set()
    in_use |= {"campaign_value"} if session.tables["campaign_value"].height else set()
    in_use |= {"store_tests"} if session.tables["store_lift"].height else set()
    in_use |= {"review_results"} if session.tables[REVIEW_EFFECT].height else set()
    in_use |= {"talk_findings"} if any(session.tables[name].height for name in TALK) else set()
    in_use |= {"reach_results"} if any(session.tables[name].height for name in REACH_KEYS) else set()
    in_use |= {f"{name}_model" for name, frame in frames.items() if frame is not None}
    return validate(suite(GROUP), score_frames(run, past), GateContext(session.streams_with_rows | in_use, past))


def _is_of_today(session: RunSession, name: str) -> bool:
    """Whether this run trained the model and left it in use, or refused it."""
    stored = session.in_use[name]
    is_new = stored is not None and stored.card["as_of"] == session.as_of.isoformat()
    return is_new or session.models[name].status == "refused"


def _previous(session: RunSession) -> dict[str, pd.DataFrame]:
    """Score lists of the generation this run started from, where that is of an earlier day."""
    if session.parent is None or session.parent.as_of >= session.as_of:
        return {}
    folder, parent = Build(session.parent.path).scores, session.parent
    files = {name: folder / f"{name}.parquet" for name in LISTS}
    return {name: pl.read_parquet(file).to_pandas() for name, file in files.items() if parent.is_sound(file)}


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """gate_scores on every list."""
    return [gate_checks(GROUP, list(KEYS.values()), check)]
