"""What a chart of the report is before it is drawn: words, a Vega-Lite specification, the rows it shows.

Belongs here: the values every family of charts gives back. Does not: colours and axes (theme.py), drawing (svg.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl
from markupsafe import Markup


@dataclass(frozen=True)
class Key:
    """One entry of a chart's legend; `style` is a class of style.css, `shape` how it is drawn on the chart."""

    label: str
    style: str
    shape: str = "box"


@dataclass(frozen=True)
class Figure:
    """One chart.

    Attributes:
        title: what it is about, in a few words.
        axis: what is drawn, with its unit.
        description: the figures' gist in words, for who does not see the chart.
        spec: Vega-Lite specification.
        export: name of the export it shows.
        rows: the rows of that export it shows, with the columns it shows, untouched.
    """

    title: str
    axis: str
    description: str
    spec: dict[str, Any] = field(repr=False)
    export: str
    rows: pl.DataFrame = field(repr=False)
    keys: tuple[Key, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Drawn:
    """A chart ready to print; `ident` is unique on its page, `drawing` the inside of an <svg> element."""

    ident: str
    title: str
    axis: str
    description: str
    view_box: str
    drawing: Markup = field(repr=False)
    export: str
    keys: tuple[Key, ...]
    note: str
    is_drawn: bool = True


@dataclass(frozen=True)
class Missing:
    """A chart that cannot be drawn yet, and the input that is missing."""

    title: str
    reason: str
    is_drawn: bool = False


Charts = tuple[Figure | Missing, ...]
