"""The mutators of bad input: what is done to a delivery of till lines, and what its values may be read as.

Belongs here: the list, each with its oracle. Does not: landing the delivery and judging (reliability_mutations.py).

A delivery is rows of text. VALUES replaces one value of one row: the row may then be set aside, or be read as what
`minor` and `instant` make of it, and as nothing else. TEXT_FILES and PARQUET spoil the whole file, PATHS lay something
strange beside it.
"""

from __future__ import annotations

import gzip
import io
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

HEADER = ("shop", "receipt", "line", "sku", "card", "amount", "sold")
ROWS = 6
PARIS = ZoneInfo("Europe/Paris")
Row = dict[str, str]


def delivery(seed: int) -> list[Row]:
    """Six till lines that are right."""
    lot = random.Random(seed)
    return [
        {
            "shop": lot.choice(("north", "south")),
            "receipt": f"R-{seed}-{number}",
            "line": "1",
            "sku": lot.choice(("oat", "rye")),
            "card": f"C-{lot.randrange(100)}",
            "amount": f"{lot.randrange(1, 90)}.{lot.randrange(100):02d}",
            "sold": f"2026-0{lot.randrange(4, 9)}-1{lot.randrange(10)} 1{lot.randrange(10)}:{lot.randrange(10, 60)}",
        }
        for number in range(ROWS)
    ]


def minor(text: str) -> int | None:
    """Cents of an amount in units, as a clerk would read it: plain digits with a point; None: no amount."""
    plain = re.fullmatch(r"\s*([+-]?\d{1,15})(?:\.(\d*))?\s*", text, re.ASCII)
    if plain is None:
        return None
    cents = Decimal(text.strip().rstrip(".") or "x") * 100
    return int(cents) if cents == int(cents) else None


def instant(text: str) -> datetime | None:
    """The UTC instant of a Paris clock time; None: no time, or one that never was.

    The rules of orchestration/connectors/mapping_time.py: a time that came twice is the earlier one, a date is its
    midnight; the sixtieth second, which ISO 8601 knows, is the next minute's first.
    """
    text = text.strip()
    if text.endswith(":60"):
        minute = instant(text[:-3])
        return None if minute is None else minute + timedelta(minutes=1)
    for form in (
        "%Y-%m-%d",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%M:%S%z",
    ):
        try:
            read = datetime.strptime(text, form)
        except ValueError:
            continue
        if read.tzinfo is not None:
            return read.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
        made = read.replace(tzinfo=PARIS).astimezone(ZoneInfo("UTC"))
        never_was = made.astimezone(PARIS).replace(tzinfo=None) != read
        return None if never_was else made.replace(tzinfo=None)
    return None


AMOUNTS = (
    *("abc", "1e3", "1,50", "1.234,56", "NaN", "inf", "-Infinity", "-5.80", "5.805", "٥.٨٠", "5.80€", "$5.80", "0x10"),
    *("999999999999999999999", "999999999999.99", "9223372036854775807", " 5.80 ", "+5.80", "1_000", "--5", "5.", ".5"),
    *("580", "0", "-0.00", "1/2", "12:30", "true", "null", "None", "5.80EUR", "1 000.00", "５.８０", "1e400", "%5"),
)
TIMES = (
    *("2026-02-30 09:14", "31/12/2026", "2099-01-01 00:00", "1700-01-01 10:00", "2026-10-03T09:14:00Z", "yesterday"),
    *("2026-10-25 02:30", "2026-03-29 02:30", "1767225600", "2026-10-03 25:00", "0000-00-00 00:00", "9999-12-31 23:59"),
    *(
        "2026-10-03",
        "10:00",
        "2026-13-01 10:00",
        "2026-06-01 10:00:60",
        "99999-01-01 10:00",
        "2026-06-01T10:00:00+02:00",
    ),
    *("-2026-06-01 10:00", "2026-06-01 10:00 PM", "NaT", "46000.5"),
)
NAMES = (
    *("=cmd|' /C calc'!A0", "'; drop table marts; --", "../../etc/passwd", "{{ 7*7 }}", "<script>alert(1)</script>"),
    *(
        "é" * 2_000,
        "\u202egnirts",
        "\u0000",
        "\ufeff",
        "👩‍👩‍👧‍👧",
        "a\tb",
        "-",
        "NULL",
        "​",
        "x" * 100_000,
        "\\",
        "%s%n",
        "null",
    ),
)


