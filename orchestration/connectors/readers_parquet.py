"""Parquet in batches, only the columns asked for, in the types the file declares.

Belongs here: opening Parquet. Does not: casting its types to canonical ones (mapping.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.connectors.base import FILE_ROW
from orchestration.connectors.readers import BATCH_ROWS, Batch, Task, WrongFileError, check_columns


def read_parquet(task: Task) -> Iterator[Batch]:
    """The batches of a Parquet file.

    Raises:
        WrongFileError: not Parquet, damaged, or a column of the mapping missing.
    """
    try:
        with pq.ParquetFile(task.path, pre_buffer=False) as file:
            found = tuple(file.schema_arrow.names)
            check_columns(task, found)
            row_no = 0
            names, new = list(task.columns), task.new_columns(found)
            wanted = [name for name in names if name in found] + new
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=wanted, use_threads=False):
                numbers = pa.array(np.arange(row_no + 1, row_no + 1 + batch.num_rows, dtype=np.int64))
                table = pa.Table.from_batches([batch])
                table.validate(full=True)  # texts that are no UTF-8 would end the process that maps them
                yield Batch(_numbered(numbers, table, names), (), found, _aside(table.select(new), row_no))
                row_no += batch.num_rows
            if row_no == 0:
                yield Batch(_numbered(pa.array([], pa.int64()), file.schema_arrow.empty_table(), names), (), found)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise WrongFileError(f"is no readable Parquet file ({type(error).__name__})") from error


def _aside(new: pa.Table, before: int) -> tuple[tuple[int, dict[str, Any]], ...]:
    """Values of the new columns by row, of rows that have any."""
    if not new.column_names:
        return ()
    rows = ({name: value for name, value in row.items() if value is not None} for row in new.to_pylist())
    return tuple((before + number, row) for number, row in enumerate(rows, start=1) if row)


def _numbered(numbers: pa.Array, table: pa.Table, names: list[str]) -> pa.Table:
    table = table.select([name for name in names if name in table.column_names])
    for name in names:
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(table.num_rows, pa.string()))
    columns = [table.column(name) for name in names]
    fields = [table.schema.field(name) for name in names]
    return pa.table([numbers, *columns], schema=pa.schema([pa.field(FILE_ROW, pa.int64()), *fields]))
