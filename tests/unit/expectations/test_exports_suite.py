"""The exports gate passes what was written whole and stops each fault by the named check."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from expectations.registry import suite
from expectations.runner import GateContext, validate
from expectations.summaries.exports import WrittenOutput, exports_frame

Ask = Callable[[str, dict[str, pd.DataFrame], GateContext], set[str]]


def written(**changes: object) -> WrittenOutput:
    table = pd.DataFrame({"consumer_key": ["a", "b"], "tier": ["nano", "micro"], "basis": ["consent", "consent"]})
    fields: dict[str, object] = {
        "name": "ambassador_candidates",
        "table": table,
        "rows_csv": 2,
        "rows_xlsx": 2,
        "csv_columns": ("consumer_key", "tier", "basis"),
        "built_rows": 2,
        "columns": ("consumer_key", "tier", "basis"),
        "key": ("consumer_key",),
        "never_null": ("consumer_key", "tier", "basis"),
    }
    return WrittenOutput(**(fields | changes))  # type: ignore[arg-type]


def table(**changes: object) -> pd.DataFrame:
    return written().table.assign(**changes)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({}, ""),
        ({"rows_csv": 1}, "csv_difference_count"),
        ({"rows_csv": None}, "csv_difference_count"),
        ({"rows_xlsx": 3}, "xlsx_difference_count"),
        ({"built_rows": 3}, "rows_lost_count"),
        ({"fewest_rows": 3}, "lacking_rows_count"),
        ({"table": table().rename(columns={"tier": "size"})}, "has_contract_columns"),
        ({"table": table(consumer_key=["a", "a"])}, "duplicate_keys_count"),
        ({"table": table(tier=[None, "nano"])}, "null_cells_count"),
        ({"table": table(basis=["consent", " "])}, "without_basis_count"),
        ({"table": table(consumer_key=["a", "withdrawn"])}, "withdrawn_people_count"),
    ],
)
def test_the_exports_gate(changes: dict[str, object], column: str, failed_columns: Ask) -> None:
    others = tuple(written(name=f"output_{number}") for number in range(4))
    frame = exports_frame((written(**changes), *others), frozenset({"withdrawn"}))
    failed = failed_columns("exports", {"exports": frame}, GateContext())
    assert failed == ({column} if column else set())


def test_an_output_that_was_not_written_at_all_is_stopped() -> None:
    frame = exports_frame((written(),), frozenset())
    assert [f.expectation for f in validate(suite("exports"), {"exports": frame}).failures] == ["enough_rows"]
