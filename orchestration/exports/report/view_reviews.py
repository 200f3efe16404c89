"""What the report shows about reviews, ready to print."""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.exports.report.view_forest import Tone


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
    """The table: results, what others published."""

    rows: tuple[ReviewRow, ...]
    published: tuple[str, ...]
