"""Two kinds of contact against none."""

from __future__ import annotations

import numpy as np
import pytest

from ml.errors import InputError
from ml.uplift.several_arms import fit_arms
from ml.uplift.x_learner import XLearner


def test_each_arm_has_its_own_effect_and_the_dearer_one_is_not_best_for_all() -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(9000, 4))
    arm = rng.choice(["none", "sample", "voucher"], size=9000, p=[0.4, 0.4, 0.2])
    effect = {"sample": 10.0 * (X[:, 0] > 0), "voucher": 10.0 * (X[:, 0] <= 0), "none": np.zeros(9000)}
    y = 50 + sum(effect[name] * (arm == name) for name in effect) + rng.normal(0, 5, 9000)
    fitted = fit_arms(XLearner(), X, y, arm, control="none", propensity={"none": 0.4, "sample": 0.4, "voucher": 0.2})
    predicted = fitted.predict(X)
    assert np.corrcoef(predicted["sample"], effect["sample"])[0, 1] > 0.9
    assert np.corrcoef(predicted["voucher"], effect["voucher"])[0, 1] > 0.9
    best = fitted.best(X)
    assert np.mean(best == np.where(X[:, 0] > 0, "sample", "voucher")) > 0.95
    assert set(fitted.best(X, cost={"sample": 100.0, "voucher": 100.0})) == {""}


@pytest.mark.parametrize(("arm", "told"), [(["a", "b"], "needed"), (["none", "none"], "needed")])
def test_without_control_or_contact_nothing_is_compared(arm: list[str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        fit_arms(XLearner(), np.ones((2, 1)), [0, 1], arm, control="none")


def test_an_arm_without_a_stated_chance_is_refused() -> None:
    with pytest.raises(InputError, match="sample"):
        fit_arms(XLearner(), np.ones((2, 1)), [0, 1], ["none", "sample"], control="none", propensity={"none": 0.5})
