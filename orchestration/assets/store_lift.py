"""Layer measurements, of stores: what campaigns caused in stores and areas, with every estimator and the placebos."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg
import polars as pl

from ml.measurement.store_lift.exposure import area_exposure
from ml.measurement.store_lift.measure import store_lifts
from orchestration.assets.warehouse import KEYS as MART_KEYS
from orchestration.progress import announce
from orchestration.session import RunSession

GROUP = "measurements"
SCHEMA = "measurement"
LIFT, EXPOSURE = "store_lift", "area_exposure"
DESCRIPTIONS = {
    LIFT: "One row per campaign with stores or areas and outcome: lift, 90 % interval, placebo, fit, smallest lift.",
    "store_lift_estimates": "One row per store test and estimator: the default beside the others.",
    "store_lift_placebo": "One row per store test and group of stores that got nothing: its lift.",
    "store_lift_weeks": "One row per store test and week (or day): seen, without the campaign, and the band of chance.",
    EXPOSURE: "One row per campaign among people and area: active members divided by its population.",
}
KEYS = {name: dg.AssetKey([GROUP, name]) for name in DESCRIPTIONS}
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


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """The five tables, made by one step."""

    @dg.multi_asset(
        name="measure_stores",
        specs=[
            dg.AssetSpec(
                key,
                group_name=GROUP,
                deps=[MART_KEYS[mart] for mart in _READ],
                description=DESCRIPTIONS[name],
                kinds={"polars"},
            )
            for name, key in KEYS.items()
        ],
        partitions_def=partitions,
    )
    def measure(session: dg.ResourceParam[RunSession]) -> Iterator[dg.MaterializeResult[None]]:
        with announce("store lift") as step:
            marts = session.marts(_READ, ordered=True)
            frames = store_lifts(marts, session.as_of, seed=session.settings.seed)
            frames[EXPOSURE] = area_exposure(*(marts[name] for name in _OF_EXPOSURE))
            session.keep_files(SCHEMA, frames)
            measured = frames[LIFT].filter(pl.col("status") == "measured").height
            step.rows = frames[LIFT].height
            step.note = f"{measured} measured, {frames[LIFT].height - measured} refused with a reason"
        for name, key in KEYS.items():
            yield dg.MaterializeResult(asset_key=key, metadata={"dagster/row_count": frames[name].height})

    return [measure]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None of its own: the scores gate looks at every store test, the exports gate at what is shown."""
    return []
