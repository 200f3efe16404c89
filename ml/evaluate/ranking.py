"""How well a score of expected value ranks people and hits the sum."""

from __future__ import annotations

import numpy as np

from ml.arrays import FloatArray
from ml.errors import InputError


def normalised_gini(value: FloatArray, score: FloatArray) -> float:
    """Gini of the value in the order of the score over that of the best possible order: 1 best, 0 random.

    People with equal scores share their mean value. NaN where all values are equal.
    """
    _check(value, score)
    best = _gini(value, value)
    return _gini(value, score) / best if best else float("nan")


def ndcg_at(value: FloatArray, score: FloatArray, k: int = 50) -> float:
    """Discounted sum of the values of the first k (discount 1/log2(position + 1)) over the best possible one.

    NaN where nobody has any value.
    """
    _check(value, score)
    discount = 1 / np.log2(np.arange(2, min(k, value.size) + 2))
    best = float(np.sort(value)[::-1][: discount.size] @ discount)
    return float(value[np.argsort(-score, kind="stable")][: discount.size] @ discount) / best if best else float("nan")


def value_captured_at(value: FloatArray, score: FloatArray, share: float = 0.1) -> float:
    """Value of the first share by score over the value of the best possible share of that size."""
    _check(value, score)
    k = max(1, int(value.size * share))
    best = float(np.sort(value)[::-1][:k].sum())
    return float(value[np.argsort(-score, kind="stable")][:k].sum()) / best if best else float("nan")


def calibration_ratio(value: FloatArray, predicted: FloatArray) -> float:
    """Sum of predictions over sum of values; 1 is calibrated. NaN where nobody has any value."""
    _check(value, predicted)
    total = float(value.sum())
    return float(predicted.sum()) / total if total else float("nan")


def _gini(value: FloatArray, score: FloatArray) -> float:
    order = np.argsort(-score, kind="stable")
    group = np.cumsum(np.r_[False, np.diff(score[order]) != 0])
    ordered = (np.bincount(group, value[order]) / np.bincount(group))[group]
    total = ordered.sum()
    return float(np.mean(np.cumsum(ordered) / total) - (value.size + 1) / (2 * value.size)) if total else 0.0


def _check(value: FloatArray, score: FloatArray) -> None:
    if value.shape != score.shape or value.ndim != 1 or not value.size:
        raise InputError("value and score must be two columns of the same length, at least one row")
