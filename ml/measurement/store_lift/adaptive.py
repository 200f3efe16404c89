"""The default estimator: candidates weighted by how they did where nothing happened, with a placebo interval.

Rule (fixed before any held-out panel was seen; docs/methods/store_lift.md says how): placebo groups are drawn among
the controls in the actual window, and among all units in up to three windows that end before the start. A candidate's
loss is the sum over windows of its mean squared placebo effect divided by the median candidate's; its weight is
loss ** -10. Belongs here: rule, estimate, interval. Does not: candidates.py, placebo.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from ml.arrays import BoolArray, FloatArray
from ml.errors import TooFewRowsError
from ml.measurement.store_lift.candidates import Window, candidate_effects, candidate_names
from ml.measurement.store_lift.placebo import (
    placebo_groups,
    placebo_p_value,
    selection_tilt,
    selection_traits,
    variance_factor,
)

SHARPNESS = 10.0
# Starts of the placebo windows, in lengths of the time after, before the actual start.
STEPS_BACK = (1.0, 1.5, 2.0)
FEWEST_PERIODS_BEFORE, FEWEST_CONTROLS = 6, 6
# Placebo groups in the actual window, and in each window before it.
GROUPS_NOW, GROUPS_BEFORE = 80, 40
LARGEST_ERROR = 1.0
# The weights saw the same placebos as the range: their spread is a little too small for the next group.
OPTIMISM = 1.02
# The earlier windows may widen the interval by at most so much of the actual window's variance: sales of another
# season can be far noisier than those of the campaign's weeks.
EARLIER_AT_MOST = 1.5


@dataclass(frozen=True)
class Calibration:
    """What the placebos say, without a look at the treated units after the start.

    Attributes:
        weights: (candidates,) they add up to one.
        placebo: log effects of the placebo groups in the actual window, scaled to the treated group's size.
        error: standard error of the log effect.
        freedom: degrees of freedom of its t interval.
        others: fewest units a placebo group was compared with.
        before_start: log effects of the treated group itself in the windows before the start, the latest first: a
            check where no effect can be.
    """

    names: tuple[str, ...]
    weights: FloatArray
    placebo: FloatArray
    error: float
    freedom: float
    others: int
    before_start: tuple[float, ...] = ()


@dataclass(frozen=True)
class Lift:
    """An effect on the ratio scale: .15 is 15 % more. p_value is of the t interval, placebo_p of the ranks."""

    effect: float
    low: float
    high: float
    error: float
    freedom: float
    p_value: float
    placebo_p: float

    def is_clear(self, level: float = 0.9) -> bool:
        """Both tests reject no effect: nothing is called clear when they disagree."""
        return max(self.p_value, self.placebo_p) <= 1 - level + 1e-12


def calibrate(
    window: Window,
    treated: BoolArray,
    *,
    seed: int,
    groups_now: int = GROUPS_NOW,
    groups_before: int = GROUPS_BEFORE,
) -> Calibration:
    """Weights of the candidates and the spread of the combined estimate where nothing happened.

    Raises:
        TooFewRowsError: fewer than six controls, six periods before, or nobody treated.
    """
    _check(window, treated)
    rng = np.random.default_rng(seed)
    count, controls = int(treated.sum()), int((~treated).sum())
    size = max(min(count, controls // 3), 1)
    others, after, Y = controls - size, window.periods_after, window.Y
    tilt = selection_tilt(Y[:, : window.periods_before], treated, after)
    groups = placebo_groups(tilt[~treated], size, groups_now, rng)
    effects = [candidate_effects(Window(Y[~treated], window.periods_before), groups, others)]
    for step in STEPS_BACK:
        start = window.periods_before - round(step * after)
        if start >= max(after, FEWEST_PERIODS_BEFORE):
            drawn = placebo_groups(tilt, count, groups_before, rng)
            drawn[0] = treated
            effects.append(candidate_effects(Window(Y[:, : start + after], start), drawn, others))
    weights = _weights(effects)
    traits = selection_traits(Y[:, : window.periods_before], after)
    own = float(variance_factor(traits, treated.astype(np.float64)[None])[0])
    scale = own / float(variance_factor(traits[~treated], groups).mean())
    spread = [float(np.mean((np.clip(one, -LARGEST_ERROR, LARGEST_ERROR) @ weights) ** 2)) for one in effects]
    now = spread[0] * scale
    earlier = float(np.mean(spread[1:])) if spread[1:] else now
    variance = (2 * now + min(earlier, EARLIER_AT_MOST * now)) / 3
    return Calibration(
        candidate_names(others),
        weights,
        effects[0] @ weights * scale**0.5,
        OPTIMISM * variance**0.5,
        max(2.0 * controls / size, 4.0),
        others,
        tuple(float(one[0] @ weights) for one in effects[1:]),
    )


def estimate(window: Window, treated: BoolArray, calibration: Calibration, level: float = 0.9) -> Lift:
    """The combined effect of the treated units with its interval."""
    group = treated.astype(np.float64)[None]
    log_effect = float((candidate_effects(window, group, calibration.others) @ calibration.weights)[0])
    reach = float(stats.t.ppf((1 + level) / 2, calibration.freedom)) * calibration.error
    return Lift(
        float(np.expm1(log_effect)),
        float(np.expm1(log_effect - reach)),
        float(np.expm1(log_effect + reach)),
        calibration.error,
        calibration.freedom,
        float(2 * stats.t.sf(abs(log_effect) / max(calibration.error, 1e-300), calibration.freedom)),
        placebo_p_value(log_effect, calibration.placebo),
    )


def _weights(effects: list[FloatArray]) -> FloatArray:
    losses = [np.mean(np.clip(one, -LARGEST_ERROR, LARGEST_ERROR) ** 2, axis=0) for one in effects]
    loss = np.sum([one / max(float(np.median(one)), 1e-300) for one in losses], axis=0)
    weight = (np.maximum(loss, 1e-12) / max(float(loss.min()), 1e-12)) ** -SHARPNESS
    return np.asarray(weight / weight.sum(), dtype=np.float64)


def _check(window: Window, treated: BoolArray) -> None:
    controls = int((~treated).sum())
    if not treated.any():
        raise TooFewRowsError("no treated store sold anything before and after the start")
    if controls < FEWEST_CONTROLS:
        raise TooFewRowsError(f"{controls} stores to compare with: at least {FEWEST_CONTROLS} are needed")
    if window.periods_before < FEWEST_PERIODS_BEFORE or window.periods_after < 1:
        raise TooFewRowsError(
            f"{window.periods_before} periods before the start and {window.periods_after} after it: at least "
            f"{FEWEST_PERIODS_BEFORE} before and 1 after are needed"
        )
