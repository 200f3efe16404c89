"""How far a store test can be trusted: fit before the start, balance, smallest effect it could find, distance.

Belongs here: figures beside an effect. Does not: the effect (adaptive.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from ml.arrays import BoolArray, FloatArray
from ml.measurement.store_lift.adaptive import Calibration
from ml.measurement.store_lift.candidates import Window

EARTH_RADIUS_KM = 6371.0088
POWER = 0.8


@dataclass(frozen=True)
class Diagnostics:
    """Figures beside a lift.

    Attributes:
        fit_before: root mean square of the treated total's period-by-period gap to the others' total before the
            start, as a share of its level.
        smallest_lift: smallest true lift found with probability .8 at this level (MDE), on the ratio scale.
        size_difference: mean log size of the treated minus the others, in standard deviations over all units.
        trend_difference: the same of the change from earlier periods to the last ones before the start.
    """

    fit_before: float
    smallest_lift: float
    size_difference: float
    trend_difference: float


def diagnose(window: Window, treated: BoolArray, calibration: Calibration, level: float = 0.9) -> Diagnostics:
    """Figures from before the start, and the smallest lift that could be found."""
    before = window.Y[:, : window.periods_before]
    own, others = before[treated].sum(axis=0), before[~treated].sum(axis=0)
    gap = own / own.mean() - others / others.mean()
    mean = np.maximum(before.mean(axis=1), 1e-300)
    recent = before[:, -window.periods_after :].mean(axis=1)
    return Diagnostics(
        float(np.sqrt((gap**2).mean())),
        smallest_lift(calibration.error, calibration.freedom, level),
        _standardised_difference(np.log(mean), treated),
        _standardised_difference(recent / mean, treated),
    )


def smallest_lift(error: float, freedom: float, level: float = 0.9, power: float = POWER) -> float:
    """Lift whose t test at this level succeeds with this probability, given the standard error of the log effect."""
    reach = float(stats.t.ppf((1 + level) / 2, freedom) + stats.t.ppf(power, freedom))
    return float(np.expm1(reach * error))


def nearest_kilometres(latitude: FloatArray, longitude: FloatArray, treated: BoolArray) -> FloatArray:
    """Distance of every untreated unit to the nearest treated one on the sphere; NaN: a place is unknown."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    known = treated & np.isfinite(lat) & np.isfinite(lon)
    if not known.any():
        return np.full(int((~treated).sum()), np.nan)
    south, north = lat[~treated][:, None], lat[known][None]
    turn = lon[~treated][:, None] - lon[known][None]
    chord = np.sin((south - north) / 2) ** 2 + np.cos(south) * np.cos(north) * np.sin(turn / 2) ** 2
    return np.asarray((2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))).min(axis=1))


def _standardised_difference(values: FloatArray, treated: BoolArray) -> float:
    spread = float(values.std())
    return float(values[treated].mean() - values[~treated].mean()) / spread if spread > 0 else 0.0
