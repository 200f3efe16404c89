"""Treated minus control, after minus before: the effect of a campaign on what people answer.

    effect = mean of (after - b · before) of the treated less that of the controls (analysis of covariance; b pooled)

It uses each person's own answer before where there is one; the answers before are the check: chance should have made
the arms alike. Belongs here: one question. Does not: which answers belong to a campaign (measure.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from ml.arrays import BoolArray, FloatArray
from ml.errors import TooFewRowsError

FEWEST_ANSWERS = 30


@dataclass(frozen=True)
class Difference:
    """A difference of means with its Welch interval."""

    value: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class QuestionEffect:
    """effect: on the scale of the answers. check: treated less control before. both_waves: people with both answers."""

    effect: Difference
    check: Difference | None
    both_waves: int


def question_effect(before: FloatArray, after: FloatArray, treated: BoolArray, level: float) -> QuestionEffect:
    """The effect on one question.

    Args:
        before, after: (people,) answers, NaN where there is none.
        treated: (people,).

    Raises:
        TooFewRowsError: fewer than 30 answers after in an arm.
    """
    told = ~np.isnan(after)
    for side, words in ((True, "treated"), (False, "control")):
        count = int((told & (treated == side)).sum())
        if count < FEWEST_ANSWERS:
            raise TooFewRowsError(
                f"{count} answers of the {words} after the campaign: at least {FEWEST_ANSWERS} are needed"
            )
    paired = told & ~np.isnan(before)
    few_pairs = min(int((paired & treated).sum()), int((paired & ~treated).sum())) < FEWEST_ANSWERS
    if few_pairs:
        effect = difference(after[told & treated], after[told & ~treated], level)
    else:
        slope = _pooled_slope(before[paired], after[paired], treated[paired])
        # Whoever has no answer before stands at the mean of both arms: chance made them alike.
        known = np.where(np.isnan(before), before[paired].mean(), before)
        left = after - slope * (known - before[paired].mean())
        effect = difference(left[told & treated], left[told & ~treated], level)
    first = ~np.isnan(before)
    counts = (int((first & treated).sum()), int((first & ~treated).sum()))
    check = (
        difference(before[first & treated], before[first & ~treated], level) if min(counts) >= FEWEST_ANSWERS else None
    )
    return QuestionEffect(effect, check, int(paired.sum()))


def difference(ours: FloatArray, theirs: FloatArray, level: float) -> Difference:
    """Difference of two means (Welch 1947)."""
    value = float(ours.mean() - theirs.mean())
    parts = np.array([ours.var(ddof=1) / len(ours), theirs.var(ddof=1) / len(theirs)])
    error = float(np.sqrt(parts.sum()))
    if error == 0:
        return Difference(value, value, value, float(value == 0))
    freedom = parts.sum() ** 2 / (parts**2 / np.array([len(ours) - 1, len(theirs) - 1])).sum()
    reach = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    return Difference(value, value - reach, value + reach, float(2 * stats.t.sf(abs(value) / error, freedom)))


def wilson(hits: int, count: int, level: float) -> tuple[float, float, float]:
    """A share with its interval (Wilson 1927): never below 0 or above 1, and of use for few hits too."""
    z = float(stats.norm.ppf((1 + level) / 2))
    share = hits / count
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    reach = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    # At no hit, or all, the end is the share itself but for rounding.
    return share, min(max(float(middle - reach), 0.0), share), max(min(float(middle + reach), 1.0), share)


def _pooled_slope(before: FloatArray, after: FloatArray, treated: BoolArray) -> float:
    x, y = before.copy(), after.copy()
    for side in (True, False):
        x[treated == side] -= x[treated == side].mean()
        y[treated == side] -= y[treated == side].mean()
    spread = float(x @ x)
    return float(x @ y) / spread if spread > 0 else 0.0
