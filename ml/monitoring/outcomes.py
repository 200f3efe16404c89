"""What people did after a day on which they were scored: the outcomes of training, in the window after that day.

Belongs here: outcomes per person and campaign learned from. Does not: comparing them (realised.py).
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from ml.features.decisions import Marts


def outcomes_after(
    marts: Marts, scored_on: date, campaign_ids: list[str], *, outcome_days: int, currency: str
) -> pl.DataFrame:
    """One row per campaign and person who bought its products in the outcome_days after scored_on.

    Products as the campaign's outcomes are counted on (fct_campaign_members.outcome_basis): its own, else their
    categories.

    Args:
        marts: fct_sales_lines, bridge_campaign_products, dim_products, fct_campaign_members.

    Returns:
        campaign_id, consumer_key, first_purchase (bought at all), net_spend (minor units of `currency`).
    """
    window = (
        marts["fct_sales_lines"]
        .filter(
            pl.col("consumer_key").is_not_null(),
            pl.col("business_on").is_between(scored_on + timedelta(days=1), scored_on + timedelta(days=outcome_days)),
        )
        .select("consumer_key", "product_id", "is_return", "net_amount_minor", "currency")
    )
    frames = []
    for campaign_id in campaign_ids:
        sold = window.join(_products(marts, campaign_id), on="product_id", how="semi")
        frames.append(
            sold.group_by("consumer_key")
            .agg(
                first_purchase=(~pl.col("is_return")).any(),
                net_spend=pl.col("net_amount_minor").filter(pl.col("currency") == currency).sum(),
            )
            .select(pl.lit(campaign_id).alias("campaign_id"), "consumer_key", "first_purchase", "net_spend")
        )
    return pl.concat(frames)


def _products(marts: Marts, campaign_id: str) -> pl.DataFrame:
    own = marts["bridge_campaign_products"].filter(pl.col("campaign_id") == campaign_id).select("product_id")
    basis = marts["fct_campaign_members"].filter(pl.col("campaign_id") == campaign_id)["outcome_basis"]
    if "category" not in basis.drop_nulls().unique().to_list():
        return own
    products = marts["dim_products"]
    categories = products.join(own, on="product_id", how="semi")["category"].drop_nulls().unique()
    return products.filter(pl.col("category").is_in(categories.implode())).select("product_id")
