"""What the report shows about reviews, ready to print; positions in percent, vertical ones from the top."""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.exports.report.view_forest import Tick, Tone
from orchestration.exports.report.view_quality import Line


@dataclass(frozen=True)
class Mark:
    """A published figure on the chart: a letter at its beginning, and its line where it spans more than ten reviews."""

    letter: str
    at: float
    top: float
    shift: int  # pixels, so that letters at one place do not hide each other
    points: str
    label: str


@dataclass(frozen=True)
class ReviewChart:
    """Ten more reviews, at each number of reviews: one line and band a way of telling, published figures as marks."""

    title: str
    axis: str
    description: str
    zero: float
    ticks: tuple[Tick, ...]
    across: tuple[Tick, ...]
    bands: tuple[Line, ...]
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class ReviewRow:
    """One result in the table."""

    name: str
    kind: str
    extra: str
    span: str
    verdict: str
    tone: Tone
    words: str


@dataclass(frozen=True)
class ReviewsBlock:
    """The section: chart of ten more reviews, results, what others published."""

    chart: ReviewChart | None
    rows: tuple[ReviewRow, ...]
    published: tuple[str, ...]
