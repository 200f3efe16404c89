"""How likely different people are to be in an audience: the mixing distribution, and what pairs say about it.

In a network of mutual ties the number of audiences a person is in is drawn from the same law as the sizes of
audiences: who has many friends is a friend of many. So the sizes of the ambassadors' own audiences show its shape, and
pairs show whether that holds. Belongs here: candidates and their weights. Does not: reach (estimate.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import gammaincinv

from ml.arrays import FloatArray
from ml.measurement.reach.evidence import Evidence

# Audiences larger than any seen: with a tenth, a twentieth … of the mass of one ambassador, where their tail leads to.
TAIL_MASS = np.array([0.1, 0.05, 0.025, 0.012])
TAIL_STEP = np.array([2.0, 4.0, 8.0, 16.0])
STEEPEST = 1.0
TILTS = np.concatenate([-np.geomspace(4, 0.02, 14), [0.0], np.geomspace(0.02, 60, 20)])
DEPARTURES = np.linspace(-2.4, 3.0, 28)
# Departures of the overlap from what sizes say, standard deviation on the log scale: mostly small (besides the luck of
# who was drawn: one over the root of the number of independent overlaps), at times large.
SMALL, LARGE, SMALL_SHARE = 0.1, 1.2, 0.9
GRID, QUANTILES = 48, 24
NEGLIGIBLE = 1e-3


@dataclass(frozen=True)
class Mixing:
    """People by how often audiences hold them, relative to the mean: levels (mean 1) and their shares (sum 1)."""

    levels: FloatArray
    shares: FloatArray

    @property
    def second_moment(self) -> float:
        """Mean square of the levels: how many times more pairs of audiences overlap than by chance."""
        return float(self.shares @ self.levels**2)

    def missed(self, sizes: FloatArray, times: FloatArray, population: float, share: float = 1.0) -> FloatArray:
        """Per level, the chance to be in none of the audiences (`times` of each size).

        Args:
            share: of the audiences, drawn by chance; above 1: more audiences like these. Few drawn of many miss with
                the power of the mean chance, all of them with the product; between, the logarithms are interpolated.
        """
        chance = np.minimum(np.outer(self.levels, sizes / population), 1 - 1e-12)
        product = np.log1p(-chance) @ times
        count = float(times.sum())
        if share >= 1 or count <= 1:
            return np.asarray(np.exp(share * product))
        power = count * np.log1p(-(chance @ times) / count)
        weight = max(share * count - 1, 0.0) / (count - 1)
        return np.asarray(np.exp(share * ((1 - weight) * power + weight * product)))

    def thinned(self) -> Mixing:
        """The same on at most GRID levels."""
        if len(self.levels) <= GRID:
            return self
        edges = np.geomspace(max(float(self.levels.min()), 1e-3), float(self.levels.max()) * 1.0001, GRID)
        bins = np.searchsorted(edges, self.levels).clip(0, GRID - 1)
        share = np.bincount(bins, self.shares, GRID).astype(np.float64)
        level = np.bincount(bins, self.shares * self.levels, GRID)
        held = share > 0
        return Mixing(np.asarray(level[held] / share[held]), np.asarray(share[held], dtype=np.float64))


def candidates(evidence: Evidence) -> list[tuple[float, Mixing]]:
    """(weight, mixing) of every candidate that counts; weights sum to 1.

    A candidate is the law of the sizes, its tail tilted by exp(-t·x²) (an empirical likelihood: it costs what it makes
    the seen sizes less likely), then made to depart from mutual ties: narrowed, spread, or with a few people added who
    are in very many audiences.
    """
    levels, shares = _law_of_sizes(evidence)
    count = len(evidence.sizes)
    logs = np.log(shares)[None, :] - TILTS[:, None] * (levels / (evidence.sizes.max() / evidence.sizes.mean())) ** 2
    tilted = np.exp(logs - logs.max(axis=1, keepdims=True))
    tilted /= tilted.sum(axis=1, keepdims=True)
    cost = count * (shares * (np.log(shares) - np.log(np.maximum(tilted, 1e-300)))).sum(axis=1)
    mean = tilted @ levels
    moment = np.log((tilted @ levels**2) / mean**2)
    overlap = evidence.overlap()
    luck = (overlap.among_all * max(float(np.exp(moment[TILTS == 0][0])), 1.0)) ** -0.5
    fit = overlap.log_likelihood(moment[:, None] + DEPARTURES[None, :]) - cost[:, None] + _log_prior(luck)
    hub = float(np.sqrt(levels.max() * max(evidence.population / evidence.sizes.mean(), levels.max())))
    logs = np.concatenate([fit, np.full_like(fit, -np.inf)])
    built: dict[tuple[int, int], Mixing] = {}
    for t, d in np.argwhere(fit > fit.max() + np.log(NEGLIGIBLE)):
        plain, departure = Mixing(levels / mean[t], tilted[t]), float(DEPARTURES[d])
        built[int(t), int(d)] = departed(plain, departure).thinned()
        if departure > 0:
            share, mixed = with_hubs(plain, departure, hub / mean[t])
            logs[len(TILTS) + t, d] = fit[t, d] + np.log(0.5) + count * np.log1p(-share)
            logs[t, d] += np.log(0.5)
            built[len(TILTS) + int(t), int(d)] = mixed
    weights = np.exp(logs - logs.max())
    kept = {place: float(weights[place]) for place in built if weights[place] > NEGLIGIBLE}
    total = sum(kept.values())
    return [(weight / total, built[place]) for place, weight in kept.items()]


def with_hubs(mixing: Mixing, departure: float, hub: float) -> tuple[float, Mixing]:
    """(share, mixing): a share of people at level `hub` added, so that the second moment is exp(departure) times it.

    Where no share does that (the hub's level is too low) the share of the largest second moment is taken.
    """
    goal, square = mixing.second_moment * float(np.exp(departure)), mixing.second_moment

    def moment(share: float) -> float:
        return ((1 - share) * square + share * hub**2) / (1 - share + share * hub) ** 2

    low, high = 0.0, 1 / hub
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if moment(middle) > goal else (middle, high)
    levels = np.append(mixing.levels, hub)
    shares = np.append((1 - low) * mixing.shares, low)
    return low, Mixing(levels / (shares @ levels), shares)


def departed(mixing: Mixing, departure: float) -> Mixing:
    """The mixing with its second moment times exp(departure), never below 1: levels drawn together, or spread."""
    if abs(departure) < 1e-9:
        return mixing
    if departure > 0:
        noise = _noise(round(float(np.expm1(departure)), 9))
        levels = np.outer(mixing.levels, noise).ravel()
        shares = np.repeat(mixing.shares, len(noise)) / len(noise)
        return Mixing(levels / (shares @ levels), shares)
    goal = max(1.0, mixing.second_moment * float(np.exp(departure)))
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        levels = mixing.levels**middle
        levels = levels / (mixing.shares @ levels)
        low, high = (low, middle) if mixing.shares @ levels**2 > goal else (middle, high)
    levels = mixing.levels**low
    return Mixing(levels / (mixing.shares @ levels), mixing.shares)


def averaged(found: list[tuple[float, Mixing]]) -> Mixing:
    """One mixing of all candidates by their weights."""
    levels = np.concatenate([mixing.levels for _, mixing in found])
    shares = np.concatenate([weight * mixing.shares for weight, mixing in found])
    return Mixing(levels, shares).thinned()


def _law_of_sizes(evidence: Evidence) -> tuple[FloatArray, FloatArray]:
    """Levels and shares: the sizes, thinned, with a tail beyond the largest."""
    sizes = evidence.sizes / evidence.sizes.mean()
    seen = Mixing(sizes, np.full(len(sizes), 1 / len(sizes))).thinned()
    ordered = np.sort(sizes)[::-1]
    high = min(max(2, int(len(sizes) ** 0.5)), len(sizes) - 1)
    steepness = float(np.log(ordered[:high] / ordered[high]).mean()) if high else 0.0  # Hill's estimator
    tail = ordered[0] * TAIL_STEP ** min(steepness, STEEPEST)
    largest = max(evidence.population / float(evidence.sizes.mean()), float(ordered[0]))
    levels = np.concatenate([seen.levels, np.minimum(tail, largest)])
    shares = np.concatenate([seen.shares * len(sizes), TAIL_MASS])
    return levels, shares / shares.sum()


def _log_prior(luck: float) -> FloatArray:
    """Of each departure, where the luck of who was drawn has this standard deviation."""

    def density(spread: float) -> FloatArray:
        dense = np.exp(-0.5 * (DEPARTURES / spread) ** 2)
        return np.asarray(dense / dense.sum())

    return np.asarray(
        np.log(SMALL_SHARE * density(min(float(np.hypot(SMALL, luck)), LARGE)) + (1 - SMALL_SHARE) * density(LARGE))
    )


@cache
def _noise(variance: float) -> FloatArray:
    """Quantiles of a gamma law with mean 1 and this variance."""
    shape = 1 / variance
    quantiles = np.maximum(gammaincinv(shape, (np.arange(QUANTILES) + 0.5) / QUANTILES) * variance, 1e-6)
    return np.asarray(quantiles / quantiles.mean())
