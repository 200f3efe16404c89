"""Which learner and size predicts effects best, told by cross-validation inside the rows that teach.

The criterion is the mean of (Γ - tau(x))² over held-out rows, Γ their doubly-robust scores: up to a constant that is
equal for all candidates it is the squared error of the effect itself (docs/methods/uplift.md). It judges order and
size; AUTOC judges the order alone.
Does not belong here: which candidates there are (catalogue.py), whether the winner may be used (ml/promotion.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ml.arrays import Features, FloatArray, IntArray, Sample, cluster_folds
from ml.crossfit import cross_fitted_scores, doubly_robust_scores, mean_outcome, nuisance_weights
from ml.trees import Binned, raw_score
from ml.uplift.catalogue import ROUNDS, AnyStaged, candidates

FOLDS = 3
# A choice among so few settings is no better made on more rows than these, and the fits of a larger table cost
# minutes; above ONE_FOLD_ROWS one fold is held out instead of each in turn.
MOST_ROWS, ONE_FOLD_ROWS = 200_000, 100_000


@dataclass(frozen=True)
class Choice:
    """The winner, what it won against, and what it predicted for people it had not seen.

    Attributes:
        learner: with the chosen size; fit it on all rows.
        errors: mean held-out (Γ - tau)² less that of the average effect for everybody, by candidate's name: negative
            is better than treating all people alike.
        gamma, effect, cluster: (m,) doubly-robust score, predicted effect and cluster of the judged rows.
    """

    learner: AnyStaged
    errors: dict[str, float]
    gamma: FloatArray
    effect: FloatArray
    cluster: IntArray


def choose(sample: Sample, *, is_randomised: bool, seed: int, competitors: Sequence[AnyStaged] | None = None) -> Choice:
    """The candidate with the least held-out error; of equals the first in the catalogue.

    Args:
        sample: the rows that teach; of more than MOST_ROWS a seeded part of the clusters decides.
        competitors: None: those of the catalogue.

    Raises:
        InputError, OutcomeError: as the learners do.
    """
    standing = candidates(sample.y.size, is_binary=sample.is_binary, is_randomised=is_randomised, seed=seed)
    learners = standing if competitors is None else list(competitors)
    # Few rounds guard a part against noise that the whole table has less of: of a part only the size decides.
    stages = ROUNDS if sample.y.size <= MOST_ROWS else ()
    sample = part_of(sample, seed=seed, most=MOST_ROWS)
    fold = cluster_folds(sample.cluster, FOLDS, seed)
    gamma = held_out_gamma(sample, learners[0], seed)
    effects: dict[tuple[int, int], FloatArray] = {}
    alike = np.empty(gamma.size)
    for number in judged_folds(gamma.size):
        train, held_out = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        alike[held_out] = np.average(gamma[train], weights=sample.weight[train])
        for key, effect in _predictions(sample.kept(train), sample.X[held_out], learners, stages):
            effects.setdefault(key, np.empty(gamma.size))[held_out] = effect
    judged = np.flatnonzero(fold < len(judged_folds(gamma.size)))

    def error(effect: FloatArray) -> float:
        return float(np.average((gamma[judged] - effect[judged]) ** 2, weights=sample.weight[judged]))

    errors = {key: error(effect) - error(alike) for key, effect in effects.items()}
    winner = min(errors, key=lambda key: (errors[key], key))
    chosen = learners[winner[0]]
    return Choice(
        replace(chosen, effect_trees=replace(chosen.effect_trees, rounds=winner[1])),
        {_name(learners[position], rounds): difference for (position, rounds), difference in errors.items()},
        gamma[judged],
        effects[winner][judged],
        sample.cluster[judged],
    )


def _predictions(
    train: Sample, X: Features, learners: Sequence[AnyStaged], stages: Sequence[int]
) -> list[tuple[tuple[int, int], FloatArray]]:
    """((position in learners, rounds), effects of X's rows): one binning, one first stage a kind of learner.

    Each learner is judged at its own rounds and at those of `stages` that are fewer.
    """
    binned = Binned(train.X)
    nuisances, levels = {}, {}
    result = []
    for position, learner in enumerate(learners):
        first = (type(learner), learner.level_trees)
        if first not in nuisances:
            nuisances[first] = learner.nuisance(train, binned)
        fitted = learner.finish(train, binned, nuisances[first])
        if fitted.kind not in levels:
            levels[fitted.kind] = fitted.levels(X)
        most = learner.effect_trees.rounds
        for rounds in sorted({most, *(stage for stage in stages if stage < most)}):
            raw = raw_score(fitted.boosters["effect"], X, rounds)
            result.append(((position, rounds), fitted.combined(levels[fitted.kind], raw)))
    return result


def judged_folds(rows: int) -> range:
    """The folds that are held out in turn."""
    return range(FOLDS if rows <= ONE_FOLD_ROWS else 1)


def held_out_gamma(sample: Sample, learner: AnyStaged, seed: int) -> FloatArray:
    """(n,) doubly-robust scores with a level that did not see the row's fold."""
    level, _ = cross_fitted_scores(
        Binned(sample.X),
        sample.X,
        sample.y,
        is_binary=sample.is_binary,
        cluster=sample.cluster,
        settings=learner.level_trees.with_seed(seed),
        folds=FOLDS,
        weight=sample.weight * nuisance_weights(sample.treatment, sample.propensity),
    )
    m = mean_outcome(level, sample.is_binary)
    return doubly_robust_scores(sample.y, sample.treatment, sample.propensity, m)


def part_of(sample: Sample, *, seed: int, most: int) -> Sample:
    """About `most` rows of a larger sample: a seeded part of its clusters, each whole."""
    if sample.y.size <= most:
        return sample
    clusters = int(sample.cluster.max()) + 1
    taken = np.random.default_rng(seed).random(clusters) < most / sample.y.size
    return sample.kept(np.flatnonzero(taken[sample.cluster]))


def _name(learner: AnyStaged, rounds: int) -> str:
    scale = getattr(learner, "scale", "")
    trees = learner.effect_trees
    return f"{type(learner).__name__}{f' ({scale})' if scale else ''}, {trees.leaves} leaves, {rounds} × {trees.rate}"
