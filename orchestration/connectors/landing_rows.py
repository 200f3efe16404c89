"""What makes canonical rows landed rows: times, hashes, the columns nanolift adds; and which of them are duplicates.

Belongs here: occurred_at and known_at, row_hash and key hash, first-wins. Does not: mapping (mapping.py), files and
folders (landing_file.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from orchestration.connectors.mapping_time import local_to_utc
from orchestration.connectors.streams.schema import LANDED_COLUMNS, Stream

# Between the values of a row in its canonical text; no brand's text holds these control characters.
_SEPARATOR, _NULL = "chr(31)", "chr(26)"
_KEY_COLUMNS = ("key_low", "key_high")
VERSIONS = {"key_low": pl.UInt64, "key_high": pl.UInt64, "row_code": pl.UInt64}
REMOVED_HASH = "removed"  # row_hash of a removal
REMOVED = 0  # the same as row_code
# Keys judged at once: 24 bytes each, and as much again for the table of what was seen.
JUDGED_ROWS = 500_000


@dataclass(frozen=True)
class Stamp:
    """What every row of a load shares."""

    source: str
    load_id: str
    loaded_at: datetime
    brand_timezone: str


def stamped(rows: pl.DataFrame, stream: Stream, stamp: Stamp) -> pl.DataFrame:
    """Rows with all landed columns but row_hash.

    A stream whose event is told by its day only occurred at that day's local midnight (the brand's zone) and is known
    at the day's last microsecond, plus the stream's lag.
    """
    occurred = (
        pl.coalesce(_start(stream, name, stamp.brand_timezone) for name in stream.occurred) if stream.occurred else None
    )
    ended = (
        pl.coalesce(_end(stream, name, stamp.brand_timezone) for name in stream.occurred) if stream.occurred else None
    )
    nothing = pl.lit(None, pl.Datetime("us"))
    told = [pl.col(name) for name in stream.known]
    known = pl.coalesce([*told, nothing if ended is None else ended + stream.known_lag])
    return rows.with_columns(
        pl.lit(stamp.source).alias("source"),
        pl.lit(stamp.load_id).alias("load_id"),
        (nothing if occurred is None else occurred).alias("occurred_at"),
        known.alias("known_at"),
        pl.lit(stamp.loaded_at, pl.Datetime("us")).alias("loaded_at"),
        pl.lit(False).alias("is_removed"),
    )


def _start(stream: Stream, name: str, zone: str) -> pl.Expr:
    return pl.col(name) if stream.column(name).type == "instant" else _midnight(pl.col(name), zone)


def _end(stream: Stream, name: str, zone: str) -> pl.Expr:
    if stream.column(name).type == "instant":
        return pl.col(name)
    return _midnight(pl.col(name).dt.offset_by("1d"), zone) - pl.duration(microseconds=1)


def _midnight(day: pl.Expr, zone: str) -> pl.Expr:
    """The first instant of a local day; where the clocks skip midnight that is one o'clock."""
    local = day.cast(pl.Datetime("us"))
    return pl.coalesce(local_to_utc(local, zone), local_to_utc(local + pl.duration(hours=1), zone))


def hash_columns(stream: Stream) -> tuple[str, str]:
    """SQL for the row hash (64 bits) and for the key's text of landed rows.

    The row hash is DuckDB's hash of the canonical columns as they are landed, pseudonyms and scrubbed texts included,
    so it tells nothing of what was taken out, and is the same on every machine. It only tells two versions of one row
    apart, and guards against no attacker: MD5 of the row's text cost four times as much, the most of a landing.
    Should a later DuckDB hash otherwise, a test says so; rows read again would then land once more, unchanged.
    """
    canonical = [name for name in stream.landed_schema() if name not in LANDED_COLUMNS]
    row = f"hash({', '.join(_quoted(name) for name in canonical)})"
    return row, _text([name for name in stream.key if name != "source"], stream.landed_schema())


def key_columns(stream: Stream) -> str:
    """SQL for the key hash of landed rows: key_low, key_high, the halves of the MD5 of the key's text."""
    _, key = hash_columns(stream)
    return f"md5_number_lower({key}) as key_low, md5_number_upper({key}) as key_high"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _text(names: Sequence[str], types: dict[str, str]) -> str:
    parts = []
    for name in names:
        value = f'array_to_string("{name}", chr(30))' if types[name] == "varchar[]" else f'"{name}"::varchar'
        parts.append(f"coalesce({value}, {_NULL})")
    return f"concat_ws({_SEPARATOR}, {', '.join(parts)})"


