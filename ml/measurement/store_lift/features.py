"""What is known of each unit before the start: its level, its growth after the start, factors and the recent trend.

Belongs here: arrays made from a panel, on the ratio scale (a unit's sales divided by its own level). Does not: how they
are combined into an estimate (candidates.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.arrays import FloatArray

FACTORS = 5
# A unit's period more than twice its mean tells of a festival or a mistake, not of what comes: cut there.
LARGEST_DEVIATION = 1.0
# Ratios below 2 % of the level before are a closing, not a loss of sales; logs below would rule the estimate.
SMALLEST_RATIO = 0.02


@dataclass(frozen=True)
class Before:
    """Standardised columns from before the start: factors (units, FACTORS), trend (units, 1); volume (units,)."""

    factors: FloatArray
    trend: FloatArray
    volume: FloatArray


def recency(periods: int, half_life: float | None) -> FloatArray:
    """Weights of the periods before the start, the last one highest; None: all alike. They add up to one."""
    age = np.arange(periods - 1, -1, -1, dtype=np.float64)
    weight = np.ones(periods) if half_life is None else 0.5 ** (age / half_life)
    return np.asarray(weight / weight.sum(), dtype=np.float64)


def growth(Y: FloatArray, periods_before: int, weight: FloatArray) -> FloatArray:
    """Mean after the start divided by the weighted mean before it, by unit."""
    before = Y[:, :periods_before] @ weight
    return np.asarray(Y[:, periods_before:].mean(axis=1) / np.maximum(before, 1e-12 * max(Y.max(), 1e-300)))


def before_start(Y: FloatArray, periods_before: int) -> Before:
    """Factor scores of the doubly centred relative sales before the start, and the mean of the last ones.

    The trend looks at as many periods as come after the start: what a unit did just before is what would go on.
    """
    before = Y[:, :periods_before]
    volume = before.mean(axis=1)
    relative = before / np.maximum(volume, 1e-12 * max(Y.max(), 1e-300))[:, None]
    relative = relative - relative.mean(axis=0)
    relative = np.clip(relative - relative.mean(axis=1, keepdims=True), -LARGEST_DEVIATION, LARGEST_DEVIATION)
    left, values, _ = np.linalg.svd(relative, full_matrices=False)
    factors = (left * values)[:, :FACTORS]
    trend = relative[:, -(Y.shape[1] - periods_before) :].mean(axis=1, keepdims=True)
    return Before(_standardised(factors), _standardised(trend), volume)


def _standardised(columns: FloatArray) -> FloatArray:
    return np.asarray(columns / np.maximum(columns.std(axis=0), 1e-12), dtype=np.float64)
