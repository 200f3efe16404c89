"""Time-based regression: the treated total on the control total, period by period, with a t posterior.

Source: Kerman, Wang and Vaver (2017). Independent errors are assumed: on stores its intervals are far too narrow
(docs/methods/store_lift.md), so it is shown as a peer, never as the default.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from ml.arrays import BoolArray, FloatArray
from ml.errors import TooFewRowsError

FEWEST_PERIODS = 3


@dataclass(frozen=True)
class TimeBasedEffect:
    """cumulative: extra outcome of all treated units together, with its standard error and degrees of freedom."""

    cumulative: float
    error: float
    freedom: int
    relative_effect: float
    relative_low: float
    relative_high: float


def time_based(Y: FloatArray, treated: BoolArray, periods_before: int, level: float = 0.9) -> TimeBasedEffect:
    """Regress the treated total on the control total before the start, predict it after.

    Raises:
        TooFewRowsError: fewer than three periods before the start.
    """
    if periods_before < FEWEST_PERIODS:
        raise TooFewRowsError(f"time-based regression needs {FEWEST_PERIODS} periods before, not {periods_before}")
    own, other = Y[treated].sum(axis=0), Y[~treated].sum(axis=0)
    y, x = own[:periods_before], other[:periods_before]
    spread = float(((x - x.mean()) ** 2).sum())
    slope = float(((x - x.mean()) * y).sum()) / spread if spread > 0 else 0.0
    freedom = periods_before - (2 if spread > 0 else 1)
    residual = y - y.mean() - slope * (x - x.mean())
    sigma2 = float(residual @ residual) / freedom
    after = other[periods_before:]
    without = y.mean() + slope * (after - x.mean())
    count = after.size
    # Variance of the summed line, then the periods' own errors.
    line = 1 / periods_before + ((after.mean() - x.mean()) ** 2 / spread if spread > 0 else 0.0)
    error = float(np.sqrt(sigma2 * (count**2 * line + count)))
    cumulative = float((own[periods_before:] - without).sum())
    base, reach = float(without.sum()), float(stats.t.ppf((1 + level) / 2, freedom)) * error
    return TimeBasedEffect(
        cumulative, error, freedom, cumulative / base, (cumulative - reach) / base, (cumulative + reach) / base
    )
