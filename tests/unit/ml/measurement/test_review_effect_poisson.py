"""The regression with absorbed effects: worked by hand, against pyfixest, against leaving clusters out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml.arrays import FloatArray
from ml.errors import NothingToLearnError
from ml.measurement.review_effect.absorb import Counts, informative
from ml.measurement.review_effect.poisson import clustered, fit_added, fit_poisson

CASES = json.loads((Path(__file__).parent / "golden_poisson.json").read_text(encoding="utf-8"))


def counts_of(y: list[float], page: list[int], week: list[int], offset: FloatArray | None = None) -> Counts:
    codes = np.array(page, dtype=np.int64)
    offset = np.zeros(len(y)) if offset is None else offset
    return Counts(np.array(y, dtype=np.float64), offset, codes, np.array(week), np.zeros_like(codes), codes)


def golden(case: Mapping[str, Any]) -> tuple[Counts, FloatArray]:
    named = {name: np.array(values) for name, values in case["columns"].items()}
    counts = Counts(
        named["y"].astype(np.float64),
        np.log(named["views"]),
        named["page"],
        named["week"],
        named["site"],
        named["product"],
    )
    return counts, np.column_stack([named["x"], named["z"]])


def test_two_pages_and_two_weeks_give_the_log_of_the_odds_ratio() -> None:
    counts = counts_of([10, 20, 30, 180], [0, 0, 1, 1], [0, 1, 0, 1])
    fit = fit_poisson(counts, np.array([[0.0], [0.0], [0.0], [1.0]]))
    assert fit.beta[0] == pytest.approx(np.log(10 * 180 / (20 * 30)), abs=1e-8)


def test_what_a_count_is_divided_by_is_taken_out() -> None:
    views = np.array([1.0, 2.0, 1.0, 3.0])
    counts = counts_of([10, 40, 30, 540], [0, 0, 1, 1], [0, 1, 0, 1], np.log(views))
    fit = fit_poisson(counts, np.array([[0.0], [0.0], [0.0], [1.0]]))
    assert fit.beta[0] == pytest.approx(np.log(3.0), abs=1e-8)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_coefficients_and_clustered_errors_are_those_of_pyfixest(case: Mapping[str, Any]) -> None:
    counts, X = golden(case)
    fit = fit_poisson(counts, X)
    assert fit.beta == pytest.approx(case["coefficients"], abs=1e-6)
    scores = np.array(
        [
            (fit.within * (counts.y - fit.mean)[:, None])[counts.cluster == code].sum(axis=0)
            for code in range(int(counts.cluster.max()) + 1)
        ]
    )
    inverse = np.linalg.inv(fit.information)
    plain = inverse @ (scores.T @ scores) @ inverse
    assert np.sqrt(np.diag(plain)) == pytest.approx(case["errors"], rel=1e-5)


def test_errors_are_the_spread_of_fits_that_leave_a_cluster_out() -> None:
    counts, X = golden(CASES[0])
    fit = fit_poisson(counts, X)
    without = np.array(
        [
            fit_poisson(counts.kept(np.flatnonzero(counts.cluster != code)), X[counts.cluster != code]).beta
            for code in range(int(counts.cluster.max()) + 1)
        ]
    )
    spread = (len(without) - 1) / len(without) * ((without - without.mean(axis=0)) ** 2).sum(axis=0)
    # To first order: the fits without a cluster also move the mean of every week.
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(np.sqrt(spread), rel=0.15)


def test_pages_and_weeks_without_an_order_are_left_out() -> None:
    counts = counts_of([0, 0, 5, 0, 3, 0], [0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 1])
    assert informative(counts).tolist() == [2, 4]


def test_a_column_that_moves_with_the_week_alone_is_refused() -> None:
    counts = counts_of([10, 20, 30, 180, 7, 9], [0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 1])
    with pytest.raises(NothingToLearnError, match="cannot be told"):
        fit_poisson(counts, np.array([[0.0], [1.0]] * 3))


def test_a_cluster_that_alone_moves_a_column_gives_no_small_error() -> None:
    within = np.array([[1.0], [-1.0], [0.0], [0.0]])
    found = clustered(within, np.array([2.0, -2.0, 1.0, -1.0]), np.ones(4), np.array([[2.0]]), np.array([0, 0, 1, 1]))
    # Its own fit without it is not defined: its score counts undivided, 4 / 2 = 2; centred on the mean of 2 and 0.
    assert found[0, 0] == pytest.approx(0.5 * (1 + 1))


def test_a_column_added_alone_has_the_coefficient_and_error_of_the_fit_with_it() -> None:
    counts, X = golden(CASES[1])
    column = (np.random.default_rng(1).random(counts.y.size) < 0.4).astype(np.float64)
    whole = fit_poisson(counts, np.column_stack([X, column]))
    effect, error = fit_added(counts, fit_poisson(counts, X), column[:, None])
    assert effect[0] == pytest.approx(whole.beta[-1], abs=1e-3)
    assert error[0] == pytest.approx(np.sqrt(whole.covariance[-1, -1]), rel=0.02)


def test_a_fit_begun_from_another_ends_where_it_would_have() -> None:
    counts, X = golden(CASES[0])
    begun = fit_poisson(counts, X, fit_poisson(counts, X[:, :1]))
    assert begun.beta == pytest.approx(fit_poisson(counts, X).beta, abs=1e-7)
