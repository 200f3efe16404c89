"""The rows of a delivery as frames to map: from the parser's file, or from a system as they come.

Belongs here: how many rows a frame holds, their numbers, reading anew what the quick form could not carry. Does not:
parsing (parse.py), asking a system (sql*.py), mapping (mapping.py).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import partial
from typing import Any

import polars as pl
import pyarrow as pa

from orchestration.connectors.base import FILE_ROW
from orchestration.connectors.growing import Growing
from orchestration.connectors.parse_run import Arriving
from orchestration.connectors.row_stream import read_ahead

# Rows mapped at once: more costs memory (about 1 KB a row while mapped), fewer cost time (some milliseconds a batch).
MAPPED_ROWS = 200_000
# The same of a system's rows, which come in smaller batches.
STREAMED_ROWS = 100_000
# Batches of a system that wait to be mapped, each costs its memory.
AHEAD = 2

Frames = Callable[[], Generator[pl.DataFrame, None, None]]


def frames_of(arriving: Arriving) -> list[Frames]:
    """The readings of a delivery, quickest first: each gives all its frames, at least one, with FILE_ROW in front.

    A reading that raises NotQuickError is thrown away and the next one taken.
    """
    if arriving.file.rows is not None:
        return [partial(_streamed, reading) for reading in arriving.file.rows.readings]
    return [partial(_parsed, arriving)]


def _parsed(arriving: Arriving) -> Generator[pl.DataFrame, None, None]:
    """Frames of the parser's file, while it is written.

    Raises:
        SourceUnavailableError, SourceError: why the parser left it unfinished.
    """
    assert arriving.rows_path is not None  # a parsed file has one
    try:
        with closing(Growing(arriving.rows_path, arriving.is_over)) as file:
            reader = pa.ipc.open_stream(pa.PythonFile(file, mode="r"))
            given = False
            for together in _gathered(reader, MAPPED_ROWS):
                given = True
                yield _frame(together)
            if not given:
                yield _frame([], reader.schema)
    except (OSError, pa.ArrowInvalid):
        arriving.parsed()
        raise


def _streamed(reading: Callable[[], Iterator[Any]]) -> Generator[pl.DataFrame, None, None]:
    row_no = 0
    with closing(read_ahead(reading(), AHEAD)) as batches:
        for together in _gathered(batches, STREAMED_ROWS):
            frame = _frame(together)
            numbers = pl.int_range(row_no + 1, row_no + 1 + frame.height, dtype=pl.Int64, eager=True).alias(FILE_ROW)
            row_no += frame.height
            yield frame.insert_column(0, numbers)


def _frame(batches: list[Any], schema: Any = None) -> pl.DataFrame:
    """Batches as one frame of one chunk: of several, every step would first make its columns one again."""
    return pl.DataFrame(pl.from_arrow(pa.Table.from_batches(batches, schema=schema), rechunk=True)).rechunk()


def _gathered(batches: Iterator[Any], rows: int) -> Iterator[list[Any]]:
    """Batches of one schema in groups of at least so many rows, but for the last; at least one, maybe of no row."""
    waiting: list[Any] = []
    given = False
    for batch in batches:
        if waiting and (not batch.num_rows or not waiting[0].num_rows):
            waiting = waiting if waiting[0].num_rows else [batch]
        elif waiting and not batch.schema.equals(waiting[0].schema):
            yield waiting
            waiting, given = [batch], True
        elif batch.num_rows or not given:
            waiting.append(batch)
        if sum(each.num_rows for each in waiting) >= rows:
            yield waiting
            waiting, given = [], True
    if waiting:
        yield waiting
