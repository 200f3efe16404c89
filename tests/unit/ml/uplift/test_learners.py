"""Every learner against worlds whose effect is known."""

from __future__ import annotations

import numpy as np
import pytest

from ml.errors import InputError, OutcomeError
from ml.explain import check_additive
from ml.uplift.base import UpliftLearner
from ml.uplift.catalogue import model_from_parts
from ml.uplift.dr_learner import DrLearner
from ml.uplift.oct import OctLearner
from ml.uplift.s_learner import SLearner
from ml.uplift.t_learner import TLearner
from ml.uplift.x_learner import XLearner
from tests.unit.ml.worlds import effect_world

LEARNERS: tuple[UpliftLearner, ...] = (
    OctLearner(),
    XLearner(scale="log_odds"),
    DrLearner(),
    XLearner(),
    TLearner(),
    SLearner(),
)
names = pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: type(learner).__name__)


@names
def test_people_whom_contact_helps_are_told_from_those_it_hurts(learner: UpliftLearner) -> None:
    X, y, treatment, _ = effect_world(5000, 1, spread=0.2)
    new, _, _, effect = effect_world(2000, 2, spread=0.2)
    predicted = learner.fit(X, y, treatment, 0.5).predict(new)
    assert np.corrcoef(predicted, effect)[0, 1] > 0.6
    assert predicted.mean() == pytest.approx(effect.mean(), abs=0.04)


@pytest.mark.parametrize("learner", LEARNERS[2:], ids=lambda learner: type(learner).__name__)
def test_amounts_are_learned_in_their_own_unit(learner: UpliftLearner) -> None:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(4000, 4))
    treatment = (rng.random(4000) < 0.3).astype(float)
    effect = 200.0 * (X[:, 1] > 0)
    y = 1000 + 100 * X[:, 0] + effect * treatment + rng.normal(0, 50, 4000)
    predicted = learner.fit(X, y, treatment, 0.3).predict(X)
    assert np.corrcoef(predicted, effect)[0, 1] > 0.8
    assert predicted.mean() == pytest.approx(100, abs=15)


@names
def test_unequal_arms_do_not_shift_the_average(learner: UpliftLearner) -> None:
    X, y, treatment, effect = effect_world(6000, 4, spread=0.1, share=0.2)
    assert learner.fit(X, y, treatment, 0.2).predict(X).mean() == pytest.approx(effect.mean(), abs=0.04)


@names
def test_contributions_add_up_to_the_score(learner: UpliftLearner) -> None:
    X, y, treatment, _ = effect_world(1000, 5)
    model = learner.fit(X, y, treatment)
    parts = model.contributions(X)
    assert parts.shape == (1000, 7)
    check_additive(parts, model.effect_score(X))


@names
def test_the_same_input_gives_the_same_bytes(learner: UpliftLearner) -> None:
    X, y, treatment, _ = effect_world(1000, 6)
    first, second = (learner.fit(X, y, treatment) for _ in range(2))
    assert {role: booster.model_to_string() for role, booster in first.boosters.items()} == {
        role: booster.model_to_string() for role, booster in second.boosters.items()
    }


@names
def test_a_model_can_be_put_together_from_its_parts(learner: UpliftLearner) -> None:
    X, y, treatment, _ = effect_world(1000, 6)
    model = learner.fit(X, y, treatment)
    again = model_from_parts(model.kind, model.boosters, model.constants, is_binary=True)
    assert np.array_equal(again.predict(X), model.predict(X))
    assert ((again.expected_without(X) >= 0) & (again.expected_without(X) <= 1)).all()


@pytest.mark.parametrize("learner", LEARNERS[:2], ids=lambda learner: learner.__class__.__name__)
def test_log_odds_of_amounts_are_refused(learner: UpliftLearner) -> None:
    X, y, treatment, _ = effect_world(500, 7)
    with pytest.raises(OutcomeError, match="yes/no outcomes only"):
        learner.fit(X, y * 3.5, treatment)


@pytest.mark.parametrize(("rate", "shown"), [(0.95, "95"), (0.0005, "0.05")])
def test_an_outcome_of_nearly_all_or_hardly_anybody_is_refused(rate: float, shown: str) -> None:
    y = np.zeros(2000)
    y[: int(2000 * rate)] = 1
    X, treatment = np.ones((2000, 2)), np.arange(2000) % 2
    with pytest.raises(OutcomeError, match=shown):
        XLearner().fit(X, y, treatment)


def test_an_unknown_outcome_is_refused_not_filled() -> None:
    with pytest.raises(InputError, match="unknown values"):
        TLearner().fit(np.ones((4, 1)), [1, np.nan, 0, 1], [1, 0, 1, 0])


def test_one_arm_alone_is_refused() -> None:
    with pytest.raises(InputError, match="one arm is empty"):
        TLearner().fit(np.ones((4, 1)), [1, 0, 0, 1], [1, 1, 1, 1])
