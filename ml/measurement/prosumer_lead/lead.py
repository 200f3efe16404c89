"""Does one monthly series lead another by 6 to 18 months? The largest of many lags, judged by permutation.

For every lag the other series is regressed on the cohort's so many months before, its noise whitened (Cochrane and
Orcutt 1949); the largest t over the lags is compared with that of series like the cohort's whose months are shuffled
before their autocorrelation is put back (max-statistic permutation: Westfall and Young 1993; prewhitening: Box and
Jenkins 1970). Belongs here: the test. Does not: which months and people (cohort.py), trend and season (series.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.arrays import FloatArray
from ml.errors import TooFewRowsError
from ml.measurement.prosumer_lead.series import MOST_MEMORY, Prepared, autoregression, prepare

FEWEST_MONTHS = 48
LONGEST_LAG = 18
# The claim: 6 to 18 months.
SHORTEST_CLAIMED = 6
# At .05 series with a memory of .9 give 7 false leads in 100: 60 months show less memory than there is.
SIGNIFICANCE = 0.04
PERMUTATIONS = 999
LARGEST_MEMORY = 0.9
# Lags whose t² is within this of the best one's are in the 90 % range (chi-squared, one degree of freedom).
RANGE_DROP = 2.706


@dataclass(frozen=True)
class Lead:
    """What the test found.

    Attributes:
        lag: months of the largest t, 1 to 18.
        lag_low, lag_high: ends of its 90 % range.
        statistic: t by lag, 1 to 18; summed over categories and divided by the root of their number.
        correlation: of the two series at each lag, averaged over categories.
        p_value: how often chance alone gives a t as large at any lag of 6 to 18.
        waves: pairs of waves a year taken out.
    """

    lag: int
    lag_low: int
    lag_high: int
    statistic: FloatArray
    correlation: FloatArray
    p_value: float
    waves: int

    @property
    def is_lead(self) -> bool:
        """A lead is claimed only where chance is ruled out and no shorter lag fits better."""
        return self.p_value <= SIGNIFICANCE and self.lag >= SHORTEST_CLAIMED


def lead_test(
    cohort: FloatArray, others: FloatArray, rng: np.random.Generator, permutations: int = PERMUTATIONS
) -> Lead:
    """The test.

    Args:
        cohort, others: (months,) or (months, categories), one value a month, none missing.

    Raises:
        TooFewRowsError: fewer than 48 months.
    """
    own, theirs = (np.asarray(one, dtype=np.float64).reshape(len(one), -1) for one in (cohort, others))
    months = len(own)
    if months < FEWEST_MONTHS:
        raise TooFewRowsError(
            f"{months} months are known, at least {FEWEST_MONTHS} are needed: with fewer a lead of up to "
            f"{LONGEST_LAG} months is found or missed by luck"
        )
    ready = prepare(own, theirs)
    observed = _statistics(ready.cohort[None], ready.others)[0]
    shuffled = _statistics(_surrogates(ready, permutations, rng), ready.others)
    claimed = slice(SHORTEST_CLAIMED - 1, LONGEST_LAG)
    as_large = int((shuffled[:, claimed].max(axis=1) >= observed[claimed].max()).sum())
    lag = int(observed.argmax()) + 1
    low, high = _range(observed, lag)
    return Lead(
        lag, low, high, observed, _correlations(ready), (1 + as_large) / (permutations + 1), ready.removal.waves
    )


def _surrogates(ready: Prepared, permutations: int, rng: np.random.Generator) -> FloatArray:
    """Permutations × months × categories: months in another order, the same in all categories, memory put back."""
    months, categories = ready.cohort.shape
    memory = np.column_stack([autoregression(ready.cohort[:, one]) for one in range(categories)])
    shocks = ready.cohort[MOST_MEMORY:].copy()
    for back in range(1, MOST_MEMORY + 1):
        shocks -= memory[back - 1] * ready.cohort[MOST_MEMORY - back : months - back]
    # Twice around: the first round only fills the memory.
    order = np.argsort(rng.random((permutations, 2, len(shocks))), axis=2).reshape(permutations, -1)
    drawn = shocks[order]
    for month in range(1, drawn.shape[1]):
        for back in range(1, min(MOST_MEMORY, month) + 1):
            drawn[:, month] += memory[back - 1] * drawn[:, month - back]
    return np.asarray(np.einsum("st,ptc->psc", ready.taken_out, drawn[:, -months:]))


def _statistics(cohorts: FloatArray, others: FloatArray) -> FloatArray:
    """t by series and lag: (series, lags)."""
    months, categories = others.shape
    found = np.empty((len(cohorts), LONGEST_LAG))
    for lag in range(1, LONGEST_LAG + 1):
        x = cohorts[:, : months - lag] - cohorts[:, : months - lag].mean(axis=1, keepdims=True)
        y = others[lag:] - others[lag:].mean(axis=0)
        left = y - ((x * y).sum(axis=1) / _positive((x**2).sum(axis=1)))[:, None] * x
        memory = (left[:, 1:] * left[:, :-1]).sum(axis=1) / _positive((left**2).sum(axis=1))
        memory = np.clip(memory, 0.0, LARGEST_MEMORY)[:, None]
        white_x, white_y = x[:, 1:] - memory * x[:, :-1], y[1:] - memory * y[:-1]
        both, own = (white_x * white_y).sum(axis=1), _positive((white_x**2).sum(axis=1))
        noise = _positive((white_y**2).sum(axis=1) - both**2 / own) / (months - lag - 4)
        found[:, lag - 1] = (both / np.sqrt(own * noise)).sum(axis=1) / np.sqrt(categories)
    return found


def _positive(values: FloatArray) -> FloatArray:
    return np.maximum(values, 1e-300)


def _range(statistic: FloatArray, lag: int) -> tuple[int, int]:
    """Lags beside the best one that fit nearly as well."""
    fits = np.maximum(statistic, 0.0) ** 2 >= max(statistic[lag - 1], 0.0) ** 2 - RANGE_DROP
    low = high = lag
    while low > 1 and fits[low - 2]:
        low -= 1
    while high < LONGEST_LAG and fits[high]:
        high += 1
    return low, high


def _correlations(ready: Prepared) -> FloatArray:
    months = len(ready.others)
    found = []
    for lag in range(1, LONGEST_LAG + 1):
        x = ready.cohort[: months - lag] - ready.cohort[: months - lag].mean(axis=0)
        y = ready.others[lag:] - ready.others[lag:].mean(axis=0)
        own = (x * y).sum(axis=0) / np.sqrt(_positive((x**2).sum(axis=0) * (y**2).sum(axis=0)))
        found.append(float(own.mean()))
    return np.asarray(found)
