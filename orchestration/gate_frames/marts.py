"""Frames of the marts gate, counted by DuckDB in the run's own warehouse.

Belongs here: counting. Does not: what counts are right (expectations/suites/marts.py), what the rules count
(marts_rules.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import duckdb
import pandas as pd

from expectations.declare import Suite, columns_needed
from orchestration.gate_frames.marts_rules import ARMS_REACHED, FILLED_COLUMNS, KEYS, READINGS, REFERENCES, RULES

# Frames that are whole columns of a mart of the same name.
TABLES = (
    "dim_consumers",
    "dim_accounts",
    "dim_stores",
    "dim_products",
    "dim_campaigns",
    "fct_campaigns",
    "fct_campaign_members",
    "fct_ugc",
    "fct_moments",
)


def marts_frames(connection: duckdb.DuckDBPyConnection, suite: Suite) -> tuple[dict[str, pd.DataFrame], frozenset[str]]:
    """The gate's frames, and "exposures" where somebody was exposed (to add to GateContext.streams_with_rows).

    Args:
        connection: open on the run's warehouse.
        suite: the marts suite; of a table only its declared columns are read, missing ones are left out for the
            gate to name.
    """
    frames = {
        name: frame
        for name in TABLES
        if (frame := table_frame(connection, "marts", name, columns_needed(suite, name))) is not None
    }
    frames["keys"] = _counted(connection, "mart", ("rows", "duplicate_keys_count", "null_keys_count"), _key_queries())
    frames["rules"] = _counted(connection, "rule", ("difference",), RULES.items())
    frames["references"] = _counted(connection, "reference", ("known_share",), REFERENCES.items())
    frames["readings"] = _counted(connection, "reading", ("share",), READINGS.items())
    frames["fills"] = _counted(connection, "column", ("filled_share",), _fill_queries())
    # Without its tables the frame is missing, and the gate says so.
    with suppress(duckdb.CatalogException, duckdb.BinderException):
        frames["arms_reached"] = connection.sql(ARMS_REACHED).to_arrow_table().to_pandas()
    reached = frames.get("arms_reached")
    return frames, frozenset({"exposures"} if reached is not None and not reached.empty else ())


def table_frame(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, columns: Sequence[str]
) -> pd.DataFrame | None:
    """The columns of a table that exist; None: there is no such table."""
    query = "select column_name from information_schema.columns where table_schema = ? and table_name = ?"
    there = {name for (name,) in connection.execute(query, [schema, table]).fetchall()}
    if not there:
        return None
    wanted = ", ".join(f'"{name}"' for name in columns if name in there)
    if not wanted:
        return pd.DataFrame()
    frame: pd.DataFrame = connection.sql(f'select {wanted} from "{schema}"."{table}"').to_arrow_table().to_pandas()  # noqa: S608
    return frame


def _counted(
    connection: duckdb.DuckDBPyConnection, label: str, values: Sequence[str], queries: Iterable[tuple[str, str]]
) -> pd.DataFrame:
    """A row per query; one that cannot be asked, since a table or column is gone, gets is_counted 0."""
    rows: list[dict[str, Any]] = []
    for name, query in queries:
        row: Sequence[Any] | None = None
        try:
            row = connection.execute(query).fetchall()[0]
        except (duckdb.CatalogException, duckdb.BinderException):
            row = None  # reported as not counted, which stops the gate
        counted = dict(zip(values, row, strict=True)) if row is not None else dict.fromkeys(values)
        rows.append({label: name, "is_counted": int(row is not None), **counted})
    return pd.DataFrame(rows).astype(dict.fromkeys(values, "float64"))


def _key_queries() -> Iterable[tuple[str, str]]:
    for mart, key in KEYS.items():
        columns = ", ".join(key)
        missing = " or ".join(f"{column} is null" for column in key)
        yield (
            mart,
            f"""
            select
                count(*),
                count(*) - (select count(*) from (select distinct {columns} from marts.{mart})),
                count(*) filter (where {missing})
            from marts.{mart}
            """,  # noqa: S608 - names are the project's own
        )


def _fill_queries() -> Iterable[tuple[str, str]]:
    for mart, columns in FILLED_COLUMNS.items():
        for column in columns:
            yield f"{mart}.{column}", f"select avg(cast({column} is not null as int)) from marts.{mart}"  # noqa: S608
