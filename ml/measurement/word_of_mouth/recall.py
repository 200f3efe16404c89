"""How much of the telling answers still hold: from people asked twice, each told at random being forgotten at one rate.

Forgetting thins a count: of a true negative binomial with mean r and dispersion k an answer d days later keeps one with
mean r · exp(-rate · d) and the same k. Belongs here: the rate and the shares. Does not: where answers come from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.arrays import FloatArray

# Fewer people asked twice say nothing of a rate.
FEWEST_PAIRS = 20


@dataclass(frozen=True)
class Recall:
    """Forgetting a day; error: standard error over people."""

    rate: float
    error: float
    pairs_count: int

    def remembered(self, days: FloatArray, draws: int, rng: np.random.Generator) -> FloatArray:
        """Draws of the share of the people told that answers hold, averaged over answers given so many days later."""
        rates = np.maximum(rng.normal(self.rate, self.error, draws), 0.0)
        return np.asarray(np.exp(-np.outer(rates, np.maximum(days, 0.0))).mean(axis=1))


def forgetting(first: FloatArray, second: FloatArray, days_between: FloatArray) -> Recall | None:
    """The rate of forgetting from two answers of the same people; None: too few, or nobody told anybody.

    Args:
        first, second: people told, as answered then and later.
        days_between: days from the first to the second answer, above 0.
    """
    if len(first) < FEWEST_PAIRS or first.sum() <= 0 or second.sum() <= 0:
        return None
    kept = float(second.sum() / first.sum())
    days = float((first * days_between).sum() / first.sum())
    # Ratio of two sums over the same people: its log's standard error by linearisation.
    residual = second / second.sum() - first / first.sum()
    error = float(np.sqrt((residual**2).sum() * len(first) / (len(first) - 1)))
    return Recall(max(-np.log(kept) / days, 0.0), error / days, len(first))
