"""Figures against their past."""

from __future__ import annotations

import pytest

from expectations.declare import Limit
from expectations.history import compare

ROWS = Limit("*.rows", low=0.5, high=5.0, fewest_past=3, why="")


def outside(figures: dict[str, float], past: dict[str, list[float]], limit: Limit = ROWS) -> dict[str, int]:
    frame = compare(figures, past, [limit])
    return dict(zip(frame["figure"], frame["is_outside"], strict=True))


@pytest.mark.parametrize(("now", "expected"), [(49, 1), (50, 0), (500, 0), (501, 1)])
def test_a_figure_may_move_within_its_ratio_to_the_median(now: float, expected: int) -> None:
    assert outside({"ugc.rows": now}, {"ugc.rows": [90, 100, 5000]}) == {"ugc.rows": expected}


def test_with_too_little_past_anything_goes() -> None:
    assert outside({"ugc.rows": 1}, {"ugc.rows": [100, 100]}) == {"ugc.rows": 0}


def test_a_figure_that_is_gone_is_outside() -> None:
    assert outside({}, {"ugc.rows": [100, 100, 100]}) == {"ugc.rows": 1}


def test_a_figure_that_may_end_may_be_gone() -> None:
    assert outside({}, {"c1.mean": [0.1]}, Limit("*.mean", -1, 1, 1, "", difference=True, may_end=True)) == {
        "c1.mean": 0
    }


def test_only_the_last_four_weeks_of_nights_count() -> None:
    assert outside({"ugc.rows": 1000}, {"ugc.rows": [100] * 60 + [400] * 28}) == {"ugc.rows": 0}


def test_a_limit_without_any_figure_leaves_its_row() -> None:
    assert outside({}, {}) == {"*.rows": 0}


def test_differences_are_measured_in_the_figures_own_unit() -> None:
    hours = Limit("hour", -2.5, 2.5, 1, "", difference=True)
    assert outside({"hour": 18.0}, {"hour": [16.0]}, hours) == {"hour": 0}
    assert outside({"hour": 19.0}, {"hour": [16.0]}, hours) == {"hour": 1}


def test_a_limit_does_not_bind_below_its_least_past() -> None:
    filled = Limit("x", 0.2, 50.0, 1, "", min_past=0.2)
    assert outside({"x": 0.0}, {"x": [0.1]}, filled) == {"x": 0}
    assert outside({"x": 0.0}, {"x": [0.2]}, filled) == {"x": 1}
