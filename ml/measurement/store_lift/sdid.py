"""Synthetic difference-in-differences: weights on control units and on periods before, then a double difference.

Source: Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), with the regularisation of their package synthdid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.arrays import BoolArray, FloatArray
from ml.measurement.store_lift.simplex import simplex_weights

# synthdid regularises the weights of periods only to make them unique.
PERIOD_PENALTY = 1e-6


@dataclass(frozen=True)
class SyntheticDifference:
    """effect per treated unit and period; unit_weights and period_weights add up to one each."""

    effect: float
    relative_effect: float
    unit_weights: FloatArray
    period_weights: FloatArray


def synthetic_difference(Y: FloatArray, treated: BoolArray, periods_before: int) -> SyntheticDifference:
    """The estimate for one block of treated units that start together.

    Args:
        Y: (units, periods) outcomes, complete.
    """
    own, others = Y[treated], Y[~treated]
    before, after = others[:, :periods_before], others[:, periods_before:]
    noise = float(np.diff(before, axis=1).std(ddof=1))
    strength = (own.shape[0] * after.shape[1]) ** 0.25 * noise
    aim = own[:, :periods_before].mean(axis=0)
    units = _weights(before.T, aim, strength)
    periods = _weights(before, after.mean(axis=1), PERIOD_PENALTY * noise)
    without = units @ after.mean(axis=1) - units @ before @ periods + aim @ periods
    effect = float(own[:, periods_before:].mean() - without)
    return SyntheticDifference(effect, effect / float(without) if without > 0 else float("nan"), units, periods)


def _weights(design: FloatArray, target: FloatArray, strength: float) -> FloatArray:
    """Simplex weights with an intercept (means taken off) and penalty rows · strength² · |w|²."""
    return simplex_weights(design - design.mean(axis=0), target - target.mean(), ridge=strength**2 * design.shape[0])
