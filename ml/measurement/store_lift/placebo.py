"""Groups that got nothing: drawn with the same tilt towards size and trend as the treated units, and their p value.

Belongs here: which groups. Does not: their effects (candidates.py), the interval (adaptive.py).
"""

from __future__ import annotations

import numpy as np

from ml.arrays import BoolArray, FloatArray

# Ridge of the logistic tilt and its bound: with five treated units a chance difference must not become a rule.
TILT_PENALTY, LARGEST_TILT = 2.0, 2.0
_NEWTON_STEPS = 8


def selection_tilt(before: FloatArray, treated: BoolArray, periods_after: int) -> FloatArray:
    """Log odds, up to a constant, of being chosen given size and recent trend: a ridge logistic regression.

    Args:
        before: (units, periods) sales before the start.
    """
    Z = selection_traits(before, periods_after)
    X = np.column_stack([np.ones(Z.shape[0]), Z])
    penalty = np.diag([0.0, TILT_PENALTY, TILT_PENALTY])
    beta, y = np.zeros(3), treated.astype(np.float64)
    for _ in range(_NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(X @ beta, -20, 20)))
        gradient = X.T @ (y - chance) - penalty @ beta
        curvature = (X * (chance * (1 - chance))[:, None]).T @ X + penalty + 1e-9 * np.eye(3)
        beta = beta + np.linalg.solve(curvature, gradient)
    return np.clip(Z @ beta[1:], -LARGEST_TILT, LARGEST_TILT)


def selection_traits(before: FloatArray, periods_after: int) -> FloatArray:
    """(units, 2): log size, and log change from earlier periods to the last ones before the start, standardised."""
    mean = np.maximum(before.mean(axis=1), 1e-12 * max(before.max(), 1e-300))
    recent, old = before[:, -periods_after:], before[:, :-periods_after]
    change = np.zeros(mean.size)
    if old.shape[1]:
        change = np.log(np.maximum(recent.mean(axis=1), 0.05 * mean) / np.maximum(old.mean(axis=1), 0.05 * mean))
    return np.column_stack([_scores(np.log(mean)), _scores(change)])


def variance_factor(traits: FloatArray, groups: FloatArray) -> FloatArray:
    """1/n + 1/N + D/(n + N - 2) by group: how much an adjusted comparison of n members with N others varies.

    D is the squared distance of the two means in the units' own spread (Mahalanobis): a group at the edge of what the
    others are like is extrapolated to (the variance of a treatment coefficient adjusted for the traits).
    """
    count = groups.sum(axis=1)
    others = traits.shape[0] - count
    gap = groups @ traits / count[:, None] - (1 - groups) @ traits / others[:, None]
    spread = np.cov(traits.T) + 1e-9 * np.eye(traits.shape[1])
    distance = (gap @ np.linalg.inv(spread) * gap).sum(axis=1)
    return np.asarray(1 / count + 1 / others + distance / (traits.shape[0] - 2))


def _scores(values: FloatArray) -> FloatArray:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-12))


def placebo_groups(tilt: FloatArray, size: int, count: int, rng: np.random.Generator) -> FloatArray:
    """count groups of that size, without replacement, with odds exp(tilt): (count, units) of 0 and 1."""
    keys = tilt + rng.gumbel(size=(count, tilt.size))
    groups = np.zeros_like(keys)
    np.put_along_axis(groups, np.argsort(-keys, axis=1)[:, :size], 1.0, axis=1)
    return groups


def placebo_p_value(effect: float, placebo: FloatArray) -> float:
    """Share of placebo effects at least as far from zero, the effect itself counted as one of them."""
    return float((1 + (np.abs(placebo) >= abs(effect) - 1e-12).sum()) / (1 + placebo.size))
