"""What is told of one comparison of chosen people beside its effect: overlap, balance, calibration, sensitivity.

Belongs here: putting the parts together for one comparison. Does not: the parts' formulas, campaigns and models
(measurement/design_checks.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from ml.arrays import FloatArray
from ml.features.dictionary import BY_NAME
from ml.observational.sensitivity import (
    GAMMAS,
    Comparison,
    largest_shift,
    odds_bounds,
    robustness_value,
    strongest_known,
)

# A factor of 10 on the odds of being chosen is more than any known cause of purchases: the search ends there.
LARGEST_GAMMA = 10.0
GAMMA_STEPS = 12


@dataclass(frozen=True)
class Sensitivity:
    """How strong a hidden cause must be; in the outcome's unit where it is an effect.

    Attributes:
        robustness_value: share of what is left open, of choice and outcome alike, that a hidden cause must explain to
            bring the effect to 0.
        robustness_value_interval: the same to bring the interval to 0; 0: it holds 0 already.
        known_group: the group of known features that would be the strongest cause if it were hidden; None: no features.
        known_outcome_share, known_choice_share: what it explains of what the other features leave open.
        shift_by_known: how far a hidden cause of that strength moves the effect.
        bounds: Gamma → (low, high) of the interval if the odds of being chosen are off by up to Gamma.
        erasing_gamma: the smallest Gamma whose interval holds 0: 1 if it does without any, None above LARGEST_GAMMA.
    """

    robustness_value: float
    robustness_value_interval: float
    known_group: str | None
    known_outcome_share: float | None
    known_choice_share: float | None
    shift_by_known: float | None
    bounds: Mapping[float, tuple[float, float]]
    erasing_gamma: float | None


def sensitivity_of(
    X: FloatArray,
    comparison: Comparison,
    *,
    effect: float,
    interval: tuple[float, float],
    level: float,
    feature_names: Sequence[str],
) -> Sensitivity:
    """Every bound of a measured effect.

    Args:
        X: (n, p) features of the comparison's rows.
        interval: of the effect, at `level`.
        feature_names: of the columns of X.
    """
    shift = largest_shift(comparison)
    low, high = interval
    clear = max(low, -high, 0.0)
    groups: dict[str, list[int]] = {}
    for number, name in enumerate(feature_names):
        groups.setdefault(BY_NAME[name].group, []).append(number)
    known = strongest_known(X, comparison, groups)
    return Sensitivity(
        robustness_value=robustness_value(abs(effect), shift),
        robustness_value_interval=robustness_value(clear, shift),
        known_group=known[0] if known else None,
        known_outcome_share=known[1] if known else None,
        known_choice_share=known[2] if known else None,
        shift_by_known=shift * float(np.sqrt(known[1] * known[2] / (1 - known[2]))) if known and known[2] < 1 else None,
        bounds={gamma: _bounded(comparison, gamma, level) for gamma in GAMMAS},
        erasing_gamma=_erasing_gamma(comparison, level) if clear > 0 else 1.0,
    )


def _bounded(comparison: Comparison, gamma: float, level: float) -> tuple[float, float]:
    low, high, error = odds_bounds(comparison, gamma)
    reach = float(stats.norm.ppf((1 + level) / 2)) * error
    return low - reach, high + reach


def _erasing_gamma(comparison: Comparison, level: float) -> float | None:
    """By halving the log of Gamma: intervals only grow with it."""

    def holds_zero(gamma: float) -> bool:
        low, high = _bounded(comparison, gamma, level)
        return low <= 0 <= high

    if not holds_zero(LARGEST_GAMMA):
        return None
    least, most = 0.0, float(np.log(LARGEST_GAMMA))
    for _ in range(GAMMA_STEPS):
        middle = (least + most) / 2
        least, most = (least, middle) if holds_zero(float(np.exp(middle))) else (middle, most)
    return float(np.exp(most))
