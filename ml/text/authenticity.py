"""Hints of authenticity, each explainable and none alone a reason to exclude a person.

Belongs here: bursts, and what makes a piece worth a second look. Does not: deciding about a person; what is organic
(fct_ugc) and which copy of a review counts (int_ugc_copies). Spam and fake-review detectors fall to chance on other
data than their own, so nothing here is learned.
"""

from __future__ import annotations

import polars as pl
from scipy import stats

# A day counts as a burst when a Poisson day at the trailing rate would be as busy once in 10,000 days, and at least
# this busy: a product with one review a month has no bursts of two.
BURST_PROBABILITY = 1e-4
BURST_LEAST = 5
BURST_TRAILING_DAYS = 28
MANY_COPIES = 5
HIGH_DENSITY = 0.2


def bursts(published: pl.DataFrame) -> pl.DataFrame:
    """Days on which a subject (product, store, account) got far more pieces than in the four weeks before.

    Args:
        published: subject, published_on; one row a piece; undated pieces left out.

    Returns:
        subject, published_on, pieces_count, expected_count (trailing mean a day, at least 1/28), is_burst; one row a
        subject and day with pieces.
    """
    daily = published.drop_nulls(["subject", "published_on"]).group_by("subject", "published_on").len("pieces_count")
    daily = daily.sort("subject", "published_on")
    window = f"{BURST_TRAILING_DAYS}d"
    trailing = pl.col("pieces_count").rolling_sum_by("published_on", window_size=window, closed="left").over("subject")
    expected = (trailing.fill_null(0) / BURST_TRAILING_DAYS).clip(lower_bound=1 / BURST_TRAILING_DAYS)
    daily = daily.with_columns(expected.alias("expected_count"))
    tail = pl.Series(stats.poisson.sf(daily["pieces_count"].to_numpy() - 1, daily["expected_count"].to_numpy()))
    is_burst = (tail < BURST_PROBABILITY) & (daily["pieces_count"] >= BURST_LEAST)
    return daily.with_columns(pl.col("pieces_count").cast(pl.Int64), is_burst=is_burst)


def hints(pieces: pl.DataFrame) -> pl.Series:
    """Reasons to look twice, as a list of words; empty when there is none.

    Args:
        pieces: duplicates_count, link_density, handle_density (each may be NULL), is_burst, is_verified_purchase,
            is_undisclosed_incentive (each may be NULL).
    """
    reasons = {
        "many_copies": pl.col("duplicates_count") >= MANY_COPIES,
        "mostly_links": pl.col("link_density") >= HIGH_DENSITY,
        "mostly_handles": pl.col("handle_density") >= HIGH_DENSITY * 2,
        "burst": pl.col("is_burst"),
        "purchase_not_verified": ~pl.col("is_verified_purchase"),
        "undisclosed_incentive": pl.col("is_undisclosed_incentive"),
    }
    told = pl.concat_list(pl.when(rule.fill_null(False)).then(pl.lit(name)) for name, rule in reasons.items())
    return pieces.select(told.list.drop_nulls().alias("authenticity_hints")).to_series()
