"""A step that leaves tables in the schema `measurement`: what the modules that measure and look back share.

Belongs here: the asset of such a step and the line it tells. Does not: which tables are read and made (its callers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import dagster as dg
import polars as pl

from orchestration.progress import announce
from orchestration.session import RunSession

GROUP = "measurements"
# Of the warehouse, and the folder of the files beside it.
SCHEMA = "measurement"


@dataclass(frozen=True)
class Made:
    """What a step made: its tables by name, and how many rows it tells of, with a word on them."""

    frames: Mapping[str, pl.DataFrame]
    rows: int
    note: str = ""

    @classmethod
    def measured(cls, frames: Mapping[str, pl.DataFrame], main: str) -> Made:
        """Told by the table `main`, whose column `status` says which rows are measured."""
        table = frames[main]
        count = table.filter(pl.col("status") == "measured").height
        return cls(frames, table.height, f"{count} measured, {table.height - count} refused with a reason")


def keys_of(tables: Iterable[str], group: str = GROUP) -> dict[str, dg.AssetKey]:
    """Table → its asset."""
    return {name: dg.AssetKey([group, name]) for name in tables}


def table_step(
    partitions: dg.PartitionsDefinition[str],
    *,
    name: str,
    title: str,
    tables: Mapping[str, str],
    deps: Iterable[dg.AssetKey],
    make: Callable[[RunSession], Made],
    group: str = GROUP,
) -> dg.AssetsDefinition:
    """The asset definition of a step.

    Args:
        title: what the run announces.
        tables: table → its grain; `make` gives each of them.
    """
    keys, read = keys_of(tables, group), list(deps)

    @dg.multi_asset(
        name=name,
        specs=[
            dg.AssetSpec(keys[table], group_name=group, deps=read, description=grain, kinds={"polars"})
            for table, grain in tables.items()
        ],
        partitions_def=partitions,
    )
    def step(session: dg.ResourceParam[RunSession]) -> Iterator[dg.MaterializeResult[None]]:
        with announce(title) as told:
            made = make(session)
            session.keep_files(SCHEMA, {table: made.frames[table] for table in tables})
            told.rows, told.note = made.rows, made.note
        for table, key in keys.items():
            yield dg.MaterializeResult(asset_key=key, metadata={"dagster/row_count": made.frames[table].height})

    return step
