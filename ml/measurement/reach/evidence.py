"""What is known of a group's audiences: sizes, overlaps of sampled pairs, some follower lists, the population.

Belongs here: the facts, their hard bounds, what they say about overlap. Does not: any model (mixing.py, estimate.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ml.arrays import FloatArray, IntArray
from ml.errors import NothingToLearnError


@dataclass(frozen=True)
class Pairs:
    """Pairs of ambassadors whose common audience was counted; drawn by chance among all pairs.

    Attributes:
        first, second: positions in Evidence.sizes.
        common: people in both audiences.
    """

    first: IntArray
    second: IntArray
    common: FloatArray

    @classmethod
    def none(cls) -> Pairs:
        """No pair is known."""
        return cls(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))

    @property
    def count(self) -> int:
        return len(self.common)


@dataclass(frozen=True)
class Lists:
    """Follower lists of some of the ambassadors, as counts: nothing else of them is used.

    Attributes:
        listed: positions in Evidence.sizes of those whose list is complete.
        times: times[j] people are in exactly j of these lists, j from 1; times[0] is not used (0).
    """

    listed: IntArray
    times: FloatArray

    @classmethod
    def none(cls) -> Lists:
        """No list is known."""
        return cls(np.empty(0, np.int64), np.zeros(1))

    @classmethod
    def counted(cls, listed: IntArray, lists: list[IntArray]) -> Lists:
        """From the lists themselves: ids of people, each once a list."""
        if not lists:
            return cls.none()
        _, how_often = np.unique(np.concatenate(lists), return_counts=True)
        return cls(listed, np.bincount(how_often, minlength=len(lists) + 1).astype(np.float64))

    @property
    def seen(self) -> float:
        """Different people in the lists."""
        return float(self.times[1:].sum())


@dataclass(frozen=True)
class Evidence:
    """Everything that is known of a group of ambassadors.

    Attributes:
        sizes: people in each audience, > 0.
        population: people who could be in an audience at all (a platform's users in the market).
        pairs, lists: see there.
    """

    sizes: FloatArray
    population: float
    pairs: Pairs = field(default_factory=Pairs.none)
    lists: Lists = field(default_factory=Lists.none)

    def __post_init__(self) -> None:
        if len(self.sizes) == 0:
            raise NothingToLearnError("no audience is known")
        if not (self.sizes > 0).all():
            raise NothingToLearnError("an audience of nobody cannot be used: leave such accounts out")
        if self.population < self.sizes.max():
            raise NothingToLearnError("the population is smaller than the largest audience: state a larger one")

    @property
    def gross(self) -> float:
        """Sum of the audiences: people count once for each they are in."""
        return float(self.sizes.sum())

    @property
    def lowest(self) -> float:
        """Hard bound: the largest audience, or everybody in the lists."""
        return max(float(self.sizes.max()), self.lists.seen)

    @property
    def highest(self) -> float:
        """Hard bound: the sum of the audiences (those with lists counted once), at most the population."""
        unlisted = np.delete(self.sizes, self.lists.listed)
        return min(self.lists.seen + float(unlisted.sum()), self.population)

    @property
    def unseen_share(self) -> float:
        """Share of all pairs whose common audience is not known; a little is kept for what three and more share."""
        all_pairs = len(self.sizes) * (len(self.sizes) - 1) / 2
        return max(1 - self.pairs.count / all_pairs, 0.02) if all_pairs else 1.0

    def overlap(self) -> Overlap:
        """What pairs say about how much more audiences overlap than by chance; without any pair it says nothing."""
        sizes, pairs = self.sizes, self.pairs
        expected = float((sizes[pairs.first] * sizes[pairs.second]).sum()) / self.population
        common, square = float(pairs.common.sum()), float((pairs.common**2).sum())
        left = self.unseen_share
        # People a pair that shares anybody shares: one more pair as large as the largest is added, for the large ones
        # that a small sample misses; where none shares anybody it may be a whole audience.
        largest = float(pairs.common.max()) if common else float(sizes.mean())
        usual = (square + largest**2) / (common + largest)
        everywhere = float(sizes.sum() ** 2 - (sizes**2).sum()) / 2 / self.population
        return Overlap(common / usual / left, expected / usual / left, max(everywhere / usual, 1e-9), usual)


@dataclass(frozen=True)
class Overlap:
    """Common people as independent events, and how many chance alone would give: their ratio is the overlap's excess.

    Attributes:
        events: effective number of independent events; a pair of close friends shares many people at once, so far
            fewer than the people counted.
        exposure: events to expect if audiences were drawn by chance from the population.
        among_all: the same among all pairs of the group, > 0.
        usual: people that an event brings at once.
    """

    events: float
    exposure: float
    among_all: float
    usual: float

    def log_likelihood(self, log_ratio: FloatArray) -> FloatArray:
        """Of the excess exp(log_ratio), up to a constant; flat where nothing is known."""
        return np.asarray(self.events * log_ratio - self.exposure * np.exp(log_ratio))
