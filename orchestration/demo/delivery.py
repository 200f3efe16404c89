"""What the simulated systems deliver at a cut-off: files with the rows they would know by then, and nothing later.

Belongs here: the cut, the formats, the files. Does not: the world (world.py), faults' changes (faults.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

import polars as pl

from orchestration.connectors.mapping_spec import ColumnMapping, StreamMapping
from orchestration.connectors.streams import STREAMS
from orchestration.demo.faults import Fault

Format = Literal["parquet", "csv", "jsonl"]

# Systems differ: most streams come as Parquet, some as CSV or JSON Lines.
FORMATS: Mapping[str, Format] = {
    "stores": "csv",
    "products": "csv",
    "consents": "csv",
    "campaign_costs": "csv",
    "wom_surveys": "csv",
    "campaigns": "jsonl",
    "brand_surveys": "jsonl",
}
# What no simulated system tells: nobody labels the world's texts by hand, and no platform says a text's language.
NOT_SIMULATED_STREAMS = ("ugc_labels",)
NOT_SIMULATED_COLUMNS = {"social_posts": ("language",), "reviews": ("language",)}
# Stream → the columns that are delivered.
SIMULATED: dict[str, tuple[str, ...]] = {
    name: tuple(each.name for each in stream.columns if each.name not in NOT_SIMULATED_COLUMNS.get(name, ()))
    for name, stream in STREAMS.items()
    if name not in NOT_SIMULATED_STREAMS
}
# Feeds that only grow come as a file a quarter: past quarters never change, so a later run reads only the last file.
BY_QUARTER = ("pos_lines", "product_page_daily", "social_profiles", "social_post_metrics", "campaign_events")


def known_rows(stream: str, world: pl.LazyFrame, cutoff: datetime) -> pl.DataFrame:
    """Rows a system knows at `cutoff` (naive UTC), each in its version of that time; columns of the stream.

    By-quarter feeds keep _known_at: it says which file a row is in.
    """
    known = pl.col("_known_at").is_null() | (pl.col("_known_at") <= cutoff)
    names = world.collect_schema().names()
    if "_until_at" in names:
        known &= pl.col("_until_at").is_null() | (pl.col("_until_at") > cutoff)
    return world.filter(known).select(*SIMULATED[stream], *(["_known_at"] if stream in BY_QUARTER else [])).collect()


def deliver(
    worlds: Mapping[str, pl.LazyFrame], folder: Path, cutoff: datetime, faults: tuple[Fault, ...], *, fresh: bool
) -> None:
    """Write every stream's files of that cut-off; files of past quarters that are there stay, unless `fresh`.

    The newest file that is there is written again: its quarter may not have been over.
    """
    for stream, world in worlds.items():
        own = tuple(fault for fault in faults if fault.stream == stream)
        (folder / stream).mkdir(parents=True, exist_ok=True)
        rows = known_rows(stream, world, cutoff)
        last = max(_files(stream, rows))
        for fault in own:
            if not fault.newest_file_only:
                rows = _present(fault.change(rows, cutoff))
        wanted = _files(stream, rows)
        newest = max((path.name for path in (folder / stream).iterdir()), default="")
        for name, part in wanted.items():
            changed: pl.DataFrame | None = part
            for fault in own:
                if fault.newest_file_only and name == last:
                    changed = fault.change(_present(changed), cutoff)
            if fresh or own or name == last or name >= newest or not (folder / stream / name).exists():
                _write(changed, folder / stream / name)
        for path in sorted((folder / stream).iterdir()):
            if path.name not in wanted:
                path.unlink()


def _present(rows: pl.DataFrame | None) -> pl.DataFrame:
    if rows is None:
        raise ValueError("a fault that removes the file leaves nothing for another one to change")
    return rows


def _files(stream: str, rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    ending = FORMATS.get(stream, "parquet")
    if stream not in BY_QUARTER:
        return {f"{stream}.{ending}": rows}
    quarter = pl.format("{}q{}", pl.col("_known_at").dt.year(), pl.col("_known_at").dt.quarter())
    parts = rows.with_columns(_quarter=quarter).partition_by("_quarter", maintain_order=True, as_dict=True)
    named = {f"{key[0]}.{ending}": part.drop("_quarter", "_known_at") for key, part in parts.items()}
    return named or {f"none_yet.{ending}": rows.drop("_known_at")}


def _write(rows: pl.DataFrame | None, path: Path) -> None:
    """Under a temporary name first: another process may read while we write. None: no such file."""
    if rows is None:
        path.unlink(missing_ok=True)
        return
    hidden = path.with_name(f".{path.name}")
    if path.suffix == ".parquet":
        rows.write_parquet(hidden, compression="zstd", compression_level=1)
    elif path.suffix == ".csv":
        _as_text(rows).write_csv(hidden)
    else:
        _as_text(rows).write_ndjson(hidden)
    hidden.replace(path)


def _as_text(rows: pl.DataFrame) -> pl.DataFrame:
    """Times and dates as ISO 8601 text."""
    return rows.with_columns(
        pl.selectors.datetime().dt.strftime("%Y-%m-%dT%H:%M:%S"), pl.selectors.date().dt.strftime("%Y-%m-%d")
    )


def mappings(folder: Path, root: Path) -> tuple[StreamMapping, ...]:
    """The delivered files already bear canonical names: every column maps to itself; instants are UTC."""
    made = []
    for name, delivered in SIMULATED.items():
        ending = FORMATS.get(name, "parquet")
        columns = {
            column: ColumnMapping(
                column=column,
                zone="UTC" if STREAMS[name].column(column).type == "instant" else None,
                list="json" if STREAMS[name].column(column).type == "text_list" and ending == "jsonl" else None,
            )
            for column in delivered
        }
        path = f"{(folder / name).relative_to(root).as_posix()}/*.{ending}"
        made.append(StreamMapping(stream=name, path=path, columns=columns))
    return tuple(made)
