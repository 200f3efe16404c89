"""Features of a person's interest in a campaign's products and their categories."""

from __future__ import annotations

import polars as pl

from ml.features.dictionary import AFFINITY_WINDOWS_DAYS
from ml.features.visible import covered_from, is_covered, visible_facts
from ml.special_categories import without_special


def product_facts(sales_lines: pl.DataFrame, products: pl.DataFrame, currency: str) -> pl.DataFrame:
    """One row per person, product, day and known time: net spend and lines sold, with the product's category."""
    return (
        sales_lines.filter(pl.col("consumer_key").is_not_null())
        .group_by("consumer_key", "product_id", on=pl.col("business_on"), known=pl.col("known_at"))
        .agg(
            net=pl.col("net_amount_minor").filter(pl.col("currency") == currency).sum(),
            # Without returns, which may belong to purchases before the window: a share of the net could leave 0 to 1.
            bought=pl.col("net_amount_minor").filter((pl.col("currency") == currency) & ~pl.col("is_return")).sum(),
            lines=(~pl.col("is_return")).sum(),
        )
        .join(products.select("product_id", "category"), on="product_id", how="left")
    )


def affinity_features(
    decisions: pl.DataFrame, facts: pl.DataFrame, campaign_products: pl.DataFrame, products: pl.DataFrame
) -> pl.DataFrame:
    """One row per decision of one campaign: consumer_key and the affinity features.

    Args:
        campaign_products: product_id of the campaign; empty: all features are NULL. Products that tell of somebody's
            health, faith … (special_categories.py) are not looked at.
        products: dim_products; where no product of the campaign has a category, category features are NULL.
    """
    products = without_special(products)
    campaign_products = campaign_products.join(products, on="product_id", how="semi")
    earliest = covered_from(decisions, facts)
    categories = products.join(campaign_products, on="product_id", how="semi")["category"].drop_nulls().unique()
    of_products = _sums(decisions, facts.join(campaign_products, on="product_id", how="semi"), "products")
    of_category = _sums(decisions, facts.filter(pl.col("category").is_in(categories.implode())), "category")
    total = (
        visible_facts(decisions, facts.select("consumer_key", "on", "known", "bought"))
        .group_by("consumer_key")
        .agg(total_90=pl.col("bought").filter(pl.col("age_days") <= 90).sum())
    )
    joined = decisions.select("consumer_key", "decision_on")
    for part in (of_products, of_category, total):
        joined = joined.join(part, on="consumer_key", how="left")
    has_products, has_category = pl.lit(campaign_products.height > 0), pl.lit(len(categories) > 0)

    def in_window(name: str, days: int, has: pl.Expr) -> pl.Expr:
        nothing = pl.when(pl.col(name).is_null()).then(0).otherwise(pl.col(name))  # bought none: a true zero
        return pl.when(has & is_covered(earliest, days)).then(nothing)

    return joined.select(
        "consumer_key",
        *(
            in_window(f"products_lines_{days}", days, has_products).alias(f"campaign_products_lines_{days}d_count")
            for days in AFFINITY_WINDOWS_DAYS
        ),
        *(
            in_window(f"category_net_{days}", days, has_category).alias(f"campaign_category_spend_{days}d_minor")
            for days in AFFINITY_WINDOWS_DAYS
        ),
        campaign_products_last_age_days=pl.when(has_products).then(pl.col("products_last")),
        campaign_category_last_age_days=pl.when(has_category).then(pl.col("category_last")),
        campaign_category_spend_90d_share=pl.when(pl.col("total_90") > 0).then(
            in_window("category_bought_90", 90, has_category) / pl.col("total_90")
        ),
    )


def _sums(decisions: pl.DataFrame, facts: pl.DataFrame, prefix: str) -> pl.DataFrame:
    aggregates = [
        pl.col(name).filter(pl.col("age_days") <= days).sum().alias(f"{prefix}_{name}_{days}")
        for name in ("lines", "net", "bought")
        for days in AFFINITY_WINDOWS_DAYS
    ]
    last = pl.col("age_days").filter(pl.col("lines") > 0).min().alias(f"{prefix}_last")
    return visible_facts(decisions, facts).group_by("consumer_key").agg(*aggregates, last)
