"""Files to a committed landing load, against DuckDB reading the same file into its memory, typed, on the same cores.

Belongs here: making the files, the ratios. Does not: the ways (extract_child.py).

What is compared: DuckDB opens the file, finds types and values, and holds all columns as a table; nothing is checked,
hashed or written. The landing reads strictly (a broken record is set aside, none mended) in a process of its own, and
does all that a load needs. files_vs_duckdb_written lets DuckDB write what it read as a compressed Parquet file and
bring it to disk, as a landing must; it still checks and hashes nothing. The file: the 1,469,307 lines of Complete
Journey.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from benchmarks.extract_postgres import measured
from benchmarks.figures import Figure
from tests.live.servers.till_lines import journey_lines

QUICK_ROWS = 100_000


def figures(quick: bool) -> Iterable[Figure]:
    """The figures of the part."""
    lines = journey_lines()
    lines = lines.head(QUICK_ROWS) if quick else lines
    with tempfile.TemporaryDirectory(prefix="nanolift_files_") as folder:
        csv, parquet = Path(folder) / "lines.csv", Path(folder) / "lines.parquet"
        lines.write_csv(csv, datetime_format="%Y-%m-%d %H:%M:%S")
        lines.with_columns(pl.col("transaction_timestamp").dt.replace_time_zone("UTC")).write_parquet(parquet)
        read, written = [], []
        for path in (csv, parquet):
            kind = path.suffix[1:]
            ways = ("file", f"duckdb_{kind}", f"duckdb_{kind}_written")
            turns = [[measured(way, str(path), lines.height) for way in ways] for _ in range(1 if quick else 3)]
            for way, column in zip((kind, *ways[1:]), zip(*turns, strict=True), strict=True):
                yield Figure(f"{way}_rows_per_second", statistics.median(each.rate for each in column))
                yield Figure(f"{way}_cpu_seconds", statistics.median(each.cpu_seconds for each in column))
            read.append(statistics.median(ours.rate / other.rate for ours, other, _ in turns))
            written.append(statistics.median(ours.rate / other.rate for ours, _, other in turns))
            yield Figure(f"{kind}_vs_duckdb", read[-1])
            yield Figure(f"{kind}_vs_duckdb_written", written[-1])
        yield Figure("files_vs_duckdb_written", min(written))
        yield Figure("files_vs_duckdb", min(read), low=0.8)
