"""Ten more reviews, from the review_effect export: the brand's own curve, with published figures as reference marks.

Belongs here: what of the export is drawn. Does not: figures and sentences (orchestration/exports/review_effect.py).
"""

from __future__ import annotations

import math
from string import ascii_uppercase
from typing import Any

import altair as alt
import polars as pl

from orchestration.exports.contract_reviews import METHOD_WORDS, PUBLISHED, TEN_MORE
from orchestration.exports.language import Language
from orchestration.exports.report.charts import theme
from orchestration.exports.report.charts.figure import Figure, Key, Missing
from orchestration.exports.retelling import label

Row = dict[str, Any]
_METHODS = ("drawn_products", "page_history")
_LOOKS = {
    "drawn_products": (theme.FIRST, theme.FIRST_PALEST, "one"),
    "page_history": (theme.SECOND, theme.SECOND_PALE, "two"),
}
_LAST = 100.0
_FAR = 2.0  # a published figure further off than this is named in the legend alone: it would press the curve flat
_MARKED = (0, 5, 10, 25, 50, 100)
_GRID = (0, 1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 35, 40)
_NEAR = 0.06  # of the height: letters nearer than this are put side by side
_LETTER = 0.035  # of the width


def ten_more(effects: pl.DataFrame, language: Language, campaign_id: str | None = None) -> Figure | Missing:
    """One line and band a way of telling; of a campaign's products alone where its id is given."""
    title = language.say("What ten more reviews do")
    rows = effects.to_dicts()
    lines = {method: own for method in _METHODS if (own := _line(rows, METHOD_WORDS[method], campaign_id))}
    if campaign_id is not None:
        lines.pop("page_history", None)
    if not lines:
        reason = language.say(
            "The effect of reviews is not known yet. Needed: product_page_daily with orders and the reviews displayed."
        )
        return Missing(title, reason)
    published = sorted((row for row in rows if row["kind"] == PUBLISHED), key=lambda row: row["reviews_from"])
    top = max(100 * row["extra_high"] for own in lines.values() for row in own)
    near = [row for row in published if ten_more_of(row) <= _FAR * top]
    bottom = min(0.0, *(100 * row["extra_low"] for own in lines.values() for row in own))
    height = max(top, *(ten_more_of(row) for row in near)) - bottom
    layers = [layer for method, own in lines.items() for layer in _drawn(own, method)]
    layers = [theme.level_at(0), *layers, *_spans(near), *_letters(near, published, height)]
    method, own = next(iter(lines.items()))
    told = "; ".join(
        f"{language.range(str(row['reviews_from']), str(row['reviews_to']))}: {_percent(row, language)}" for row in own
    )
    beyond = [row for row in published if row not in near]
    return Figure(
        title=title,
        axis=language.say("extra orders, %%, of ten more reviews on a page, by the reviews it has"),
        description=f"{label(METHOD_WORDS[method], language)}: {told}",
        spec=theme.finished(alt.layer(*layers), height=theme.HEIGHT + 20),
        export="review_effect",
        rows=theme.shown(
            effects.filter(pl.col("kind").is_in([TEN_MORE, PUBLISHED])),
            "kind", "told_by", "reviews_from", "reviews_to", "extra", "extra_low", "extra_high",
        ),
        keys=(
            *(Key(label(METHOD_WORDS[name], language), _LOOKS[name][2], "line") for name in lines),
            *(
                _reference(letter, row, row in beyond, language)
                for letter, row in zip(ascii_uppercase, published, strict=False)
            ),
        ),
    )  # fmt: skip


def _line(rows: list[Row], told_by: str, campaign_id: str | None) -> list[Row]:
    """The steps of one way of telling: of all campaigns (no id) where there are several, of reviews as displayed."""
    own = [row for row in rows if row["kind"] == TEN_MORE and row["told_by"] == told_by]
    if campaign_id is not None:
        own = [row for row in own if row["campaign_id"] == campaign_id]
    if not own:
        return []
    first = min(own, key=lambda row: (row["campaign_id"] is not None, row["reviews_known"] != "as displayed"))
    same = [row for row in own if all(row[name] == first[name] for name in ("campaign_id", "reviews_known"))]
    return sorted(same, key=lambda row: row["reviews_from"])


