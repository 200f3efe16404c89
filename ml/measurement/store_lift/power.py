"""Before launch: how often a lift would be found, from random stretches of the past with random groups of stores.

Belongs here: the simulation. Does not: which stores are chosen (ml/planning/assignment.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from ml.arrays import BoolArray, FloatArray
from ml.errors import TooFewRowsError
from ml.measurement.store_lift.adaptive import FEWEST_CONTROLS, FEWEST_PERIODS_BEFORE, calibrate, estimate
from ml.measurement.store_lift.candidates import Window

DRAWS = 200
# Half of the default's placebo groups: a curve needs many draws more than it needs each one sharp.
GROUPS_NOW, GROUPS_BEFORE = 40, 20


def power_curve(
    history: FloatArray,
    *,
    stores: int,
    periods: int,
    lifts: Sequence[float],
    seed: int,
    draws: int = DRAWS,
    periods_before: int = 26,
    matched: bool = False,
) -> pl.DataFrame:
    """One row per lift: share of draws in which it is found, mean estimate, how often the interval held the truth.

    Args:
        history: (units, periods) sales of the past without a campaign, complete.
        stores: how many units would be treated.
        periods: how long the campaign would last.
        lifts: true lifts to try, .15 for 15 %.
        periods_before: at most so many periods before each simulated start are used.
        matched: treat one of each of so many pairs of neighbours in size instead of drawing freely.

    Raises:
        TooFewRowsError: the past is too short, or too few units would be left to compare with.
    """
    units, past = history.shape
    before = min(periods_before, past - periods)
    if before < max(periods, FEWEST_PERIODS_BEFORE):
        needed = periods + max(periods, FEWEST_PERIODS_BEFORE)
        raise TooFewRowsError(f"{past} periods of sales are too few for a campaign of {periods}: {needed} are needed")
    if units - stores < FEWEST_CONTROLS or stores < 1:
        raise TooFewRowsError(f"{stores} of {units} units treated leaves too few to compare with ({FEWEST_CONTROLS})")
    rng = np.random.default_rng(seed)
    found = np.empty((draws, len(lifts), 3))
    for draw in range(draws):
        start = int(rng.integers(0, past - before - periods + 1))
        cut = history[:, start : start + before + periods]
        treated = _pairs(cut[:, :before], stores, rng) if matched else _drawn(units, stores, rng)
        window = Window(cut, before)
        calibration = calibrate(window, treated, seed=seed + draw, groups_now=GROUPS_NOW, groups_before=GROUPS_BEFORE)
        for number, lift in enumerate(lifts):
            lifted = cut.copy()
            lifted[treated, before:] *= 1 + lift
            one = estimate(Window(lifted, before), treated, calibration)
            found[draw, number] = one.is_clear(), one.effect, one.low <= lift <= one.high
    mean = found.mean(axis=0)
    return pl.DataFrame(
        {
            "stores_count": [stores] * len(lifts),
            "periods_count": [periods] * len(lifts),
            "lift": [float(lift) for lift in lifts],
            "power": mean[:, 0],
            "mean_estimate": mean[:, 1],
            "coverage": mean[:, 2],
            "draws_count": [draws] * len(lifts),
        }
    )


def _drawn(units: int, stores: int, rng: np.random.Generator) -> BoolArray:
    treated = np.zeros(units, dtype=np.bool_)
    treated[rng.choice(units, stores, replace=False)] = True
    return treated


def _pairs(before: FloatArray, stores: int, rng: np.random.Generator) -> BoolArray:
    """One of each pair of neighbours in size, the pairs drawn at random."""
    order = np.argsort(before.mean(axis=1), kind="stable")
    pairs = order[: order.size // 2 * 2].reshape(-1, 2)
    chosen = pairs[rng.choice(len(pairs), min(stores, len(pairs)), replace=False)]
    treated = np.zeros(before.shape[0], dtype=np.bool_)
    treated[chosen[np.arange(len(chosen)), rng.integers(0, 2, len(chosen))]] = True
    return treated
