"""Judging by blocks: nobody is judged by a model that saw them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ml.arrays import checked_sample
from ml.evaluate.heldout import held_out
from ml.evaluate.rate import qini_rate
from ml.uplift.x_learner import XLearner
from tests.unit.ml.worlds import effect_world


def test_shuffled_labels_leave_a_ranking_of_no_worth() -> None:
    X, y, treatment, _ = effect_world(3000, 5, spread=0.2)
    shuffled = np.random.default_rng(6).permutation(y)
    sample = checked_sample(X, shuffled, treatment)
    forward, backward = held_out(lambda part: XLearner(), sample, seed=1)
    # Standard error of a QINI-RATE: sd(Γ)·sqrt(1/12/n) with sd(Γ) about 2·.47 and n = 2,100: .0059.
    found = (qini_rate(forward.gamma, forward.order(forward.uplift)), qini_rate(backward.gamma, backward.uplift))
    assert abs(np.mean(found)) < 3 * 0.0059


def test_a_real_effect_is_found_on_people_not_seen_before() -> None:
    X, y, treatment, _ = effect_world(3000, 5, spread=0.2)
    forward, _ = held_out(lambda part: XLearner(), checked_sample(X, y, treatment), seed=1)
    assert qini_rate(forward.gamma, forward.order(forward.uplift)) > 3 * 0.0059


def test_rows_of_one_person_are_judged_in_one_block_and_never_taught_before() -> None:
    X, y, treatment, _ = effect_world(2000, 7)
    person: npt.NDArray[np.int64] = np.repeat(np.arange(500), 4)
    for one in held_out(lambda part: XLearner(), checked_sample(X, y, treatment, cluster=person), seed=1):
        blocks = {who: set(one.block[person[one.rows] == who]) for who in set(person[one.rows])}
        assert all(len(found) == 1 for found in blocks.values())
        assert len(blocks) == 350  # seven of ten blocks of 500 people


def test_order_ranks_within_blocks_and_ties_share() -> None:
    X, y, treatment, _ = effect_world(500, 7)
    forward, _ = held_out(lambda part: XLearner(), checked_sample(X, y, treatment), seed=1)
    order = forward.order(np.zeros(forward.rows.size))
    assert np.allclose(order, 0.5)
