"""What makes canonical rows landed rows: times, hashes, the columns nanolift adds; and which of them are duplicates.

Belongs here: occurred_at and known_at, row_hash and key hash, first-wins. Does not: mapping (mapping.py), files and
folders (landing_file.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from orchestration.connectors.mapping_time import local_to_utc
from orchestration.connectors.streams.schema import LANDED_COLUMNS, Stream

VERSIONS = {"key_low": pl.UInt64, "key_high": pl.UInt64, "row_hash": pl.Int64}
# Fixed, so that a row's hash is the same every night; each hash has its own, so that none tells of another.
_ROW_SEED = 11
_KEY_SEEDS = {"key_low": 21, "key_high": 31}
REMOVED = 0  # row_hash of a removal
# Versions of later files wait until they are as many as the known ones, and at least so many.
_FEW_VERSIONS = 500_000
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


def key_of(stream: Stream) -> list[str]:
    """The landed columns that tell rows of one source apart."""
    return [name for name in stream.key if name != "source"]


def row_hashes(rows: pl.DataFrame, stream: Stream) -> pl.Series:
    """row_hash of rows that have the stream's landed columns.

    It is of the canonical columns as they are landed, pseudonyms and scrubbed texts included, so it tells nothing of
    what was taken out, and is the same on every machine. It only tells two versions of one row apart, and guards
    against no attacker: MD5 of the row's text cost ten times as much. Should a later Polars hash otherwise, a test says
    so; rows read again would then land once more, unchanged.
    """
    canonical = [name for name in stream.landed_schema() if name not in LANDED_COLUMNS]
    return rows.select(canonical).hash_rows(_ROW_SEED).reinterpret(signed=True).alias("row_hash")


def key_hashes(rows: pl.DataFrame, stream: Stream) -> pl.DataFrame:
    """key_low, key_high of landed rows: two hashes of the key, independent of each other, compared within a landing."""
    key = rows.select(key_of(stream))
    return pl.DataFrame([key.hash_rows(seed).alias(name) for name, seed in _KEY_SEEDS.items()])


def half_keys(rows: pl.DataFrame, stream: Stream) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """key_low alone."""
    return rows.select(key_of(stream)).hash_rows(_KEY_SEEDS["key_low"]).to_numpy()


def may_repeat(halves: Sequence[np.ndarray[Any, np.dtype[np.uint64]]]) -> bool:
    """Whether two rows of a load may share their key: half of it tells nearly all loads' rows apart."""
    keys = np.concatenate([np.empty(0, np.uint64), *halves])
    keys.sort()
    return bool((keys[1:] == keys[:-1]).any())


def row_groups(path: Path, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
    """A landed file, part by part as it was written."""
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield pl.DataFrame(pl.from_arrow(file.read_row_group(number, columns=columns)))


def versions_in(path: Path, stream: Stream) -> Iterator[pl.DataFrame]:
    """VERSIONS of a landed file's rows, in order, part by part."""
    for rows in row_groups(path, [*key_of(stream), "row_hash"]):
        yield key_hashes(rows, stream).hstack([_landed_hash(rows.get_column("row_hash"))])


def latest_versions(files: Sequence[Path], stream: Stream) -> pl.DataFrame:
    """VERSIONS of the last landed version of every key.

    row_hash REMOVED: the row was removed; 1: an earlier nanolift landed it, so it is like no row of now.

    Args:
        files: data.parquet in landing order.
    """
    known, later = pl.DataFrame(schema=VERSIONS), list[pl.DataFrame]()
    for path in files:
        for versions in versions_in(path, stream):
            later.append(versions)
            if sum(each.height for each in later) > max(known.height, _FEW_VERSIONS):
                known, later = _latest([known, *later]), []
    return _latest([known, *later])


def _latest(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(parts, rechunk=True).unique(subset=list(_KEY_SEEDS), keep="last", maintain_order=True)


def _landed_hash(row_hash: pl.Series) -> pl.Series:
    """Hashes were texts before LANDED_FORM 4, of another function."""
    if row_hash.dtype != pl.String:
        return row_hash
    return pl.select(
        pl.when(row_hash == "removed").then(REMOVED).otherwise(1).cast(pl.Int64).alias("row_hash")
    ).to_series()


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
        rows: key_low, key_high, row_hash of the load's rows in file order.
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
    keys = list(_KEY_SEEDS)
    first = rows.get_column("key_low").is_first_distinct()
    if not first.all():  # half of the key tells most loads' rows apart, at a quarter of the cost
        first = rows.select(pl.struct(keys).is_first_distinct()).to_series()
    conflicts = 0
    if not first.all():
        repeated = rows.filter(~first).join(rows.filter(first), on=keys, how="left", suffix="_first")
        conflicts = repeated.filter(pl.col("row_hash") != pl.col("row_hash_first")).height
    keep = first
    if landed.height:
        same = rows.join(landed, on=keys, how="left", suffix="_landed", maintain_order="left")
        keep = first & ~same.select((pl.col("row_hash") == pl.col("row_hash_landed")).fill_null(False)).to_series()
    return Judged(keep, rows.height - int(keep.sum()), conflicts)
