"""Columns of the word-of-mouth tables. Counts of people told count a person as often as told; NULL: see note."""

from __future__ import annotations

import polars as pl

RANGED = (
    "told_mean", "relay_probability", "fan_out", "relay_ratio", "remembered_share",
    "direct_reach", "reach", "expected_reach", "different_people", "listed_people",
)  # fmt: skip
_COUNTS = (
    "members_count", "asked_count", "unanswered_count", "hearers_count", "relays_count", "asked_twice_count",
    "members_needed_count", "hearers_needed_count",
)  # fmt: skip

REACH_SCHEMA: dict[str, pl.DataType] = {
    "campaign_id": pl.String(),
    "members_group": pl.String(),
    **{name: pl.Int64() for name in _COUNTS},
    **{f"{name}{end}": pl.Float64() for name in RANGED for end in ("", "_low", "_high")},
    "told_dispersion": pl.Float64(),
    "endless_share": pl.Float64(),
    "positive_share": pl.Float64(),
    "negative_share": pl.Float64(),
    "interval_level": pl.Float64(),
    "status": pl.String(),
    "note": pl.String(),
}
GENERATION_SCHEMA: dict[str, pl.DataType] = {
    "campaign_id": pl.String(),
    "generation": pl.Int64(),
    "people": pl.Float64(),
    "people_low": pl.Float64(),
    "people_high": pl.Float64(),
}
