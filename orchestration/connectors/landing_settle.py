"""A load's rows as they are committed: without its duplicates, with the removals it found.

Belongs here: rewriting a load's data.parquet once it is known which of its rows count. Does not: judging them
(landing_rows.py, landing_removed.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from orchestration.connectors.landing_write import Tally, parquet_writer
from orchestration.connectors.loads import as_schema


@dataclass(frozen=True)
class Settled:
    """What was judged of a load's rows.

    Attributes:
        keep: one boolean per row, in order.
        came_back: rows that were removed before; they are known from `closed_at` on at the earliest.
        closed_at: naive UTC (landing_removed.closed_at).
        removed: rows of the landed schema to add; None: none.
    """

    keep: pl.Series
    came_back: pl.Series
    closed_at: datetime
    removed: pl.DataFrame | None


def settle(path: Path, schema: Any, settled: Settled) -> tuple[datetime | None, datetime | None]:
    """Rewrite a Parquet file row group by row group as `settled` says; the first and last occurred_at that is kept."""
    rewritten = path.with_name("settled.parquet")
    start = 0
    tally = Tally()
    with pq.ParquetFile(path) as file, parquet_writer(rewritten, schema) as writer:
        for number in range(file.num_row_groups):
            group = pl.DataFrame(pl.from_arrow(file.read_row_group(number)))
            back = settled.came_back.slice(start, group.height)
            again = pl.max_horizontal("known_at", pl.lit(settled.closed_at, pl.Datetime("us")))
            rows = group.with_columns(pl.when(back).then(again).otherwise("known_at").alias("known_at"))
            kept = rows.filter(settled.keep.slice(start, group.height))
            tally.see(kept.get_column("occurred_at"))
            writer.write_table(as_schema(kept.to_arrow(), schema))
            start += group.height
        if settled.removed is not None:
            writer.write_table(as_schema(settled.removed.to_arrow(), schema))
    rewritten.replace(path)
    return tally.first, tally.last
