"""Seeded chance, one independent generator a part of the world: a new part leaves the draws of the others alone."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Instants = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Randomness:
    """The seed of a world."""

    seed: int

    def part(self, name: str) -> np.random.Generator:
        """The generator of one part, always the same for (seed, name)."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(zlib.crc32(name.encode()),)))


def pick_weighted(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """`count` indices drawn with replacement, each with a probability proportional to its weight."""
    cumulated = np.cumsum(weights)
    position = np.searchsorted(cumulated, rng.random(count) * cumulated[-1], side="right")
    picked: Ints = np.minimum(position, len(weights) - 1)
    return picked


def pick_weighted_in_groups(rng: np.random.Generator, weights: Floats, group: Ints, wanted: Ints) -> Ints:
    """For each wanted group, an index of that group drawn with a probability proportional to its weight.

    Args:
        weights: positive weight of every index.
        group: group of every index, 0 to n - 1, none of the wanted ones empty.
        wanted: a group for every draw.
    """
    order = np.argsort(group, kind="stable")
    cumulated = np.concatenate([[0.0], np.cumsum(weights[order])])
    bounds = np.searchsorted(group[order], np.arange(group.max() + 2))
    low, high = cumulated[bounds[wanted]], cumulated[bounds[wanted + 1]]
    position = np.searchsorted(cumulated, low + rng.random(len(wanted)) * (high - low), side="right") - 1
    picked: Ints = order[position.clip(bounds[wanted], bounds[wanted + 1] - 1)]
    return picked


def standardised(values: Floats) -> Floats:
    """Mean 0, standard deviation 1; all zero where nothing varies."""
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)


def sigmoid(values: Floats) -> Floats:
    return 1 / (1 + np.exp(-values))


def pick_share(rng: np.random.Generator, count: int, share: float) -> Bools:
    """True for about that share of `count`."""
    return rng.random(count) < share
