"""The frame of the exports gate: one row per output, of counts taken from the written files.

Belongs here: arithmetic on a written table. Does not: reading files (the caller), making outputs
(orchestration/exports), limits (suites/exports.py).
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import pandas as pd

from expectations.declare import Frames
from expectations.summaries.numbers import numbers


@dataclass(frozen=True)
class WrittenOutput:
    """An output as it stands on disk.

    Attributes:
        name: the output.
        table: what the Parquet file holds.
        rows_csv, rows_xlsx: rows of the other two, None where the file is missing.
        csv_columns: heading of the CSV.
        built_rows: rows that were handed to the writers.
        columns: the contract's columns in order.
        key: columns that identify a row; NULL counts as a value.
        never_null: columns that the contract says are never empty.
        fewest_rows: rows it must have.
        few_cells: counts of 1 to 9 people or pieces that should have been left out.
    """

    name: str
    table: pd.DataFrame
    rows_csv: int | None
    rows_xlsx: int | None
    csv_columns: tuple[str, ...]
    built_rows: int
    columns: tuple[str, ...]
    key: tuple[str, ...]
    never_null: tuple[str, ...]
    fewest_rows: int = 0
    few_cells: int = 0


def exports_frame(outputs: tuple[WrittenOutput, ...], people_without_basis: Set[str]) -> pd.DataFrame:
    """One row per output.

    Args:
        outputs: all outputs of the contract.
        people_without_basis: consumer keys that may not be listed (consent withdrawn, known minors).
    """
    return pd.DataFrame([_row(output, people_without_basis) for output in outputs])


def figures(frames: Frames) -> dict[str, float]:
    """Rows per output."""
    return numbers(frames["exports"], "export", "rows", "{}.rows")


def _row(output: WrittenOutput, people_without_basis: Set[str]) -> dict[str, object]:
    table, rows = output.table, len(output.table)
    key = [column for column in output.key if column in table.columns]
    filled = [column for column in output.never_null if column in table.columns]
    people = table["consumer_key"] if "consumer_key" in table.columns else pd.Series(dtype="str")
    basis = table["basis"] if "basis" in table.columns else pd.Series([None] * rows, dtype="object")
    return {
        "export": output.name,
        "rows": rows,
        "lacking_rows_count": max(0, output.fewest_rows - rows),
        "rows_lost_count": output.built_rows - rows,
        "csv_difference_count": None if output.rows_csv is None else output.rows_csv - rows,
        "xlsx_difference_count": None if output.rows_xlsx is None else output.rows_xlsx - rows,
        "has_contract_columns": int(tuple(table.columns) == output.columns and output.csv_columns == output.columns),
        "duplicate_keys_count": int(table.duplicated(key).sum()) if key else rows,
        "null_cells_count": int(table[filled].isna().sum().sum()),
        "without_basis_count": int((basis.isna() | (basis.astype("str").str.strip() == "")).sum()),
        "withdrawn_people_count": int(people.isin(people_without_basis).sum()),
        "few_people_cells_count": output.few_cells,
    }
