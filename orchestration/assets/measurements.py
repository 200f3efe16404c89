"""Layer measurements: what each campaign caused, with interval, placebo and design, or why it cannot be said.

And whether the people compared were alike, in campaigns and behind the scores. Belongs here: reading, keeping. Does
not: any formula (ml/measurement, ml/observational).
"""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg
import polars as pl

from ml.measurement.average_effect import campaign_effects
from ml.measurement.design_checks import tables
from orchestration.assets.features import KEYS as FEATURE_KEYS
from orchestration.assets.features import PLACEBO, TRAINING
from orchestration.assets.models import CHECKED
from orchestration.assets.models import KEYS as MODEL_KEYS
from orchestration.assets.table_step import Made, keys_of, table_step
from orchestration.session import RunSession

EFFECTS = "campaign_effects"
DESCRIPTIONS = {
    EFFECTS: "One row per campaign and outcome: effect, 90 % interval, placebo, design; refused rows say why.",
    "design_checks": "One row per comparison of people, of campaigns and behind scores: whether it was fair.",
    "balance": "One row per comparison and known trait: how far the groups differ, before and after weighting.",
    "overlap": "One row per comparison of chosen people: how many had a counterpart, and whom the effect is about.",
    "propensity_calibration": "Ten rows per comparison of chosen people: predicted and observed share of the chosen.",
    "sensitivity": "One row per effect of chosen people: how strong a hidden cause must be to erase it.",
}
KEYS = keys_of(DESCRIPTIONS)


def measure(session: RunSession) -> Made:
    """Effects of campaigns, and the checks of every comparison of the run, models' among them."""
    members = session.marts({"fct_campaign_members": ()})["fct_campaign_members"]
    found = campaign_effects(members, session.tables[TRAINING], session.tables[PLACEBO], seed=session.settings.seed)
    checked = tables(found.checks)
    of_scores = {name: pl.concat([table, session.tables[f"{CHECKED}{name}"]]) for name, table in checked.items()}
    return Made.measured({EFFECTS: found.effects} | of_scores, EFFECTS)


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """Average effects of campaigns on their people, and how fair the comparisons were."""
    return [
        table_step(
            partitions,
            name="measure_campaigns",
            title="campaign effects",
            tables=DESCRIPTIONS,
            deps=[FEATURE_KEYS[TRAINING], FEATURE_KEYS[PLACEBO], *MODEL_KEYS.values()],
            make=measure,
        )
    ]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None of its own: the scores gate looks at the checks of comparisons too, the exports gate at what is shown."""
    return []
