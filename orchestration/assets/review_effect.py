"""Layer measurements, of reviews: what displayed reviews do to the orders of a page, and what campaigns added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg
import polars as pl

from ml.measurement.review_effect.measure import review_effects
from orchestration.assets.warehouse import KEYS as MART_KEYS
from orchestration.progress import announce
from orchestration.session import RunSession

GROUP = "measurements"
SCHEMA = "measurement"
EFFECT = "review_effect"
DESCRIPTIONS = {
    EFFECT: "One row per way of telling (page histories, products or people drawn by lot): 50 reviews against none.",
    "review_effect_curve": "One row per result and pair of numbers of reviews: from none, and from n to n + 10.",
    "review_effect_steps": "One row per result and number of reviews: a jump there beyond the smooth curve.",
    "review_effect_references": "One row per published figure the curve is shown beside, with source and year.",
}
KEYS = {name: dg.AssetKey([GROUP, name]) for name in DESCRIPTIONS}
_READ = {
    "fct_page_daily": (
        "site",
        "product_id",
        "page_on",
        "displayed_reviews_count",
        "displayed_rating",
        "views_count",
        "orders_count",
        "units_count",
        "price_minor",
    ),
    "fct_ugc": (
        "ugc_source",
        "platform_or_site",
        "product_id",
        "consumer_key",
        "published_on",
        "deleted_at",
        "rating_share",
        "is_syndicated_copy",
    ),
    "dim_campaigns": ("campaign_id", "starts_on", "ends_on"),
    "fct_campaign_members": (
        "campaign_id",
        "unit",
        "unit_id",
        "consumer_key",
        "arm",
        "design",
        "starts_on",
        "assignment_probability",
        "cluster_id",
    ),
    "bridge_campaign_products": ("campaign_id", "product_id"),
}


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """The four tables, made by one step."""

    @dg.multi_asset(
        name="measure_reviews",
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
        with announce("review effect") as step:
            frames = review_effects(session.marts(_READ, ordered=True), session.as_of)
            session.keep_files(SCHEMA, frames)
            measured = frames[EFFECT].filter(pl.col("status") == "measured").height
            step.rows = frames[EFFECT].height
            step.note = f"{measured} measured, {frames[EFFECT].height - measured} refused with a reason"
        for name, key in KEYS.items():
            yield dg.MaterializeResult(asset_key=key, metadata={"dagster/row_count": frames[name].height})

    return [measure]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None of its own: the scores gate looks at every result, the exports gate at what is shown."""
    return []
