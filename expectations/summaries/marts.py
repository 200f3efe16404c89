"""Figures of the marts gate that later nights compare with."""

from __future__ import annotations

from expectations.declare import Frames
from expectations.summaries.numbers import numbers

# Shares of fewer people jump by themselves.
FEWEST_PEOPLE = 30


def figures(frames: Frames) -> dict[str, float]:
    """Rows per mart, filled share per column that may be NULL, share per tier of people whose audience is known."""
    tiers = frames["dim_consumers"]["tier"]
    known = tiers[tiers != "unknown"]
    shares = known.value_counts(normalize=True).items() if len(known) >= FEWEST_PEOPLE else ()
    return {
        **numbers(frames["keys"], "mart", "rows", "{}.rows"),
        **numbers(frames["fills"], "column", "filled_share", "{}.filled_share"),
        **numbers(frames["readings"], "reading", "share", "reading.{}.share"),
        **{f"tier.{tier}.share": float(share) for tier, share in shares},
    }
