"""What counts of people told say: posteriors of a negative binomial's mean, and of whether and how far hearers relay.

With the dispersion k known, p = k / (k + mean) has a Beta posterior, so that no sampler is needed: k on a grid, its
weights by the marginal likelihood, the rest in closed form. Belongs here: single counts. Does not: chains (chain.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, gammaln

from ml.arrays import FloatArray, IntArray

# Below .1 a handful of people tell everybody, above 30 all tell alike: neither is seen, and the tails would not close.
DISPERSIONS: FloatArray = np.geomspace(0.1, 30.0, 64)
# Jeffreys' prior of a count's mean: half a person told before anybody answered.
PRIOR_TOLD = 0.5


@dataclass(frozen=True)
class Told:
    """Posterior draws of a negative binomial: mean and dispersion k (variance mean + mean² / k), one each a draw."""

    mean: FloatArray
    dispersion: FloatArray


@dataclass(frozen=True)
class Relay:
    """Posterior draws of how hearers tell again.

    Attributes:
        probability: that a hearer tells at least one person.
        fan_out: people told by one who tells.
        dispersion: of the people told beyond the first.
    """

    probability: FloatArray
    fan_out: FloatArray
    dispersion: FloatArray

    @property
    def ratio(self) -> FloatArray:
        """R: people told by a hearer on average."""
        return self.probability * self.fan_out

    @property
    def variance(self) -> FloatArray:
        """Variance of the people told by one hearer."""
        beyond = self.fan_out - 1
        of_teller = beyond * (1 + beyond / self.dispersion)
        return self.probability * (of_teller + self.fan_out**2) - self.ratio**2


def told_posterior(counts: IntArray, draws: int, rng: np.random.Generator) -> Told:
    """Mean and dispersion of the counts.

    Args:
        counts: people told by each person asked, at least one person; zero where somebody told nobody.
    """
    size, total = len(counts), float(counts.sum())
    values, repeats = np.unique(counts, return_counts=True)
    of_each = gammaln(values[:, None] + DISPERSIONS) - gammaln(DISPERSIONS)
    shape = size * DISPERSIONS
    log_weight = repeats @ of_each + betaln(shape + 0.5, total + PRIOR_TOLD)
    weight = np.exp(log_weight - log_weight.max())
    chosen = DISPERSIONS[rng.choice(len(DISPERSIONS), draws, p=weight / weight.sum())]
    # (1 - p) / p of a Beta is a ratio of two gammas.
    odds = rng.gamma(total + PRIOR_TOLD, size=draws) / rng.gamma(size * chosen + 0.5)
    return Told(chosen * odds, chosen)


def relay_posterior(counts: IntArray, draws: int, rng: np.random.Generator) -> Relay:
    """Probability to tell again and fan-out of hearers; somebody must have told.

    Args:
        counts: people told by each hearer asked; zero where the hearer told nobody.
    """
    tellers = counts[counts > 0]
    probability = rng.beta(len(tellers) + 0.5, len(counts) - len(tellers) + 0.5, draws)
    beyond = told_posterior(tellers - 1, draws, rng)
    return Relay(probability, 1 + beyond.mean, beyond.dispersion)
