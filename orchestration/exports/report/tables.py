"""Tables of data as HTML: made by Great Tables, cleaned for the page's policy, in the page's own looks.

Belongs here: a frame of an export as a table, every cell written as the reader's language does. Great Tables brings
structure: escaped cells, heads with their scope. Its style sheet, inline styles and ids stay out: the page's policy
lets no style but its own, and ids would clash. Does not: tables whose cells hold mark-up or span rows (templates).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree import ElementTree

import polars as pl
from markupsafe import Markup

from orchestration.exports.contract import OUTPUTS
from orchestration.exports.language import Language
from orchestration.exports.retelling import label, note
from orchestration.exports.schema import Column
from orchestration.exports.words import SHARE_UNIT

_TAGS = frozenset({"table", "thead", "tbody", "tr", "th", "td"})
_KEPT = frozenset({"scope", "colspan", "rowspan"})
_NUMBERS = frozenset({"integer", "minor", "number", "share"})
_FEW = 100.0  # below it two decimals tell figures apart, above they only look exact


class UncleanTableError(ValueError):
    """Great Tables wrote something that a page may not hold."""


@dataclass(frozen=True)
class DataTable:
    """A table ready to print; `export` names where its rows stand."""

    caption: str
    html: Markup
    export: str


def data_table(
    export: str, rows: pl.DataFrame, columns: Sequence[str], language: Language, caption: str = ""
) -> DataTable | None:
    """The rows as a table with the contract's headings, its first column the rows' heads; None without rows."""
    if rows.is_empty():
        return None
    described = {column.name: column for column in OUTPUTS[export].columns}
    chosen = [described[name] for name in columns]
    cells = [[written(column, row, language) for column in chosen] for row in rows.iter_rows(named=True)]
    titles = [label(column.title, language) for column in chosen]
    aligned = [column.type in _NUMBERS for column in chosen]
    return DataTable(caption or label(OUTPUTS[export].title, language), _html(titles, cells, aligned), export)


def written(column: Column, row: Mapping[str, Any], language: Language) -> str:
    """A cell as the language writes it; NULL in the contract's words would fill the table, so it is a dash."""
    value = row[column.name]
    if value is None:
        return "–"
    if column.type == "share":
        return language.share(value, 1)
    if column.type == "minor":
        currency = row.get(column.unit_column)
        return language.minor(value, currency) if currency else language.number(value)
    if column.type == "number":
        unit = row.get(column.unit_column or "unit")
        if unit == SHARE_UNIT and not column.name.startswith("total"):
            return language.share(value, 1)
        return language.number(value, 0 if abs(value) >= _FEW or unit == SHARE_UNIT else 2)
    if column.type == "integer":
        return language.number(value)
    if column.type == "boolean":
        return language.say("yes") if value else language.say("no")
    if isinstance(value, date):
        return language.day(value)
    return label(str(value), language) if column.allowed else note(str(value), language)


def _html(titles: Sequence[str], cells: Sequence[Sequence[str]], aligned: Sequence[bool]) -> Markup:
    from great_tables import GT  # half a second of imports, for a run that writes a report only

    names = [f"c{place}" for place in range(len(titles))]
    frame = pl.DataFrame([dict(zip(names, row, strict=True)) for row in cells], schema=dict.fromkeys(names, pl.String))
    table = GT(frame, rowname_col=names[0], id="t").tab_stubhead(titles[0])
    table = table.cols_label(dict(zip(names[1:], titles[1:], strict=True)))
    numbers = [name for name, is_number in zip(names, aligned, strict=True) if is_number]
    table = table.cols_align("right", columns=[name for name in numbers if name != names[0]])
    raw = table.as_raw_html()
    root = ElementTree.fromstring(raw[raw.index("<table") : raw.index("</table>") + len("</table>")])
    _clean(root)
    return Markup("".join(ElementTree.tostring(part, encoding="unicode", method="html") for part in root))


def _clean(element: ElementTree.Element) -> None:
    if element.tag not in _TAGS:
        raise UncleanTableError(f"a table holds <{element.tag}>")
    is_number = "gt_right" in element.get("class", "")
    for attribute in list(element.attrib):
        if attribute not in _KEPT or element.attrib[attribute] == "1":
            del element.attrib[attribute]
    if is_number:
        element.set("class", "n")
    element.tail = None
    if len(element):
        element.text = None
    for child in element:
        _clean(child)
