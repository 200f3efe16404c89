"""The estimators the default chooses from, each for many groups of units at once.

Every one gives log(1 + effect) of a group against the other units. Adjusted regressions on growth or its logarithm,
totals against totals with all, half or a fitted part of the controls' change, and three synthetic controls.
Belongs here: the arithmetic. Does not: how much each one counts (adaptive.py), which groups (placebo.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.arrays import FloatArray
from ml.measurement.store_lift.features import SMALLEST_RATIO, Before, before_start, growth, recency
from ml.measurement.store_lift.simplex import simplex_weights

# Half-life of the weights of periods before, in multiples of the length after; None: all periods alike.
HALF_LIVES: tuple[float | None, ...] = (2.0, None)
# (name, factors, with trend, ridge penalty per unit)
ADJUSTMENTS = (
    ("plain", 0, False, 0.0),
    ("trend", 0, True, 0.0),
    ("1 factor", 1, True, 0.0),
    ("3 factors", 3, True, 0.0),
    ("5 shrunken factors", 5, True, 0.5),
    ("5 factors, little shrunken", 5, True, 0.1),
)
UNITS_PER_COLUMN = 2
# A counterfactual below 5 % of what was seen is no counterfactual.
SMALLEST_SHARE = 0.05


@dataclass(frozen=True)
class Window:
    """One panel with its start: Y (units, periods), complete and not negative; periods_before columns lie before."""

    Y: FloatArray
    periods_before: int

    @property
    def periods_after(self) -> int:
        return int(self.Y.shape[1]) - self.periods_before


def candidate_names(others: int) -> tuple[str, ...]:
    """Names of the estimators that a comparison with so many other units allows, in the order of the columns."""
    names = []
    for half_life in HALF_LIVES:
        suffix = ", recent weighted" if half_life else ""
        for outcome in ("growth", "growth by volume", "log growth"):
            allowed = _allowed(others) if outcome != "log growth" else [a for a in _allowed(others) if not a[3]]
            names += [f"{outcome}, {name}{suffix}" for name, *_ in allowed]
            if outcome != "log growth":
                names += [f"{outcome}, {name}, fitted change{suffix}" for name, *_ in _fitted_too(allowed)]
        names += [f"totals, {name}{suffix}" for name in ("change tested", "half the change", "fitted change")]
    return (*names, "synthetic control of shares", "weighted difference of shares", "synthetic control of levels")


def candidate_effects(window: Window, groups: FloatArray, others: int) -> FloatArray:
    """log(1 + effect) of every group by every estimator: (groups, estimators).

    Args:
        groups: (groups, units) 1 for a member, 0 for the units it is compared with.
        others: fewest units compared with in any window of this analysis; decides which estimators take part.
    """
    Y, periods_before = window.Y, window.periods_before
    before = before_start(Y, periods_before)
    slope = _slope(window, groups)
    columns: list[FloatArray] = []
    for half_life in HALF_LIVES:
        weight = recency(periods_before, half_life and half_life * window.periods_after)
        ratio = growth(Y, periods_before, weight)
        for power in (0.0, 1.0):
            pairs = {a[0]: _adjusted(ratio, groups, before, power, *a[1:]) for a in _allowed(others)}
            columns += [seen - without for seen, without in pairs.values()]
            columns += [pairs[a[0]][0] - slope * pairs[a[0]][1] for a in _fitted_too(_allowed(others))]
        columns += [_log_adjusted(ratio, groups, before, *a[1:3]) for a in _allowed(others) if not a[3]]
        columns += _totals(window, groups, weight, before.volume, slope)
    columns += _synthetic(window, groups)
    return np.column_stack(columns)


def _allowed(others: int) -> list[tuple[str, int, bool, float]]:
    return [a for a in ADJUSTMENTS if not a[2] or others - 3 >= UNITS_PER_COLUMN * (a[1] + 1)]


def _fitted_too(allowed: list[tuple[str, int, bool, float]]) -> list[tuple[str, int, bool, float]]:
    return [a for a in allowed if a[0] in ("trend", "1 factor")]


def _design(before: Before, factors: int, with_trend: bool) -> FloatArray:
    parts = [np.ones((before.volume.size, 1)), before.factors[:, :factors]]
    return np.hstack([*parts, before.trend] if with_trend else parts)


def _adjusted(
    ratio: FloatArray,
    groups: FloatArray,
    before: Before,
    power: float,
    factors: int,
    with_trend: bool,
    penalty: float,
) -> tuple[FloatArray, FloatArray]:
    """Log growth seen and expected without, by regression on membership and columns from before.

    Units count by their volume to the power.
    """
    weight = np.maximum(before.volume, 1e-12) ** power
    root = np.sqrt(weight / weight.mean())
    X = _design(before, factors, with_trend) * root[:, None]
    ridge = np.full(X.shape[1], penalty * ratio.size)
    ridge[0] = 0.0
    fitted_by = X @ np.linalg.solve(X.T @ X + np.diag(ridge + 1e-12 * ratio.size), X.T)
    y, member = ratio * root, groups * root
    left = member - member @ fitted_by
    effect = (left @ y) / (left * member).sum(axis=1)
    seen = (member @ y) / (member * member).sum(axis=1)
    return np.log(_above(seen, seen)), np.log(_above(seen - effect, seen))


def _log_adjusted(ratio: FloatArray, groups: FloatArray, before: Before, factors: int, with_trend: bool) -> FloatArray:
    """The same on log growth, every unit alike: right where units differ by large factors of growth."""
    Q, _ = np.linalg.qr(_design(before, factors, with_trend))
    left = groups - (groups @ Q) @ Q.T
    return np.asarray(left @ np.log(np.maximum(ratio, SMALLEST_RATIO)) / (left * groups).sum(axis=1))


def _slope(window: Window, groups: FloatArray) -> FloatArray:
    """Slope of the group's total on the others' total over the periods before, both as shares of their mean."""
    before = window.Y[:, : window.periods_before]
    own, other = groups @ before, (1 - groups) @ before
    x = other / other.mean(axis=1, keepdims=True) - 1
    y = own / own.mean(axis=1, keepdims=True) - 1
    return np.asarray(np.clip((x * y).sum(axis=1) / np.maximum((x**2).sum(axis=1), 1e-18), 0.0, 1.5))


def _totals(
    window: Window, groups: FloatArray, weight: FloatArray, volume: FloatArray, slope: FloatArray
) -> list[FloatArray]:
    """Log change of the group's total less a part of the log change of the others' total.

    The part is 1 - V/c² (the change c of the others, as far as it is more than its own noise V), one half, or the
    slope of the group's periods on the others' before the start: where periods have little in common, all of the
    others' change adds more noise than it takes away.
    """
    Y, T0 = window.Y, window.periods_before
    own, other = groups @ Y, (1 - groups) @ Y
    after, before = own[:, T0:].mean(axis=1), own[:, :T0] @ weight
    mine = np.log(_above(after, before)) - np.log(_above(before, after))
    theirs = np.log(other[:, T0:].mean(axis=1) / (other[:, :T0] @ weight))
    ratio = growth(Y, T0, weight)
    share = (1 - groups) * volume
    share = share / share.sum(axis=1, keepdims=True)
    mean = (share * ratio).sum(axis=1)
    count = (1 - groups).sum(axis=1)
    noise = (share**2 * (ratio - mean[:, None]) ** 2).sum(axis=1) * count / np.maximum(count - 1, 1) / mean**2
    tested = np.clip(1 - noise / np.maximum(theirs**2, 1e-18), 0.0, 1.0)
    return [mine - tested * theirs, mine - 0.5 * theirs, mine - slope * theirs]


def _synthetic(window: Window, groups: FloatArray) -> list[FloatArray]:
    """Simplex weights for every group: on shares of the own level, with a ridge and periods weighted, on levels."""
    Y, T0, T1 = window.Y, window.periods_before, window.periods_after
    level = Y[:, :T0].mean(axis=1, keepdims=True)
    share, gap = Y / np.maximum(level, 1e-12 * max(Y.max(), 1e-300)), Y - level
    weight = recency(T0, 2.0 * T1)
    found = np.empty((3, groups.shape[0]))
    for number, row in enumerate(groups > 0):
        own = Y[row].sum(axis=0) / level[row].sum()
        others = share[~row]
        before, seen = others[:, :T0].T, own[T0:].mean()
        chosen = simplex_weights(before, own[:T0])
        found[0, number] = seen / max(chosen @ others[:, T0:].mean(axis=1), SMALLEST_SHARE)
        ridge = (row.sum() * T1) ** 0.5 * float(np.diff(others[:, :T0], axis=1).var()) * T0
        chosen = simplex_weights(before - before.mean(axis=0), own[:T0] - 1, ridge)
        shift = float(weight @ (own[:T0] - chosen @ others[:, :T0]))
        found[1, number] = seen / max(chosen @ others[:, T0:].mean(axis=1) + shift, SMALLEST_SHARE)
        mean, size = gap[row].mean(axis=0), float(level[row].mean())
        chosen = simplex_weights(gap[~row][:, :T0].T, mean[:T0])
        without = chosen @ gap[~row][:, T0:].mean(axis=1) + size
        found[2, number] = (mean[T0:].mean() + size) / max(without, SMALLEST_SHARE * size)
    return list(np.log(np.maximum(found, SMALLEST_RATIO)))


def _above(value: FloatArray, reference: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(value, SMALLEST_SHARE * np.maximum(reference, 1e-300)))
