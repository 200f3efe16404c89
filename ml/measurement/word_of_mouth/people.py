"""From being told to different people: hearers counted once in an area, and hearers found in two surveys.

Belongs here: the two counts. Does not: how often people were told (chain.py).
"""

from __future__ import annotations

import numpy as np

from ml.arrays import FloatArray
from ml.errors import TooFewRowsError
from ml.measurement.word_of_mouth.chain import Range

# z of a 90 % interval.
NORMAL_90 = 1.6448536269514722
FEWEST_SEEN_TWICE = 7


def different_people(told: FloatArray, population: FloatArray, evenness: float = np.inf) -> FloatArray:
    """Different people among those told: U · (1 - (1 + G / (U · a))^-a), with all alike U · (1 - exp(-G / U)).

    Args:
        told: people told, counted as often as they were told (G).
        population: people living in the area (U).
        evenness: a, how alike people's chances to be told are; infinite: all the same, which is an upper bound, since
            friends of the same people are told more often than others.
    """
    often = told / population
    missed = np.exp(-often) if np.isinf(evenness) else (1 + often / evenness) ** -evenness
    return np.asarray(population * (1 - missed))


def seen_twice(first_count: int, second_count: int, both_count: int) -> Range:
    """Chapman's estimate of how many people there are from two surveys of them: (n1+1)(n2+1)/(m+1) - 1.

    The 90 % interval is log-normal in the people never seen (Chao 1987), so it never ends below the people seen.

    Raises:
        TooFewRowsError: fewer than 7 people in both surveys (below, Chapman's own estimate is biased), or everybody
            of one survey in the other: the second was no survey of its own.
    """
    n1, n2, m = first_count, second_count, both_count
    if m < FEWEST_SEEN_TWICE:
        raise TooFewRowsError(f"{m} people are in both surveys of hearers, at least {FEWEST_SEEN_TWICE} are needed")
    if m == min(n1, n2):
        raise TooFewRowsError("everybody of one survey is in the other: two surveys drawn apart are needed")
    value = (n1 + 1) * (n2 + 1) / (m + 1) - 1
    variance = (n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) ** 2 * (m + 2))
    seen = n1 + n2 - m
    unseen = max(value - seen, 1e-9)
    spread = float(np.exp(NORMAL_90 * np.sqrt(np.log1p(variance / unseen**2))))
    return Range(value, seen + unseen / spread, seen + unseen * spread)
