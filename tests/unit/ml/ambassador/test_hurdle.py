"""The hurdle model against a world where who brings in what is known."""

from __future__ import annotations

import numpy as np
import pytest

from ml.ambassador.hurdle import HurdleLearner
from ml.arrays import FloatArray
from ml.errors import OutcomeError, TooFewRowsError
from ml.explain import check_additive


def _world(rows: int, seed: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """X, value, true expectation: feature 0 decides whether anything comes in, feature 1 how much."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 4))
    chance = 1 / (1 + np.exp(1.5 - X[:, 0]))
    amount = np.exp(7 + 0.5 * X[:, 1])
    value = (rng.random(rows) < chance) * rng.gamma(2, amount / 2)
    return X, value, chance * amount


def test_the_expectation_is_ranked_and_its_sum_is_right() -> None:
    X, value, _ = _world(6000, 1)
    new, _, expected = _world(3000, 2)
    predicted = HurdleLearner().fit(X, value).predict(new)
    assert np.corrcoef(np.log(predicted), np.log(expected))[0, 1] > 0.9
    assert predicted.sum() == pytest.approx(expected.sum(), rel=0.1)


def test_contributions_add_up_over_both_parts() -> None:
    X, value, _ = _world(1000, 3)
    model = HurdleLearner().fit(X, value)
    check_additive(model.contributions(X), model.score(X))


def test_net_returns_count_as_nothing_brought_in() -> None:
    X, value, _ = _world(1000, 3)
    returned = np.where(value > 0, value, -500.0)
    assert np.array_equal(HurdleLearner().fit(X, returned).predict(X), HurdleLearner().fit(X, value).predict(X))


def test_too_few_people_with_value_are_refused_with_the_number() -> None:
    X, _, _ = _world(1000, 3)
    value = np.zeros(1000)
    value[:49] = 100
    with pytest.raises(TooFewRowsError, match="49 people"):
        HurdleLearner().fit(X, value)
    with pytest.raises(OutcomeError):
        HurdleLearner().fit(X, np.zeros(1000))
