"""Rows that a source has no more: found by a load that saw everything, landed once again with is_removed.

Belongs here: which landed rows are gone, what a removal looks like, a row that comes back. Does not: versions of rows
that are there (landing_rows.py), which version counts (dbt staging).

A removal is a version of its row like any other: the last landed one, without its texts, with is_removed, a row_hash of
its own and a known_at at which a run could have seen it. A source does not say when it deleted a row, so that is the
end of the last closed day before the load, or the row's own known_at where that is later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from orchestration.connectors.landing_rows import REMOVED, REMOVED_HASH, Stamp, key_columns
from orchestration.connectors.streams.schema import Stream
from orchestration.errors import SourceError

# Below this many rows a share says nothing: a price list of twenty may well lose ten.
FEW_ROWS = 100


def closed_at(loaded_at: datetime, zone: str) -> datetime:
    """End of the last day that was closed at an instant, both naive UTC; `zone` is the brand's."""
    local = loaded_at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.astimezone(ZoneInfo("UTC")).replace(tzinfo=None) - timedelta(microseconds=1)


def removed_rows(
    connection: duckdb.DuckDBPyConnection,
    landed: pl.DataFrame,
    files: Sequence[Path],
    seen: pl.DataFrame,
    stream: Stream,
    stamp: Stamp,
    most_share: float,
) -> pl.DataFrame | None:
    """The removals of a complete load as landed rows, numbered from -1 downwards; None: nothing is gone.

    Args:
        landed: key_low, key_high, row_code of the last landed version of every key (latest_versions).
        files: data.parquet of the loads that those came from, in landing order.
        seen: key_low, key_high of every row the load read, whatever became of it.
        most_share: refuse to remove more than this share of the landed rows (and more than FEW_ROWS).

    Raises:
        SourceError: more would be removed than a source plausibly deletes.
    """
    there = landed.filter(pl.col("row_code") != REMOVED)
    if there.is_empty():
        return None
    gone = there.join(seen, on=["key_low", "key_high"], how="anti").select("key_low", "key_high")
    if gone.is_empty():
        return None
    if gone.height > max(FEW_ROWS, most_share * there.height):
        raise SourceError(
            f"stream {stream.name}: {gone.height} of {there.height} rows landed before are not in the source any more. "
            "If they were deleted on purpose, raise most_removed_share of this stream for one run; if not, the source "
            "gave only part of its rows"
        )
    key = key_columns(stream)
    order = {str(path): number for number, path in enumerate(files)}
    connection.register("gone", gone.to_arrow())
    connection.register(
        "landing_order", pl.DataFrame({"filename": list(order), "position": list(order.values())}).to_arrow()
    )
    query = f"""
        with versions as (
            select *, {key}
            from read_parquet(?, filename = true, union_by_name = true) join landing_order using (filename)
        )
        select versions.* exclude (filename, position, key_low, key_high)
        from versions join gone using (key_low, key_high)
        qualify row_number() over (partition by key_low, key_high order by position desc) = 1
        order by key_low, key_high
    """  # noqa: S608 - our own column names
    rows = pl.DataFrame(pl.from_arrow(connection.sql(query, params=[list(order)]).to_arrow_table()))
    connection.unregister("gone")
    connection.unregister("landing_order")
    closed = pl.lit(closed_at(stamp.loaded_at, stamp.brand_timezone), pl.Datetime("us"))
    return rows.with_columns(
        pl.lit(stamp.load_id).alias("load_id"),
        -pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row_no"),
        pl.lit(REMOVED_HASH).alias("row_hash"),
        pl.max_horizontal("known_at", closed).alias("known_at"),
        pl.lit(stamp.loaded_at, pl.Datetime("us")).alias("loaded_at"),
        pl.lit(True).alias("is_removed"),
        *(pl.lit(None, pl.String).alias(name) for name in stream.text_columns()),
    )


def came_back(rows: pl.DataFrame, landed: pl.DataFrame) -> pl.Series:
    """Which rows (key_low, key_high) were removed before: their return is a later version than the removal."""
    removed = landed.filter(pl.col("row_code") == REMOVED).select("key_low", "key_high", back=pl.lit(True))
    if removed.is_empty():
        return pl.repeat(False, rows.height, eager=True)
    joined = rows.join(removed, on=["key_low", "key_high"], how="left", maintain_order="left")
    return joined.get_column("back").fill_null(False)
