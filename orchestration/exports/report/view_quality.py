"""What the report shows about how good a model is, ready to print; positions in percent, vertical ones from the top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestration.exports.report.view_forest import Forest, Tick


@dataclass(frozen=True)
class Line:
    """One curve: `points` as an SVG polyline on a square of 100."""

    label: str
    style: str
    points: str


@dataclass(frozen=True)
class Curve:
    """What contacting the best people by an order brings, at each share; `band` is the model's own range."""

    axis: str
    description: str
    zero: float
    ticks: tuple[Tick, ...]
    band: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Tenth:
    """Predicted against realised in one tenth of people: at, left and right across; the others from the top."""

    number: str
    at: float
    left: float
    right: float
    predicted: float
    realised: float
    low: float
    high: float


@dataclass(frozen=True)
class Tenths:
    """All tenths, the highest predictions first."""

    axis: str
    description: str
    zero: float
    ticks: tuple[Tick, ...]
    marks: tuple[Tenth, ...]


@dataclass(frozen=True)
class QualityBlock:
    """One model: whether it is used, in words, and its three plots."""

    name: str
    status: Literal["ok", "attention"]
    label: str
    sentences: tuple[str, ...]
    curve: Curve
    tenths: Tenths
    budgets: Forest
