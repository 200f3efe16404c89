"""What makes canonical rows landed rows: times, hashes, the columns nanolift adds; and which of them are duplicates.

Belongs here: occurred_at and known_at, row_hash and key hash, first-wins. Does not: mapping (mapping.py), files and
folders (landing_file.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from orchestration.connectors.mapping_time import local_to_utc
from orchestration.connectors.streams.schema import LANDED_COLUMNS, Stream

# Between the values of a row in its canonical text; no brand's text holds these control characters.
_SEPARATOR, _NULL = "chr(31)", "chr(26)"
_KEY_COLUMNS = ("key_low", "key_high")


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
    """SQL for the row hash and for the key hash (two integers) of landed rows.

    row_hash is the MD5 of the canonical columns' texts as they are landed, pseudonyms and scrubbed texts included, so
    it tells nothing of what was taken out, and is the same on every machine. It guards against no attacker.
    """
    canonical = [name for name in stream.landed_schema() if name not in LANDED_COLUMNS]
    types = stream.landed_schema()
    row = f"md5({_text(canonical, types)}) as row_hash"
    key = _text([name for name in stream.key if name != "source"], types)
    return row, f"md5_number_lower({key}) as key_low, md5_number_upper({key}) as key_high"


def _text(names: Sequence[str], types: dict[str, str]) -> str:
    parts = []
    for name in names:
        value = f'array_to_string("{name}", chr(30))' if types[name] == "varchar[]" else f'"{name}"::varchar'
        parts.append(f"coalesce({value}, {_NULL})")
    return f"concat_ws({_SEPARATOR}, {', '.join(parts)})"


def hashed(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame, stream: Stream) -> pl.DataFrame:
    """Rows with row_hash, key_low and key_high."""
    row, key = hash_columns(stream)
    connection.register("batch", rows.to_arrow())
    hashes = connection.sql(f"select {row}, {key} from batch").to_arrow_table()  # noqa: S608 - our own column names
    connection.unregister("batch")
    return rows.hstack(pl.DataFrame(pl.from_arrow(hashes)))


def latest_versions(connection: duckdb.DuckDBPyConnection, files: Sequence[Path], stream: Stream) -> pl.DataFrame:
    """key_low, key_high, row_hash of the last landed version of every key. `files`: data.parquet in landing order."""
    if not files:
        return pl.DataFrame(schema={"key_low": pl.UInt64, "key_high": pl.UInt64, "row_hash": pl.String})
    _, key = hash_columns(stream)
    ordered = {str(path): number for number, path in enumerate(files)}
    connection.register(
        "landing_order", pl.DataFrame({"filename": list(ordered), "position": list(ordered.values())}).to_arrow()
    )
    query = f"""
        select key_low, key_high, max_by(row_hash, position) as row_hash
        from (
            select {key}, row_hash, position
            from read_parquet(?, filename = true, union_by_name = true) join landing_order using (filename)
        )
        group by key_low, key_high
    """  # noqa: S608 - our own column names
    table = connection.sql(query, params=[list(ordered)]).to_arrow_table()
    connection.unregister("landing_order")
    return pl.DataFrame(pl.from_arrow(table))


@dataclass(frozen=True)
class Judged:
    """keep: one boolean per row, in order.  duplicates: rows dropped.  conflicts: those of them that share the key of
    an earlier row of the load and differ from it."""

    keep: pl.Series
    duplicates: int
    conflicts: int


def judge_duplicates(rows: pl.DataFrame, landed: pl.DataFrame) -> Judged:
    """Which rows of a load are new: the first of its key in the load, unless the key's landed version is the same.

    Args:
        rows: key_low, key_high, row_hash of the load's rows in file order.
        landed: the same of what was landed before (latest_versions).
    """
    keys = list(_KEY_COLUMNS)
    first = rows.select(pl.struct(keys).is_first_distinct()).to_series()
    first_hash = rows.filter(first)
    repeated = rows.filter(~first).join(first_hash, on=keys, how="left", suffix="_first")
    conflicts = repeated.filter(pl.col("row_hash") != pl.col("row_hash_first")).height
    same = rows.join(landed, on=keys, how="left", suffix="_landed", maintain_order="left")
    is_landed = same.select((pl.col("row_hash") == pl.col("row_hash_landed")).fill_null(False)).to_series()
    keep = first & ~is_landed
    return Judged(keep, rows.height - int(keep.sum()), conflicts)
