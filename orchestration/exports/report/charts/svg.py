"""Charts as SVG that a page may hold: drawn by Vega (vl-convert, no browser), then cleaned.

Belongs here: conversion, and the list of what may remain: shapes and text, no style, script, link, id or font. Does
not: looks (theme.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Literal
from xml.etree import ElementTree

from babel.dates import get_day_names, get_month_names
from markupsafe import Markup

from orchestration.exports.language import Language
from orchestration.exports.report.charts.engine import Question, drawn
from orchestration.exports.report.charts.figure import Charts, Drawn, Figure, Missing

Draw = Callable[[Question], str]

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset("svg g path line rect text tspan circle".split())
_KEPT = frozenset(
    "transform d x y x1 x2 y1 y2 dx dy width height viewBox fill stroke stroke-width stroke-dasharray stroke-linecap "
    "stroke-linejoin opacity fill-opacity stroke-opacity text-anchor font-size font-weight r cx cy".split()
)
_GEOMETRY = frozenset("transform d x y x1 x2 y1 y2 dx dy width height viewBox r cx cy".split())
_DROPPED = frozenset(
    "class role version font-family pointer-events stroke-miterlimit stroke-dashoffset href cursor clip-path".split()
)
# Clip paths need ids, which would clash on a page; nothing a chart draws reaches out of its view.
_REMOVED = frozenset({"defs", "clipPath"})
_WIDTHS: tuple[Literal["wide", "abbreviated"], ...] = ("wide", "abbreviated")
_LONG_NUMBER = re.compile(r"-?\d*\.\d{2,}(?:e-?\d+)?")
_INVISIBLE = frozenset({"", "M0,0h0v0h0Z", "M0,0"})


class UncleanChartError(ValueError):
    """Vega drew something that a page may not hold: the chart's module must draw it in another way."""


class Drawer:
    """Draws figures of one language; a figure that several pages show is drawn once."""

    def __init__(self, language: Language, draw: Draw = drawn) -> None:
        self._language, self._draw = language, draw
        self._known: dict[str, tuple[str, Markup]] = {}

    def page(self, charts: Mapping[str, Charts]) -> dict[str, tuple[Drawn | Missing, ...]]:
        """Every section's charts with their drawings; idents number them through the page."""
        number = count(1)
        return {
            section: tuple(
                one if isinstance(one, Missing) else self._drawn(one, f"chart-{next(number)}") for one in own
            )
            for section, own in charts.items()
        }

    def _drawn(self, figure: Figure, ident: str) -> Drawn:
        key = json.dumps(figure.spec, sort_keys=True)
        if key not in self._known:
            self._known[key] = svg_of(figure.spec, self._language, self._draw)
        view_box, drawing = self._known[key]
        return Drawn(
            ident=ident,
            title=figure.title,
            axis=figure.axis,
            description=figure.description,
            view_box=view_box,
            drawing=drawing,
            export=figure.export,
            keys=figure.keys,
            note=figure.note,
        )


def svg_of(spec: dict[str, Any], language: Language, draw: Draw = drawn) -> tuple[str, Markup]:
    """A specification drawn: the view box, and the inside of an <svg> element.

    Args:
        draw: the engine; by default in this process.

    Raises:
        UncleanChartError: the drawing holds an element or attribute that is not on the list.
    """
    marks = language.number(1_111.5, 1)  # "1,111.5": the two marks of the language
    locale = {"decimal": marks[5], "thousands": marks[1], "grouping": [3], "currency": ["", ""], "minus": "\u2212"}
    text = draw({"spec": spec, "format_locale": locale, "time_format_locale": _calendar(language)})
    root = ElementTree.fromstring(text)
    _clean(root)
    body = "".join(ElementTree.tostring(child, encoding="unicode") for child in root)
    return root.attrib["viewBox"], Markup(
        body.replace("ns0:", "").replace(' xmlns:ns0="http://www.w3.org/2000/svg"', "")
    )


def _calendar(language: Language) -> dict[str, Any]:
    """Names of months and days as CLDR has them, for D3's time formats; the long forms are not used by any chart."""
    tag = language.tag
    months, short_months = (list(get_month_names(width, locale=tag).values()) for width in _WIDTHS)
    days, short_days = (_sunday_first(list(get_day_names(width, locale=tag).values())) for width in _WIDTHS)
    return {
        "dateTime": "%x %X",
        "date": "%d/%m/%Y",
        "time": "%H:%M",
        "periods": ["AM", "PM"],
        "days": days,
        "shortDays": short_days,
        "months": months,
        "shortMonths": short_months,
    }


def _sunday_first(days: list[str]) -> list[str]:
    return [days[-1], *days[:-1]]


def _clean(element: ElementTree.Element) -> None:
    name = element.tag.removeprefix(_NAMESPACE)
    if name not in _SHAPES:
        raise UncleanChartError(f"a chart holds <{name}>; drawings are made of {', '.join(sorted(_SHAPES))}")
    for attribute in list(element.attrib):
        if attribute in _DROPPED or attribute.startswith("aria-"):
            del element.attrib[attribute]
        elif attribute not in _KEPT:
            raise UncleanChartError(f"a chart's <{name}> has the attribute {attribute!r}, which no page may hold")
        elif attribute in _GEOMETRY:
            element.attrib[attribute] = _LONG_NUMBER.sub(_short, element.attrib[attribute])
    for child in list(element):
        is_removed = child.tag.removeprefix(_NAMESPACE) in _REMOVED
        if is_removed or child.get("display") == "none" or child.get("d", "x") in _INVISIBLE:
            element.remove(child)
            continue
        _clean(child)
        if child.tag == f"{_NAMESPACE}g" and not len(child):
            element.remove(child)


def _short(found: re.Match[str]) -> str:
    return f"{float(found.group()):.1f}".removesuffix(".0")
