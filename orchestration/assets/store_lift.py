"""Layer measurements, of stores: what campaigns caused in stores and areas, with every estimator and the placebos."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from ml.measurement.store_lift.exposure import area_exposure
from ml.measurement.store_lift.measure import store_lifts
from orchestration.assets.table_step import Made, keys_of, table_step
from orchestration.assets.warehouse import KEYS as MART_KEYS
from orchestration.session import RunSession

LIFT, EXPOSURE = "store_lift", "area_exposure"
DESCRIPTIONS = {
    LIFT: "One row per campaign with stores or areas and outcome: lift, 90 % interval, placebo, fit, smallest lift.",
    "store_lift_estimates": "One row per store test and estimator: the default beside the others.",
    "store_lift_placebo": "One row per store test and group of stores that got nothing: its lift.",
    "store_lift_weeks": "One row per store test and week (or day): seen, without the campaign, and the band of chance.",
    EXPOSURE: "One row per campaign among people and area: active members divided by its population.",
}
KEYS = keys_of(DESCRIPTIONS)
_READ = {
    "fct_store_days": (),
    "dim_stores": (
        "store_id",
        "area_id",
        "latitude",
        "longitude",
        "opened_on",
        "closed_on",
        "is_known",
        "area_population",
    ),
    "dim_campaigns": ("campaign_id", "starts_on", "ends_on"),
    "fct_campaign_members": ("campaign_id", "unit", "unit_id", "consumer_key", "arm", "design", "active_on"),
    "dim_consumers": ("consumer_key", "home_area_id"),
    "bridge_campaign_areas": ("campaign_id", "place", "place_id"),
}

_OF_EXPOSURE = ("fct_campaign_members", "dim_consumers", "dim_stores")


def measure(session: RunSession) -> Made:
    """Lifts of stores and areas, and how far campaigns among people reached into areas."""
    marts = session.marts(_READ, ordered=True)
    frames = store_lifts(marts, session.as_of, seed=session.settings.seed)
    frames[EXPOSURE] = area_exposure(*(marts[name] for name in _OF_EXPOSURE))
    return Made.measured(frames, LIFT)


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """The five tables, made by one step."""
    return [
        table_step(
            partitions,
            name="measure_stores",
            title="store lift",
            tables=DESCRIPTIONS,
            deps=[MART_KEYS[mart] for mart in _READ],
            make=measure,
        )
    ]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None of its own: the scores gate looks at every store test, the exports gate at what is shown."""
    return []
