"""CSV, strictly: every value text, every broken record kept apart with its reason, none skipped or mended.

Belongs here: the grammar of CSV and the recovery after a broken record. Does not: blocks that need neither
(readers_csv_blocks.py), what values mean (mapping.py).
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any, TextIO

import numpy as np
import pyarrow as pa

from orchestration.connectors.base import FILE_ROW
from orchestration.connectors.readers import (
    BATCH_ROWS,
    LONGEST_RECORD,
    Batch,
    Malformed,
    Task,
    WrongFileError,
    as_encodable,
    check_columns,
    is_encodable,
    open_bytes,
    open_text,
)
from orchestration.connectors.readers_csv_blocks import Blocks, plain_rows

# A quoted value may hold line breaks. One that is still open after so many lines was never closed: its first line
# goes to quarantine and reading goes on with the second, so a lost quote costs one row and not the rest of the file.
LONGEST_RECORD_LINES = 200


class _Lines(Iterator[str]):
    """Lines that remember what the current record took and can be given back."""

    def __init__(self, text: Blocks | TextIO) -> None:
        self._text = text
        self._returned: deque[str] = deque()
        self.taken: list[str] = []

    def __next__(self) -> str:
        if len(self.taken) >= LONGEST_RECORD_LINES:
            raise csv.Error("quote not closed")
        is_fresh = not self._returned
        line = self._text.readline(LONGEST_RECORD) if is_fresh else self._returned.popleft()
        if not line:
            raise StopIteration
        self.taken.append(line)
        if len(line) >= LONGEST_RECORD and line[-1] not in "\r\n":
            rest = line if is_fresh else "\n"
            while rest and rest[-1] not in "\r\n":
                rest = self._text.readline(LONGEST_RECORD)
            raise csv.Error(f"a line of more than {LONGEST_RECORD} characters")
        return line

    @property
    def is_between_records(self) -> bool:
        """Nothing that was read waits to be read again."""
        return not self._returned

    def give_back_all_but_first(self) -> str:
        """Give the lines after the first back to be read again; the first line."""
        first, *rest = self.taken
        self._returned.extendleft(reversed(rest))
        return first


def read_csv(task: Task) -> Iterator[Batch]:
    """The batches of a CSV file with a header line. Blank lines are no records.

    Raises:
        WrongFileError: no header, or none in its encoding, a column named twice or missing.
    """
    csv.field_size_limit(LONGEST_RECORD)
    with _opened(task) as file:
        text = file if isinstance(file, io.TextIOWrapper) else Blocks(file, task)
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=task.delimiter, strict=True)
        header = _header(task, lines, reader)
        picks = [_pick(header, name) for name in task.columns]
        wanted, new = [name for name in task.columns if name in header], task.new_columns(header)
        rows: list[list[str]] = []
        numbers: list[int] = []
        malformed: list[Malformed] = []
        row_no = 0
        is_given = False
        while True:
            if lines.is_between_records and isinstance(text, Blocks) and (block := text.plain()) is not None:
                table = plain_rows(block, header, [*wanted, *new], task.delimiter)
                if table is None:
                    text.not_plain(block)
                else:
                    if rows or malformed:
                        yield _batch(task, header, picks, rows, numbers, malformed)
                        rows, numbers, malformed = [], [], []
                    text.taken(block)
                    is_given = True
                    yield _plain_batch(task, header, table, new, row_no)
                    row_no += table.num_rows
                    continue
            lines.taken.clear()
            reason = ""
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                row, reason = [], f"broken quotes or too long ({error})"
            if not row and not reason:
                continue
            row_no += 1
            if len(row) == len(header):
                rows.append(row)
                numbers.append(row_no)
            else:
                reason = reason or f"{len(row)} fields instead of {len(header)}"
                raw = as_encodable(lines.give_back_all_but_first())
                malformed.append(Malformed(row_no, f"file: {reason}", raw))
            if len(rows) + len(malformed) >= BATCH_ROWS:
                yield _batch(task, header, picks, rows, numbers, malformed)
                rows, numbers, malformed = [], [], []
        if rows or malformed or not is_given:
            yield _batch(task, header, picks, rows, numbers, malformed)


def _opened(task: Task) -> Any:
    """Bytes where their blocks may be plain, else text."""
    return open_bytes(task) if codecs.lookup(task.encoding).name == "utf-8" else open_text(task)


def _plain_batch(task: Task, header: tuple[str, ...], table: Any, new: list[str], before: int) -> Batch:
    columns = [table.column(name) if name in header else pa.nulls(table.num_rows, pa.string()) for name in task.columns]
    numbers = pa.array(np.arange(before + 1, before + 1 + table.num_rows, dtype=np.int64))
    rows = table.select(new).to_pylist() if new else ()
    told = ((before + no, {name: value for name, value in row.items() if value}) for no, row in enumerate(rows, 1))
    return Batch(
        pa.table([numbers, *columns], schema=_schema(task)), (), header, tuple(each for each in told if each[1])
    )


def _schema(task: Task) -> Any:
    return pa.schema([(FILE_ROW, pa.int64()), *((name, pa.string()) for name in task.columns)])


def _pick(header: tuple[str, ...], name: str) -> Callable[[list[str]], str | None]:
    return itemgetter(header.index(name)) if name in header else lambda row: None


def _header(task: Task, lines: _Lines, reader: Iterator[list[str]]) -> tuple[str, ...]:
    try:
        first = next((row for row in reader if row), None)
    except csv.Error as error:
        raise WrongFileError(f"has no readable header line ({error})") from None
    if first is None:
        raise WrongFileError("is empty: not even a header line")
    header = (first[0].removeprefix("\ufeff"), *first[1:])
    if not is_encodable("".join(header)):
        raise WrongFileError(f"has a header line that is not {task.encoding}")
    if len(set(header)) < len(header):
        places = [place for place, name in enumerate(header, start=1) if header.count(name) > 1]
        known = sorted({name for name in task.columns if header.count(name) > 1})
        raise WrongFileError(f"names a column twice: {known or ''} in places {places[:20]}".replace(":  in", ": in"))
    check_columns(task, header)
    return header


def _batch(
    task: Task,
    header: tuple[str, ...],
    picks: list[Callable[[list[str]], str | None]],
    rows: list[list[str]],
    numbers: list[int],
    malformed: list[Malformed],
) -> Batch:
    try:
        columns = [pa.array(list(map(pick, rows)), pa.string()) for pick in picks]
    except UnicodeEncodeError:
        broken = [not is_encodable("".join(row)) for row in rows]
        for row, number, is_broken in zip(rows, numbers, broken, strict=True):
            if is_broken:
                raw = as_encodable(task.delimiter.join(row))
                malformed.append(Malformed(number, f"file: not {task.encoding}", raw))
        numbers = [number for number, is_broken in zip(numbers, broken, strict=True) if not is_broken]
        rows = [row for row, is_broken in zip(rows, broken, strict=True) if not is_broken]
        columns = [pa.array(list(map(pick, rows)), pa.string()) for pick in picks]
    table = pa.table([pa.array(numbers, pa.int64()), *columns], schema=_schema(task))
    return Batch(table, tuple(malformed), header, _aside(task, header, rows, numbers))


def _aside(
    task: Task, header: tuple[str, ...], rows: list[list[str]], numbers: list[int]
) -> tuple[tuple[int, dict[str, str]], ...]:
    new = [(name, header.index(name)) for name in task.new_columns(header)]
    kept = ((no, {name: row[at] for name, at in new if row[at]}) for no, row in zip(numbers, rows, strict=True) if new)
    return tuple((row_no, values) for row_no, values in kept if values)
