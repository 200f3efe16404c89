"""The words an export is described with: outputs and their columns.

Belongs here: the shape of a description and what follows from it alone (types, dictionary rows, the check of a frame).
Does not: the outputs themselves (contract.py), writing files (writers.py), the page for readers (docs.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from orchestration.errors import IntegrityError

ColumnType = Literal["text", "integer", "minor", "number", "share", "boolean", "date"]

# `minor` is money in integer minor units of the currency column beside it; `share` is 0 to 1.
POLARS_TYPES: dict[ColumnType, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "minor": pl.Int64(),
    "number": pl.Float64(),
    "share": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
}


@dataclass(frozen=True)
class Column:
    """One column of an export.

    Attributes:
        name: column name in Parquet and CSV.
        title: heading in the workbook and the report, in a marketer's words.
        type: what it is stored as.
        meaning: one line.
        unit: unit of the number; "" for texts, dates and flags.
        when_null: what an empty cell means; "" where the column is never empty.
        allowed: closed set of values; empty: any.
        unit_column: the column of the same row that holds the unit (a currency, or "share of people").
    """

    name: str
    title: str
    type: ColumnType
    meaning: str
    unit: str = ""
    when_null: str = ""
    allowed: tuple[str, ...] = ()
    unit_column: str = ""


@dataclass(frozen=True)
class Output:
    """One export: a table with a stated grain.

    Attributes:
        name: file name without extension, and sheet name.
        title: what a marketer calls it.
        grain: "One row per …".
        purpose: what it is for, and what it is not.
        columns: in file order.
        sort_key: columns whose order makes the rows' order unique.
        version: raised by a breaking change (a column removed, renamed, retyped, or of another meaning).
    """

    name: str
    title: str
    grain: str
    purpose: str
    columns: tuple[Column, ...]
    sort_key: tuple[str, ...]
    version: int = 1

    def polars_schema(self) -> pl.Schema:
        """Column name → Polars type, in file order."""
        return pl.Schema({column.name: POLARS_TYPES[column.type] for column in self.columns})

    def empty(self) -> pl.DataFrame:
        """The export with no row: a stated absence, with every column typed."""
        return pl.DataFrame(schema=self.polars_schema())

    def conform(self, frame: pl.DataFrame, beside: Sequence[str] = ()) -> pl.DataFrame:
        """The frame with exactly the contract's columns, types and row order.

        Args:
            beside: columns that go with it for a later step, and are not published.

        Raises:
            IntegrityError: a column is missing, an empty cell stands where none may, a value is outside its
                closed set, or two rows share the sort key.
        """
        names = [column.name for column in self.columns]
        if missing := sorted(set(names) - set(frame.columns)):
            raise IntegrityError(f"export {self.name} lacks {missing}: its builder must return the contract's columns")
        table = frame.select(*names, *beside).cast(self.polars_schema()).sort(self.sort_key, nulls_last=True)
        for column in self.columns:
            values = table.get_column(column.name)
            if not column.when_null and values.null_count():
                raise IntegrityError(
                    f"export {self.name}: {values.null_count()} of {len(values)} rows have no {column.name}, which the "
                    "contract says is never empty"
                )
            if column.allowed and (strange := values.drop_nulls().is_in(list(column.allowed)).not_().sum()):
                raise IntegrityError(f"export {self.name}: {strange} rows of {column.name} not in {column.allowed}")
        if doubled := int(table.select(self.sort_key).is_duplicated().sum()):
            raise IntegrityError(f"export {self.name}: {doubled} rows share their key {self.sort_key}")
        return table


def dictionary(outputs: tuple[Output, ...]) -> pl.DataFrame:
    """The data dictionary: one row per output and column, in contract order; no cell is empty of meaning."""
    rows = [
        {
            "output": output.name,
            "version": output.version,
            "column": column.name,
            "heading": column.title,
            "type": column.type,
            "unit": column.unit,
            "meaning": column.meaning,
            "an_empty_cell_means": column.when_null or "never empty",
            "allowed_values": ", ".join(column.allowed),
        }
        for output in outputs
        for column in output.columns
    ]
    return pl.DataFrame(rows)
