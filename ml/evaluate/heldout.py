"""Held-out predictions by blocks: each block is judged by models that learned from the blocks before it only.

Ordinary cross-fitting uses every row both to train and to judge, so the folds' results agree by chance: in simulated
worlds without effect the pooled ranking statistic had a standard deviation of 1.2 to 1.5 where 1 was claimed. Going
forward through the blocks, each one's result has mean zero given all before it, and the claim holds (0.7 to 1.1;
Wager 2024, "Sequential validation of treatment heterogeneity").
Does not belong here: figures (curves.py, rate.py) or decisions (ml/promotion.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ml.arrays import FloatArray, IntArray, Sample, cluster_folds
from ml.crossfit import doubly_robust_scores, mean_outcome, nuisance_weights
from ml.trees import LEVEL_TREES, Binned, Objective, raw_score
from ml.uplift.base import UpliftLearner

# The first three of ten blocks only teach: a model of a tenth of the rows would be judged instead of the method.
# Five blocks of which two only teach judge 60 % of the rows instead of 70: the ranking of a simulated market stood
# 3.2 standard errors above chance with them, 3.9 with these, at twice the models.
BLOCKS, FIRST_JUDGED = 10, 3


@dataclass(frozen=True)
class HeldOut:
    """The judged rows, one value each, from models that saw neither the row's cluster nor its block or a later one.

    Attributes:
        rows: (m,) row numbers of the sample, ascending.
        block: (m,) block of each.
        uplift: the candidate's predicted effect.
        response: expected outcome whatever the arm, from a plain response model: what a ranking by "who buys" gives.
        expected: m*(x): expected outcome by a model of both arms weighted alike; y - expected is what Γ is made of.
        gamma: doubly-robust score: its mean over a group is the group's average effect.
    """

    rows: IntArray
    block: IntArray
    uplift: FloatArray
    response: FloatArray
    expected: FloatArray
    gamma: FloatArray

    def order(self, score: FloatArray) -> FloatArray:
        """A score's rank within its block, 0 to 1 (ties share theirs): blocks of different models become one order."""
        result = np.empty(score.size)
        for number in np.unique(self.block):
            own = np.flatnonzero(self.block == number)
            _, code, times = np.unique(score[own], return_inverse=True, return_counts=True)
            result[own] = (np.cumsum(times) - times / 2)[code] / own.size
        return result

    def random_order(self, seed: int) -> FloatArray:
        """A seeded random order of the judged rows."""
        return self.order(np.random.default_rng(seed).random(self.rows.size))


def held_out(
    chooser: Callable[[Sample], UpliftLearner], sample: Sample, *, seed: int, feature_names: Sequence[str] | None = None
) -> tuple[HeldOut, HeldOut]:
    """Both directions through the same blocks: fit on the blocks before, predict the next.

    Two directions judge nearly every row once and take out half of the luck of one order. Their chance agreement is
    unknown, so whoever combines them takes the average and the average standard error, not a smaller one.

    Args:
        chooser: from the rows of the blocks that only teach to the learner that is fitted all along: no judged row
            has a say in the choice.

    Raises:
        InputError, OutcomeError: as the learner does, for a part of the rows too.
    """
    block = cluster_folds(sample.cluster, BLOCKS, seed)
    forward, backward = (_one_way(chooser, sample, way, seed, feature_names) for way in (block, BLOCKS - 1 - block))
    return forward, backward


def _one_way(
    chooser: Callable[[Sample], UpliftLearner],
    sample: Sample,
    fold: IntArray,
    seed: int,
    feature_names: Sequence[str] | None,
) -> HeldOut:
    trees = LEVEL_TREES.with_seed(seed)
    objective: Objective = "binary" if sample.is_binary else "regression"
    weights = {
        "response": sample.weight,
        "level": sample.weight * nuisance_weights(sample.treatment, sample.propensity),
    }
    binned = Binned(sample.X, feature_names)
    learner = chooser(sample.kept(np.flatnonzero(fold < FIRST_JUDGED)))
    uplift = np.empty(sample.y.size)
    plain = {name: np.empty(sample.y.size) for name in weights}
    for number in range(FIRST_JUDGED, BLOCKS):
        before, own = np.flatnonzero(fold < number), np.flatnonzero(fold == number)
        own_X = sample.X[own]
        fitted = learner.fit(
            sample.X[before],
            sample.y[before],
            sample.treatment[before],
            sample.propensity[before],
            sample.cluster[before],
            sample.weight[before],
            feature_names=feature_names,
        )
        uplift[own] = fitted.predict(own_X)
        for name, weight in weights.items():
            booster = binned.train(sample.y, objective=objective, settings=trees, rows=before, weight=weight)
            plain[name][own] = mean_outcome(raw_score(booster, own_X), sample.is_binary)
    rows = np.flatnonzero(fold >= FIRST_JUDGED).astype(np.int64)
    y, treatment, propensity = sample.y[rows], sample.treatment[rows], sample.propensity[rows]
    gamma = doubly_robust_scores(y, treatment, propensity, plain["level"][rows])
    return HeldOut(rows, fold[rows], uplift[rows], plain["response"][rows], plain["level"][rows], gamma)
