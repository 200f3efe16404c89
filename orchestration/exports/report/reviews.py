"""The report's table about reviews, from the review_effect export: results, and what others published.

Belongs here: cells. Does not: the curve (charts/reviews.py),
figures and sentences (orchestration/exports/review_effect.py).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from orchestration.exports.contract_reviews import JUMP, PUBLISHED, TEN_MORE
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.report.view_forest import Tone
from orchestration.exports.report.view_reviews import ReviewRow, ReviewsBlock
from orchestration.exports.retelling import label

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


def reviews_block(effects: pl.DataFrame, language: Language = ENGLISH) -> ReviewsBlock:
    """Everything the section shows."""
    rows = effects.to_dicts()
    shown = [row for row in rows if row["kind"] not in (TEN_MORE, PUBLISHED) and _is_shown(row)]
    return ReviewsBlock(
        rows=tuple(_row(row, language) for row in shown),
        published=tuple(row["in_words"] for row in rows if row["kind"] == PUBLISHED),
    )


def _is_shown(row: Row) -> bool:
    return bool(row["kind"] != JUMP or row["reviews_to"] == _STATED or row["verdict"] == "jump")


def _row(row: Row, language: Language) -> ReviewRow:
    tone = _TONES[row["verdict"]]
    name = (
        language.campaign(row["campaign_name"], row["campaign_id"]) if row["campaign_id"] else language.say("All pages")
    )
    detail = " ".join(label(word, language) for word in (row["told_by"], row["reviews_known"]) if word)
    kind = language.say("%(kind)s; %(detail)s", kind=label(row["kind"], language), detail=detail)
    verdict = label(row["verdict"], language)
    if row["verdict"] == "not measured":
        return ReviewRow(name, kind, "", "", verdict, tone, row["in_words"])
    careful = row["design"] != "randomised" and tone in ("good", "bad")
    return ReviewRow(
        name=name,
        kind=kind,
        extra=_figure(row, "extra", language),
        span=language.range(_figure(row, "extra_low", language), _figure(row, "extra_high", language)),
        verdict=verdict,
        tone="careful" if careful else tone,
        words=row["in_words"],
    )


def _figure(row: Row, name: str, language: Language) -> str:
    if row["unit"] == "reviews":
        return language.number(row[name], 1, signed=True)
    return language.share(row[name], 1, signed=True)
