"""Layer measurements: what each campaign caused, with interval, placebo and design, or why it cannot be said.

And whether the people compared were alike, in campaigns and behind the scores. Belongs here: reading, keeping. Does
not: any formula (ml/measurement, ml/observational).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg
import polars as pl

from ml.measurement.average_effect import campaign_effects
from ml.measurement.design_checks import TABLES, tables
from orchestration.assets.features import KEYS as FEATURE_KEYS
from orchestration.assets.features import PLACEBO, TRAINING
from orchestration.assets.models import CHECKED
from orchestration.assets.models import KEYS as MODEL_KEYS
from orchestration.progress import announce
from orchestration.session import RunSession

GROUP = "measurements"
# Table and file names; the schema in the warehouse is `measurement`.
EFFECTS = "campaign_effects"
SCHEMA = "measurement"
DESCRIPTIONS = {
    EFFECTS: "One row per campaign and outcome: effect, 90 % interval, placebo, design; refused rows say why.",
    "design_checks": "One row per comparison of people, of campaigns and behind scores: whether it was fair.",
    "balance": "One row per comparison and known trait: how far the groups differ, before and after weighting.",
    "overlap": "One row per comparison of chosen people: how many had a counterpart, and whom the effect is about.",
    "propensity_calibration": "Ten rows per comparison of chosen people: predicted and observed share of the chosen.",
    "sensitivity": "One row per effect of chosen people: how strong a hidden cause must be to erase it.",
}
KEYS = {name: dg.AssetKey([GROUP, name]) for name in (EFFECTS, *TABLES)}


def measure(session: RunSession) -> dict[str, pl.DataFrame]:
    """Effects of campaigns, and the checks of every comparison of the run, models' among them."""
    members = session.marts({"fct_campaign_members": ()})["fct_campaign_members"]
    found = campaign_effects(members, session.tables[TRAINING], session.tables[PLACEBO], seed=session.settings.seed)
    checked = tables(found.checks)
    return {EFFECTS: found.effects} | {
        name: pl.concat([table, session.tables[f"{CHECKED}{name}"]]) for name, table in checked.items()
    }


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """Average effects of campaigns on their people, and how fair the comparisons were."""

    @dg.multi_asset(
        name="measure_campaigns",
        specs=[
            dg.AssetSpec(
                key,
                group_name=GROUP,
                deps=[FEATURE_KEYS[TRAINING], FEATURE_KEYS[PLACEBO], *MODEL_KEYS.values()],
                description=DESCRIPTIONS[name],
                kinds={"polars"},
            )
            for name, key in KEYS.items()
        ],
        partitions_def=partitions,
    )
    def effects(session: dg.ResourceParam[RunSession]) -> Iterator[dg.MaterializeResult[None]]:
        with announce("campaign effects") as step:
            frames = measure(session)
            session.keep_files(SCHEMA, frames)
            measured = frames[EFFECTS].filter(pl.col("status") == "measured").height
            refused = frames[EFFECTS].height - measured
            step.rows, step.note = frames[EFFECTS].height, f"{measured} measured, {refused} refused with a reason"
        for name, key in KEYS.items():
            yield dg.MaterializeResult(asset_key=key, metadata={"dagster/row_count": frames[name].height})

    return [effects]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None of its own: the scores gate looks at the checks of comparisons too, the exports gate at what is shown."""
    return []
