"""Average effects by hand and in worlds with a known one."""

from __future__ import annotations

import numpy as np
import pytest

from ml.arrays import FloatArray
from ml.measurement.estimators import (
    adjusted_difference,
    aipw,
    compared,
    permutation_p,
    residuals,
)
from ml.observational.propensity import propensity_scores


def test_the_difference_of_means_and_its_error_are_those_of_the_textbook() -> None:
    # Treated 3, 5: mean 4, s² = 2; untreated 1, 2, 3: mean 2, s² = 1. Effect 2, error² = 2/2 + 1/3.
    y = np.array([3.0, 5.0, 1.0, 2.0, 3.0])
    t = np.array([1.0, 1.0, 0.0, 0.0, 0.0])
    found = adjusted_difference(y, y, t, np.full(5, 0.4), np.arange(5))
    assert found.effect == pytest.approx(2.0)
    assert found.error**2 == pytest.approx(1 + 1 / 3)
    assert found.control_mean == pytest.approx(2.0)
    # Welch: (4/3)² / (1²/1 + (1/3)²/2) = 1.6842.
    assert found.freedom == pytest.approx((16 / 9) / (1 + 1 / 18))


def test_unequal_chances_are_weighed_back() -> None:
    # Half of the people are treated with chance .8 and have outcome 1, the others with .2 and outcome 0; no effect.
    chance = np.repeat([0.8, 0.2], 10)
    t = np.r_[np.ones(8), np.zeros(2), np.ones(2), np.zeros(8)]
    y = np.repeat([1.0, 0.0], 10)
    assert y[t == 1].mean() - y[t == 0].mean() == pytest.approx(0.6)
    assert adjusted_difference(y, y, t, chance, np.arange(20)).effect == pytest.approx(0.0)


def _randomised(seed: int, effect: float = 0.3) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(200, 3))
    t = (rng.random(200) < 0.5).astype(float)
    y = X[:, 0] + effect * t + rng.normal(0, 1, 200)
    return X, y, t, np.full(200, t.mean())


def test_nine_in_ten_intervals_hold_the_effect_and_are_narrower_than_without_adjustment() -> None:
    held, widths = 0, []
    for seed in range(40):
        X, y, t, e = _randomised(seed)
        residual, _ = residuals(X, y, t, e, np.arange(200), seed)
        low, high = adjusted_difference(residual, y, t, e, np.arange(200)).interval(0.9)
        plain_low, plain_high = adjusted_difference(y, y, t, e, np.arange(200)).interval(0.9)
        held += low <= 0.3 <= high
        widths.append((high - low) / (plain_high - plain_low))
    assert 30 <= held <= 40  # .9·40 = 36, give or take three standard errors
    assert np.mean(widths) == pytest.approx(0.5**0.5, abs=0.06)  # half of the variance is explained


def test_copies_of_a_cluster_add_no_certainty() -> None:
    _, y, t, e = _randomised(1)
    once = adjusted_difference(y, y, t, e, np.arange(200))
    y, t, e = (np.repeat(column, 10) for column in (y, t, e))
    many = adjusted_difference(y, y, t, e, np.repeat(np.arange(200), 10))
    assert many.error == pytest.approx(once.error)
    assert many.freedom == pytest.approx(once.freedom)


def test_permuted_treatments_find_an_effect_and_none() -> None:
    _, y, t, _ = _randomised(2, effect=1.0)
    assert permutation_p(y, t, np.arange(200), 1) < 0.01
    assert permutation_p(np.random.default_rng(4).normal(size=200), t, np.arange(200), 1) > 0.05


def test_chosen_people_are_compared_with_their_like() -> None:
    # Big spenders are chosen more often and buy more anyway; the true effect is .1.
    rng = np.random.default_rng(5)
    X = rng.normal(size=(3000, 3))
    t = (rng.random(3000) < 1 / (1 + np.exp(-X[:, 0]))).astype(float)
    y = X[:, 0] + 0.1 * t + rng.normal(0, 0.5, 3000)
    naive = y[t == 1].mean() - y[t == 0].mean()
    chance = propensity_scores(X, t, np.arange(3000), 1)
    found = aipw(compared(X, y, t, chance, np.arange(3000), 1))
    assert naive > 0.7
    assert found.effect == pytest.approx(0.1, abs=0.07)
    assert np.corrcoef(chance, X[:, 0])[0, 1] > 0.9
