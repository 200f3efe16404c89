"""Whose bad moments jumped: the last two weeks of each store and product against the twelve before.

Belongs here: the windows and what is counted in them. Does not: the test (moment_rates.py), what a bad moment is
(dbt_project/macros/texts.sql), where an alert goes (exports).
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from ml.text.moment_rates import alerts, rates

# Long enough that a store with a handful of reviews a week can say something, short enough to be news.
RECENT_DAYS = 14
EARLIER_DAYS = 84
# Subject → column of its opportunities, and what one is called.
OPPORTUNITIES = {"store": ("transactions_count", "transactions"), "product": ("views_count", "page views")}
SUBJECT = ("subject_kind", "subject_id")

TESTED_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "subject_kind": pl.String,
    "subject_id": pl.String,
    "moment": pl.String,
    "opportunity": pl.String,
    "recent_starts_on": pl.Date,
    "earlier_starts_on": pl.Date,
    "recent_count": pl.Int64,
    "recent_opportunities": pl.Int64,
    "earlier_count": pl.Int64,
    "earlier_opportunities": pl.Int64,
    "p_value": pl.Float64,
    "rate_ratio": pl.Float64,
    "is_alert": pl.Boolean,
}


def daily_rates(daily: pl.DataFrame) -> pl.DataFrame:
    """Moments a day per 1,000 sales and per 1,000 page views, with their intervals.

    Args:
        daily: mart fct_moment_daily.

    Returns:
        The rows with rate_per_1000_transactions and rate_per_1000_views, each with _low and _high; NULL where the day's
        sales or views are not known.
    """
    out = daily.sort(*SUBJECT, "moment", "activity_on")
    for column, per in (("transactions_count", "transactions"), ("views_count", "views")):
        found = rates(out.select("moments_count", opportunities_count=column))
        name = f"rate_per_1000_{per}"
        out = out.with_columns(
            found["rate"].alias(name), found["rate_low"].alias(f"{name}_low"), found["rate_high"].alias(f"{name}_high")
        )
    return out


def jumps(daily: pl.DataFrame, opportunities: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Every store and product with a bad moment in the recent window whose occasions are known, tested.

    Args:
        daily: mart fct_moment_daily.
        opportunities: mart fct_moment_opportunities.
        as_of: last day of the recent window.

    Returns:
        Columns of TESTED_SCHEMA. Counts are of bad moments; a subject without a known occasion in either window cannot
        be tested and is no row.
    """
    recent = as_of - timedelta(days=RECENT_DAYS - 1)
    earlier = recent - timedelta(days=EARLIER_DAYS)
    parts = []
    for kind, (column, called) in OPPORTUNITIES.items():
        moments = daily.filter(pl.col("subject_kind") == kind).select(*SUBJECT, "moment", "activity_on", n="bad_count")
        occasions = opportunities.filter(pl.col("subject_kind") == kind).select(*SUBJECT, "activity_on", n=column)
        counts = _windows(moments, [*SUBJECT, "moment"], recent, earlier, as_of).rename({"r": "recent", "e": "earlier"})
        chances = _windows(occasions.drop_nulls("n"), list(SUBJECT), recent, earlier, as_of)
        joined = counts.filter(pl.col("recent") > 0).join(chances, on=list(SUBJECT), how="inner")
        parts.append(
            joined.filter((pl.col("r") > 0) & (pl.col("e") > 0)).select(
                *SUBJECT,
                "moment",
                opportunity=pl.lit(called),
                recent_starts_on=pl.lit(recent),
                earlier_starts_on=pl.lit(earlier),
                recent_count="recent",
                recent_opportunities="r",
                earlier_count="earlier",
                earlier_opportunities="e",
            )
        )
    rows = pl.concat(parts).sort(*SUBJECT, "moment")
    return alerts(rows).select(*TESTED_SCHEMA).cast(pl.Schema(TESTED_SCHEMA))


def _windows(rows: pl.DataFrame, by: list[str], recent: date, earlier: date, as_of: date) -> pl.DataFrame:
    """Sums of n in the recent (r) and the earlier window (e)."""
    day = pl.col("activity_on")
    return rows.group_by(by).agg(
        r=pl.col("n").filter(day.is_between(recent, as_of)).sum().cast(pl.Int64),
        e=pl.col("n").filter((day >= earlier) & (day < recent)).sum().cast(pl.Int64),
    )
