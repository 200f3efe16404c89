"""How every chart looks: size, colours, axes, numbers.

Belongs here: what all charts share. Colours are CSS variables of style.css, so that one drawing serves light and dark.
Does not: what a chart shows (the families' modules), cleaning the drawing (svg.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from orchestration.exports.language import Language

# Units of the drawing. A chart is as wide as its column: 13 units are 14.5 pixels in two columns on a desktop and
# 10 pixels on a phone; wider drawings could not be read there.
WIDTH = 480
HEIGHT = 230
ROW = 34
FONT_SIZE = 13

INK = "var(--ink)"
QUIET = "var(--quiet)"
GRID = "var(--faint)"
RULE = "var(--line)"
PAPER = "var(--paper)"
FIRST = "var(--chart-1)"  # what nanolift measured, or the model
FIRST_PALE = "var(--chart-1-pale)"
FIRST_PALEST = "var(--chart-1-palest)"
SECOND = "var(--chart-2)"  # what it is compared with
SECOND_PALE = "var(--chart-2-pale)"
MUTED = "var(--chart-mute)"  # checks, placebos, random orders
BAD = "var(--bad)"
GOOD = "var(--good)"
CAREFUL = "var(--careful)"

# A name of two lines holds this between them.
BREAK = "\u2028"
TWO_LINES = {"labelExpr": r"split(datum.label, '\u2028')", "labelLineHeight": 15}

_CONFIG = {
    "font": "Liberation Sans",
    "aria": False,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": FONT_SIZE, "labelColor": QUIET, "gridColor": GRID, "gridWidth": 1, "domainColor": RULE,
        "tickColor": RULE,
    },
    "text": {"fontSize": FONT_SIZE, "color": INK},
}  # fmt: skip
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

TONES = {"good": GOOD, "bad": BAD, "careful": CAREFUL, "open": QUIET, "missing": QUIET}


def data(rows: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    """Rows of plain values as a chart's data; order is kept.

    Handed over as one text: Altair copies every value of a chart at each step of its making. Characters that XML cannot
    hold (people's texts may) are replaced.
    """
    cleaned = [
        {name: _NOT_IN_XML.sub("\ufffd", value) if isinstance(value, str) else value for name, value in row.items()}
        for row in rows
    ]
    return alt.InlineData(values=json.dumps(cleaned, ensure_ascii=False), format=alt.JsonDataFormat(type="json"))


def names(rows: Sequence[Mapping[str, Any]], language: Language) -> list[str]:
    """The rows' campaigns as they are called; where two share a name, with their ids: a chart tells rows by name."""
    called = [language.campaign(row["campaign_name"], row["campaign_id"]) for row in rows]
    ids: dict[str, set[str]] = {}
    for name, row in zip(called, rows, strict=True):
        ids.setdefault(name, set()).add(row["campaign_id"])
    return [
        f"{name} ({row['campaign_id']})" if len(ids[name]) > 1 else name for name, row in zip(called, rows, strict=True)
    ]


def quiet_axis(**more: Any) -> alt.Axis:
    """An axis with labels and no line, ticks or grid: for names."""
    return alt.Axis(domain=False, ticks=False, grid=False, labelColor=INK, labelPadding=8, title=None, **more)


def number_axis(**more: Any) -> alt.Axis:
    """An axis of figures: a fine grid, few labels, no title (the chart's own line says what is drawn)."""
    plain: dict[str, Any] = {"domain": False, "ticks": False, "tickCount": 5, "labelPadding": 6, "title": None}
    plain["labelFlush"] = False  # a label stands below its mark, also at the ends
    if more.get("format") == "~s":  # thousands as k: Vega gives nothing its k too
        plain["labelExpr"] = "datum.value === 0 ? '0' : datum.label"
    return alt.Axis(**plain | more)


def shades(field: str, colours: dict[str, str]) -> alt.Color:
    """Colours by a field's values; the legend is the page's own."""
    return alt.Color(f"{field}:N", legend=None, scale=alt.Scale(domain=list(colours), range=list(colours.values())))


def line_at(value: float, dash: list[int] | None = None) -> alt.Chart:
    """A line across the chart at a value of the horizontal axis."""
    chart: alt.Chart = alt.Chart(data([{"at": value}])).mark_rule(color=QUIET, strokeDash=dash or [1, 0])
    return chart.encode(alt.X("at:Q"))


def level_at(value: float, dash: list[int] | None = None) -> alt.Chart:
    """A line along the chart at a value of the vertical axis."""
    chart: alt.Chart = alt.Chart(data([{"at": value}])).mark_rule(color=QUIET, strokeDash=dash or [1, 0])
    return chart.encode(alt.Y("at:Q"))


def finished(
    chart: alt.LayerChart | alt.FacetChart | alt.Chart, height: int = HEIGHT, width: int = WIDTH
) -> dict[str, Any]:
    """The chart as a Vega-Lite specification in the report's looks."""
    return chart.to_dict(validate=False) | {
        "width": width, "height": height, "background": "transparent", "padding": 4,
        "autosize": {"type": "fit", "contains": "padding"}, "config": _CONFIG,
    }  # fmt: skip


def shown(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """The rows and columns a chart shows, as the export holds them."""
    return frame.select(columns)
