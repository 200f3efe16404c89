"""Figures of the marts gate that later nights compare with."""

from __future__ import annotations

from expectations.declare import Frames
from expectations.summaries.numbers import numbers


def figures(frames: Frames) -> dict[str, float]:
    """Rows per mart, filled share per column that may be NULL, share of people per tier."""
    tiers = frames["dim_consumers"]["tier"].value_counts(normalize=True)
    return {
        **numbers(frames["keys"], "mart", "rows", "{}.rows"),
        **numbers(frames["fills"], "column", "filled_share", "{}.filled_share"),
        **{f"tier.{tier}.share": float(share) for tier, share in tiers.items()},
    }
