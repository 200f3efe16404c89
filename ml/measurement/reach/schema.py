"""Columns of the reach tables. People and contacts are counts; NULL: not known, see note."""

from __future__ import annotations

import polars as pl

ALL = "all"
EXACT, SKETCHED, ESTIMATED, BOUNDS = "follower lists", "sketches of follower lists", "estimate", "bounds only"
BASES = (EXACT, SKETCHED, ESTIMATED, BOUNDS)

_LABEL = {"campaign_id": pl.String(), "platform": pl.String(), "tier": pl.String()}
_ACCOUNTS = ("accounts_count", "sized_accounts_count", "listed_accounts_count", "pairs_count")
_REACH = (
    "gross_reach", "unique_reach", "unique_low", "unique_high", "bound_low", "bound_high", "overlap",
    "effective_unique", "effective_low", "effective_high", "population",
)  # fmt: skip
_PIECES = ("pieces_count", "reported_pieces_count", "modelled_pieces_count", "unseen_pieces_count")
_CONTACTS = ("contacts", "bad_contacts", "good_contacts")
_COSTS = (
    "cost_minor", "cost_per_1000_unique", "cost_per_1000_unique_low", "cost_per_1000_unique_high",
    "cost_per_1000_effective", "cost_per_1000_contacts",
)  # fmt: skip

REACH_SCHEMA: dict[str, pl.DataType] = {
    **_LABEL,
    **{name: pl.Int64() for name in _ACCOUNTS},
    **{name: pl.Float64() for name in _REACH},
    **{name: pl.Int64() for name in _PIECES},
    **{name: pl.Float64() for name in _CONTACTS},
    "bad_pieces_count": pl.Int64(),
    "good_pieces_count": pl.Int64(),
    **{name: pl.Float64() for name in _COSTS},
    "currency": pl.String(),
    "interval_level": pl.Float64(),
    "population_basis": pl.String(),
    "basis": pl.String(),
    "status": pl.String(),
    "note": pl.String(),
}
CURVE_SCHEMA: dict[str, pl.DataType] = {
    "campaign_id": pl.String(),
    "ambassadors_count": pl.Int64(),
    "gross_reach": pl.Float64(),
    "unique_reach": pl.Float64(),
    "unique_low": pl.Float64(),
    "unique_high": pl.Float64(),
    "is_beyond": pl.Boolean(),
    "basis": pl.String(),
}
ENGAGEMENT_SCHEMA: dict[str, pl.DataType] = {
    "platform": pl.String(),
    "rate": pl.String(),
    "tier": pl.String(),
    "against_tier": pl.String(),
    "value": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "pieces_count": pl.Int64(),
    "accounts_count": pl.Int64(),
    "strata_count": pl.Int64(),
    "status": pl.String(),
    "note": pl.String(),
}