@dataclass(frozen=True)
class Value:
    """One column's value in one row: its name in the list, the column, the new text."""

    name: str
    column: str
    text: str


VALUES = (
    *(Value(f"amount {text!r}", "amount", text) for text in AMOUNTS),
    *(Value(f"time {text!r}", "sold", text) for text in TIMES),
    *(
        Value(f"{column} {text[:20]!r}", column, text)
        for column in ("card", "shop", "sku", "receipt")
        for text in NAMES
    ),
    *(Value(f"{column} empty", column, "") for column in HEADER),
    *(Value(f"amount in cents of {text}", "amount", text) for text in ("58000", "1999900", "100")),
)

Bytes = Callable[[bytes, random.Random], bytes]


def _cut(content: bytes, lot: random.Random) -> bytes:
    return content[: lot.randrange(len(content))]


def _flip(content: bytes, lot: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(lot.randint(1, 8)):
        changed[lot.randrange(len(changed))] ^= 1 << lot.randrange(8)
    return bytes(changed)


def _line(content: bytes, lot: random.Random, change: Callable[[bytes], bytes]) -> bytes:
    """Change one line that is not the header."""
    lines = content.split(b"\n")
    at = lot.randrange(1, max(2, len(lines) - 1))
    lines[at] = change(lines[at])
    return b"\n".join(lines)


def bomb(size: int) -> bytes:
    """A gzip file a thousandth of what it unzips to: a header, then one endless line."""
    raw = io.BytesIO()
    with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as zipped:
        zipped.write(",".join(HEADER).encode() + b"\n")
        for _ in range(size // 1_000_000):
            zipped.write(b"0" * 1_000_000)
    return raw.getvalue()


# Of text files (csv; most of jsonl too).
TEXT_FILES: dict[str, Bytes] = {
    "cut off": _cut,
    "bits flipped": _flip,
    "byte order mark": lambda content, lot: b"\xef\xbb\xbf" + content,
    "utf-16": lambda content, lot: content.decode("utf-8").encode("utf-16"),
    "utf-16 without mark": lambda content, lot: content.decode("utf-8").encode("utf-16-le"),
    "latin-1 letters": lambda content, lot: _line(content, lot, lambda line: line.replace(b"C-", b"C\xe9-")),
    "windows lines": lambda content, lot: content.replace(b"\n", b"\r\n"),
    "old mac lines": lambda content, lot: content.replace(b"\n", b"\r"),
    "mixed lines": lambda content, lot: _line(content, lot, lambda line: line + b"\r"),
    "nothing": lambda content, lot: b"",
    "only line breaks": lambda content, lot: b"\n" * 50,
    "header only": lambda content, lot: content.split(b"\n")[0] + b"\n",
    "no header": lambda content, lot: content.split(b"\n", 1)[1],
    "header twice": lambda content, lot: content.split(b"\n")[0] + b"\n" + content,
    "a column named twice": lambda content, lot: content.replace(b"amount", b"line", 1),
    "a column missing": lambda content, lot: content.replace(b"amount", b"total", 1),
    "columns in capitals": lambda content, lot: content.split(b"\n")[0].upper() + b"\n" + content.split(b"\n", 1)[1],
    "semicolons": lambda content, lot: content.replace(b",", b";"),
    "tabs": lambda content, lot: content.replace(b",", b"\t"),
    "a field too many": lambda content, lot: _line(content, lot, lambda line: line + b",more"),
    "a field too few": lambda content, lot: _line(content, lot, lambda line: line.rpartition(b",")[0]),
    "a quote not closed": lambda content, lot: _line(content, lot, lambda line: b'"' + line),
    "a quote within": lambda content, lot: _line(content, lot, lambda line: line.replace(b"-", b'"', 1)),
    "a zero byte": lambda content, lot: _line(content, lot, lambda line: line[:3] + b"\x00" + line[3:]),
    "a line of 5 million characters": lambda content, lot: _line(content, lot, lambda line: line + b"9" * 5_000_000),
    "a line twice": lambda content, lot: _line(content, lot, lambda line: line + b"\n" + line),
    "zipped": lambda content, lot: gzip.compress(content, mtime=0),
    "zipped and cut off": lambda content, lot: _cut(gzip.compress(content, mtime=0), lot),
    "zipped and damaged": lambda content, lot: _flip(gzip.compress(content, mtime=0), lot),
    "zipped twice": lambda content, lot: gzip.compress(gzip.compress(content, mtime=0), mtime=0),
    "bomb": lambda content, lot: bomb(300_000_000),
    "a picture": lambda content, lot: b"\x89PNG\r\n\x1a\n" + lot.randbytes(500),
    "a page of a login": lambda content, lot: b"<html><body>Please sign in</body></html>",
    "noise": lambda content, lot: lot.randbytes(2_000),
    "deep": lambda content, lot: b'{"shop":' * 20_000,
}


def as_parquet(rows: list[Row], types: dict[str, Any] | None = None, columns: dict[str, Any] | None = None) -> bytes:
    """The delivery as Parquet; types: Arrow types to cast columns to; columns: whole columns instead."""
    made = {name: pa.array([row[name] for row in rows], pa.string()) for name in HEADER}
    made |= {name: made[name].cast(kind) for name, kind in (types or {}).items()}
    raw = io.BytesIO()
    pq.write_table(pa.table(made | (columns or {})), raw, use_dictionary=False, compression="none")
    return raw.getvalue()


_SOLD = pa.array([datetime(2026, 6, 1, 10)] * ROWS)
PARQUET: dict[str, Callable[[list[Row], random.Random], bytes]] = {
    "cut off": lambda rows, lot: _cut(as_parquet(rows), lot),
    "bits flipped": lambda rows, lot: _flip(as_parquet(rows), lot),
    "tail flipped": lambda rows, lot: (made := as_parquet(rows))[:-40] + _flip(made[-40:], lot),
    "amounts as double": lambda rows, lot: as_parquet(rows, {"amount": pa.float64()}),
    "amounts as float": lambda rows, lot: as_parquet(rows, {"amount": pa.float32()}),
    "amounts as decimal": lambda rows, lot: as_parquet(rows, {"amount": pa.decimal128(20, 4)}),
    "amounts as huge integers": lambda rows, lot: as_parquet(rows, None, {"amount": pa.array([2**62] * ROWS)}),
    "amounts as large integers": lambda rows, lot: as_parquet(rows, None, {"amount": pa.array([10**17] * ROWS)}),
    "amounts not a number": lambda rows, lot: as_parquet(rows, None, {"amount": pa.array([float("nan")] * ROWS)}),
    "amounts without end": lambda rows, lot: as_parquet(rows, None, {"amount": pa.array([float("inf")] * ROWS)}),
    "amounts as lists": lambda rows, lot: as_parquet(rows, None, {"amount": pa.array([[1.0]] * ROWS)}),
    "amounts all null": lambda rows, lot: as_parquet(rows, None, {"amount": pa.nulls(ROWS)}),
    "amounts as booleans": lambda rows, lot: as_parquet(rows, None, {"amount": pa.array([True] * ROWS)}),
    "cards as integers": lambda rows, lot: as_parquet(rows, None, {"card": pa.array(range(ROWS))}),
    "cards as bytes": lambda rows, lot: as_parquet(rows, None, {"card": pa.array([b"\xff\xfe"] * ROWS)}),
    "cards as records": lambda rows, lot: as_parquet(rows, None, {"card": pa.array([{"id": 1}] * ROWS)}),
    "lines as doubles": lambda rows, lot: as_parquet(rows, None, {"line": pa.array([1.5] * ROWS)}),
    "times as instants": lambda rows, lot: as_parquet(rows, None, {"sold": _SOLD}),
    "times with a zone": lambda rows, lot: as_parquet(rows, None, {"sold": _SOLD.cast(pa.timestamp("us", "UTC"))}),
    "times as dates": lambda rows, lot: as_parquet(rows, None, {"sold": _SOLD.cast(pa.date32())}),
    "times as integers": lambda rows, lot: as_parquet(rows, None, {"sold": pa.array(range(ROWS))}),
    "no rows": lambda rows, lot: as_parquet([]),
    "a column missing": lambda rows, lot: as_parquet(rows).replace(b"amount", b"amoumt"),
    "text in its place": lambda rows, lot: b"shop,receipt\n1,2\n",
}
# Names in the delivery's folder that lead elsewhere or say something to a shell or a pattern.
PATHS = (
    *("link to /etc/passwd", "link to a folder", "link to nothing", "link to itself", "pipe", "folder"),
    *(
        "a\nb.csv",
        "-rf.csv",
        "a;rm -rf ..csv",
        "[a-z]*.csv",
        "a'b\".csv",
        "é\u202e.csv",
        "x" * 240 + ".csv",
        "%2e%2e.csv",
    ),
)
