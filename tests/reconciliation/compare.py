"""Whether an export holds what a query over the same generation gives.

Belongs here: which columns a query must give, rows by key, numbers within rounding. Does not: the queries.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from orchestration.exports.contract import OUTPUTS
from orchestration.exports.contract_groups import RULES
from orchestration.exports.pieces import beside
from orchestration.exports.schema import Output
from orchestration.exports.small_groups import emptied

FOLDER = Path(__file__).parent
NUMERIC = ("integer", "minor", "number", "share")
# Two right ways of adding up doubles differ in the last bits.
RELATIVE, ABSOLUTE = 1e-9, 1e-12
SHOWN = 3


def query_of(output: str) -> str:
    """The SQL of an output."""
    return (FOLDER / f"{output}.sql").read_text(encoding="utf-8")


def figures_of(output: Output) -> list[str]:
    """The columns of the contract that hold numbers."""
    return [column.name for column in output.columns if column.type in NUMERIC]


def differences(connection: duckdb.DuckDBPyConnection, name: str, exports: Path) -> list[str]:
    """What is wrong with one output, in lines; none: query and export agree.

    Raises:
        AssertionError: the query does not give the key and every numeric column of the contract.
    """
    output = OUTPUTS[name]
    asked = pl.DataFrame(pl.from_arrow(connection.sql(query_of(name)).to_arrow_table()))
    missing = sorted({*output.sort_key, *figures_of(output)} - set(asked.columns))
    hidden = beside(name) if name in RULES else []
    missing += sorted({*hidden} - set(asked.columns))
    strange = sorted(set(asked.columns) - set(output.polars_schema()) - {*hidden})
    assert not missing and not strange, f"{name}.sql: lacks {missing}, gives {strange} that the contract does not know"
    export = pl.read_parquet(exports / f"{name}.parquet")
    schema = {column: kind for column, kind in output.polars_schema().items() if column in asked.columns}
    key = list(output.sort_key)
    # What is too few to be shown is taken out of the query's figures by the same rule (tests/unit/exports hold it).
    # In the order of the file: which of two groups alike is emptied depends on it.
    told = emptied(name, asked.cast(schema, strict=True).sort(key, nulls_last=True)).select(list(schema))
    if doubled := int(told.select(key).is_duplicated().sum()):
        return [f"{name}: the query gives {doubled} rows that share their key"]
    found = [
        f"{name}: {len(rows)} rows only in {where}, e.g. {rows.select(key).row(0)}"
        for where, rows in (
            ("the query", told.join(export, on=key, how="anti", nulls_equal=True)),
            ("the export", export.join(told, on=key, how="anti", nulls_equal=True)),
        )
        if len(rows)
    ]
    both = export.join(told, on=key, how="inner", nulls_equal=True, suffix="_asked")
    for column in schema:
        if column not in key:
            found += _unequal(name, key, both, column)
    return found


def _unequal(name: str, key: list[str], both: pl.DataFrame, column: str) -> list[str]:
    ours, asked = pl.col(column), pl.col(f"{column}_asked")
    same = ours.eq_missing(asked)
    if both.schema[column].is_float():
        close = (ours - asked).abs() <= RELATIVE * pl.max_horizontal(ours.abs(), asked.abs()) + ABSOLUTE
        same = same | close.fill_null(False)
    wrong = both.filter(~same)
    shown = [f"{row[:-2]} has {row[-2]!r}, asked {row[-1]!r}" for row in wrong.select(*key, ours, asked).rows()[:SHOWN]]
    return [f"{name}.{column}: {len(wrong)} of {len(both)} rows differ: {'; '.join(shown)}"] if len(wrong) else []
