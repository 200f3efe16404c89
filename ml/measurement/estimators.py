"""Average effects from rows: two estimators, each with a cluster-robust standard error.

adjusted_difference is for randomised arms, aipw for arms that were chosen. Formulas and sources:
docs/methods/average_effect.md. Does not belong here: which rows and outcomes (average_effect.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from sklearn.linear_model import RidgeCV

from ml.arrays import FloatArray, IntArray, cluster_codes, cluster_folds
from ml.crossfit import nuisance_weights
from ml.observational.covariates import standardised
from ml.observational.sensitivity import Comparison
from ml.trees import Binned, TreeSettings, raw_score

FOLDS = 5
RIDGE_PENALTIES = tuple(10.0**power for power in range(0, 6))
PERMUTATIONS = 500
# Small sets: campaigns have some hundred members.
NUISANCE_TREES = TreeSettings(leaves=4, rate=0.1, rounds=40, min_rows=30, l2=10.0)


@dataclass(frozen=True)
class Estimate:
    """An average effect.

    Attributes:
        effect, error: in the outcome's unit; error is the standard error.
        freedom: degrees of freedom of the t interval.
        control_mean: expected outcome without contact, of the same people.
    """

    effect: float
    error: float
    freedom: float
    control_mean: float

    def interval(self, level: float) -> tuple[float, float]:
        """Low and high end at that level, for instance .9."""
        reach = float(stats.t.ppf((1 + level) / 2, self.freedom)) * self.error
        return self.effect - reach, self.effect + reach

    def p_value(self) -> float:
        """Two-sided p of no effect."""
        return float(2 * stats.t.sf(abs(self.effect) / self.error, self.freedom)) if self.error else float("nan")


def residuals(
    X: FloatArray, y: FloatArray, treatment: FloatArray, propensity: FloatArray, cluster: IntArray, seed: int
) -> tuple[FloatArray, FloatArray]:
    """(y - m*(x), m*(x)) with m* by cross-fitted ridge regression on standardised features.

    A linear m* of penalty chosen within the training folds: on some hundred members trees fit the noise of buyers.
    Unknown values stand at the mean with a column that says so.
    """
    design = standardised(X)
    fold = cluster_folds(cluster, FOLDS, seed)
    weight = nuisance_weights(treatment, propensity)
    m = np.empty(y.size)
    for number in range(FOLDS):
        rest, own = fold != number, fold == number
        m[own] = RidgeCV(RIDGE_PENALTIES).fit(design[rest], y[rest], sample_weight=weight[rest]).predict(design[own])
    return y - m, m


def adjusted_difference(
    residual: FloatArray, y: FloatArray, treatment: FloatArray, propensity: FloatArray, cluster: IntArray
) -> Estimate:
    """Difference of the arms' mean residuals, weighted by the inverse chance of the arm (randomised designs).

    Unbiased whatever m* is, because the arms differ by chance only; m* takes out variance. The variance is that of
    two means of independent clusters, each with its n/(n-1); with fewer clusters in an arm the t interval widens.
    """
    means, variances, freedoms = [], [], []
    for arm, chance in ((1.0, propensity), (0.0, 1 - propensity)):
        own = treatment == arm
        weight = 1 / chance[own]
        mean = float(np.average(residual[own], weights=weight))
        sums = _cluster_sums(weight * (residual[own] - mean), cluster[own])
        means.append(mean)
        variances.append(float((sums**2).sum() / weight.sum() ** 2 * sums.size / max(sums.size - 1, 1)))
        freedoms.append(max(sums.size - 1, 1))
    effect, variance = means[0] - means[1], sum(variances)
    # Welch-Satterthwaite: the arm with the larger variance decides.
    freedom = variance**2 / sum(v**2 / f for v, f in zip(variances, freedoms, strict=True)) if variance else 1.0
    untreated = treatment == 0
    control = float(np.average(y[untreated], weights=1 / (1 - propensity[untreated])))
    return Estimate(effect, variance**0.5, freedom, control)


def permutation_p(residual: FloatArray, treatment: FloatArray, cluster: IntArray, seed: int) -> float:
    """Share of permuted treatments (whole clusters) with at least this difference of mean residuals."""
    codes = cluster_codes(cluster, cluster.size)
    rng = np.random.default_rng(seed)
    size = np.bincount(codes)
    total = np.bincount(codes, residual)
    arm = np.bincount(codes, treatment) / size > 0.5

    def difference(treated: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float:
        return float(total[treated].sum() / size[treated].sum() - total[~treated].sum() / size[~treated].sum())

    found = abs(difference(arm))
    hits = sum(abs(difference(rng.permutation(arm))) >= found - 1e-12 for _ in range(PERMUTATIONS))
    return (hits + 1) / (PERMUTATIONS + 1)


def compared(
    X: FloatArray,
    y: FloatArray,
    treatment: FloatArray,
    propensity: FloatArray,
    cluster: IntArray,
    seed: int,
    *,
    tilt: FloatArray | None = None,
) -> Comparison:
    """Cross-fitted outcome models of both arms, for people who were chosen (observational designs).

    Args:
        tilt: (n,) weight of each person's effect in the average; None: everybody counts once.
    """
    design, binned = standardised(X), Binned(X)
    fold = cluster_folds(cluster, FOLDS, seed)
    level = {arm: np.empty(y.size) for arm in (1.0, 0.0)}
    for arm, predicted in level.items():
        for number in range(FOLDS):
            own = fold == number
            rest = np.flatnonzero(~own & (treatment == arm))
            # A line first: small trees alone leave much of a steep trend, and with it of the selection, unexplained
            # (a simulated selection bias of .9 was taken down to .13 by trees, to .015 by a line and trees).
            line = RidgeCV(RIDGE_PENALTIES).fit(design[rest], y[rest])
            start = np.asarray(line.predict(design), dtype=np.float64)
            settings = NUISANCE_TREES.with_seed(seed)
            booster = binned.train(y, objective="regression", settings=settings, rows=rest, init_score=start)
            predicted[own] = start[own] + raw_score(booster, X[own])
    weight = np.ones(y.size) if tilt is None else tilt
    return Comparison(y, treatment, propensity, cluster, level[1.0], level[0.0], weight)


def aipw(comparison: Comparison) -> Estimate:
    """Augmented inverse-propensity weighting, with the overlap average where the comparison is tilted to it.

    ψ = mu1 - mu0 + t/e·(y - mu1) - (1-t)/(1-e)·(y - mu0); the effect is its mean weighted by the tilt. Right if
    everything that decided who was chosen and what they bought is among the features: that cannot be tested, so the
    label stays observational, and ml/observational/sensitivity.py says how much a hidden cause could do.
    """
    c = comparison
    without = c.without_contact + (1 - c.treatment) / (1 - c.chance) * (c.y - c.without_contact)
    psi = c.with_contact + c.treatment / c.chance * (c.y - c.with_contact) - without
    effect = float(np.average(psi, weights=c.tilt))
    sums = _cluster_sums(c.tilt * (psi - effect), c.cluster)
    error = float(np.sqrt((sums**2).sum() * sums.size / max(sums.size - 1, 1)) / c.tilt.sum())
    return Estimate(effect, error, float(max(sums.size - 1, 1)), float(np.average(without, weights=c.tilt)))


def _cluster_sums(values: FloatArray, cluster: IntArray) -> FloatArray:
    codes = cluster_codes(cluster, cluster.size)
    return np.asarray(np.bincount(codes, values), dtype=np.float64)
