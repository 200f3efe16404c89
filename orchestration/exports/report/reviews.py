"""The report's block about reviews, from the review_effect export: the curve n → n + 10, results, published figures.

Belongs here: positions and cells. Does not: figures and sentences (orchestration/exports/review_effect.py).
"""

from __future__ import annotations

import math
from string import ascii_uppercase
from typing import Any

import polars as pl

from orchestration.exports.contract_reviews import JUMP, METHOD_WORDS, PUBLISHED, TEN_MORE
from orchestration.exports.formatting import ENGLISH
from orchestration.exports.report.axis import Axis, axis_for
from orchestration.exports.report.view_forest import Tick, Tone
from orchestration.exports.report.view_quality import Line
from orchestration.exports.report.view_reviews import Mark, ReviewChart, ReviewRow, ReviewsBlock

Row = dict[str, Any]
_TONES: dict[str, Tone] = {
    "clear gain": "good",
    "clear loss": "bad",
    "jump": "good",
    "not clear": "open",
    "no jump found": "open",
    "not measured": "missing",
}
_STYLES = ("helps", "anyway")
_STATED = 50  # of the jumps, the page shows the one people speak of and those found
_LAST = 100.0
_FAR = 2.0  # a published figure further off than this is named at the edge: it would press the curve flat
_ACROSS = (0, 5, 10, 25, 50, 100)
_GRID = (0, 1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 35, 40)
_NEAR = 6.0  # percent of the height: letters nearer than this are put side by side


def reviews_block(effects: pl.DataFrame) -> ReviewsBlock:
    """Everything the section shows."""
    rows = effects.to_dicts()
    shown = [row for row in rows if row["kind"] not in (TEN_MORE, PUBLISHED) and _is_shown(row)]
    return ReviewsBlock(
        chart=_chart(rows),
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


def _chart(rows: list[Row]) -> ReviewChart | None:
    """Ten more reviews: by products drawn by lot where there is a draw, beside the pages' histories."""
    lines: list[tuple[str, list[Row]]] = []
    for method in ("drawn_products", "page_history"):
        own = [row for row in rows if row["kind"] == TEN_MORE and row["told_by"] == METHOD_WORDS[method]]
        if own:  # of several campaigns the one over all (no id) is drawn, of several kinds of counting the displayed
            first = min(own, key=lambda row: (row["campaign_id"] is not None, row["reviews_known"] != "as displayed"))
            same = [r for r in own if all(r[k] == first[k] for k in ("campaign_id", "reviews_known"))]
            lines.append((METHOD_WORDS[method], sorted(same, key=lambda row: row["reviews_from"])))
    if not lines:
        return None
    published = [row for row in rows if row["kind"] == PUBLISHED]
    reach = max(_percents(row)[2] for _, own in lines for row in own)
    near = [value for row in published if (value := _ten_more(row)) <= _FAR * reach]
    axis = axis_for([*(_percents(row) for _, own in lines for row in own), *((value, value, value) for value in near)])
    name, own = lines[0]
    told = "; ".join(f"{row['reviews_from']} to {row['reviews_to']}: {_figure(row, 'extra')}" for row in own)
    return ReviewChart(
        title="Ten more reviews",
        axis="extra orders, %, of ten more reviews on a page, by the reviews it has",
        description=f"{name}: {told}",
        zero=_top(axis, 0),
        ticks=tuple(Tick(_top(axis, mark), ENGLISH.number(mark, axis.decimals())) for mark in axis.marks()),
        across=tuple(Tick(_at(mark), str(mark)) for mark in _ACROSS),
        bands=tuple(Line(label, _STYLES[n], _band(part, axis)) for n, (label, part) in enumerate(lines)),
        lines=tuple(Line(label, _STYLES[n], _points(part, "extra", axis)) for n, (label, part) in enumerate(lines)),
        marks=_marks(published, axis),
    )


def _ten_more(row: Row, at: float | None = None) -> float:
    """A published rise from a to b reviews as that of ten more at a (or at `at`), in %, linear in log(1 + reviews)."""
    low, high = float(row["reviews_from"]), float(row["reviews_to"])
    begin = low if at is None else at
    share = math.log((begin + 11) / (begin + 1)) / math.log((high + 1) / (low + 1))
    return float(100 * ((1 + row["extra"]) ** min(share, 1.0) - 1))


def _marks(published: list[Row], axis: Axis) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    for letter, row in zip(ascii_uppercase, sorted(published, key=lambda row: row["reviews_from"]), strict=False):
        value, at = _ten_more(row), _at(row["reviews_from"])
        spanned = [n for n in _GRID if row["reviews_from"] <= n <= row["reviews_to"] - 10]
        year = row["source_year"] if row["source_year"] is not None else "year not stated"
        cut = "; beyond the chart" if value > axis.high else ""
        marks.append(
            Mark(
                letter=letter,
                at=at,
                top=_top(axis, value),
                shift=6 + 12 * sum(mark.at == at and abs(mark.top - _top(axis, value)) < _NEAR for mark in marks),
                points=" ".join(f"{_at(n)},{_top(axis, _ten_more(row, n))}" for n in spanned) if spanned[1:] else "",
                label=f"{row['source']}, {year}{cut}",
            )
        )
    return tuple(marks)


def _percents(row: Row) -> tuple[float, float, float]:
    return 100 * row["extra_low"], 100 * row["extra"], 100 * row["extra_high"]


def _at(reviews: float) -> float:
    return round(100 * math.log1p(reviews) / math.log1p(_LAST), 3)


def _top(axis: Axis, value: float) -> float:
    return round(100 - axis.percent(value), 3)


def _points(rows: list[Row], name: str, axis: Axis) -> str:
    return " ".join(f"{_at(row['reviews_from'])},{_top(axis, 100 * row[name])}" for row in rows)


def _band(rows: list[Row], axis: Axis) -> str:
    return f"{_points(rows, 'extra_low', axis)} {_points(rows[::-1], 'extra_high', axis)}"
