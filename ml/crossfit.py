"""Cross-fitting: every row's prediction comes from a model that did not see the row's cluster.

Belongs here: nuisances shared by uplift and measurement. Does not: effects (uplift/) or their averages (measurement/).
"""

from __future__ import annotations

import lightgbm as lgb
import numpy as np

from ml.arrays import Features, FloatArray, IntArray, cluster_folds
from ml.trees import Binned, TreeSettings, raw_score, sigmoid


def cross_fitted_scores(
    binned: Binned,
    X: Features,
    y: FloatArray,
    *,
    is_binary: bool,
    cluster: IntArray,
    settings: TreeSettings,
    folds: int,
    weight: FloatArray | None = None,
    init_score: FloatArray | None = None,
) -> tuple[FloatArray, list[lgb.Booster]]:
    """Raw scores (log-odds if binary) of every row from models of the other folds, and those models."""
    fold = cluster_folds(cluster, folds, settings.seed)
    scores = np.empty(y.size)
    boosters = []
    for number in range(folds):
        booster = binned.train(
            y,
            objective="binary" if is_binary else "regression",
            settings=settings,
            rows=np.flatnonzero(fold != number),
            weight=weight,
            init_score=init_score,
        )
        held_out = fold == number
        scores[held_out] = raw_score(booster, X[held_out])
        boosters.append(booster)
    return scores, boosters


def mean_outcome(scores: FloatArray, is_binary: bool) -> FloatArray:
    """Raw scores as expected outcomes."""
    return sigmoid(scores) if is_binary else scores


def nuisance_weights(treatment: FloatArray, propensity: FloatArray) -> FloatArray:
    """Weights t(1-e)/e + (1-t)e/(1-e): a fit of y under them estimates m*(x) = (1-e)·mu1 + e·mu0 (methods.md)."""
    odds = propensity / (1 - propensity)
    return np.asarray(np.where(treatment == 1, 1 / odds, odds), dtype=np.float64)


def doubly_robust_scores(y: FloatArray, treatment: FloatArray, propensity: FloatArray, m: FloatArray) -> FloatArray:
    """Γ = (t-e)/(e(1-e))·(y - m*(x)): its mean over any group is that group's average effect, if e is right."""
    return (treatment - propensity) / (propensity * (1 - propensity)) * (y - m)
