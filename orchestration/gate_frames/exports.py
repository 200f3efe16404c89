"""Frames of the exports gate, counted from the files as they were written.

Belongs here: reading back. Does not: what counts are right (expectations/suites/exports.py), writing
(orchestration/exports).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl

from expectations.registry import suite
from expectations.result import GateResult
from expectations.runner import GateContext, validate
from expectations.summaries.exports import WrittenOutput, exports_frame
from orchestration.exports.consents import identities_of, unlisted_now
from orchestration.exports.contract import OUTPUTS
from orchestration.exports.schema import Output
from orchestration.exports.small_groups import few_cells
from orchestration.session import RunSession

EXPORTS = "exports"
# data_quality has a row per load at least; the others may say "nobody" with no row.
FEWEST_ROWS = {"data_quality": 1}
# "about" and "data dictionary" stand behind the table in each workbook.
SHEETS_BEHIND = 2
_CHUNK = 1 << 20


def check_exports(session: RunSession) -> GateResult:
    """The exports gate on this run's files."""
    identities = identities_of(session.build.warehouse)
    with duckdb.connect(str(session.build.warehouse), read_only=True) as connection:
        left_out = known_minors(connection) | unlisted_now(session.workspace, identities, session.loaded_at)
    written = tuple(written_output(output, session.build.exports, session.export_rows) for output in OUTPUTS.values())
    frames = {"exports": exports_frame(written, left_out)}
    return validate(suite(EXPORTS), frames, GateContext(session.streams_with_rows, session.past_figures(EXPORTS)))


def known_minors(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Consumer keys that no export may hold, whatever the sources' basis and whatever was agreed to."""
    query = "select consumer_key from marts.dim_consumers where is_minor"
    return frozenset(key for (key,) in connection.execute(query).fetchall())


def written_output(output: Output, folder: Path, built_rows: Mapping[str, int]) -> WrittenOutput:
    """An output as it stands in `folder`; a missing file counts as no rows, or as unknown beside its Parquet file."""
    parquet, text, book = (folder / f"{output.name}.{ending}" for ending in ("parquet", "csv", "xlsx"))
    table = pl.read_parquet(parquet) if parquet.exists() else pl.DataFrame()
    rows = pl.read_csv(text, infer_schema=False) if text.exists() else None
    return WrittenOutput(
        name=output.name,
        table=table.to_pandas(),
        rows_csv=None if rows is None else len(rows),
        rows_xlsx=workbook_rows(book) if book.exists() else None,
        csv_columns=() if rows is None else tuple(rows.columns),
        built_rows=built_rows[output.name],
        columns=tuple(column.name for column in output.columns),
        key=output.sort_key,
        never_null=tuple(column.name for column in output.columns if not column.when_null),
        fewest_rows=FEWEST_ROWS.get(output.name, 0),
        few_cells=few_cells(output.name, table) if parquet.exists() else 0,
    )


def workbook_rows(path: Path) -> int:
    """Rows below the headings in the table's sheets of a workbook that workbook.py wrote."""
    with zipfile.ZipFile(path) as book:
        numbers = sorted(
            int(found[1]) for name in book.namelist() if (found := re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name))
        )
        return sum(_sheet_rows(book, f"xl/worksheets/sheet{number}.xml") - 1 for number in numbers[:-SHEETS_BEHIND])


def _sheet_rows(book: zipfile.ZipFile, sheet: str) -> int:
    """<row elements of a sheet; texts are in another file and escaped, so the mark cannot stand in a value."""
    mark, count, rest = b"<row ", 0, b""
    with book.open(sheet) as stream:
        while chunk := stream.read(_CHUNK):
            block = rest + chunk
            count += block.count(mark)
            rest = block[-(len(mark) - 1) :]
    return count
