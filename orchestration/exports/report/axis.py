"""The axis of an interval chart: its reach, round marks, positions in percent.

Belongs here: arithmetic of one axis. Does not: words, colours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

# A range wider than this many times the median range is cut at the edge (with an arrow), so that one campaign with few
# people does not press all others into a dot. Below about 3 ordinary charts get cut, above about 8 it helps no more.
WIDEST_RANGE = 5.0
_MARKS_WANTED = 5


@dataclass(frozen=True)
class Axis:
    """A linear axis from `low` to `high`; both are multiples of `step`."""

    low: float
    high: float
    step: float

    def percent(self, value: float) -> float:
        """Position in percent of the width, held within the axis."""
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(max(share, 0.0), 1.0), 3)

    def marks(self) -> list[float]:
        """The round values to mark, `low` and `high` among them."""
        count = round((self.high - self.low) / self.step)
        return [self.low + self.step * n for n in range(count + 1)]

    def decimals(self) -> int:
        """Decimals that tell one mark from the next."""
        return max(0, -math.floor(math.log10(self.step) + 1e-9))


def axis_for(ranges: Sequence[tuple[float, float, float]]) -> Axis:
    """An axis that holds 0, every middle and, except for very wide ones, every range (low, middle, high)."""
    usual = median(high - low for low, _, high in ranges)
    reach = WIDEST_RANGE * usual
    lows = [max(low, mid - reach) for low, mid, _ in ranges]
    highs = [min(high, mid + reach) for _, mid, high in ranges]
    low, high = min(0.0, *lows), max(0.0, *highs)
    step = _round_step((high - low) or 1.0)
    return Axis(math.floor(low / step) * step, math.ceil(high / step or 1) * step, step)


def _round_step(length: float) -> float:
    """The step of 1, 2 or 5 times a power of ten that gives about five marks."""
    rough = length / _MARKS_WANTED
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
