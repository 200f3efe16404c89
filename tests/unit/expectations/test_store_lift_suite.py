"""The scores gate on store tests: each rule fails on a row that breaks it and on no other."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from expectations.summaries.store_lift import COLUMNS, store_tests

GOOD: dict[str, Any] = {
    "campaign_id": "c1",
    "outcome": "store_sales",
    "status": "measured",
    "lift": 0.1,
    "lift_low": 0.02,
    "lift_high": 0.19,
    "p_value": 0.03,
    "placebo_p": 0.04,
    "control_count": 40,
    "is_clear": True,
    "note": None,
}
REFUSED = dict.fromkeys(GOOD) | {
    "campaign_id": "c2",
    "outcome": "store_sales",
    "status": "refused",
    "note": "not over",
}


def broken(**changes: object) -> set[str]:
    row = store_tests(pd.DataFrame([GOOD | changes, REFUSED])).iloc[0]
    return {name for name in COLUMNS[1:] if row[name]}


def test_a_good_test_and_an_explained_refusal_break_nothing() -> None:
    found = store_tests(pd.DataFrame([GOOD, REFUSED]))
    assert found["store_test"].tolist() == ["c1.store_sales", "c2.store_sales"]
    assert found[list(COLUMNS[1:])].to_numpy().sum() == 0


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"lift": 0.2}, "is_outside_its_range"),
        ({"placebo_p": None, "is_clear": False}, "is_unchecked"),
        ({"control_count": 5}, "is_unchecked"),
        ({"placebo_p": 0.3}, "is_clear_wrongly"),
        ({"p_value": 0.3}, "is_clear_wrongly"),
        ({"lift": 9.0, "lift_high": 12.0}, "is_impossible"),
        ({"lift": -1.0, "lift_low": -1.0}, "is_impossible"),
    ],
)
def test_each_fault_breaks_its_rule(changes: dict[str, object], rule: str) -> None:
    assert broken(**changes) == {rule}


def test_a_refusal_without_a_reason_is_a_fault() -> None:
    found = store_tests(pd.DataFrame([GOOD, REFUSED | {"note": None}]))
    assert found["is_unexplained"].tolist() == [0, 1]


def test_no_store_campaign_is_an_empty_frame() -> None:
    assert list(store_tests(None).columns) == list(COLUMNS)
