"""How strong a hidden cause must be to erase an effect of people who were chosen.

Two answers, because they fail differently:
- The robustness value (Cinelli and Hazlett 2020; for any cross-fitted estimator Chernozhukov, Cinelli, Newey, Sharma
  and Syrgkanis 2022, "Long story short"): a hidden cause shifts the effect by at most S·sqrt(r_y·r_t/(1-r_t)), S² =
  E(y-m)²·E(alpha²), alpha the weights' Riesz representer, r_y the share of what the features leave open of the outcome
  that the cause explains, r_t the share of alpha's variance. At r_y = r_t = r the shift equals d where
  r = (sqrt(f⁴ + 4f²) - f²)/2, f = d/S.
- Odds bounds (Tan 2006; Zhao, Small and Bhattacharya 2019; the marginal form of Rosenbaum's Gamma): the true odds of
  being chosen lie within a factor Gamma of the estimated ones, in any pattern, also one that follows the outcome.
Belongs here: these bounds. Does not: the effect (measurement/estimators.py), the report of one comparison (report.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ml.arrays import FloatArray, IntArray, cluster_codes
from ml.observational.covariates import standardised

GAMMAS = (1.25, 1.5, 2.0)
# Directions of the features with less than that part of the largest variance are rounding.
RANK_TOLERANCE = 1e-8


@dataclass(frozen=True)
class Comparison:
    """What an estimator of an average effect leaves to look at; one value a row, left-out people left out.

    Attributes:
        y, treatment, chance, cluster: as the estimator saw them.
        with_contact, without_contact: cross-fitted expected outcomes mu1(x), mu0(x).
        tilt: (n,) weight of a person's effect in the average, e(1-e) for the overlap average, 1 for everybody's.
    """

    y: FloatArray
    treatment: FloatArray
    chance: FloatArray
    cluster: IntArray
    with_contact: FloatArray
    without_contact: FloatArray
    tilt: FloatArray

    @property
    def residual(self) -> FloatArray:
        """y minus what was expected of the person in their own arm."""
        return np.asarray(self.y - np.where(self.treatment == 1, self.with_contact, self.without_contact))

    @property
    def representer(self) -> FloatArray:
        """alpha(t, x): the effect is the mean of alpha·y."""
        signed = np.where(self.treatment == 1, 1 / self.chance, -1 / (1 - self.chance))
        return np.asarray(self.tilt / self.tilt.mean() * signed, dtype=np.float64)


def largest_shift(comparison: Comparison) -> float:
    """S: the effect moves by at most S·sqrt(r_y·r_t/(1-r_t)) for a hidden cause of strengths r_y, r_t."""
    return float(np.sqrt((comparison.residual**2).mean() * (comparison.representer**2).mean()))


def robustness_value(distance: float, shift: float) -> float:
    """Strength r = r_y = r_t at which a hidden cause moves the effect by `distance`; 0 where distance is 0 or less.

    Args:
        distance: how far the effect, or the end of its interval, stands from 0.
        shift: from largest_shift.
    """
    if distance <= 0:
        return 0.0
    if shift <= 0:
        return 1.0
    square = (distance / shift) ** 2
    return float((np.sqrt(square**2 + 4 * square) - square) / 2)


def strongest_known(
    X: FloatArray, comparison: Comparison, groups: Mapping[str, Sequence[int]]
) -> tuple[str, float, float] | None:
    """The group of known features that would be the strongest cause if it were hidden: (group, r_y, r_t).

    r are partial R² in least-squares lines of outcome (beside treatment) and treatment on all features, adjusted for
    the columns taken out: a yardstick for what a hidden cause of that kind could be; the strongest by r_y·r_t.

    Args:
        X: (n, p) features of the same rows.
        groups: group → columns of X.
    """
    treatment, y = comparison.treatment, comparison.y
    treatment, y = comparison.treatment, comparison.y
    names = list(groups)
    blocks = [standardised(X[:, list(groups[name])]) for name in names]
    owner = np.repeat(np.arange(len(names)), [block.shape[1] for block in blocks])
    design = np.column_stack([*blocks, treatment])
    centred = np.column_stack([design, y]) - np.column_stack([design, y]).mean(axis=0)
    products, last = centred.T @ centred, design.shape[1]
    features, arm, outcome = np.arange(last - 1), last - 1, last
    open_t = _left_open(products, arm, features, y.size)
    open_y = _left_open(products, outcome, np.r_[features, arm], y.size)
    best: tuple[str, float, float] | None = None
    for number, name in enumerate(names):
        rest = features[owner != number]
        r_t = _explained(open_t, _left_open(products, arm, rest, y.size))
        r_y = _explained(open_y, _left_open(products, outcome, np.r_[rest, arm], y.size))
        if best is None or r_y * r_t > best[1] * best[2]:
            best = (name, r_y, r_t)
    return best


def _explained(with_it: float, without_it: float) -> float:
    """Share of what is left open without the group that it explains, at least 0."""
    return max(1 - with_it / without_it, 0.0) if without_it > 0 else 0.0


def _left_open(products: FloatArray, target: int, columns: IntArray, rows: int) -> float:
    """Residual variance (degrees of freedom counted) of a least-squares line, from sums of squares and products."""
    values, vectors = np.linalg.eigh(products[np.ix_(columns, columns)])
    kept = values > RANK_TOLERANCE * max(float(values.max(initial=0.0)), 1e-300)
    onto = vectors[:, kept].T @ products[columns, target]
    left = float(products[target, target] - (onto**2 / values[kept]).sum())
    return max(left, 0.0) / max(rows - 1 - int(kept.sum()), 1)


def odds_bounds(comparison: Comparison, gamma: float) -> tuple[float, float, float]:
    """(lowest effect, highest effect, standard error) if true odds of being chosen lie within `gamma` of the estimated.

    Per arm the weighted mean of residuals is pushed as far as weights tilt·(1 + c·(1-e)/e) allow, c in [1/gamma, gamma]
    (1 for the treated's own chance; the other way round for the untreated): the extreme gives all of one side of a
    threshold on the residual c = gamma and the rest 1/gamma. The standard error is that of the estimate at the extreme,
    by cluster, the larger of both ends.
    """
    base = np.average(comparison.with_contact - comparison.without_contact, weights=comparison.tilt)
    ends, errors = [], []
    for sign in (-1.0, 1.0):
        effect, influence = float(base), _average_influence(comparison, float(base))
        for arm, direction in ((1.0, sign), (0.0, -sign)):
            own = comparison.treatment == arm
            chance = comparison.chance[own] if arm == 1 else 1 - comparison.chance[own]
            mean, part = _extreme(comparison.residual[own], comparison.tilt[own], chance, gamma, direction)
            effect += mean if arm == 1 else -mean
            influence[own] += (part if arm == 1 else -part) * comparison.y.size
        sums = np.bincount(cluster_codes(comparison.cluster, influence.size), influence)
        ends.append(effect)
        errors.append(float(np.sqrt((sums**2).sum() * sums.size / max(sums.size - 1, 1)) / influence.size))
    return ends[0], ends[1], max(errors)


def _average_influence(comparison: Comparison, base: float) -> FloatArray:
    """(n,) influence of each row on the mean predicted effect, times n."""
    predicted = comparison.with_contact - comparison.without_contact
    return np.asarray(comparison.tilt / comparison.tilt.mean() * (predicted - base), dtype=np.float64)


def _extreme(
    residual: FloatArray, tilt: FloatArray, chance: FloatArray, gamma: float, direction: float
) -> tuple[float, FloatArray]:
    """The furthest weighted mean in that direction, and each row's part in its error (weight share times distance)."""
    order = np.argsort(-direction * residual, kind="stable")
    ordered = residual[order]
    most = (tilt * (1 + gamma * (1 - chance) / chance))[order]
    least = (tilt * (1 + (1 - chance) / chance / gamma))[order]
    first_weight, first_sum = np.cumsum(most), np.cumsum(most * ordered)
    rest_weight, rest_sum = least.sum() - np.cumsum(least), (least * ordered).sum() - np.cumsum(least * ordered)
    means = (first_sum + rest_sum) / (first_weight + rest_weight)
    cut = int(np.argmax(direction * means))
    weight = np.empty(residual.size)
    weight[order] = np.where(np.arange(residual.size) <= cut, most, least)
    mean = float(means[cut])
    return mean, np.asarray(weight * (residual - mean) / weight.sum(), dtype=np.float64)
