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

import polars as pl

from orchestration.connectors.landing_rows import REMOVED, Stamp, key_hashes, key_of, row_groups
from orchestration.connectors.loads import arrow_schema
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
    landed: pl.DataFrame,
    files: Sequence[Path],
    seen: pl.DataFrame,
    stream: Stream,
    stamp: Stamp,
    most_share: float,
) -> pl.DataFrame | None:
    """The removals of a complete load as landed rows, numbered from -1 downwards; None: nothing is gone.

    Args:
        landed: VERSIONS of the last landed version of every key (latest_versions).
        files: data.parquet of the loads that those came from, in landing order.
        seen: key_low, key_high of every row the load read, whatever became of it.
        most_share: refuse to remove more than this share of the landed rows (and more than FEW_ROWS).

    Raises:
        SourceError: more would be removed than a source plausibly deletes.
    """
    there = landed.filter(pl.col("row_hash") != REMOVED)
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
    rows = _last_landed(files, gone, stream)
    closed = pl.lit(closed_at(stamp.loaded_at, stamp.brand_timezone), pl.Datetime("us"))
    removed = rows.with_columns(
        pl.lit(stamp.load_id).alias("load_id"),
        -pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row_no"),
        pl.lit(REMOVED, pl.Int64).alias("row_hash"),
        pl.max_horizontal("known_at", closed).alias("known_at"),
        pl.lit(stamp.loaded_at, pl.Datetime("us")).alias("loaded_at"),
        pl.lit(True).alias("is_removed"),
        *(pl.lit(None, pl.String).alias(name) for name in stream.text_columns()),
    )
    return removed.select(stream.landed_schema().keys())


def _last_landed(files: Sequence[Path], keys: pl.DataFrame, stream: Stream) -> pl.DataFrame:
    """The last landed rows of keys (key_low, key_high), in the order of their keys."""
    schema = arrow_schema({name: kind for name, kind in stream.landed_schema().items() if name != "row_hash"})
    found = [pl.DataFrame(pl.from_arrow(schema.empty_table())).hstack(keys.clear())]
    for path in files:
        for rows in row_groups(path):
            # A load of an earlier nanolift may lack columns, and has row hashes of another type.
            named = rows.drop("row_hash").hstack(key_hashes(rows, stream))
            found.append(named.join(keys, on=keys.columns, how="semi", maintain_order="left"))
    rows = pl.concat(found, how="diagonal").unique(subset=keys.columns, keep="last", maintain_order=True)
    return rows.sort(key_of(stream), nulls_last=True, maintain_order=True).drop(keys.columns)


def came_back(rows: pl.DataFrame, landed: pl.DataFrame) -> pl.Series:
    """Which rows (key_low, key_high) were removed before: their return is a later version than the removal."""
    removed = landed.filter(pl.col("row_hash") == REMOVED).select("key_low", "key_high", back=pl.lit(True))
    if removed.is_empty():
        return pl.repeat(False, rows.height, eager=True)
    joined = rows.join(removed, on=["key_low", "key_high"], how="left", maintain_order="left")
    return joined.get_column("back").fill_null(False)
