"""An interval chart, ready to print: rows of ranges on one axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "bad", "open", "careful", "missing"]


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: position in percent of its width."""

    at: float
    label: str


@dataclass(frozen=True)
class ForestRow:
    """One range of an interval chart; positions in percent of the axis' width, NULL where there is none."""

    name: str
    detail: str
    value: str
    range: str
    tone: Tone
    low: float
    mid: float
    high: float
    cut_low: bool
    cut_high: bool
    check_low: float | None
    check_high: float | None
    description: str


@dataclass(frozen=True)
class Forest:
    """An interval chart of one outcome: one row a campaign or choice, one axis."""

    title: str
    axis: str
    zero: float
    ticks: tuple[Tick, ...]
    rows: tuple[ForestRow, ...]
