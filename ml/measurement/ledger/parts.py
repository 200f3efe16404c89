"""A part of what a campaign sold, and the rule by which no sale is counted twice.

Belongs here: what covers what, sums with their range. Does not: where the figures come from (sources.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Channel = Literal["store", "online", "all"]
Buyers = Literal["members", "others", "everybody"]
Evidence = Literal[
    "randomised store test",
    "randomised people test",
    "matched stores",
    "people compared with their like",
    "chosen stores",
    "sales beyond the usual",
    "codes and links",
]
# First wins. What codes and links claim is shown and never counted: nobody knows what of it was caused.
PRECEDENCE: tuple[Evidence, ...] = (
    "randomised store test",
    "randomised people test",
    "matched stores",
    "people compared with their like",
    "chosen stores",
    "sales beyond the usual",
    "codes and links",
)
CLAIMED: Evidence = "codes and links"


@dataclass(frozen=True)
class Part:
    """Sales of some buyers in some channel that a campaign is held to have caused.

    Attributes:
        channel: where they were made; "all": not told apart.
        buyers: members themselves, others whom they brought, or everybody in the campaign's stores.
        evidence: what says so.
        extra: net minor units, returns taken off.
        low, high: 90 % interval; None for claims.
        note: None, or what to know.
        is_counted: whether it enters the campaign's total.
    """

    channel: Channel
    buyers: Buyers
    evidence: Evidence
    extra: float
    low: float | None = None
    high: float | None = None
    note: str | None = None
    is_counted: bool = False

    def shares_sales_with(self, other: Part) -> bool:
        """Whether one sale could be in both."""
        channels = self.channel == other.channel or "all" in (self.channel, other.channel)
        buyers = self.buyers == other.buyers or "everybody" in (self.buyers, other.buyers)
        return channels and buyers


@dataclass(frozen=True)
class Sum:
    """A sum of parts with its 90 % interval, net minor units."""

    extra: float
    low: float
    high: float


def counted_once(parts: Sequence[Part]) -> list[Part]:
    """The parts with is_counted set: each by precedence, unless one counted before could hold the same sales."""
    taken: list[Part] = []
    result: dict[int, Part] = {}
    for at in sorted(range(len(parts)), key=lambda at: (PRECEDENCE.index(parts[at].evidence), at)):
        part = parts[at]
        holder = next((one for one in taken if one.shares_sales_with(part)), None)
        if part.evidence == CLAIMED or part.low is None:
            result[at] = part
        elif holder is not None:
            why = f"not counted: the {holder.evidence} may hold the same sales"
            result[at] = replace(part, note=why if part.note is None else f"{why}; {part.note}")
        else:
            result[at] = replace(part, is_counted=True)
            taken.append(part)
    return [result[at] for at in range(len(parts))]


def total(parts: Sequence[Part], correlation: Mapping[tuple[int, int], float] | None = None) -> Sum | None:
    """The counted parts together; None: nothing is counted.

    Each side of the range is put together from the parts' own sides (MOVER: Zou and Donner 2008, Statistics in Medicine
    27, 1693), so that ranges on a ratio scale keep their longer side and one part alone keeps its range.

    Args:
        correlation: of the estimates of two parts, by their numbers, the smaller first; those not named have none.
    """
    counted = [at for at, part in enumerate(parts) if part.is_counted]
    if not counted:
        return None
    below, above = {}, {}
    for at in counted:
        part = parts[at]
        assert part.low is not None and part.high is not None, "only parts with a range are counted"
        below[at], above[at] = part.extra - part.low, part.high - part.extra
    extra = sum(parts[at].extra for at in counted)
    return Sum(extra, extra - _reach(below, correlation or {}), extra + _reach(above, correlation or {}))


def _reach(sides: Mapping[int, float], correlation: Mapping[tuple[int, int], float]) -> float:
    squares = sum(side**2 for side in sides.values())
    crossed = sum(2 * r * sides[a] * sides[b] for (a, b), r in correlation.items() if a in sides and b in sides)
    return float(max(squares + crossed, 0.0) ** 0.5)
