"""A store test week by week (or day by day): what was sold, what would have been, and how far chance alone leads.

Every period is estimated as the whole time after the start is: same candidates, same weights, the period standing for
each of the periods after. A period before the start is compared with the others before it, itself left out, so that
the fit is not flattered. The band holds a group like the treated one, to which nothing happened, nine times in ten.
Belongs here: periods alone. Does not: the lift over the whole time (adaptive.py), which no single period replaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from ml.arrays import BoolArray, FloatArray
from ml.measurement.store_lift.adaptive import LARGEST_ERROR, Calibration
from ml.measurement.store_lift.candidates import Window, candidate_effects
from ml.measurement.store_lift.panel import StorePanel
from ml.measurement.store_lift.placebo import placebo_groups, selection_tilt, selection_traits, variance_factor

# Periods before the start that are shown: in lengths of the time after, and at least.
BEFORE_LENGTHS, FEWEST_BEFORE, MOST_BEFORE = 2, 8, 12
# Of the 300 groups of the published result: the band's ends are quantiles, and move by a tenth of its width with 60.
GROUPS = 60


@dataclass(frozen=True)
class Period:
    """One period, totals over the treated units: seen, without the campaign, and the band around that."""

    starts_on: date
    is_after: bool
    seen: float
    without: float
    low: float
    high: float

    def record(self) -> dict[str, Any]:
        return {
            "period_starts_on": self.starts_on, "is_after": self.is_after, "seen": self.seen,
            "without": self.without, "without_low": self.low, "without_high": self.high,
        }  # fmt: skip


def periods(panel: StorePanel, calibration: Calibration, *, seed: int, level: float = 0.9) -> list[Period]:
    """The last periods before the start and all after it, in order of time."""
    before, after = panel.periods_before, panel.window.periods_after
    first = before - min(before, max(FEWEST_BEFORE, BEFORE_LENGTHS * after), MOST_BEFORE)
    groups, scale = _groups(panel, calibration, seed)
    ends = ((1 - level) / 2, (1 + level) / 2)
    found = []
    for place in range(first, before + after):
        own = _effects(panel.Y, panel.treated.astype(np.float64)[None], place, panel, calibration)[0]
        untouched = _effects(panel.Y[~panel.treated], groups, place, panel, calibration) * scale
        low, high = (float(np.quantile(untouched, end)) for end in ends)
        seen = float(panel.Y[panel.treated, place].sum())
        without = seen / float(np.exp(own))
        when = panel.starts_on + timedelta(days=(place - before) * panel.period_days)
        found.append(
            Period(when, place >= before, seen, without, without * float(np.exp(low)), without * float(np.exp(high)))
        )
    return found


def _groups(panel: StorePanel, calibration: Calibration, seed: int) -> tuple[FloatArray, float]:
    """Groups of untouched units as the calibration draws them, and what their spread is multiplied by."""
    untouched: BoolArray = ~panel.treated
    tilt = selection_tilt(panel.Y[:, : panel.periods_before], panel.treated, panel.window.periods_after)
    size = int(untouched.sum()) - calibration.others
    groups = placebo_groups(tilt[untouched], size, GROUPS, np.random.default_rng(seed))
    traits = selection_traits(panel.Y[:, : panel.periods_before], panel.window.periods_after)
    own = float(variance_factor(traits, panel.treated.astype(np.float64)[None])[0])
    return groups, float(np.sqrt(own / variance_factor(traits[untouched], groups).mean()))


def _effects(Y: FloatArray, groups: FloatArray, place: int, panel: StorePanel, calibration: Calibration) -> FloatArray:
    """Log effects of the groups in one period."""
    before = Y[:, : panel.periods_before]
    if place < panel.periods_before:
        before = np.delete(before, place, axis=1)
    period = np.repeat(Y[:, place : place + 1], panel.window.periods_after, axis=1)
    window = Window(np.hstack([before, period]), before.shape[1])
    effects = np.clip(candidate_effects(window, groups, calibration.others), -LARGEST_ERROR, LARGEST_ERROR)
    return np.asarray(effects @ calibration.weights)
