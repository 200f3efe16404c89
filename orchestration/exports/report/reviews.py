"""The report's table about reviews, from the review_effect export: results, and what others published.

Belongs here: cells. Does not: the curve (charts/reviews.py),
figures and sentences (orchestration/exports/review_effect.py).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from orchestration.exports.contract_reviews import JUMP, PUBLISHED, TEN_MORE
from orchestration.exports.formatting import ENGLISH
from orchestration.exports.report.view_forest import Tone
from orchestration.exports.report.view_reviews import ReviewRow, ReviewsBlock

Row = dict[str, Any]
_TONES: dict[str, Tone] = {
    "clear gain": "good",
    "clear loss": "bad",
    "jump": "good",
    "not clear": "open",
    "no jump found": "open",
    "not measured": "missing",
}
_STATED = 50  # of the jumps, the page shows the one people speak of and those found


def reviews_block(effects: pl.DataFrame) -> ReviewsBlock:
    """Everything the section shows."""
    rows = effects.to_dicts()
    shown = [row for row in rows if row["kind"] not in (TEN_MORE, PUBLISHED) and _is_shown(row)]
    return ReviewsBlock(
        rows=tuple(_row(row) for row in shown),
        published=tuple(row["in_words"] for row in rows if row["kind"] == PUBLISHED),
    )


def _is_shown(row: Row) -> bool:
    return bool(row["kind"] != JUMP or row["reviews_to"] == _STATED or row["verdict"] == "jump")


def _row(row: Row) -> ReviewRow:
    tone = _TONES[row["verdict"]]
    name = row["campaign_name"] or (f"Campaign {row['campaign_id']}" if row["campaign_id"] else "All pages")
    detail = " ".join(word for word in (row["told_by"], row["reviews_known"]) if word)
    if row["verdict"] == "not measured":
        return ReviewRow(name, f"{row['kind']}; {detail}", "", "", row["verdict"], tone, row["in_words"])
    careful = row["design"] != "randomised" and tone in ("good", "bad")
    return ReviewRow(
        name=name,
        kind=f"{row['kind']}; {detail}",
        extra=_figure(row, "extra"),
        span=f"{_figure(row, 'extra_low')} to {_figure(row, 'extra_high')}",
        verdict=row["verdict"],
        tone="careful" if careful else tone,
        words=row["in_words"],
    )


def _figure(row: Row, name: str) -> str:
    if row["unit"] == "reviews":
        return ENGLISH.number(row[name], 1, signed=True)
    return f"{ENGLISH.number(100 * row[name], 1, signed=True)} %"
