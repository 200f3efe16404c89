"""Whether every figure of a report's pages stands in the exports beside it.

Belongs here: reading figures out of pages, and how an export's value may be written. Does not: which run is looked at.
A figure counts as told where an export's value, or a count of its rows, is written so: rounded to the decimals shown,
as a share, per 100 or 1,000, or as money in main units. Scales of charts are no figures; what charts draw is compared
value by value with the rows they name.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from typing import Any

import polars as pl
from babel import Locale

from orchestration.exports import catalogue
from orchestration.exports.contract_reviews import PUBLISHED
from orchestration.exports.report.charts.figure import Figure
from orchestration.exports.report.charts.moments import MONTHS_SHOWN
from orchestration.exports.report.charts.reviews import ten_more_of

# Lists of people are not on the pages; their counts are.
LISTS = {"ambassador_candidates", "ambassador_scores", "uplift_scores", "who_next", "campaign_follow_up", "ugc_library"}
_FACTORS = (1.0, 100.0, 1_000.0, 0.01)


@dataclass(frozen=True)
class Reader:
    """How a reader of a language reads figures: with its marks of thousands and decimals, as CLDR has them."""

    tag: str = "en"

    def figures(self, text: str) -> Iterator[str]:
        """Every number in the text, without its marks of thousands, its decimals after a point."""
        group, decimal = self._marks
        # Thousands stand in threes; French sets the same narrow space before a sign of its own.
        number = rf"(?<![\w.#-])(?:\d+(?:{group}\d{{3}}(?!\d))*(?:{decimal}\d+)?|{decimal}\d+)(?!\w)"
        for found in re.findall(number, text):
            plain = re.sub(decimal, ".", re.sub(group, "", found))
            yield f"0{plain}" if plain.startswith(".") else plain

    @property
    def _marks(self) -> tuple[str, str]:
        symbols = Locale.parse(self.tag).number_symbols["latn"]
        return re.escape(symbols["group"]), re.escape(symbols["decimal"])


ENGLISH = Reader()


class Text(HTMLParser):
    """Visible text of a page, drawings left out; their descriptions are in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br", "path", "line", "rect", "circle", "polyline", "polygon"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        hidden = "style" in self._open or ("svg" in self._open and not {"title", "desc"} & set(self._open))
        if not hidden:
            self.parts.append(data)


def figures_of(html: str, reader: Reader = ENGLISH) -> set[str]:
    """Every number a reader of the page sees, as Reader.figures gives them."""
    return set(reader.figures(" \n ".join(Text(html).parts)))


def told_by(
    exports: Mapping[str, pl.DataFrame], context_texts: Iterable[str] = (), reader: Reader = ENGLISH
) -> set[str]:
    """Every way in which the exports' values and counts may be written, and the numbers of the page's own sentences.

    Args:
        context_texts: the brand's own words, which no page translates: what `reader` takes for numbers in them counts.
    """
    told: set[str] = set()
    for name, table in exports.items():
        told |= {str(count) for count in _counts(table)}
        if name in LISTS:
            continue
        for column in table.columns:
            values = table[column].drop_nulls().unique()
            if values.dtype.is_numeric():
                told |= {written for value in values for written in _written(float(value))}
            elif values.dtype == pl.String:
                told |= {found for value in values for found in ENGLISH.figures(value)}
            elif values.dtype == pl.Date:
                told |= {written for value in values for written in _day(value)}
    sentences = [str(message.id) for message in catalogue.messages() if message.id]
    for text in (*sentences, *context_texts):
        told |= set(ENGLISH.figures(text))
    for text in context_texts:
        told |= set(reader.figures(text))
    return told


