"""A CSV file as lines for the strict reader, and as whole blocks of lines where nothing in them needs strictness.

Belongs here: which blocks are plain, their rows by Arrow's reader. Does not: the grammar and the recovery after a
broken record (readers_csv.py).

A block is plain where it is UTF-8 and holds no quote, no lone carriage return and no NUL: each line is a record then,
split at each delimiter. Arrow reads such a block twenty times as fast; where a record of it has another number of
fields, or a value is not UTF-8, the strict reader takes the block.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.csv as arrow_csv

from orchestration.connectors.readers import LONGEST_RECORD, Task

# Shorter than the longest record, so that no line of a plain block is too long.
BLOCK_BYTES = LONGEST_RECORD
_BYTES_A_CHARACTER = 4
# Parts of a block that Arrow reads side by side.
_PARALLEL_BYTES = 1024 * 1024


class Blocks:
    """The lines of a file from where reading stands, one by one or as many as make a plain block."""

    def __init__(self, raw: BinaryIO, task: Task) -> None:
        self._raw = raw
        self._encoding = task.encoding
        self._has_plain = codecs.lookup(task.encoding).name == "utf-8" and task.delimiter.isascii()
        self._has_plain &= task.delimiter not in '"\r\n\0'
        self._buffer, self._at, self._ended = b"", 0, False
        self._strict_bytes = 0

    def readline(self, limit: int) -> str:
        """As of a text file opened with newline="": at most so many characters, with the line's end; "": no more."""
        most = limit * _BYTES_A_CHARACTER
        while (end := self._buffer.find(b"\n", self._at)) < 0 and not self._ended and self._waiting <= most:
            self._fill()
        end = len(self._buffer) if end < 0 else end + 1
        lone = self._buffer.find(b"\r", self._at, end)
        if lone >= 0 and self._buffer[lone : lone + 2] != b"\r\n":
            end = lone + 1
        line = self._buffer[self._at : min(end, self._at + most)]
        text = line.decode(self._encoding, "surrogateescape")
        if len(text) > limit:
            text = text[:limit]
            line = text.encode(self._encoding, "surrogateescape")
        self._skip(len(line))
        return text

    def plain(self) -> bytes | None:
        """The next lines where they are plain; None: read line by line. They are read again until `taken`."""
        if not self._has_plain or self._strict_bytes:
            return None
        while self._waiting < BLOCK_BYTES and not self._ended:
            self._fill()
        end = len(self._buffer) if self._ended else self._buffer.rfind(b"\n", self._at) + 1
        block = self._buffer[self._at : min(end, self._at + BLOCK_BYTES)]
        block = block if len(block) == end - self._at else block[: block.rfind(b"\n") + 1]
        if (
            b'"' in block
            or b"\0" in block
            or block.count(b"\r") != block.count(b"\r\n")
            or block[:3] == codecs.BOM_UTF8
        ):
            self.not_plain(block)
            return None
        return block or None

    def taken(self, block: bytes) -> None:
        """A plain block was read."""
        self._skip(len(block))

    def not_plain(self, block: bytes) -> None:
        """The strict reader is to take these lines."""
        self._strict_bytes = len(block)

    @property
    def _waiting(self) -> int:
        return len(self._buffer) - self._at

    def _fill(self) -> None:
        read = getattr(self._raw, "read1", self._raw.read)
        parts = [self._buffer[self._at :]]
        size = 0
        while size < BLOCK_BYTES and not self._ended:
            parts.append(read(BLOCK_BYTES))
            size += len(parts[-1])
            self._ended = not parts[-1]
        self._buffer, self._at = b"".join(parts), 0

    def _skip(self, size: int) -> None:
        self._at += size
        self._strict_bytes = max(0, self._strict_bytes - size)


def plain_rows(block: bytes, header: Sequence[str], wanted: Sequence[str], delimiter: str) -> Any:
    """The wanted columns of a plain block as texts; None: a record of it is not of the header's form."""
    names = [str(number) for number in range(len(header))]
    picked = [names[header.index(name)] for name in wanted]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(block),
            arrow_csv.ReadOptions(block_size=_PARALLEL_BYTES, column_names=names),
            arrow_csv.ParseOptions(delimiter=delimiter, quote_char=False, double_quote=False),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), include_columns=picked, null_values=[]
            ),
        )
    except pa.ArrowInvalid:
        return None
    return table.rename_columns(list(wanted))