def at(reviews: float) -> float:
    """Place of a number of reviews across the chart, 0 to 1: the first reviews do most, so the axis is logarithmic."""
    return math.log1p(reviews) / math.log1p(_LAST)


def ten_more_of(row: Row, begin: float | None = None) -> float:
    """A published rise from a to b reviews as that of ten more at a (or at `begin`), in %; linear in log(1 + n)."""
    low, high = float(row["reviews_from"]), float(row["reviews_to"])
    start = low if begin is None else begin
    share = math.log((start + 11) / (start + 1)) / math.log((high + 1) / (low + 1))
    return float(100 * ((1 + row["extra"]) ** min(share, 1.0) - 1))


def _across(field: str = "at") -> alt.X:
    names = " : ".join(f"abs(datum.value - {at(mark):.6f}) < 1e-4 ? '{mark}'" for mark in _MARKED)
    axis = theme.number_axis(
        labelOverlap=False, values=[round(at(mark), 6) for mark in _MARKED], labelExpr=f"{names} : ''"
    )
    return alt.X(f"{field}:Q", axis=axis, scale=alt.Scale(domain=[0, 1]))


def _drawn(own: list[Row], method: str) -> list[alt.Chart]:
    colour, pale, _ = _LOOKS[method]
    points = [
        {"at": at(row["reviews_from"]), "extra": 100 * row["extra"]}
        | {end: 100 * row[f"extra_{end}"] for end in ("low", "high")}
        for row in own
    ]
    base = alt.Chart(theme.data(points)).encode(x=_across())
    band = base.mark_area(color=pale, opacity=0.55).encode(y=alt.Y("low:Q", axis=theme.number_axis()), y2="high:Q")
    return [band, base.mark_line(color=colour, strokeWidth=2.5).encode(y="extra:Q")]


def _spans(near: list[Row]) -> list[alt.Chart]:
    """The published rises that span more than ten reviews, as dashed lines."""
    found = []
    for row in near:
        steps = [n for n in _GRID if row["reviews_from"] <= n <= row["reviews_to"] - 10]
        if len(steps) > 1:
            points = [{"at": at(n), "extra": ten_more_of(row, n)} for n in steps]
            mark = alt.Chart(theme.data(points)).mark_line(color=theme.QUIET, strokeWidth=1.5, strokeDash=[3, 3])
            found.append(mark.encode(x=_across(), y="extra:Q"))
    return found


def _letters(near: list[Row], published: list[Row], height: float) -> list[alt.Chart]:
    """A dot and letter at each published figure's beginning; letters that would meet stand side by side."""
    marks: list[Row] = []
    for letter, row in zip(ascii_uppercase, published, strict=False):
        if row not in near:
            continue
        place, value = at(row["reviews_from"]), ten_more_of(row)
        met = sum(one["at"] == place and abs(one["extra"] - value) < _NEAR * height for one in marks)
        marks.append({"at": place, "extra": value, "letter": letter, "beside": place + _LETTER * met})
    if not marks:
        return []
    base = alt.Chart(theme.data(marks)).encode(y="extra:Q")
    dots = base.mark_circle(size=45, color=theme.INK, opacity=1).encode(x=_across())
    return [dots, base.mark_text(dx=10, fontWeight="bold").encode(x=_across("beside"), text="letter:N")]


def _reference(letter: str, row: Row, is_beyond: bool, language: Language) -> Key:
    year = language.say("year not stated") if row["source_year"] is None else str(row["source_year"])
    words = f"{letter}: {label(row['source'], language)}, {year}"
    return Key(language.say("%(source)s; beyond the chart", source=words) if is_beyond else words, "letter")


def _percent(row: Row, language: Language) -> str:
    return language.share(row["extra"], 1, signed=True)
