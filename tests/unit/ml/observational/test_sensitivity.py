"""How strong a hidden cause must be: by hand, against enumeration, and in worlds where the cause is known."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from ml.measurement.estimators import aipw, compared
from ml.observational.propensity import propensity_scores
from ml.observational.report import sensitivity_of
from ml.observational.sensitivity import (
    Comparison,
    largest_shift,
    odds_bounds,
    robustness_value,
    strongest_known,
)


def test_the_robustness_value_is_cinelli_and_hazletts() -> None:
    # f² = 1/2: r = (sqrt(1/4 + 2) - 1/2) / 2 = 1/2; there r²/(1-r) = 1/2 = f²: the shift equals the distance.
    assert robustness_value(1.0, 2**0.5) == pytest.approx(0.5)
    assert robustness_value(0.0, 1.0) == 0.0
    assert robustness_value(-0.3, 1.0) == 0.0


def _hand() -> Comparison:
    y = np.array([3.0, 1.0, 2.0, 0.0, 1.0])
    t = np.array([1.0, 1.0, 0.0, 0.0, 0.0])
    return Comparison(y, t, np.full(5, 0.4), np.arange(5), np.zeros(5), np.zeros(5), np.ones(5))


@pytest.mark.parametrize("gamma", [1.0, 1.5, 2.0])
def test_the_odds_bounds_are_the_extremes_over_all_patterns(gamma: float) -> None:
    # Treated weigh 1 + c·1.5, the others 1 + c·(2/3), c = gamma or 1/gamma in every pattern.
    def means(values: list[float], odds: float) -> list[float]:
        return [
            float(np.average(values, weights=[1 + c * odds for c in pattern]))
            for pattern in product((gamma, 1 / gamma), repeat=len(values))
        ]

    treated, others = means([3.0, 1.0], 1.5), means([2.0, 0.0, 1.0], 2 / 3)
    low, high, _ = odds_bounds(_hand(), gamma)
    assert low == pytest.approx(min(treated) - max(others))
    assert high == pytest.approx(max(treated) - min(others))


def test_at_gamma_one_the_error_is_that_of_two_means() -> None:
    _, _, error = odds_bounds(_hand(), 1.0)
    # Squared distances over squared counts: 2/4 + 2/9, times 5/4 for five clusters.
    assert error**2 == pytest.approx((2 / 4 + 2 / 9) * 5 / 4)


def test_the_known_group_that_drives_choice_and_outcome_is_named() -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(2000, 4))
    t = (rng.random(2000) < 1 / (1 + np.exp(-X[:, 2]))).astype(float)
    y = 2 * X[:, 2] + rng.normal(size=2000)
    comparison = Comparison(y, t, np.full(2000, 0.5), np.arange(2000), np.zeros(2000), np.zeros(2000), np.ones(2000))
    found = strongest_known(X, comparison, {"a": [0, 1], "b": [2, 3]})
    assert found is not None
    name, r_y, r_t = found
    assert name == "b"
    assert r_y == pytest.approx(0.8, abs=0.05)  # 4 of 5 parts of the variance
    assert 0.1 < r_t < 0.3


def test_a_hidden_cause_shifts_the_effect_by_no_more_than_the_bound() -> None:
    # The hidden cause adds to choice and outcome; its true strengths are computed from the world itself.
    rng = np.random.default_rng(2)
    n = 6000
    X, hidden = rng.normal(size=(n, 2)), rng.normal(size=n)
    t = (rng.random(n) < 1 / (1 + np.exp(-X[:, 0] - hidden))).astype(float)
    y = X[:, 0] + hidden + rng.normal(size=n)  # no effect at all
    chance = propensity_scores(X, t, np.arange(n), 1)
    comparison = compared(X, y, t, chance, np.arange(n), 1, tilt=chance * (1 - chance))
    found = aipw(comparison)
    assert found.effect > 0.4  # all of it is the hidden cause
    r_y = 0.5  # hidden and noise have the same variance
    with_hidden = propensity_scores(np.column_stack([X, hidden]), t, np.arange(n), 1)
    full = comparison.tilt * np.where(t == 1, 1 / with_hidden, -1 / (1 - with_hidden))
    short = comparison.tilt * np.where(t == 1, 1 / chance, -1 / (1 - chance))
    r_t = 1 - (short**2).mean() / (full**2).mean()
    bound = largest_shift(comparison) * (r_y * r_t / (1 - r_t)) ** 0.5
    assert abs(found.effect) < 1.1 * bound
    value = sensitivity_of(
        X,
        comparison,
        effect=found.effect,
        interval=found.interval(0.9),
        level=0.9,
        feature_names=["net_spend_90d_minor", "followers_largest_count"],
    )
    assert value.robustness_value < max(r_y, r_t)  # a cause as strong as the true one erases it
    assert value.erasing_gamma is not None and value.erasing_gamma > 1


def test_an_effect_that_could_be_chance_needs_no_hidden_cause() -> None:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(600, 2))
    t = (rng.random(600) < 0.5).astype(float)
    y = rng.normal(size=600)
    comparison = compared(X, y, t, np.full(600, 0.5), np.arange(600), 1)
    value = sensitivity_of(
        X, comparison, effect=0.05, interval=(-0.1, 0.2), level=0.9, feature_names=["net_spend_90d_minor"] * 2
    )
    assert value.robustness_value_interval == 0.0
    assert value.erasing_gamma == 1.0
    widths = [high - low for low, high in value.bounds.values()]
    assert widths == sorted(widths)
