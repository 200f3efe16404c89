"""Layer measurements, of reviews: what displayed reviews do to the orders of a page, and what campaigns added."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from ml.measurement.review_effect.measure import review_effects
from orchestration.assets.table_step import Made, keys_of, table_step
from orchestration.assets.warehouse import KEYS as MART_KEYS
from orchestration.session import RunSession

EFFECT = "review_effect"
DESCRIPTIONS = {
    EFFECT: "One row per way of telling (page histories, products or people drawn by lot): 50 reviews against none.",
    "review_effect_curve": "One row per result and pair of numbers of reviews: from none, and from n to n + 10.",
    "review_effect_steps": "One row per result and number of reviews: a jump there beyond the smooth curve.",
    "review_effect_references": "One row per published figure the curve is shown beside, with source and year.",
}
KEYS = keys_of(DESCRIPTIONS)
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


def measure(session: RunSession) -> Made:
    """What reviews do, by each way of telling it."""
    return Made.measured(review_effects(session.marts(_READ, ordered=True), session.as_of), EFFECT)


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """The four tables, made by one step."""
    return [
        table_step(
            partitions,
            name="measure_reviews",
            title="review effect",
            tables=DESCRIPTIONS,
            deps=[MART_KEYS[mart] for mart in _READ],
            make=measure,
        )
    ]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None of its own: the scores gate looks at every result, the exports gate at what is shown."""
    return []
