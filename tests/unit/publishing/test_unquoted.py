"""What a step's error tells: what failed and where, and no value that a library quoted."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest

from orchestration.errors import SourceError
from orchestration.progress import announce
from orchestration.unquoted import StepError

PERSON = "ada.canary@mail.invalid"


def spoilt_frame() -> pl.DataFrame:
    return pl.DataFrame({"x": [PERSON]}).with_columns(pl.col("x").cast(pl.Int64))


def test_a_librarys_error_is_told_by_class_and_place() -> None:
    with pytest.raises(pl.exceptions.InvalidOperationError, match=PERSON):
        spoilt_frame()
    with pytest.raises(StepError) as told, announce("a step"):
        spoilt_frame()
    assert PERSON not in str(told.value)
    assert "polars.InvalidOperationError at " in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


def test_an_error_of_ours_keeps_its_words_without_those_it_repeats() -> None:
    def land() -> None:
        try:
            duckdb.sql(f"select cast('{PERSON}' as int)").fetchall()
        except duckdb.Error as error:
            raise SourceError(f"tills.csv: the mapping does not fit ({error})") from error

    with pytest.raises(SourceError) as told, announce("a step"):
        land()
    assert str(told.value) == "tills.csv: the mapping does not fit (ConversionException)"
    assert told.value.__cause__ is None


def test_what_the_machine_says_of_a_file_is_told() -> None:
    with pytest.raises(StepError, match="No space left on device"), announce("a step"):
        raise OSError(28, "No space left on device", f"/landing/{PERSON}")


def test_dbts_error_names_the_nodes_and_not_the_rows() -> None:
    from dagster_dbt.errors import DagsterDbtCliRuntimeError

    said = (
        "The dbt CLI process failed with exit code `1`.\n\nErrors parsed from dbt logs:\n\n"
        "Runtime Error in model stg_stores (dbt_project/models/staging/stg_stores.sql)\n"
        f"  Conversion Error: Could not convert string '{PERSON}' to INT32\n"
        "Failure in test unique_dim_stores_store_id (dbt_project/models/marts/dim_stores.yml)\n"
        "  Got 3 results, configured to fail if != 0\n"
    )
    with pytest.raises(StepError) as told, announce("warehouse (dbt)"):
        raise DagsterDbtCliRuntimeError(description=said)
    assert str(told.value).splitlines() == [
        "dbt failed",
        "  Runtime Error in model stg_stores (dbt_project/models/staging/stg_stores.sql)",
        "  Failure in test unique_dim_stores_store_id (dbt_project/models/marts/dim_stores.yml)",
        "  Got 3 results, configured to fail if != 0",
    ]
