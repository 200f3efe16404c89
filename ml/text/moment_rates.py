"""Rates of moments with intervals, and alerts where a store's or product's rate of a bad moment jumps.

Belongs here: the arithmetic on counts. Does not: counting (fct_moments) or where the alert goes (exports).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from ml.errors import InputError

INTERVAL_LEVEL = 0.9
# Share of alerts that may be false, over all subjects and moments of a day (Benjamini and Hochberg 1995).
FALSE_DISCOVERY_SHARE = 0.1
# Fewer moments than this in the recent days are no jump, whatever the test says: one angry table of four.
LEAST_MOMENTS = 5

FloatArray = npt.NDArray[np.float64]


def rates(counts: pl.DataFrame, level: float = INTERVAL_LEVEL) -> pl.DataFrame:
    """Moments per 1,000 opportunities (store transactions or page views), with the exact Poisson interval.

    Args:
        counts: moments_count, opportunities_count (NULL or 0: the rate is unknown), any other columns.

    Returns:
        The columns of counts, and rate, rate_low, rate_high per 1,000 (Garwood 1936); NULL where unknown.
    """
    count = counts["moments_count"].cast(pl.Float64).to_numpy()
    exposure = counts["opportunities_count"].cast(pl.Float64).fill_null(0.0).to_numpy()
    tail = (1 - level) / 2
    low = np.where(count > 0, stats.chi2.ppf(tail, 2 * np.maximum(count, 0.5)) / 2, 0.0)
    high = stats.chi2.ppf(1 - tail, 2 * (count + 1)) / 2

    def per_thousand(values: FloatArray) -> pl.Series:
        known = (exposure > 0) & np.isfinite(count)
        return pl.Series(np.where(known, 1000 * values / np.where(known, exposure, 1.0), np.nan)).fill_nan(None)

    return counts.with_columns(rate=per_thousand(count), rate_low=per_thousand(low), rate_high=per_thousand(high))


def alerts(counts: pl.DataFrame, false_discovery_share: float = FALSE_DISCOVERY_SHARE) -> pl.DataFrame:
    """Subjects whose recent rate of a moment is above their own earlier rate.

    Given both counts, the recent one is binomial with the recent share of opportunities when nothing changed
    (Przyborowski and Wilenski 1940): no model of the rate itself is needed.

    Args:
        counts: one row a subject and moment: recent_count, recent_opportunities, earlier_count, earlier_opportunities,
            any other columns. Rows without opportunities on either side cannot be tested.

    Returns:
        The columns of counts, and p_value (NULL: not testable), rate_ratio (NULL: no earlier moment), is_alert.

    Raises:
        InputError: a count is negative or missing.
    """
    names = ("recent_count", "recent_opportunities", "earlier_count", "earlier_opportunities")
    columns = [counts[name].cast(pl.Float64) for name in names]
    for column in (columns[0], columns[2]):
        if column.null_count() or (column < 0).any():
            raise InputError(
                f"{column.name} must be a count in every row: no moment seen is 0, unknown rows are left out"
            )
    recent, recent_of, earlier, earlier_of = (column.fill_null(0.0).to_numpy() for column in columns)
    testable = (recent_of > 0) & (earlier_of > 0)
    share = recent_of / np.maximum(recent_of + earlier_of, 1)
    p_value = np.where(testable, stats.binom.sf(recent - 1, recent + earlier, np.clip(share, 1e-12, 1)), np.nan)
    ratio = np.full(len(recent), np.nan)
    known = testable & (earlier > 0)
    ratio[known] = (recent[known] / recent_of[known]) / (earlier[known] / earlier_of[known])
    is_alert = discoveries(p_value, false_discovery_share) & (recent >= LEAST_MOMENTS)
    return counts.with_columns(
        p_value=pl.Series(p_value).fill_nan(None),
        rate_ratio=pl.Series(ratio).fill_nan(None),
        is_alert=pl.Series(is_alert),
    )


def discoveries(p_value: FloatArray, share: float) -> npt.NDArray[np.bool_]:
    """Which tests count when at most `share` of those may be false (Benjamini and Hochberg); NaN never counts."""
    tested = np.flatnonzero(np.isfinite(p_value))
    counts = np.zeros(len(p_value), dtype=np.bool_)
    order = tested[np.argsort(p_value[tested], kind="stable")]
    passes = np.flatnonzero(p_value[order] <= share * np.arange(1, len(order) + 1) / max(len(order), 1))
    if len(passes):
        counts[order[: passes[-1] + 1]] = True
    return counts
