"""Regressions of log growth on treatment: plain (difference in differences) and adjusted for factors ("ANCOVA-f").

Standard errors are HC2 (MacKinnon and White 1985): right for units of unequal noise when both groups are not tiny. With
fewer than eight treated units they are too small whatever the degrees of freedom: the default does not use them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from ml.arrays import BoolArray, FloatArray
from ml.measurement.store_lift.candidates import Window
from ml.measurement.store_lift.features import SMALLEST_RATIO, before_start, growth, recency

FACTORS = 3
FEW_TREATED = 8


@dataclass(frozen=True)
class RegressionLift:
    """An effect on the ratio scale with its HC2 interval; error is of log(1 + effect)."""

    effect: float
    low: float
    high: float
    error: float
    freedom: float
    p_value: float


def log_difference(window: Window, treated: BoolArray, level: float = 0.9) -> RegressionLift:
    """Mean log growth of the treated units less that of the others (difference in differences on logs)."""
    return _regression(window, treated, np.ones((treated.size, 1)), level)


def factor_adjusted(window: Window, treated: BoolArray, factors: int = FACTORS, level: float = 0.9) -> RegressionLift:
    """The same, adjusted for leading factors before the start and the recent trend (ANCOVA-f)."""
    before = before_start(window.Y, window.periods_before)
    columns = np.column_stack([np.ones(treated.size), before.factors[:, :factors], before.trend])
    return _regression(window, treated, columns, level)


def _regression(window: Window, treated: BoolArray, columns: FloatArray, level: float) -> RegressionLift:
    ratio = growth(window.Y, window.periods_before, recency(window.periods_before, None))
    y = np.log(np.maximum(ratio, SMALLEST_RATIO))
    X = np.column_stack([treated.astype(np.float64), columns])
    inverse = np.linalg.pinv(X.T @ X)
    beta = inverse @ X.T @ y
    leverage = np.minimum(((X @ inverse) * X).sum(axis=1), 1 - 1e-9)
    weighted = X * ((y - X @ beta) / np.sqrt(1 - leverage))[:, None]
    error = float(np.sqrt((inverse @ weighted.T @ weighted @ inverse)[0, 0]))
    count = int(treated.sum())
    freedom = float(max(count - 1 if count < FEW_TREATED else y.size - X.shape[1], 1))
    reach = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    p = float(2 * stats.t.sf(abs(beta[0]) / error, freedom)) if error > 0 else float("nan")
    low, effect, high = (float(np.expm1(beta[0] + step)) for step in (-reach, 0.0, reach))
    return RegressionLift(effect, low, high, error, freedom, p)
