"""Layer models: train, judge on held-out people, promote or refuse by the written rule.

Belongs here: what the UI and later steps learn of each model. Does not: when and how one is trained (training.py),
learners and the rule (ml/), where models are kept (model_store.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg
import polars as pl

from ml.evaluate.quality import QUALITY_SCHEMA
from ml.measurement.design_checks import tables
from orchestration.assets.features import KEYS as FEATURE_KEYS
from orchestration.assets.features import SCORING, TRAINING
from orchestration.progress import announce
from orchestration.session import RunSession
from orchestration.training import AMBASSADOR, MODELS

GROUP = "models"
KEYS = {name: dg.AssetKey([GROUP, name]) for name in MODELS}
# How alike the people compared were: tables of ml/measurement/design_checks.py under this prefix, for the measurements.
CHECKED = "models."
# How good every model trained by this run is, promoted or refused: for the monitoring and the scores gate.
QUALITY = "models.quality"


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
        for name, key in KEYS.items():
            with announce(f"model {name}") as step:
                in_use, check, quality = session.training[name].result()
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
