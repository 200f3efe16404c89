"""Columns of the synergy table. Effects are on the log scale, additive on the ratio scale; NULL: refused, see note."""

from __future__ import annotations

import polars as pl

RANGED = ("nano_effect", "partner_effect", "interaction", "additive", "check")
_COUNTS = ("both_count", "nano_count", "partner_count", "neither_count")

SYNERGY_SCHEMA: dict[str, pl.DataType] = {
    "campaign_id": pl.String(),
    "outcome": pl.String(),
    "partner": pl.String(),
    "order": pl.String(),
    "tiers": pl.String(),
    "first_on": pl.Date(),
    "last_on": pl.Date(),
    **{name: pl.Int64() for name in _COUNTS},
    **{f"{name}{end}": pl.Float64() for name in RANGED for end in ("", "_low", "_high")},
    "log_error": pl.Float64(),
    "freedom": pl.Float64(),
    "p_value": pl.Float64(),
    "interval_level": pl.Float64(),
    "reading": pl.String(),
    "design": pl.String(),
    "status": pl.String(),
    "note": pl.String(),
}
