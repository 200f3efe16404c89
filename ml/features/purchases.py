"""Features of what a person buys: recency, frequency, spend, habits, time as a customer.

Counts and sums are 0 for a person without purchases in a window that the data covers, NULL where it does not reach
back that far; shares and averages of nothing are NULL.
"""

from __future__ import annotations

import polars as pl

from ml.features.dictionary import WINDOWS_DAYS
from ml.features.visible import covered_from, is_covered, visible_facts


def purchase_facts(sales_lines: pl.DataFrame, currency: str) -> pl.DataFrame:
    """One row per transaction (and known time) of an identified person; money only in `currency`."""
    money = pl.col("currency") == currency
    sold = money & ~pl.col("is_return")
    return (
        sales_lines.filter(pl.col("consumer_key").is_not_null())
        .group_by(
            "consumer_key",
            "source",
            "store_id",
            "transaction_id",
            on=pl.col("business_on"),
            known=pl.col("known_at"),
        )
        .agg(
            net=pl.col("net_amount_minor").filter(money).sum(),
            # NULL where no line of the transaction states a discount. Without returns, which may belong to purchases
            # before the window: a share of what is left after them could leave 0 to 1.
            discount=pl.when(pl.col("discount_minor").is_not_null().any()).then(
                pl.col("discount_minor").filter(sold).sum()
            ),
            sold_net=pl.col("net_amount_minor").filter(sold).sum(),
            lines=pl.len(),
            return_lines=pl.col("is_return").sum(),
            is_online=(pl.col("channel") == "online").any(),
        )
        .with_columns(
            transaction=pl.struct("source", "store_id", "transaction_id").hash(),
            is_purchase=pl.col("lines") > pl.col("return_lines"),
        )
        .drop("source", "store_id", "transaction_id")
    )


def purchase_features(decisions: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """One row per decision of one campaign: consumer_key and the purchase features."""
    seen = visible_facts(decisions, facts)
    earliest = covered_from(decisions, facts)
    year = pl.col("age_days") <= 365
    bought = pl.col("is_purchase")
    sums = seen.group_by("consumer_key").agg(
        *(
            pl.col("transaction").filter(bought & (pl.col("age_days") <= days)).n_unique().alias(f"purchases_{days}")
            for days in WINDOWS_DAYS
        ),
        *(pl.col("net").filter(pl.col("age_days") <= days).sum().alias(f"net_{days}") for days in WINDOWS_DAYS),
        last=pl.col("age_days").filter(bought).min(),
        first=pl.col("age_days").filter(bought).max(),
        online=pl.col("transaction").filter(bought & year & pl.col("is_online")).n_unique(),
        lines=pl.col("lines").filter(year).sum(),
        return_lines=pl.col("return_lines").filter(year).sum(),
        discount=pl.col("discount").filter(year).sum(),
        discounted_net=pl.col("sold_net").filter(year & pl.col("discount").is_not_null()).sum(),
    )
    joined = decisions.select("consumer_key", "decision_on").join(sums, on="consumer_key", how="left")
    counts = [f"purchases_{days}" for days in WINDOWS_DAYS] + [f"net_{days}" for days in WINDOWS_DAYS]
    # A person without a visible purchase has bought nothing in a covered window: a true zero.
    joined = joined.with_columns(
        pl.when(pl.col(name).is_null()).then(0).otherwise(pl.col(name)).alias(name) for name in counts
    )
    frequent = pl.col("purchases_365")
    return joined.select(
        "consumer_key",
        *(
            pl.when(is_covered(earliest, days)).then(pl.col(f"{source}_{days}")).alias(f"{target}_{days}d_{unit}")
            for source, target, unit in (("purchases", "purchases", "count"), ("net", "net_spend", "minor"))
            for days in WINDOWS_DAYS
        ),
        last_purchase_age_days=pl.col("last"),
        first_purchase_age_days=pl.col("first"),
        # Averages and shares of the last year are meaningful on a part of it too: no coverage asked.
        basket_mean_365d_minor=_share(pl.col("net_365"), frequent),
        online_365d_share=_share(pl.col("online"), frequent),
        returns_365d_share=_share(pl.col("return_lines"), pl.col("lines")),
        discount_365d_share=_share(pl.col("discount"), pl.col("discount") + pl.col("discounted_net")),
        products_per_purchase_365d_count=_share(pl.col("lines") - pl.col("return_lines"), frequent),
    )


def _share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)
