"""Synthetic control of the mean of the treated units: plain, with unit fixed effects, normalised, ridge-augmented.

Sources: Abadie, Diamond and Hainmueller (2010); Ben-Michael, Feller and Rothstein (2021), whose ridge augmentation and
choice of penalty GeoLift uses. Belongs here: weights and the estimate. Does not: intervals (placebo.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.arrays import BoolArray, FloatArray
from ml.measurement.store_lift.simplex import simplex_weights

# The ladder of penalties of the ridge augmentation, from the largest squared singular value down.
PENALTIES, SMALLEST_PENALTY = 20, 1e-8


@dataclass(frozen=True)
class SyntheticControl:
    """A fitted synthetic control.

    Attributes:
        weights: (controls,) they add up to one; may be negative after augmentation.
        counterfactual: (periods,) mean of the treated units without treatment, in the units of Y.
        effect: mean difference per treated unit and period after the start.
        relative_effect: effect divided by the mean counterfactual after the start.
        imbalance: Euclidean norm of the pre-period differences (GeoLift's L2).
    """

    weights: FloatArray
    counterfactual: FloatArray
    effect: float
    relative_effect: float
    imbalance: float


def synthetic_control(
    Y: FloatArray, treated: BoolArray, periods_before: int, *, fixed_effects: bool = True, augmented: bool = False
) -> SyntheticControl:
    """GeoLift's form: the mean of the treated on simplex weights of the controls.

    Args:
        Y: (units, periods) outcomes, complete.
        treated: (units,).
        periods_before: number of columns before the start.
        fixed_effects: take each unit's mean before the start off first.
        augmented: add the ridge correction of what the weights leave unbalanced.
    """
    level = Y[:, :periods_before].mean(axis=1, keepdims=True) if fixed_effects else np.zeros((Y.shape[0], 1))
    centred = Y - level
    own, others = centred[treated].mean(axis=0), centred[~treated]
    weights = simplex_weights(others[:, :periods_before].T, own[:periods_before])
    if augmented:
        weights = weights + _augmentation(others[:, :periods_before], own[:periods_before], weights)
    return _fitted(own, weights @ others, float(level[treated].mean()), weights, periods_before)


def normalised_control(Y: FloatArray, treated: BoolArray, periods_before: int) -> SyntheticControl:
    """Synthetic control of sales divided by each unit's own mean before the start: sizes do not matter."""
    level = Y[:, :periods_before].mean(axis=1, keepdims=True)
    share = Y / level
    total = level[treated].sum()
    own = Y[treated].sum(axis=0) / total
    weights = simplex_weights(share[~treated][:, :periods_before].T, own[:periods_before])
    size = float(total / treated.sum())
    return _fitted(own * size, weights @ share[~treated] * size, 0.0, weights, periods_before)


def _fitted(own: FloatArray, control: FloatArray, level: float, weights: FloatArray, before: int) -> SyntheticControl:
    gap = own - control
    effect = float(gap[before:].mean())
    without = control + level
    base = float(without[before:].mean())
    relative = effect / base if base > 0 else float("nan")
    return SyntheticControl(weights, without, effect, relative, float(np.linalg.norm(gap[:before])))


def _augmentation(others: FloatArray, own: FloatArray, weights: FloatArray) -> FloatArray:
    """Ridge weights for what the simplex weights leave over, at the penalty its cross-validation allows."""
    mean = others.mean(axis=0)
    design, target = others - mean, own - mean
    return _ridge_weights(design, target - weights @ design, _penalty(design, target))


def _ridge_weights(design: FloatArray, left: FloatArray, penalty: float) -> FloatArray:
    gram = design.T @ design + penalty * np.eye(design.shape[1])
    return np.asarray(design @ np.linalg.solve(gram, left), dtype=np.float64)


def _penalty(design: FloatArray, target: FloatArray) -> float:
    """The largest penalty whose leave-one-period-out error is within a standard error of the smallest.

    augsynth's loop leaves out every period but the last; its published figures depend on that.
    """
    largest = float(np.linalg.norm(design, 2)) ** 2
    if largest <= 0:  # the controls do not differ: nothing to correct with
        return 1.0
    ladder = largest * SMALLEST_PENALTY ** (np.arange(PENALTIES + 1) / PENALTIES)
    periods = design.shape[1]
    errors = np.empty((periods - 1, ladder.size))
    for left_out in range(periods - 1):
        rest = np.arange(periods) != left_out
        kept, aim = design[:, rest], target[rest]
        weights = simplex_weights(kept.T, aim)
        # One decomposition for the whole ladder: (K'K + l I)^-1 r = V (s² + l)^-1 V' r.
        values, vectors = np.linalg.eigh(kept.T @ kept)
        turned = vectors.T @ (aim - weights @ kept)
        ridge = design[:, left_out] @ kept @ vectors
        errors[left_out] = (
            target[left_out]
            - weights @ design[:, left_out]
            - ((ridge * turned)[:, None] / (values[:, None] + ladder)).sum(axis=0)
        )
    squared = errors**2
    mean, spread = squared.mean(axis=0), squared.std(axis=0, ddof=1) / np.sqrt(periods - 1)
    best = int(mean.argmin())
    return float(ladder[mean <= mean[best] + spread[best]].max())
