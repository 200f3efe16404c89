"""Excel workbooks: one of each output (table, "about", "data dictionary"), and one of the whole run.

Belongs here: sheets, formats, widths. Does not: Parquet and CSV (writers.py), the contract.

Nothing from data can become a formula or a link: texts are written as strings, cell by cell. Money stands in main
units (the column's currency is beside it), because a person reads it; Parquet and CSV keep minor units.
An empty cell means "not reported", never 0.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from orchestration.exports.formatting import currency_decimals
from orchestration.exports.schema import Column, Output, dictionary
from orchestration.exports.words import SHARE_UNIT

logger = logging.getLogger(__name__)

# A sheet holds 1,048,576 rows; a million and a heading fit. A cell holds 32,767 characters.
ROWS_PER_SHEET = 1_000_000
LONGEST_TEXT = 32_767
# Of each output in the workbook of a run: what a person scrolls through, quick to open; longer lists have files.
ROWS_SHOWN = 5_000
CONTENTS = (
    Column("sheet", "Sheet", "text", ""),
    Column("title", "Output", "text", ""),
    Column("grain", "One row", "text", ""),
    Column("purpose", "What it is for", "text", ""),
    Column("rows", "Rows in all", "integer", ""),
    Column("rows_here", "Rows in this workbook", "integer", ""),
)
_CUT = " … [cut: the whole text is in the CSV]"
_NARROWEST, _WIDEST = 9, 60
_ROWS_MEASURED = 200

About = Sequence[tuple[str, str]]


def write_workbook(output: Output, frame: pl.DataFrame, about: About, created: date, path: Path) -> None:
    """Write one output's workbook; equal input gives equal bytes (`created` is the only date in it)."""
    with _book(path, output.title, created) as (book, styles):
        parts = max(1, -(-len(frame) // ROWS_PER_SHEET))
        for part in range(parts):
            name = output.name if part == 0 else f"{output.name[:27]} {part + 1}"
            sheet = book.add_worksheet(name)
            _write_table(sheet, output.columns, frame.slice(part * ROWS_PER_SHEET, ROWS_PER_SHEET), styles)
        _write_pairs(book.add_worksheet("about"), about, styles)
        _write_words(book, dictionary((output,)).drop("output", "version"), styles)


def write_run_workbook(
    outputs: Sequence[Output], frames: Mapping[str, pl.DataFrame], about: About, created: date, path: Path
) -> None:
    """Write the workbook of a run: what it holds, a sheet per output, the dictionary of all.

    A sheet shows the first rows of a long list, in the order of the output; the sheet "contents" says how many of how
    many, and the list's own files hold all.

    Args:
        outputs: in the order of the sheets.
        frames: output name → its rows, as the contract describes them.
        about: lines for the sheet "about".
        created: the only date in it: equal input gives equal bytes.
        path: where to write.
    """
    with _book(path, "All outputs of a run", created) as (book, styles):
        _write_table(book.add_worksheet("contents"), CONTENTS, _contents(outputs, frames), styles)
        for output in outputs:
            _write_table(book.add_worksheet(output.name), output.columns, frames[output.name].head(ROWS_SHOWN), styles)
        _write_pairs(book.add_worksheet("about"), about, styles)
        _write_words(book, dictionary(tuple(outputs)), styles)


def _contents(outputs: Sequence[Output], frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    rows = [len(frames[output.name]) for output in outputs]
    return pl.DataFrame(
        {
            "sheet": [output.name for output in outputs],
            "title": [output.title for output in outputs],
            "grain": [output.grain for output in outputs],
            "purpose": [output.purpose for output in outputs],
            "rows": rows,
            "rows_here": [min(each, ROWS_SHOWN) for each in rows],
        }
    )


@contextmanager
def _book(path: Path, title: str, created: date) -> Iterator[tuple[Any, _Styles]]:
    """A workbook in which no text is taken for a formula, a link or a number."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        stamp = datetime(created.year, created.month, created.day)
        book.set_properties({"title": title, "author": "nanolift", "created": stamp})
        yield book, _Styles(book)


def _write_words(book: Any, words: pl.DataFrame, styles: _Styles) -> None:
    columns = tuple(Column(name, name.replace("_", " ").capitalize(), "text", "") for name in words.columns)
    _write_table(book.add_worksheet("data dictionary"), columns, words.cast(pl.String), styles)


class _Styles:
    """The formats of one workbook; number formats are made once each."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._numbers: dict[str, Format] = {}
        self.heading = book.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "valign": "top",
                "bottom": 1,
                "bg_color": "#EEF1F0",
                "font_color": "#17211E",
            }
        )
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.label = book.add_format({"bold": True, "valign": "top"})

    def number(self, pattern: str) -> Format:
        if pattern not in self._numbers:
            self._numbers[pattern] = self._book.add_format({"num_format": pattern})
        return self._numbers[pattern]


def _pattern(column: Column, unit: str | None) -> str:
    """Excel's number format of a cell, by the column's type and the row's unit."""
    if column.type == "share" or unit == SHARE_UNIT:
        return "0.0%"
    if column.type in ("minor", "number") and unit is not None:
        decimals = currency_decimals(unit)
        return "#,##0" + ("." + "0" * decimals if decimals else "")
    return {"integer": "#,##0", "date": "yyyy-mm-dd"}.get(column.type, "#,##0.####")


def _cut(text: str, column: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    logger.warning(
        "a text of %d characters in %s is cut in the workbook: a cell holds %d", len(text), column, LONGEST_TEXT
    )
    return text[: LONGEST_TEXT - len(_CUT)] + _CUT


def _cell_writer(sheet: Worksheet, column: Column, styles: _Styles) -> Callable[[int, int, Any, str | None], Any]:
    """How a value of the column is written: (row, position, value, unit of the row)."""
    if column.type == "text":
        return lambda row, at, value, unit: sheet.write_string(row, at, _cut(value, column.name))
    if column.type == "boolean":
        return lambda row, at, value, unit: sheet.write_string(row, at, "yes" if value else "no")
    if column.type == "date":
        day = styles.number("yyyy-mm-dd")
        return lambda row, at, value, unit: sheet.write_datetime(row, at, value, day)
    scaled_and_shown = lru_cache(lambda unit: (_scale(column, unit), styles.number(_pattern(column, unit))))

    def write(row: int, at: int, value: Any, unit: str | None) -> None:
        scale, shown = scaled_and_shown(unit)
        sheet.write_number(row, at, value / scale, shown)

    return write


def _scale(column: Column, unit: str | None) -> int:
    """Minor units of a main unit; 1 where the column holds no money."""
    return 10 ** currency_decimals(unit or "") if column.type == "minor" else 1


def _write_table(sheet: Worksheet, columns: tuple[Column, ...], frame: pl.DataFrame, styles: _Styles) -> None:
    """Headings, rows, frozen heading, filter and widths; NULL and NaN leave the cell empty."""
    for at, column in enumerate(columns):
        units = frame.get_column(column.unit_column).to_list() if column.unit_column else [None] * len(frame)
        write = _cell_writer(sheet, column, styles)
        sheet.write_string(0, at, column.title, styles.heading)
        for row, (value, unit) in enumerate(zip(frame.get_column(column.name).to_list(), units, strict=True), start=1):
            if value is not None and value == value:
                write(row, at, value, unit)
        longest = frame.get_column(column.name).head(_ROWS_MEASURED).cast(pl.String).str.len_chars().max()
        width = max(len(column.title) * 0.7, float(longest if isinstance(longest, int) else 0)) + 2
        sheet.set_column(at, at, min(max(width, _NARROWEST), _WIDEST))
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, 1)
    if columns:
        sheet.autofilter(0, 0, max(1, len(frame)), len(columns) - 1)


def _write_pairs(sheet: Worksheet, about: About, styles: _Styles) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    for row, (label, text) in enumerate(about):
        sheet.write_string(row, 0, label, styles.label)
        sheet.write_string(row, 1, _cut(text, label), styles.wrapped)
