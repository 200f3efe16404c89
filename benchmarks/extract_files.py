"""Files to a committed landing load, against DuckDB reading the same file into its memory, typed, on the same cores.

Belongs here: making the files, the ratios. Does not: the ways (extract_child.py).

What is compared: DuckDB opens the file, finds types and values, and holds all columns as a table; nothing is checked,
hashed or written. The landing reads strictly (a broken record is set aside, none mended) in a process of its own, and
does all that a load needs. The file: the 1,469,307 lines of Complete Journey.
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
        ratios = []
        for path in (csv, parquet):
            kind = path.suffix[1:]
            turns = [
                (measured("file", str(path), lines.height), measured(f"duckdb_{kind}", str(path), lines.height))
                for _ in range(1 if quick else 3)
            ]
            ratios.append(statistics.median(ours.rate / other.rate for ours, other in turns))
            yield Figure(f"{kind}_rows_per_second", statistics.median(ours.rate for ours, _ in turns))
            yield Figure(f"duckdb_{kind}_rows_per_second", statistics.median(other.rate for _, other in turns))
            yield Figure(f"{kind}_vs_duckdb", ratios[-1])
        yield Figure("files_vs_duckdb", min(ratios), low=0.8)
