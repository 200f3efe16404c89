"""Columns of the store lift tables. Lifts are on the ratio scale (.15 is 15 % more); NULL: refused, see note."""

from __future__ import annotations

import polars as pl

_NUMBERS = (
    "lift", "lift_low", "lift_high", "log_error", "freedom", "p_value", "placebo_p", "conformal_p",
    "outcome_seen", "extra", "extra_low", "extra_high", "check_lift", "check_low", "check_high",
    "fit_before", "smallest_lift", "size_difference", "trend_difference", "nearest_km", "interval_level",
)  # fmt: skip
_COUNTS = (
    "treated_count", "control_count", "left_out_count", "period_days", "periods_before_count", "periods_after_count",
)  # fmt: skip

LIFT_SCHEMA: dict[str, pl.DataType] = {
    "campaign_id": pl.String(),
    "outcome": pl.String(),
    "unit": pl.String(),
    "currency": pl.String(),
    **{name: pl.Int64() for name in _COUNTS},
    "starts_on": pl.Date(),
    "ends_before": pl.Date(),
    **{name: pl.Float64() for name in _NUMBERS},
    "is_clear": pl.Boolean(),
    "main_candidate": pl.String(),
    "design": pl.String(),
    "estimator": pl.String(),
    "status": pl.String(),
    "note": pl.String(),
}
ESTIMATE_SCHEMA: dict[str, pl.DataType] = {
    "campaign_id": pl.String(),
    "outcome": pl.String(),
    "estimator": pl.String(),
    "lift": pl.Float64(),
    "lift_low": pl.Float64(),
    "lift_high": pl.Float64(),
    "p_value": pl.Float64(),
}
PLACEBO_SCHEMA: dict[str, pl.DataType] = {
    "campaign_id": pl.String(),
    "outcome": pl.String(),
    "number": pl.Int64(),
    "lift": pl.Float64(),
}
WEEKS_SCHEMA: dict[str, pl.DataType] = {
    "campaign_id": pl.String(),
    "outcome": pl.String(),
    "currency": pl.String(),
    "interval_level": pl.Float64(),
    "period_days": pl.Int64(),
    "period_starts_on": pl.Date(),
    "is_after": pl.Boolean(),
    **{name: pl.Float64() for name in ("seen", "without", "without_low", "without_high")},
}
