"""Layer measurements: what each campaign caused, with interval, placebo and design, or why it cannot be said."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg
import polars as pl

from ml.measurement.average_effect import campaign_effects
from orchestration.assets.features import KEYS as FEATURE_KEYS
from orchestration.assets.features import PLACEBO, TRAINING
from orchestration.progress import announce
from orchestration.session import RunSession

GROUP = "measurements"
# Table and file name; the schema in the warehouse is `measurement`.
EFFECTS = "campaign_effects"
SCHEMA = "measurement"
KEYS = {EFFECTS: dg.AssetKey([GROUP, EFFECTS])}


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """Average effects of campaigns on their people."""

    @dg.asset(
        key=KEYS[EFFECTS],
        group_name=GROUP,
        deps=[FEATURE_KEYS[TRAINING], FEATURE_KEYS[PLACEBO]],
        partitions_def=partitions,
        kinds={"polars"},
    )
    def effects(session: dg.ResourceParam[RunSession]) -> dg.MaterializeResult[None]:
        """One row per campaign and outcome: effect, 90 % interval, placebo, design; refused rows say why."""
        with announce("campaign effects") as step:
            members = session.marts({"fct_campaign_members": ()})["fct_campaign_members"]
            frame = campaign_effects(
                members, session.tables[TRAINING], session.tables[PLACEBO], seed=session.settings.seed
            )
            folder = session.build.root / SCHEMA
            folder.mkdir()
            frame.write_parquet(folder / f"{EFFECTS}.parquet")
            session.keep(SCHEMA, EFFECTS, frame)
            measured = frame.filter(pl.col("status") == "measured").height
            step.rows, step.note = frame.height, f"{measured} measured, {frame.height - measured} refused with a reason"
        return dg.MaterializeResult(metadata={"dagster/row_count": frame.height, "measured": measured})

    return [effects]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None: every row carries its own placebo, and the exports gate looks at what is shown."""
    return []
