"""Every other estimator of the same store test, side by side with the default: where they differ, doubt is due."""

from __future__ import annotations

from typing import Any

from ml.arrays import BoolArray
from ml.measurement.store_lift.adaptive import Lift
from ml.measurement.store_lift.candidates import Window
from ml.measurement.store_lift.regression import factor_adjusted, log_difference
from ml.measurement.store_lift.sdid import synthetic_difference
from ml.measurement.store_lift.synthetic import normalised_control, synthetic_control
from ml.measurement.store_lift.time_based import time_based


def peer_rows(window: Window, treated: BoolArray, default: Lift, level: float) -> list[dict[str, Any]]:
    """Estimator, lift, interval and p value; NULL where an estimator gives none of its own."""
    Y, before = window.Y, window.periods_before
    regressions = {
        "difference of log growth": log_difference(window, treated, level),
        "adjusted for 3 factors and trend": factor_adjusted(window, treated, level=level),
    }
    time = time_based(Y, treated, before, level)
    points = {
        "synthetic control": synthetic_control(Y, treated, before).relative_effect,
        "synthetic control, ridge-augmented": synthetic_control(Y, treated, before, augmented=True).relative_effect,
        "synthetic control of shares": normalised_control(Y, treated, before).relative_effect,
        "synthetic difference in differences": synthetic_difference(Y, treated, before).relative_effect,
    }
    return [
        _row("default", default.effect, default.low, default.high, default.p_value),
        *(_row(name, one.effect, one.low, one.high, one.p_value) for name, one in regressions.items()),
        *(_row(name, lift) for name, lift in points.items()),
        _row("time-based regression", time.relative_effect, time.relative_low, time.relative_high),
    ]


def _row(
    name: str, lift: float, low: float | None = None, high: float | None = None, p: float | None = None
) -> dict[str, Any]:
    return {"estimator": name, "lift": lift, "lift_low": low, "lift_high": high, "p_value": p}
