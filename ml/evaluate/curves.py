"""Qini, AUUC and uplift@k, each exactly as the library defines it whose name it carries.

People are ordered by predicted uplift, best first; among the first k there are N1 treated and N0 untreated with
outcome sums Y1, Y0. Qini curve q(k) = Y1 - Y0·N1/N0, uplift curve u(k) = (Y1/N1 - Y0/N0)·k; a share whose
denominator is 0 counts as 0. These figures assume equal chances of treatment; rate.py holds those that do not.
Weights are whole numbers and mean replicated rows: the libraries' own definitions have none.
Does not belong here: intervals (intervals.py).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ml.arrays import FloatArray
from ml.errors import InputError


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    return np.divide(numerator, denominator, out=np.zeros(numerator.shape), where=denominator != 0)


def _checked(
    y: npt.ArrayLike, uplift: npt.ArrayLike, treatment: npt.ArrayLike, weight: npt.ArrayLike | None = None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    outcome, score, arm = (np.asarray(values, dtype=np.float64) for values in (y, uplift, treatment))
    if not (outcome.ndim == 1 and outcome.shape == score.shape == arm.shape and outcome.size):
        raise InputError("y, uplift and treatment must be three columns of the same length, at least one row")
    if weight is None:
        return outcome, score, arm
    times = np.asarray(weight)
    if times.shape != outcome.shape or not np.issubdtype(times.dtype, np.integer) or (times < 0).any():
        raise InputError("weights must be one whole number a row, 0 or more: how often the row stands for itself")
    if not times.any():
        raise InputError("all weights are 0: there is nobody to order")
    return np.repeat(outcome, times), np.repeat(score, times), np.repeat(arm, times)


def qini_curve(
    y: npt.ArrayLike, uplift: npt.ArrayLike, treatment: npt.ArrayLike, weight: npt.ArrayLike | None = None
) -> tuple[FloatArray, FloatArray]:
    """(k, q(k)) at every distinct score, from (0, 0): people with the same score come in together (scikit-uplift)."""
    outcome, score, arm = _checked(y, uplift, treatment, weight)
    order = np.argsort(-score, kind="stable")
    score, outcome, arm = score[order], outcome[order], arm[order]
    last = np.r_[np.flatnonzero(np.diff(score)), score.size - 1]
    k = (last + 1).astype(np.float64)
    treated = np.cumsum(arm)[last]
    value = np.cumsum(outcome * arm)[last] - np.cumsum(outcome * (1 - arm))[last] * _ratio(treated, k - treated)
    return np.r_[0.0, k], np.r_[0.0, value]


def qini_auc_scikit_uplift(
    y: npt.ArrayLike, uplift: npt.ArrayLike, treatment: npt.ArrayLike, weight: npt.ArrayLike | None = None
) -> float:
    """scikit-uplift's `qini_auc_score`: (A(q) - A(diagonal)) / (A(perfect) - A(diagonal)), areas by trapezoids.

    "Perfect" is the order by y·t - y·(1-t): first the treated who bought, last the untreated who did. 0 is random.
    """
    outcome, score, arm = _checked(y, uplift, treatment, weight)
    k, value = qini_curve(outcome, score, arm)
    best_k, best = qini_curve(outcome, outcome * arm - outcome * (1 - arm), arm)
    diagonal = best_k[-1] * best[-1] / 2
    room = float(np.trapezoid(best, best_k) - diagonal)
    return float(np.trapezoid(value, k) - diagonal) / room if room else float("nan")


def auuc_causalml(
    y: npt.ArrayLike, uplift: npt.ArrayLike, treatment: npt.ArrayLike, weight: npt.ArrayLike | None = None
) -> float:
    """causalml's `auuc_score` (normalised): the mean over k = 0 … n of u(k)/|u(n)|; about .5 is random.

    Lifts while one arm is still empty are interpolated from lift 0 at k = 0, as causalml does. It explodes where
    the average effect is near 0; NaN where it is 0.
    """
    outcome, score, arm = _checked(y, uplift, treatment, weight)
    order = np.argsort(-score, kind="stable")
    outcome, arm = outcome[order], arm[order]
    k = np.arange(1, score.size + 1, dtype=np.float64)
    treated = np.cumsum(arm)
    untreated = k - treated
    both = (treated > 0) & (untreated > 0)
    if not both.any():
        raise InputError("one arm is empty: there is no uplift to order by")
    lift = _ratio(np.cumsum(outcome * arm), treated) - _ratio(np.cumsum(outcome * (1 - arm)), untreated)
    lift = np.interp(k, np.r_[0.0, k[both]], np.r_[0.0, lift[both]])
    gain = lift * k
    return float(gain.sum() / (score.size + 1) / abs(gain[-1])) if gain[-1] else float("nan")


def uplift_at(
    y: npt.ArrayLike,
    uplift: npt.ArrayLike,
    treatment: npt.ArrayLike,
    share: float = 0.3,
    weight: npt.ArrayLike | None = None,
) -> float:
    """scikit-uplift's `uplift_at_k` (strategy "overall"): mean outcome of treated minus untreated in the first share.

    NaN where that part holds only one arm.
    """
    outcome, score, arm = _checked(y, uplift, treatment, weight)
    if not 0 < share <= 1:
        raise InputError(f"share must be above 0 and at most 1, not {share}")
    first = np.argsort(-score, kind="stable")[: int(score.size * share)]
    treated = arm[first] == 1
    if treated.all() or not treated.any():
        return float("nan")
    return float(outcome[first][treated].mean() - outcome[first][~treated].mean())


def outcome_adjusted(y: npt.ArrayLike, expected: npt.ArrayLike) -> FloatArray:
    """y - m*(x): the outcome less what was expected of the person whatever the arm (ml/crossfit.py).

    Curves of it measure the same uplift with less noise, as far as the expectation says anything (Radcliffe's Qini is
    linear in y, and treatment does not know the expectation). Not for `qini_auc_scikit_uplift`, whose perfect order is
    one of yes/no outcomes.
    """
    return np.asarray(y, dtype=np.float64) - np.asarray(expected, dtype=np.float64)


def qini_per_treated(y: npt.ArrayLike, uplift: npt.ArrayLike, treatment: npt.ArrayLike) -> float:
    """(A(q) - A(diagonal)) / (people · treated): QINI-RATE (rate.py) read off the Qini curve, where chances are equal.

    Without a perfect order to be divided by, so it takes any outcome, `outcome_adjusted` ones too, and stands in the
    outcome's unit. NaN where nobody is treated.
    """
    outcome, score, arm = _checked(y, uplift, treatment)
    k, value = qini_curve(outcome, score, arm)
    treated = float(arm.sum())
    above = float(np.trapezoid(value, k)) - k[-1] * value[-1] / 2
    return above / (score.size * treated) if treated else float("nan")
