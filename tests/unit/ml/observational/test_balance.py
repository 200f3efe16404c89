"""Balance of arms by hand, and the chance of an imbalance in fair and broken draws."""

from __future__ import annotations

import numpy as np
import pytest

from ml.arrays import FloatArray
from ml.observational.balance import balance_table, imbalance_p
from ml.observational.covariates import squeeze


def _unsqueezed(value: FloatArray) -> FloatArray:
    return np.asarray(np.sign(value) * np.expm1(np.abs(value)), dtype=np.float64)


def test_the_standardised_difference_is_the_textbooks() -> None:
    # Squeezed values: treated 1 and 3 (mean 2, s² = 1·40/39), others 0 and 2 (mean 1, the same): SMD = 1 / s.
    value = np.r_[np.tile([1.0, 3.0], 20), np.tile([0.0, 2.0], 20)]
    t = np.r_[np.ones(40), np.zeros(40)]
    table = balance_table(_unsqueezed(value)[:, None], t, None, ["followers_largest_count"])
    assert table["smd_before"].to_list() == pytest.approx([1 / (40 / 39) ** 0.5])
    assert table["smd_after"].to_list() == [None]


def test_weights_that_make_the_arms_alike_take_the_difference_out() -> None:
    # The others' twos count three times as much as their zeros: mean 1.5; the treated's ones three times: mean 1.5.
    value = np.r_[np.tile([1.0, 3.0], 20), np.tile([0.0, 2.0], 20)]
    t = np.r_[np.ones(40), np.zeros(40)]
    weight = np.r_[np.tile([3.0, 1.0], 20), np.tile([1.0, 3.0], 20)]
    table = balance_table(_unsqueezed(value)[:, None], t, weight, ["followers_largest_count"])
    assert table["smd_after"].to_list() == pytest.approx([0.0], abs=1e-12)


def test_what_is_unknown_of_one_arm_only_is_a_difference_of_its_own() -> None:
    X = np.where(np.arange(200) < 50, np.nan, np.arange(200.0))[:, None]
    t = np.r_[np.ones(100), np.zeros(100)]
    table = balance_table(X, t, None, ["followers_largest_count"])
    assert table["is_missingness"].to_list() == [False, True]
    assert table["smd_before"][1] > 1


def _broken(rng: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
    X = rng.normal(size=(n, 8))
    return X, (rng.random(n) < 0.5 + 0.2 * (X[:, 3] > 0.5)).astype(float)


def test_a_broken_draw_is_seen_and_a_fair_one_is_not_suspected() -> None:
    rng = np.random.default_rng(1)
    X, t = _broken(rng, 800)
    n = np.arange(800)
    assert imbalance_p(X, t, np.full(800, t.mean()), n, 1) < 0.01
    fair = rng.permutation(t)
    assert imbalance_p(X, fair, np.full(800, t.mean()), n, 1) > 0.01


def test_fair_draws_are_suspected_no_oftener_than_said() -> None:
    rng = np.random.default_rng(2)
    p = []
    for number in range(40):
        X = np.exp(rng.normal(size=(150, 5)))
        t = np.asarray(rng.permutation(np.r_[np.ones(60), np.zeros(90)]), dtype=np.float64)
        p.append(imbalance_p(X, t, np.full(150, 0.4), np.arange(150), number))
    assert sum(value < 0.1 for value in p) <= 9  # binomial(40, .1): more than 9 once in 100
    assert min(p) > 0.001


def test_people_drawn_in_groups_are_judged_by_groups() -> None:
    # Twenty shops, ten drawn; people of a shop are alike: by people it looks broken, by shops it is fair.
    rng = np.random.default_rng(3)
    shop = np.repeat(np.arange(20), 50)
    X = (rng.normal(size=20)[shop] + rng.normal(0, 0.1, 1000))[:, None]
    t = np.isin(shop, rng.permutation(20)[:10]).astype(float)
    assert imbalance_p(X, t, np.full(1000, 0.5), shop, 1) > 0.05
    assert imbalance_p(X, t, np.full(1000, 0.5), np.arange(1000), 1) < 0.05


def test_stated_chances_that_differ_are_no_imbalance() -> None:
    # Big spenders were drawn with .8, others with .2: the arms differ, as they were meant to.
    rng = np.random.default_rng(4)
    X = rng.normal(size=(1000, 3))
    e = np.where(X[:, 0] > 0, 0.8, 0.2)
    t = (rng.random(1000) < e).astype(float)
    assert imbalance_p(X, t, e, np.arange(1000), 1) > 0.01
    assert imbalance_p(X, t, np.full(1000, t.mean()), np.arange(1000), 1) < 0.01


def test_squeezing_keeps_signs_and_zero() -> None:
    assert squeeze(np.array([[-1.0, 0.0, 1.0]])).tolist() == [
        [pytest.approx(-np.log(2)), 0.0, pytest.approx(np.log(2))]
    ]
