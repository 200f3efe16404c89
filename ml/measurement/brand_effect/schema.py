"""Columns of the brand effect and posts-sell tables; NULL: refused, see note."""

from __future__ import annotations

import polars as pl

EFFECT_SCHEMA: dict[str, pl.DataType] = {
    "campaign_id": pl.String(),
    "question": pl.String(),
    "treated_count": pl.Int64(),
    "control_count": pl.Int64(),
    "both_waves_count": pl.Int64(),
    "treated_before": pl.Float64(),
    "treated_after": pl.Float64(),
    "control_before": pl.Float64(),
    "control_after": pl.Float64(),
    **{f"effect{end}": pl.Float64() for end in ("", "_low", "_high")},
    **{f"check{end}": pl.Float64() for end in ("", "_low", "_high")},
    "p_value": pl.Float64(),
    "treated_answered_share": pl.Float64(),
    "control_answered_share": pl.Float64(),
    "interval_level": pl.Float64(),
    "design": pl.String(),
    "status": pl.String(),
    "note": pl.String(),
}
SALES_SCHEMA: dict[str, pl.DataType] = {
    "campaign_id": pl.String(),
    "measure": pl.String(),
    "people_count": pl.Int64(),
    "buyers_count": pl.Int64(),
    **{f"share{end}": pl.Float64() for end in ("", "_low", "_high")},
    "interval_level": pl.Float64(),
    "design": pl.String(),
    "status": pl.String(),
    "note": pl.String(),
}
