"""The chance of having been chosen, from features known before: out of fold, calibrated, with a table to check it.

Belongs here: estimating the chance. Does not: what is done with it (overlap.py, balance.py, measurement/estimators.py).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy import stats
from sklearn.linear_model import LogisticRegression

from ml.arrays import FloatArray, IntArray, cluster_codes, cluster_folds
from ml.observational.covariates import standardised
from ml.trees import Binned, TreeSettings, raw_score, sigmoid

FOLDS = 5
# Small sets: campaigns have some hundred members.
PROPENSITY_TREES = TreeSettings(leaves=4, rate=0.1, rounds=40, min_rows=30, l2=10.0)
LINE_PENALTY = 0.1
# A chance of exactly 0 or 1 has no counterpart and an infinite weight.
SMALLEST_CHANCE = 1e-4
CALIBRATION_ROWS = 10
CALIBRATION_SCHEMA = {
    "tenth": pl.Int64,
    "people_count": pl.Int64,
    "predicted_share": pl.Float64,
    "observed_share": pl.Float64,
    "observed_low": pl.Float64,
    "observed_high": pl.Float64,
}


def propensity_scores(X: FloatArray, treatment: FloatArray, cluster: IntArray, seed: int) -> FloatArray:
    """Cross-fitted and calibrated chance of having been chosen, (n,) strictly between 0 and 1.

    A regularised logistic regression, then small trees on what it leaves, both out of fold by cluster. The log-odds are
    then calibrated by Platt's line (Platt 1999), for each fold on the other folds' out-of-fold scores. Isotonic
    regression was not taken: its steps reach 0 and 1 at the ends, where the weights are.
    """
    fold = cluster_folds(cluster, FOLDS, seed)
    score = _raw_scores(X, treatment, fold, seed)
    chance = np.empty(treatment.size)
    for number in range(FOLDS):
        rest, own = fold != number, fold == number
        line = LogisticRegression(C=1e6).fit(score[rest, None], treatment[rest])
        # A score that has nothing to say may come out turned round in other folds: then all have the same chance.
        slope = max(float(line.coef_[0, 0]), 0.0)
        share = float(treatment[rest].mean())
        start = float(line.intercept_[0]) if slope > 0 else float(np.log(share / (1 - share)))
        chance[own] = sigmoid(start + slope * score[own])
    return np.clip(chance, SMALLEST_CHANCE, 1 - SMALLEST_CHANCE)


def _raw_scores(X: FloatArray, treatment: FloatArray, fold: IntArray, seed: int) -> FloatArray:
    design, binned = standardised(X), Binned(X)
    score = np.empty(treatment.size)
    for number in range(FOLDS):
        rest, own = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        line = LogisticRegression(C=LINE_PENALTY, max_iter=200).fit(design[rest], treatment[rest])
        start = np.asarray(line.decision_function(design), dtype=np.float64)
        booster = binned.train(
            treatment, objective="binary", settings=PROPENSITY_TREES.with_seed(seed), rows=rest, init_score=start
        )
        score[own] = start[own] + raw_score(booster, X[own])
    return score


def calibration_table(
    chance: FloatArray, treatment: FloatArray, cluster: IntArray, *, level: float = 0.9
) -> pl.DataFrame:
    """Predicted against observed share of chosen people, by tenths of the predicted chance (CALIBRATION_SCHEMA).

    Args:
        cluster: (n,) labels of who was chosen together: the interval is robust by them.
        level: of the interval of the observed share.
    """
    order = np.argsort(chance, kind="stable")
    tenth = np.empty(chance.size, dtype=np.int64)
    tenth[order] = np.arange(chance.size) * CALIBRATION_ROWS // max(chance.size, 1)
    z = float(stats.norm.ppf((1 + level) / 2))
    rows = []
    for number in range(CALIBRATION_ROWS):
        own = tenth == number
        if not own.any():
            continue
        observed = float(treatment[own].mean())
        sums = np.bincount(cluster_codes(cluster[own], int(own.sum())), treatment[own] - observed)
        # With nobody or everybody chosen the estimated error is 0: one more of each (Agresti and Coull 1998).
        adjusted = (treatment[own].sum() + 2) / (own.sum() + 4)
        floor = float(adjusted * (1 - adjusted) / (own.sum() + 4))
        error = float(np.sqrt(max(float((sums**2).sum()) / float(own.sum()) ** 2, floor)))
        rows.append(
            {
                "tenth": number + 1,
                "people_count": int(own.sum()),
                "predicted_share": float(chance[own].mean()),
                "observed_share": observed,
                "observed_low": max(observed - z * error, 0.0),
                "observed_high": min(observed + z * error, 1.0),
            }
        )
    return pl.DataFrame(rows, schema=CALIBRATION_SCHEMA)
