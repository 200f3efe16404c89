"""Columns of the lead tables; NULL: refused, see note."""

from __future__ import annotations

import polars as pl

LEAD_SCHEMA: dict[str, pl.DataType] = {
    "cohort": pl.String(),
    "people_count": pl.Int64(),
    "others_count": pl.Int64(),
    "categories_count": pl.Int64(),
    "months_count": pl.Int64(),
    "first_on": pl.Date(),
    "cohort_purchases_count": pl.Int64(),
    "lag_months": pl.Int64(),
    "lag_months_low": pl.Int64(),
    "lag_months_high": pl.Int64(),
    "correlation": pl.Float64(),
    "p_value": pl.Float64(),
    "is_lead": pl.Boolean(),
    "reverse_lag_months": pl.Int64(),
    "reverse_p": pl.Float64(),
    "season_waves_count": pl.Int64(),
    "interval_level": pl.Float64(),
    "design": pl.String(),
    "status": pl.String(),
    "note": pl.String(),
}
LAG_SCHEMA: dict[str, pl.DataType] = {
    "cohort": pl.String(),
    "lag_months": pl.Int64(),
    "statistic": pl.Float64(),
    "correlation": pl.Float64(),
}
