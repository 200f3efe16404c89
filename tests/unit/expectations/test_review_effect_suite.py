"""The scores gate on results about reviews: each rule fails on a row that breaks it and on no other."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from expectations.summaries.review_effect import COLUMNS, review_results

HISTORY: dict[str, Any] = {
    "result_id": "pages_displayed",
    "method": "page_history",
    "design": "observational",
    "status": "measured",
    "effect_at_50": 0.3,
    "effect_low": 0.1,
    "effect_high": 0.5,
    "gain": None,
    "gain_low": None,
    "gain_high": None,
    "reviews_gained": None,
    "reviews_gained_low": None,
    "reviews_gained_high": None,
    "placebo_effect": None,
    "note": "observational, likely upward: …",
}
DRAWN = HISTORY | {
    "result_id": "products_c1",
    "method": "drawn_products",
    "design": "randomised",
    "gain": 0.05,
    "gain_low": 0.01,
    "gain_high": 0.09,
    "placebo_effect": 0.0,
    "note": None,
}
REFUSED = dict.fromkeys(HISTORY) | {
    "result_id": "products_c2",
    "method": "drawn_products",
    "status": "refused",
    "note": "4 products with a page were seeded",
}


def broken(row: dict[str, Any], **changes: object) -> set[str]:
    found = review_results(pd.DataFrame([row | changes, REFUSED]))
    assert found.iloc[1][list(COLUMNS[1:])].sum() == 0
    return {name for name in COLUMNS[1:] if found.iloc[0][name]}


def test_good_results_and_an_explained_refusal_break_nothing() -> None:
    found = review_results(pd.DataFrame([HISTORY, DRAWN, REFUSED]))
    assert found["review_result"].tolist() == ["pages_displayed", "products_c1", "products_c2"]
    assert found[list(COLUMNS[1:])].to_numpy().sum() == 0


@pytest.mark.parametrize(
    ("row", "changes", "rule"),
    [
        (HISTORY, {"effect_at_50": 0.6}, "is_outside_its_range"),
        (DRAWN, {"gain": 0.2}, "is_outside_its_range"),
        (DRAWN, {"reviews_gained": 3.0, "reviews_gained_low": 4.0, "reviews_gained_high": 5.0}, "is_outside_its_range"),
        (DRAWN, {"placebo_effect": None}, "is_unchecked"),
        (HISTORY, {"design": "randomised"}, "is_called_cause"),
        (HISTORY, {"note": None}, "is_called_cause"),
        (HISTORY, {"effect_at_50": 30.0, "effect_high": 50.0}, "is_impossible"),
        (HISTORY, {"effect_at_50": -1.0, "effect_low": -1.0}, "is_impossible"),
        (HISTORY, {"status": "refused", "note": None}, "is_unexplained"),
    ],
)  # fmt: skip
def test_each_fault_breaks_its_rule(row: dict[str, Any], changes: dict[str, object], rule: str) -> None:
    assert broken(row, **changes) == {rule}


def test_histories_that_do_not_reach_50_reviews_may_leave_the_effect_open() -> None:
    assert broken(HISTORY, effect_at_50=None, effect_low=None, effect_high=None) == set()


def test_nothing_tried_is_an_empty_frame() -> None:
    assert list(review_results(None).columns) == list(COLUMNS)
