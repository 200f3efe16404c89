"""This run's figures against those of published generations, as a frame with one row per comparison.

Belongs here: the comparison. Does not: which figures a gate keeps (summaries/), how far they may move (suites/),
where past figures lie (the caller hands them in, oldest first, none newer than the day before the run's date).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from statistics import median

import pandas as pd

from expectations.declare import Check, Column, FrameExpectations, Limit, always

Past = Mapping[str, Sequence[float]]

# The past that a figure is compared with: four weeks of nights, since brands grow.
NIGHTS = 28

HISTORY_CHECKS: tuple[Check, ...] = (
    always("is_outside", 0, "figure too far from its median over published generations, or gone"),
)


def history_frame_expectations(limits: Sequence[Limit]) -> FrameExpectations:
    """The declaration of the frame that `compare` builds: every limit leaves at least one row."""
    return FrameExpectations(
        name="history",
        columns=(Column("figure", "text", filled=True), Column("is_outside", "number", filled=True)),
        checks=HISTORY_CHECKS,
        min_rows=len(limits),
        label="figure",
    )


def compare(figures: Mapping[str, float], past: Past, limits: Sequence[Limit]) -> pd.DataFrame:
    """One row per limit and figure it names, at least one row per limit.

    Returns:
        figure, value (NaN: gone), past_median (NaN: no past), past_count, is_outside (0 or 1).
    """
    rows: list[tuple[str, float, float, int, int]] = []
    for limit in limits:
        names = sorted(name for name in {*figures, *past} if fnmatchcase(name, limit.figure))
        for name in names or [limit.figure]:
            earlier = [value for value in past.get(name, ()) if math.isfinite(value)][-NIGHTS:]
            value = figures.get(name, math.nan)
            middle = median(earlier) if earlier else math.nan
            rows.append((name, value, middle, len(earlier), int(_is_outside(value, middle, len(earlier), limit))))
    frame = pd.DataFrame(rows, columns=["figure", "value", "past_median", "past_count", "is_outside"])
    return frame.astype({"figure": "str", "past_count": "int64", "is_outside": "int64"})


def _is_outside(value: float, middle: float, past_count: int, limit: Limit) -> bool:
    if past_count < limit.fewest_past or math.isnan(middle):
        return False
    if limit.min_past is not None and middle < limit.min_past:
        return False
    if math.isnan(value):
        return not limit.may_end  # published generations had it, this run does not
    if limit.difference:
        return not limit.low <= value - middle <= limit.high
    if middle == 0:
        return False  # a ratio to nothing says nothing
    return not limit.low <= value / middle <= limit.high