def hashed(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame, stream: Stream) -> pl.DataFrame:
    """Rows with row_hash (text, as it is landed), row_code (the same as a number), key_low and key_high."""
    row, key = hash_columns(stream)
    connection.register("batch", rows.to_arrow())
    query = f"select code::varchar as row_hash, code as row_code, key from (select {row} as code, md5_number({key}) as key from batch)"  # noqa: S608, E501 - our own column names
    hashes = connection.sql(query).to_arrow_table()
    connection.unregister("batch")
    return rows.hstack(_halved(hashes))


def _halved(hashes: Any) -> pl.DataFrame:
    """`key`, 128 bits, as key_low and key_high: DuckDB's own functions for the halves hash the text once more each."""
    words = [
        np.frombuffer(chunk.buffers()[1], "<u8", 2 * len(chunk), 16 * chunk.offset)
        for chunk in hashes.column("key").chunks
    ]
    halves = np.concatenate([np.empty(0, "<u8"), *words]).reshape(-1, 2)
    # Copied: a column of an Arrow answer holds on to all of the answer, and these are kept for the whole load.
    codes = pl.Series("row_code", hashes.column("row_code").to_numpy().copy())
    frame = pl.DataFrame(pl.from_arrow(hashes.drop_columns(["key", "row_code"])))
    keys = (pl.Series("key_low", halves[:, 1].copy()), pl.Series("key_high", halves[:, 0].copy()))
    return frame.with_columns(codes, *keys) if frame.width else pl.DataFrame([codes, *keys])


def latest_versions(connection: duckdb.DuckDBPyConnection, files: Sequence[Path], stream: Stream) -> pl.DataFrame:
    """key_low, key_high, row_code of the last landed version of every key.

    row_code 0: the row was removed; 1: an earlier nanolift landed it, so it is like no row of now.

    Args:
        files: data.parquet in landing order.
    """
    if not files:
        return pl.DataFrame(schema=VERSIONS)
    _, key = hash_columns(stream)
    ordered = {str(path): number for number, path in enumerate(files)}
    connection.register(
        "landing_order", pl.DataFrame({"filename": list(ordered), "position": list(ordered.values())}).to_arrow()
    )
    query = f"""
        select key, max_by(row_code, position) as row_code
        from (
            select
                md5_number({key}) as key,
                case when row_hash = '{REMOVED_HASH}' then {REMOVED} else coalesce(try_cast(row_hash as ubigint), 1) end
                    as row_code,
                position
            from read_parquet(?, filename = true, union_by_name = true) join landing_order using (filename)
        )
        group by key
    """  # noqa: S608 - our own column names
    table = connection.sql(query, params=[list(ordered)]).to_arrow_table()
    connection.unregister("landing_order")
    return _halved(table).select(list(VERSIONS))


@dataclass(frozen=True)
class Judged:
    """keep: one boolean per row, in order.  duplicates: rows dropped.  conflicts: those of them that share the key of
    an earlier row of the load and differ from it."""

    keep: pl.Series
    duplicates: int
    conflicts: int


def judge_duplicates(rows: pl.DataFrame, landed: pl.DataFrame) -> Judged:
    """Which rows of a load are new: the first of its key in the load, unless the key's landed version is the same.

    Judged in parts by key: what a part needs beside the rows themselves is bounded by JUDGED_ROWS.

    Args:
        rows: key_low, key_high, row_code of the load's rows in file order.
        landed: the same of what was landed before (latest_versions).
    """
    parts = -(-max(rows.height, landed.height) // JUDGED_ROWS)
    if parts <= 1:
        return _judged(rows, landed)
    keep = np.zeros(rows.height, dtype=bool)
    conflicts = 0
    own, other = (frame.select((pl.col("key_low") % parts).cast(pl.UInt16)).to_series() for frame in (rows, landed))
    for number in range(parts):
        here = own == number
        judged = _judged(rows.filter(here), landed.filter(other == number))
        keep[here.to_numpy()] = judged.keep.to_numpy()
        conflicts += judged.conflicts
    kept = pl.Series("keep", keep)
    return Judged(kept, rows.height - int(kept.sum()), conflicts)


def _judged(rows: pl.DataFrame, landed: pl.DataFrame) -> Judged:
    keys = list(_KEY_COLUMNS)
    first = rows.get_column("key_low").is_first_distinct()
    if not first.all():  # half of the key tells most loads' rows apart, at a quarter of the cost
        first = rows.select(pl.struct(keys).is_first_distinct()).to_series()
    conflicts = 0
    if not first.all():
        repeated = rows.filter(~first).join(rows.filter(first), on=keys, how="left", suffix="_first")
        conflicts = repeated.filter(pl.col("row_code") != pl.col("row_code_first")).height
    keep = first
    if landed.height:
        same = rows.join(landed, on=keys, how="left", suffix="_landed", maintain_order="left")
        keep = first & ~same.select((pl.col("row_code") == pl.col("row_code_landed")).fill_null(False)).to_series()
    return Judged(keep, rows.height - int(keep.sum()), conflicts)
