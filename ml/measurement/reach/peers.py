"""Published estimators of unduplicated reach, for comparison.

Sainsbury's and Agostini's formulas and the beta-binomial are media planning's; Chao2 is ecology's estimate of species
from sampling units. Belongs here: the formulas. Does not: our own (estimate.py).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import betaln

from ml.measurement.reach.evidence import Evidence

AGOSTINI = 1.125


def sainsbury(evidence: Evidence) -> float:
    """N(1 - ∏(1 - a/N)): audiences drawn independently from the population."""
    return float(evidence.population * (1 - np.prod(1 - evidence.sizes / evidence.population)))


def agostini(evidence: Evidence) -> float:
    """A / (1.125 D/A + 1) with A the sum of audiences and D that of all pairs' common people (Agostini 1961)."""
    count = len(evidence.sizes)
    shared = float(evidence.pairs.common.mean()) * count * (count - 1) / 2
    return evidence.gross / (AGOSTINI * shared / evidence.gross + 1)


def beta_binomial(evidence: Evidence) -> float:
    """Chance to be in an audience drawn per person from a beta law, with the mean of sizes and of common people."""
    count, mean = len(evidence.sizes), evidence.gross / len(evidence.sizes) / evidence.population
    square = float(evidence.pairs.common.mean()) / evidence.population
    if square <= mean * mean:
        return float(evidence.population * (1 - (1 - mean) ** count))
    strength = mean * (1 - mean) / min(square - mean * mean, 0.999 * mean * (1 - mean)) - 1
    alpha, beta = mean * strength, (1 - mean) * strength
    return float(evidence.population * (1 - np.exp(betaln(alpha, beta + count) - betaln(alpha, beta))))


def chao2(evidence: Evidence) -> float:
    """People in the lists plus (m-1)/m · q1²/(2 q2): those in exactly one and two lists (Chao 1987)."""
    return evidence.lists.seen + _unseen(evidence)


def chao2_extrapolated(evidence: Evidence) -> float:
    """Chao2 stopped at the number of ambassadors instead of its asymptote (Colwell et al. 2012)."""
    unseen, listed = _unseen(evidence), len(evidence.lists.listed)
    if unseen == 0:
        return evidence.lists.seen
    once = float(evidence.lists.times[1])
    left = (1 - once / (listed * unseen + once)) ** (len(evidence.sizes) - listed)
    return evidence.lists.seen + unseen * (1 - left)


def _unseen(evidence: Evidence) -> float:
    times = np.append(evidence.lists.times, [0.0, 0.0])
    once, twice, listed = times[1], times[2], len(evidence.lists.listed)
    return float((listed - 1) / listed * (once**2 / (2 * twice) if twice else once * (once - 1) / 2))


PEERS: dict[str, Callable[[Evidence], float]] = {
    "sainsbury": sainsbury,
    "agostini": agostini,
    "beta_binomial": beta_binomial,
    "chao2": chao2,
    "chao2_extrapolated": chao2_extrapolated,
}
