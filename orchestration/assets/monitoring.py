"""Layer monitoring: how good the models are, what earlier scores were worth, how far the world has moved since.

Belongs here: reading, calling, keeping. Does not: comparisons (ml/monitoring), drift (orchestration/drift.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import dagster as dg
import polars as pl

from ml.monitoring.outcomes import outcomes_after
from ml.monitoring.realised import (
    ScoreFile,
    against_campaign,
    against_holdout,
    not_yet_mature,
    results_frame,
)
from orchestration.assets.features import SCORING
from orchestration.assets.models import QUALITY
from orchestration.assets.scores import KEYS as SCORE_KEYS
from orchestration.assets.table_step import Made, keys_of, table_step
from orchestration.assets.warehouse import KEYS as MART_KEYS
from orchestration.drift import DRIFT_SCHEMA, PEOPLE, SCORES, people_drift, score_drift
from orchestration.past_scores import files_before, newest_before, newest_mature
from orchestration.session import RunSession
from orchestration.state import GATE_FIGURES
from orchestration.training import AMBASSADOR

GROUP = "monitoring"
DESCRIPTIONS = {
    "score_results": "One row per earlier score list, group of people and comparison: predicted and realised extra.",
    "model_quality": "One row per model trained and figure, curve point, tenth of people, budget or check.",
    "drift": "One row per model in use and feature or score list: how far it has moved since the model was trained.",
}
KEYS = keys_of(DESCRIPTIONS, GROUP)


def score_results(session: RunSession) -> pl.DataFrame:
    """What the scores of earlier days were worth, and until when today's have to wait."""
    days = session.settings.campaigns.outcome_days
    files = [] if session.starts_anew else files_before(session.workspace, session.as_of)
    members = session.marts({"fct_campaign_members": ()})["fct_campaign_members"]
    rows: list[dict[str, Any]] = []
    mature = newest_mature(files, session.as_of, days)
    if mature is not None:
        rows += _by_lot(session, mature, members, days)
    later = members.filter(
        pl.col("unit") == "consumer", pl.col("design") == "randomised", pl.col("window_status") == "complete"
    )
    for part in later.sort("campaign_id").partition_by("campaign_id", maintain_order=True):
        begun = part["starts_on"].min()
        assert isinstance(begun, date)
        file = newest_before(files, begun)
        rows += [] if file is None else against_campaign(file, part)
    newest = newest_before(files, session.as_of)
    if newest is not None and newest.scored_on + timedelta(days=days) > session.as_of:
        rows += not_yet_mature(newest, days)
    if "uplift" in session.tables:
        rows += not_yet_mature(ScoreFile(session.as_of, session.tables["uplift"]), days)
    return results_frame(rows)


def _by_lot(session: RunSession, file: ScoreFile, members: pl.DataFrame, days: int) -> list[dict[str, Any]]:
    columns = ("consumer_key", "product_id", "business_on", "is_return", "net_amount_minor", "currency")
    marts = session.marts({"fct_sales_lines": columns, "bridge_campaign_products": (), "dim_products": ()})
    outcomes = outcomes_after(
        marts | {"fct_campaign_members": members},
        file.scored_on,
        file.scores["campaign_id"].unique().sort().to_list(),
        outcome_days=days,
        currency=session.settings.brand.currency,
    )
    return against_holdout(
        file,
        outcomes,
        members,
        outcome_days=days,
        share=session.settings.holdout.share,
        seed=session.settings.seed,
        kept=session.kept_lots,
    )


def drift(session: RunSession) -> pl.DataFrame:
    """How far people and scores stand from where they stood when each model in use was trained."""
    past = [entry.get("scores", {}) for _, entry in session.state.entries(GATE_FIGURES)]
    rows: list[dict[str, Any]] = []
    for model, stored in session.in_use.items():
        if stored is None:
            continue
        label = {"model": model, "model_as_of": date.fromisoformat(stored.card["as_of"])}
        if reference := stored.card.get("people"):
            moved = people_drift(session.tables[SCORING], reference, stored.card["features"])
            rows += [label | {"subject": PEOPLE, "name": name, "psi": value} for name, value in moved.items()]
        for name, scores in _lists(session, model, stored.model_id):
            value = score_drift(scores, past, f"scores.{name}.{stored.model_id}")
            rows.append(label | {"subject": SCORES, "name": name, "psi": value})
    return pl.DataFrame(rows, schema=DRIFT_SCHEMA, orient="row").sort("model", "subject", "name")


def _lists(session: RunSession, model: str, model_id: str) -> list[tuple[str, pl.DataFrame]]:
    """(name as the scores gate has it, scores) of a model's lists of this run."""
    if model == AMBASSADOR:
        return [(AMBASSADOR, session.tables[AMBASSADOR].select(score="expected_value_minor"))]
    own = session.tables["uplift"].filter(pl.col("model_id") == model_id)
    parts = own.sort("campaign_id", "outcome").partition_by("campaign_id", "outcome", maintain_order=True)
    return [(f"uplift.{part['campaign_id'][0]}.{part['outcome'][0]}", part.select(score="uplift")) for part in parts]


def look_back(session: RunSession) -> Made:
    """Results of earlier scores, quality of the models, drift."""
    frames = {
        "score_results": score_results(session),
        "model_quality": session.tables[QUALITY],
        "drift": drift(session),
    }
    return Made(frames, sum(frame.height for frame in frames.values()))


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """The three tables, made by one step."""
    return [
        table_step(
            partitions,
            name="look_back",
            title="monitoring",
            tables=DESCRIPTIONS,
            deps=[*SCORE_KEYS.values(), *MART_KEYS.values()],
            make=look_back,
            group=GROUP,
        )
    ]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None: looking back publishes what it finds; faults of scores are the scores gate's."""
    return []
