"""What one purchase of a campaign's products is worth, as known at the decision: counts of purchases become money."""

from __future__ import annotations

import polars as pl


def purchase_value(
    decisions: pl.DataFrame, sales_lines: pl.DataFrame, campaign_products: pl.DataFrame, currency: str
) -> float | None:
    """Net minor units of one purchase of the products, returns taken off; None: not on sale before the decision.

    Of the first of these decisions: a campaign has one value. What was bought along with the products is left out.

    Args:
        campaign_products: product_id of the campaign.
        currency: only amounts in it count.
    """
    on, at = decisions["decision_on"].min(), decisions["decision_at"].min()
    lines = sales_lines.filter(
        pl.col("currency") == currency,
        pl.col("business_on") < on,
        pl.col("known_at").is_null() | (pl.col("known_at") < at),
    ).join(campaign_products, on="product_id", how="semi")
    bought = lines.filter(~pl.col("is_return")).select("source", "store_id", "transaction_id").n_unique()
    net = lines["net_amount_minor"].sum()
    return float(net) / bought if bought and net > 0 else None
