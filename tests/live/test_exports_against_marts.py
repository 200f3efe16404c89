"""Every figure of every export, computed a second time in SQL from the marts of the same generation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from orchestration.exports.contract import OUTPUTS
from tests.reconciliation.compare import FOLDER, differences
from tests.reconciliation.generation import opened


@pytest.fixture(scope="module")
def generation(tiny_run: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = opened(tiny_run)
    yield connection
    connection.close()


def test_every_output_has_its_query_and_no_query_is_without_an_output() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.sql")) == sorted(OUTPUTS)


@pytest.mark.parametrize("output", OUTPUTS)
def test_every_number_of_an_export_is_what_the_marts_give(
    output: str, generation: duckdb.DuckDBPyConnection, tiny_run: Path
) -> None:
    assert differences(generation, output, tiny_run / "current" / "exports") == []


def test_a_single_wrong_figure_a_lost_and_a_doubled_row_are_told(
    generation: duckdb.DuckDBPyConnection, tiny_run: Path, tmp_path: Path
) -> None:
    right = pl.read_parquet(tiny_run / "current" / "exports" / "ugc_kinds.parquet")
    is_first = pl.int_range(pl.len()) == right["read_share"].is_not_null().arg_max()
    wrong = right.with_columns(pieces_count=pl.col("pieces_count") + is_first.cast(pl.Int64))
    nearly = right.with_columns(read_share=pl.col("read_share") * pl.when(is_first).then(1 + 1e-8).otherwise(1.0))
    for name, frame, told in (
        ("wrong", wrong, "ugc_kinds.pieces_count: 1 of"),
        ("nearly", nearly, "ugc_kinds.read_share: 1 of"),
        ("empty", right.with_columns(unpaid_count=pl.lit(None, pl.Int64)), "ugc_kinds.unpaid_count:"),
        ("lost", right.filter(~is_first), "1 rows only in the query"),
        ("strange", pl.concat([right, right.head(1).with_columns(place=pl.lit("?"))]), "1 rows only in the export"),
    ):
        (tmp_path / name).mkdir()
        frame.write_parquet(tmp_path / name / "ugc_kinds.parquet")
        found = differences(generation, "ugc_kinds", tmp_path / name)
        assert len(found) == 1 and told in found[0], (name, found)
