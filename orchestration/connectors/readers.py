"""Foreign files as batches of rows. Runs in the parser process only (parse.py).

Belongs here: what every reader shares: the task, the batch, the malformed row, opening gzip, choosing the reader.
Does not: one format's grammar (readers_csv.py, readers_jsonl.py, readers_parquet.py), what values mean (mapping.py).
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

BATCH_ROWS = 100_000
GZIP_MAGIC = b"\x1f\x8b"
# Text of a brand's systems is zipped to a tenth or a thirtieth; zeros, which a bomb is made of, to a thousandth.
BOMB_RATIO = 200
# Below this, whatever the ratio, nothing is harmed.
BOMB_BYTES = 64 * 1024 * 1024
# No honest line of a brand's file is longer; a longer one is a binary file or an attack on memory.
LONGEST_RECORD = 4 * 1024 * 1024


class WrongFileError(Exception):
    """The file is not what its mapping says. The parser process reports it as data, the landing as SourceError."""


@dataclass(frozen=True)
class Task:
    """One file to parse.

    Attributes:
        kind: csv, jsonl or parquet.
        columns: the brand's columns that the mapping reads.
        may_lack: of them, those that the file may be without; they are NULL then.
        known: columns that the source had when it was mapped; the values of others are kept aside. None: all are known.
    """

    kind: str
    path: Path
    columns: tuple[str, ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    may_lack: tuple[str, ...] = ()
    known: tuple[str, ...] | None = None

    def new_columns(self, found: Iterable[str]) -> list[str]:
        """Columns of the file that nobody had seen when it was mapped, sorted."""
        return [] if self.known is None else sorted(set(found) - set(self.known) - set(self.columns))


@dataclass(frozen=True)
class Malformed:
    """A record that has no row: its number, why (never a value of it), and its raw text for the quarantine."""

    row_no: int
    reason: str
    raw: str


@dataclass(frozen=True)
class Batch:
    """Rows of one schema: `table` is an Arrow table with FILE_ROW first, then the columns asked for.

    aside: row number and values of the columns that are new, of rows that have any.
    """

    table: Any
    malformed: tuple[Malformed, ...]
    columns_found: tuple[str, ...]
    aside: tuple[tuple[int, dict[str, Any]], ...] = ()


class _Unzipped(gzip.GzipFile):
    """A gzip file that is not read on once it has grown beyond all measure."""

    grown = 0

    def read1(self, size: int = -1) -> bytes:
        content = super().read1(size)
        self.grown += len(content)
        if self.grown > BOMB_BYTES and self.grown > BOMB_RATIO * Path(self.name).stat().st_size:
            raise WrongFileError(f"unzips to more than {BOMB_RATIO} times its size, which no table does: not read on")
        return content


def open_bytes(task: Task) -> Any:
    """The file's bytes, unzipped where it is gzip."""
    with task.path.open("rb") as probe:
        zipped = probe.read(2) == GZIP_MAGIC
    return _Unzipped(task.path) if zipped else task.path.open("rb")


def open_text(task: Task) -> io.TextIOWrapper:
    """The file as text. Bytes that are not of the encoding become lone surrogates."""
    return io.TextIOWrapper(open_bytes(task), encoding=task.encoding, errors="surrogateescape", newline="")


def is_encodable(text: str) -> bool:
    """False where the text holds bytes that are not of the file's encoding."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def as_encodable(text: str) -> str:
    """The text with bytes that are not of the file's encoding written out, as it can be kept in quarantine."""
    return text.encode("utf-8", "backslashreplace").decode()


def check_columns(task: Task, found: tuple[str, ...]) -> None:
    """Refuse a file that lacks a column of the mapping.

    Raises:
        WrongFileError: with the missing columns and the ones found.
    """
    if missing := [name for name in task.columns if name not in found and name not in task.may_lack]:
        # A file without header line would tell its first row: of what was found, only names like those that are missed.
        near = sorted({close for name in missing for close in get_close_matches(name, found, n=2)})
        like = f"; like it: {near}" if near else ""
        columns = "1 column" if len(found) == 1 else f"{len(found)} columns"
        raise WrongFileError(f"has no column {missing} among its {columns}{like}")


def read(task: Task) -> Iterator[Batch]:
    """The batches of a file. At least one batch comes, maybe of no row, so that the schema is always known.

    Raises:
        WrongFileError: the file is not of its kind or lacks a column.
    """
    if task.kind == "csv":
        from orchestration.connectors.readers_csv import read_csv

        return read_csv(task)
    if task.kind == "jsonl":
        from orchestration.connectors.readers_jsonl import read_jsonl

        return read_jsonl(task)
    if task.kind == "parquet":
        from orchestration.connectors.readers_parquet import read_parquet

        return read_parquet(task)
    raise WrongFileError(f"no reader for kind {task.kind!r}; there are csv, jsonl, parquet")
