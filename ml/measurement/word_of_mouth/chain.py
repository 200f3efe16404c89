"""Reach of a chain of telling: members tell, hearers tell again with probability q to f people, R = q · f < 1.

    expected reach = M · r0 / (1 - R)                           M members tell r0 each; s²: of people told by a hearer
    variance = M · (r0 + r0² / k0) / (1 - R)² + M · r0 · s² / (1 - R)³

A Galton-Watson process (Iribarren and Moro 2009, Phys. Rev. Lett. 103, 038702, for chains of telling). Belongs here:
from answers to draws of the reach. Does not: how counts are read (counts.py), different people (people.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.arrays import FloatArray, IntArray
from ml.measurement.word_of_mouth.counts import Relay, Told, relay_posterior, told_posterior

DRAWS = 4_000
# Above this a chain hardly ends, and 1 / (1 - R) is decided by the last few draws.
LARGEST_RATIO = 0.95


@dataclass(frozen=True)
class Range:
    """A value with the ends of its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Answers:
    """What was asked and heard.

    Attributes:
        told: people told by each member who answered.
        relayed: people told by each hearer who answered; None: no hearer was asked.
        members: all members of whom the first are a part.
        remembered: share of the people told that answers still hold, draws or one number (recall.py).
    """

    told: IntArray
    relayed: IntArray | None
    members: int
    remembered: FloatArray | float = 1.0


@dataclass(frozen=True)
class Reach:
    """Draws of one campaign's offline reach, people counted as often as they were told.

    Attributes:
        told: of members. relay: of hearers, None: not asked.
        direct: people told by the members of this campaign themselves, draws.
        total: people told by anybody in this campaign, draws; None where hearers were not asked.
        expected: what such a campaign with as many members reaches on average, draws.
        endless_share: share of draws in which telling would not die out.
        value: the estimate of direct and total, corrected for the curve of 1 / (1 - R).
    """

    told: Told
    relay: Relay | None
    direct: FloatArray
    total: FloatArray | None
    expected: FloatArray | None
    endless_share: float
    direct_value: float
    total_value: float | None


def reach_of(answers: Answers, rng: np.random.Generator, draws: int = DRAWS) -> Reach:
    """The reach as far as the answers carry it; the caller refuses what too few answers cannot (measure.py)."""
    told = told_posterior(answers.told, draws, rng)
    remembered = np.broadcast_to(np.asarray(answers.remembered, dtype=np.float64), (draws,))
    told = Told(told.mean / remembered, told.dispersion)
    direct = _direct(answers, told, remembered, rng)
    direct_value = answers.members * float(answers.told.mean()) * float((1 / remembered).mean())
    if answers.relayed is None:
        return Reach(told, None, direct, None, None, 0.0, direct_value, None)
    seen = relay_posterior(answers.relayed, draws, rng)
    # What a hearer forgot is missing in the fan-out: the product is what the reach needs.
    relay = Relay(seen.probability, seen.fan_out / remembered, seen.dispersion)
    ratio = relay.ratio
    endless = float((ratio >= 1).mean())
    kept = np.minimum(ratio, LARGEST_RATIO)
    value = direct_value * _multiplier(answers.relayed, float((1 / remembered).mean()))
    expected = answers.members * told.mean / (1 - kept)
    later_mean = direct * kept / (1 - kept)
    later_variance = direct * relay.variance / (1 - kept) ** 3
    return Reach(
        told, relay, direct, direct + _gamma(later_mean, later_variance, rng), expected, endless, direct_value, value
    )


def generations(reach: Reach, members: int, count: int) -> FloatArray:
    """Draws × generation: people told on average by members (first), by their hearers (second) and so on."""
    ratio = np.zeros_like(reach.told.mean) if reach.relay is None else np.minimum(reach.relay.ratio, LARGEST_RATIO)
    steps = np.arange(count)
    return np.asarray(members * reach.told.mean[:, None] * ratio[:, None] ** steps)


def interval(draws: FloatArray, value: float, level: float) -> Range:
    """The middle `level` of the draws; stretched to the value where a correction took it past an end."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Range(value, min(float(low), value), max(float(high), value))


def _multiplier(relayed: IntArray, lost: float) -> float:
    """1 / (1 - R), corrected to second order: its curve alone lifts it by var(R) / (1 - R)³."""
    ratio = min(float(relayed.mean()) * lost, LARGEST_RATIO)
    error = float(relayed.var(ddof=1)) / len(relayed) * lost**2
    return 1 / (1 - ratio + error / (1 - ratio))


def _direct(answers: Answers, told: Told, remembered: FloatArray, rng: np.random.Generator) -> FloatArray:
    """People told by this campaign's members: as answered, what they forgot, and what those not asked told."""
    size, total = len(answers.told), float(answers.told.sum())
    silent = max(answers.members - size, 0)
    rate = told.dispersion / told.mean
    forgotten = rng.poisson(
        rng.gamma(total + size * told.dispersion) / (rate + remembered) * np.maximum(1 - remembered, 0.0)
    )
    others = rng.poisson(rng.gamma(np.maximum(silent * told.dispersion, 1e-9)) / rate) if silent else 0
    return np.asarray(total + forgotten + others, dtype=np.float64)


def _gamma(mean: FloatArray, variance: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draws of a sum of many small families by its mean and variance."""
    some = (mean > 0) & (variance > 0)
    shape = np.where(some, mean**2 / np.where(some, variance, 1.0), 1.0)
    scale = np.where(some, variance / np.where(some, mean, 1.0), 0.0)
    return np.asarray(rng.gamma(shape) * scale)
