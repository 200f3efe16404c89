"""The scores gate on reach: each rule fails on a row that breaks it and on no other."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from expectations.summaries.reach import COLUMNS, reach_results

REACH: dict[str, Any] = {
    "campaign_id": "c1",
    "platform": "all",
    "tier": "nano",
    "status": "measured",
    "basis": "estimate",
    "gross_reach": 1_000.0,
    "population": 5_000.0,
    "unique_reach": 800.0,
    "unique_low": 700.0,
    "unique_high": 900.0,
    "bound_low": 300.0,
    "bound_high": 1_000.0,
    "effective_unique": 400.0,
    "note": None,
}
CURVE: list[dict[str, Any]] = [
    {
        "campaign_id": "c1",
        "ambassadors_count": number,
        "gross_reach": 10.0 * number,
        "unique_reach": people,
        "unique_low": people - 1,
        "unique_high": people + 1,
    }
    for number, people in ((10, 90.0), (20, 160.0))
]
RATE: dict[str, Any] = {
    "platform": "chirp",
    "rate": "engagement by followers",
    "tier": "nano",
    "against_tier": None,
    "status": "measured",
    "value": 0.1,
    "low": 0.09,
    "high": 0.11,
    "note": None,
}


def broken(name: str, *rows: dict[str, Any]) -> set[str]:
    found = reach_results({name: pd.DataFrame(list(rows))})
    return {rule for rule in COLUMNS[1:] if found[rule].any()}


def test_good_results_break_nothing_and_nothing_tried_is_an_empty_frame() -> None:
    found = reach_results(
        {"reach": pd.DataFrame([REACH]), "reach_curve": pd.DataFrame(CURVE), "engagement_by_tier": pd.DataFrame([RATE])}
    )
    assert found["reach_result"].tolist()[0] == "reach.c1.all.nano"
    assert found["reach_result"].is_unique
    assert found[list(COLUMNS[1:])].to_numpy().sum() == 0
    assert list(reach_results({}).columns) == list(COLUMNS)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"unique_low": 850.0}, "is_outside_its_range"),
        ({"unique_high": None}, "is_outside_its_range"),
        ({"bound_low": 820.0}, "is_outside_its_bounds"),
        ({"bound_high": 1_100.0}, "is_outside_its_bounds"),
        ({"population": 750.0}, "is_outside_its_bounds"),
        ({"effective_unique": 810.0}, "is_disordered"),
        ({"status": "refused", "unique_reach": None}, "is_unexplained"),
    ],
)
def test_each_fault_of_a_reach_breaks_its_rule(changes: dict[str, object], rule: str) -> None:
    assert broken("reach", REACH | changes) == {rule}


def test_bounds_alone_pass_with_their_reason_and_nothing_at_all_does_not() -> None:
    bounds = REACH | {"unique_reach": None, "unique_low": None, "unique_high": None, "effective_unique": None}
    assert broken("reach", bounds | {"note": "no population"}) == set()
    assert broken("reach", bounds | {"note": "no population", "bound_low": None}) == {"is_without_value"}


def test_a_curve_that_falls_is_found() -> None:
    first, second = CURVE
    assert broken("reach_curve", first, second | {"unique_reach": 80.0, "unique_low": 79.0}) == {"is_disordered"}
    assert broken("reach_curve", first | {"unique_reach": 101.0, "unique_high": 102.0}) == {"is_outside_its_bounds"}


def test_a_rate_without_a_range_needs_a_reason() -> None:
    bare = RATE | {"low": None, "high": None}
    assert broken("engagement_by_tier", bare) == {"is_unexplained"}
    assert broken("engagement_by_tier", bare | {"note": "no range: it needs 10 accounts"}) == set()
    assert broken("engagement_by_tier", RATE | {"high": None}) == {"is_outside_its_range"}
