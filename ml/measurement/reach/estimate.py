"""Different people reached by a group of ambassadors, estimated, with a 90 % interval and hard bounds.

Belongs here: the estimate from sizes, pairs and lists. Does not: the candidates it averages (mixing.py), exact counts
(exact.py), the formula's page (docs/methods/reach.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from ml.arrays import FloatArray, IntArray
from ml.measurement.reach.evidence import Evidence
from ml.measurement.reach.mixing import NEGLIGIBLE, Mixing, averaged, candidates

# What the mixing is worth against the lists: this many times the population's counts.
TRUST_IN_SIZES = 0.5
ROUNDS = 60
# So many lists weigh as much as sizes and pairs do where nearly all lists are missing: a few lists are a few people's.
FEW_LISTS = 30
# Below this number of lists, who is in two of them is a matter of luck: the candidates keep their weights.
FEWEST_TO_JUDGE = 20
# Weights of the two errors. Rule: maximum likelihood (t with 5 degrees of freedom) over draws from the made graphs of
# benchmarks/reach_graphs.py and the demo world's, with development seeds, then one factor: nine in ten are covered.
OF_CANDIDATES, OF_CANDIDATES_WITH_LISTS, OF_DRAW, OF_COUNT = 0.67, 0.83, 1.37, 1.1
NORMAL_90 = 1.6448536269514722


@dataclass(frozen=True)
class Reach:
    """Different people reached.

    Attributes:
        people: the estimate.
        low, high: 90 % interval, inside the bounds.
        lowest, highest: what no truth can lie outside of.
        log_error: standard error on the log scale.
        mixing: how often different people are in an audience, as fitted.
    """

    people: float
    low: float
    high: float
    lowest: float
    highest: float
    log_error: float
    mixing: Mixing


def estimate(evidence: Evidence) -> Reach:
    """The union of the audiences from sizes, pairs and lists."""
    found = candidates(evidence)
    if len(evidence.lists.listed) >= FEWEST_TO_JUDGE:
        found = _seen_in_lists(found, evidence)
    mixing = averaged(found)
    population, lowest, highest = evidence.population, evidence.lowest, evidence.highest
    each = np.array([expected(one, evidence.sizes, population) for _, one in found])
    weights = np.array([weight for weight, _ in found])
    people = float(weights @ each)
    spread = float(np.sqrt(weights @ np.log(each / people) ** 2))
    if len(evidence.lists.listed) >= 2:
        with_lists, mixing = _with_lists(evidence, mixing)
        listed, missing = len(evidence.lists.listed), 1 - len(evidence.lists.listed) / len(evidence.sizes)
        weight = listed / (listed + FEW_LISTS * missing)
        people = weight * with_lists + (1 - weight) * people
    people = float(np.clip(people, lowest, highest))
    error = _log_error(evidence, people, spread)
    low, high = (float(np.clip(people * np.exp(sign * NORMAL_90 * error), lowest, highest)) for sign in (-1, 1))
    return Reach(people, low, high, lowest, highest, error, mixing)


def expected(mixing: Mixing, sizes: FloatArray, population: float, share: float = 1.0) -> float:
    """People in at least one of a share of the audiences, drawn by chance (above 1: of more audiences like these)."""
    return population * (1 - float(mixing.shares @ mixing.missed(*_binned(sizes), population, share)))


def curve(found: Reach, evidence: Evidence, numbers: Sequence[int]) -> list[tuple[int, float, float, float]]:
    """(n, people, low, high) of n ambassadors like these; n may be larger than their number.

    The interval narrows with the share of repeats: one ambassador's reach is known. More ambassadors never reach fewer.

    Args:
        numbers: ascending.
    """
    count, population = len(evidence.sizes), evidence.population
    whole = expected(found.mixing, evidence.sizes, population)
    repeated = 1 - found.people / evidence.gross
    by_model = 1 - whole / evidence.gross
    rows: list[tuple[int, float, float, float]] = []
    for number in numbers:
        gross = evidence.gross * number / count
        people = expected(found.mixing, evidence.sizes, population, number / count)
        if number <= count:  # the share of repeats grows as in the model and ends at the estimate's
            people = gross - (gross - people) * (repeated / by_model if by_model > 0 else 0.0)
        else:
            people *= found.people / whole
        people = min(people, gross, population)
        scale = (1 - people / gross) / repeated if repeated > 0 else 0.0
        ends = (people * float(np.exp(sign * NORMAL_90 * found.log_error * scale)) for sign in (-1, 1))
        low, high = (min(end, gross, population) for end in ends)
        rows.append((number, people, max(low, rows[-1][2]) if rows else low, high))
    return rows


def _seen_in_lists(found: list[tuple[float, Mixing]], evidence: Evidence) -> list[tuple[float, Mixing]]:
    """The candidates weighted by how well they tell how many people are in none, one, two … of the lists.

    People come in groups of friends, as many as share an overlap: a group tells as much as one person.
    """
    often, counts = _how_often(evidence)
    fit = np.array([counts @ np.log(one.shares @ _likely(one, evidence, often)) for _, one in found])
    logs = np.log([weight for weight, _ in found]) + fit / evidence.overlap().usual
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    return [(float(weight), one) for weight, (_, one) in zip(weights, found, strict=True) if weight > NEGLIGIBLE / 10]


def _how_often(evidence: Evidence) -> tuple[IntArray, FloatArray]:
    """(numbers of lists, how many of the population are in so many of them), where anybody is."""
    counts = evidence.lists.times.copy()
    counts[0] = max(evidence.population - evidence.lists.seen, 0.0)
    often = np.flatnonzero(counts)
    return often, counts[often]


def _likely(mixing: Mixing, evidence: Evidence, often: IntArray) -> FloatArray:
    """Chance of being in so many of the lists: rows by level, columns by number."""
    listed = evidence.sizes[evidence.lists.listed]
    chance = np.minimum(mixing.levels * listed.mean() / evidence.population, 1 - 1e-9)
    return _binomial(often, len(listed), chance)


def _with_lists(evidence: Evidence, prior: Mixing) -> tuple[float, Mixing]:
    """Everybody in the lists, and of the others the share that the audiences without a list are expected to hold.

    The lists tell how many people are in none, one, two … of them: a mixture of binomials, fitted by expectation
    maximisation with the candidates' average as a Dirichlet prior.
    """
    population, lists = evidence.population, evidence.lists
    listed, rest = evidence.sizes[lists.listed], np.delete(evidence.sizes, lists.listed)
    often, counts = _how_often(evidence)
    likely = _likely(prior, evidence, often)
    shares = prior.shares
    for _ in range(ROUNDS):
        joint = shares[:, None] * likely
        held = (joint / joint.sum(axis=0)) @ counts
        shares = (held + TRUST_IN_SIZES * population * prior.shares) / ((1 + TRUST_IN_SIZES) * population)
    fitted = Mixing(prior.levels / (shares @ prior.levels), shares)
    unseen = shares * prior.missed(*_binned(listed), population)
    missed = fitted.missed(*_binned(rest), population) if len(rest) else np.ones(len(shares))
    left = population - lists.seen
    return lists.seen + left * (1 - float(unseen @ missed) / float(unseen.sum())), fitted


def _log_error(evidence: Evidence, people: float, spread: float) -> float:
    """Standard error on the log scale: of the candidates, and of who was drawn.

    The second grows with the share of repeats and with how many people an overlap brings at once, and shrinks with the
    root of the number of ambassadors. Where little is repeated, repeats are a few whole people: never below the error
    of their count.
    """
    repeated = max(1 - people / evidence.gross, 0.0)
    at_once = min(evidence.overlap().usual / float(evidence.sizes.mean()), 3.0)
    weight = OF_CANDIDATES_WITH_LISTS if len(evidence.lists.listed) >= 2 else OF_CANDIDATES
    error = float(np.hypot(weight * spread, OF_DRAW * repeated * at_once**0.25 / len(evidence.sizes) ** 0.5))
    unseen_repeats = max(repeated * evidence.gross, 1.0) * evidence.unseen_share
    return max(error, float(OF_COUNT * np.sqrt(unseen_repeats) / people))


def _binomial(often: IntArray, count: int, chance: FloatArray) -> FloatArray:
    """Chance of each number of hits: rows by chance, columns by number."""
    ways = gammaln(count + 1) - gammaln(often + 1) - gammaln(count - often + 1)
    logs = ways[None, :] + np.outer(np.log(chance), often) + np.outer(np.log1p(-chance), count - often)
    return np.asarray(np.exp(logs).clip(1e-300))


def _binned(sizes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sizes on a grid and how many audiences have each: a thousand cost what fifty do."""
    thin = Mixing(sizes, np.full(len(sizes), 1.0)).thinned()
    return thin.levels, thin.shares
