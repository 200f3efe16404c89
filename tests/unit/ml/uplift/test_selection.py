"""The choice of learner and size, by held-out error inside the rows that teach."""

from __future__ import annotations

import numpy as np

from ml.arrays import checked_sample
from ml.trees import TreeSettings
from ml.uplift import selection
from ml.uplift.catalogue import ROUNDS, candidates
from ml.uplift.dr_learner import DrLearner
from tests.unit.ml.worlds import effect_world

LARGE = TreeSettings(leaves=31, rate=0.1, rounds=100, min_rows=1, l2=0.0)


def test_without_any_effect_the_least_flexible_model_wins() -> None:
    X, y, treatment, _ = effect_world(4000, 3, spread=0.0)
    flexible, lean = DrLearner(effect_trees=LARGE), DrLearner()
    choice = selection.choose(
        checked_sample(X, y, treatment, 0.5), is_randomised=True, seed=1, competitors=[flexible, lean]
    )
    assert choice.learner.effect_trees.leaves == lean.effect_trees.leaves
    assert choice.learner.effect_trees.rounds == min(ROUNDS)


def test_a_strong_effect_is_worth_more_rounds_than_none() -> None:
    X, y, treatment, _ = effect_world(6000, 4, spread=0.3)
    choice = selection.choose(checked_sample(X, y, treatment, 0.5), is_randomised=True, seed=1)
    assert min(choice.errors.values()) < 0
    assert choice.learner.effect_trees.rounds > min(ROUNDS)


def test_the_choice_is_the_same_for_the_same_rows() -> None:
    X, y, treatment, _ = effect_world(2000, 5)
    sample = checked_sample(X, y, treatment, 0.5)
    first, second = (selection.choose(sample, is_randomised=True, seed=2) for _ in range(2))
    assert (first.learner, first.errors) == (second.learner, second.errors)


def test_rows_of_people_who_were_not_drawn_are_learned_by_the_one_learner_that_uses_their_chances() -> None:
    assert {type(one) for one in candidates(1000, is_binary=True, is_randomised=False, seed=1)} == {DrLearner}


def test_of_very_many_rows_whole_clusters_decide() -> None:
    X, y, treatment, _ = effect_world(900, 6)
    cluster = np.arange(900) // 3
    part = selection.part_of(checked_sample(X, y, treatment, 0.5, cluster), seed=1, most=300)
    kept, times = np.unique(part.cluster, return_counts=True)
    assert set(times) == {3}
    assert 60 < kept.size < 140