def _counts(table: pl.DataFrame) -> Iterator[int]:
    """Rows of the table, rows and different values by each closed set and pair of them."""
    yield table.height
    texts = [name for name, kind in table.schema.items() if kind in (pl.String, pl.Boolean, pl.Date)]
    small = [name for name in texts if table[name].n_unique() <= 40]
    for place, name in enumerate(small):
        yield table[name].n_unique()
        yield from table[name].value_counts()["count"]
        for other in small[place + 1 :]:
            yield from table.group_by(name, other).len()["len"]
    if "value" in table.columns and "item" in table.columns:
        yield from table.group_by("item").agg(pl.col("value").sum().round().cast(pl.Int64))["value"]
    if {"ugc_90_days_count", "last_purchase_on"} <= set(table.columns):
        yield from _people(table)
    if "month_starts_on" in table.columns:
        whole = table.filter("is_whole")
        months = whole["month_starts_on"].unique().sort().tail(MONTHS_SHOWN).implode()
        shown = whole.filter(pl.col("month_starts_on").is_in(months))
        yield from shown.group_by("moment").agg(pl.col("pieces_count").sum())["pieces_count"]
    if "campaign_id" in table.columns:
        for name in set(small) - {"campaign_id"}:
            yield from table.group_by(name).agg(pl.col("campaign_id").n_unique())["campaign_id"]


def _people(table: pl.DataFrame) -> Iterator[int]:
    """By tier: who published or bought in 90 days, and of how many that is known."""
    start = pl.col("as_of") - pl.duration(days=90)
    published, bought = pl.col("ugc_90_days_count"), pl.col("last_purchase_on")
    counts = table.group_by("tier").agg(
        (published > 0).sum(), published.is_not_null().sum().alias("known"),
        (bought > start).sum(), bought.is_not_null().sum().alias("dated"),
        (pl.col("consent_contact") == "granted").sum(), pl.col("consent_contact").is_not_null().sum().alias("asked"),
    )  # fmt: skip
    for name in set(counts.columns) - {"tier"}:
        yield from counts[name]


def _written(value: float) -> Iterator[str]:
    if not math.isfinite(value):
        return
    for factor in _FACTORS:
        for decimals in (0, 1, 2):
            yield f"{abs(value) * factor:.{decimals}f}"


def _day(value: date) -> Iterator[str]:
    yield from (str(value.day), str(value.year), f"{value.month:02}")


def strangers(figure: Figure, exports: Mapping[str, pl.DataFrame]) -> list[str]:
    """What a chart draws that its export does not hold: rows not of the export, or points of no row.

    Three charts draw what follows from rows: sums over moments, buyers beside members, published figures on the curve.
    """
    export = exports[figure.export]
    found = []
    if figure.rows.join(export, on=figure.rows.columns, how="anti", nulls_equal=True).height:
        found.append("rows that are not the export's")
    known = {
        round(factor * float(value), 6)
        for column in figure.rows.columns
        if figure.rows[column].dtype.is_numeric()
        for value in figure.rows[column].drop_nulls()
        for factor in (1.0, -1.0, 100.0, -100.0)
    }
    known |= {round(value, 6) for value in _following(figure, exports)}
    return found + [f"{name}={value}" for name, value in _points(figure.spec) if round(value, 6) not in known]


def _following(figure: Figure, exports: Mapping[str, pl.DataFrame]) -> Iterator[float]:
    if figure.export in ("moments", "moments_by_month"):
        by = "subject_id" if figure.export == "moments" else "month_starts_on"
        sums = figure.rows.group_by(by).agg(pl.col("^.*_count$").sum()).drop(by)
        yield from (sign * float(value) for row in sums.rows() for value in row for sign in (1, -1))
    elif figure.export == "campaign_results":
        own = exports["posts_sell"].filter(pl.col("campaign_id").is_in(figure.rows["campaign_id"].implode()))
        yield from own["buyers_count"].drop_nulls().cast(pl.Float64)
    elif figure.export == "review_effect":
        for row in figure.rows.filter(pl.col("kind") == PUBLISHED).iter_rows(named=True):
            yield from (ten_more_of(row, begin) for begin in (row["reviews_from"], *range(101)))


# Places of lines and names, not figures.
_PLACES = {"at", "beside", "position", "tenth"}


def _points(spec: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Every number a chart is drawn from."""
    for text in spec["datasets"].values():
        for row in json.loads(text):
            for name, value in row.items():
                if isinstance(value, int | float) and name not in _PLACES and value != 0:
                    yield name, float(value)
