"""Figures of a ranking by expected value, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ml.evaluate.intervals import bootstrap_interval
from ml.evaluate.ranking import calibration_ratio, ndcg_at, normalised_gini, value_captured_at

VALUE = np.array([0.0, 10.0, 0.0, 30.0])


def test_the_gini_of_the_best_order_is_one_and_of_the_worst_minus_one() -> None:
    assert normalised_gini(VALUE, VALUE) == pytest.approx(1.0)
    assert normalised_gini(VALUE, -VALUE) == pytest.approx(-1.0)
    assert normalised_gini(VALUE, np.zeros(4)) == pytest.approx(0.0)


def test_ndcg_discounts_by_position() -> None:
    # First 10 then 30: 10/log2(2) + 30/log2(3); best 30 + 10/log2(3).
    found = ndcg_at(VALUE, np.array([1.0, 4.0, 2.0, 3.0]), k=2)
    assert found == pytest.approx((10 + 30 / np.log2(3)) / (30 + 10 / np.log2(3)))


def test_value_captured_compares_with_the_best_choice_of_that_size() -> None:
    assert value_captured_at(VALUE, np.array([1.0, 4.0, 2.0, 3.0]), 0.25) == pytest.approx(10 / 30)


def test_calibration_is_predicted_over_true() -> None:
    assert calibration_ratio(VALUE, np.full(4, 5.0)) == pytest.approx(0.5)
    assert np.isnan(calibration_ratio(np.zeros(4), np.ones(4)))


def test_the_bootstrap_interval_of_a_mean_is_that_of_the_normal_theory() -> None:
    # Mean of 400 standard normals: ±1.645/20 = ±.082.
    values = np.random.default_rng(3).normal(size=400)
    low, high = bootstrap_interval(
        lambda rows: float(values[rows].mean()), np.arange(400), level=0.9, draws=400, seed=1
    )
    assert high - low == pytest.approx(2 * 1.645 / 20, rel=0.15)
    assert low < values.mean() < high
