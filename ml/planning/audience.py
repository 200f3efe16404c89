"""Who could be reached through whom: pools of people, follower lists, and the law by which audiences overlap.

Belongs here: what planning knows of audiences, as arrays. Does not: where they come from (evidence.py), what reaching
somebody is worth (coverage.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ml.arrays import FloatArray, IntArray
from ml.errors import InputError

# One audience is never taken for more than this share of its pool.
LARGEST_SHARE = 0.95
_TABLE = 4_000


@dataclass(frozen=True)
class Law:
    """How much oftener some people are in audiences than others: levels (mean 1) and their shares (sum 1).

    The reach estimator's mixing law (docs/methods/reach.md): a person of level r is missed by audiences that add up to
    `load` times the pool with chance exp(-r·load).
    """

    levels: FloatArray = field(default_factory=lambda: np.ones(1))
    shares: FloatArray = field(default_factory=lambda: np.ones(1))

    def __post_init__(self) -> None:
        if abs(self.shares.sum() - 1) > 1e-6 or abs(self.shares @ self.levels - 1) > 1e-6:
            raise InputError("a law of overlap needs shares that sum to 1 and levels whose mean is 1")

    def missed(self, load: FloatArray) -> FloatArray:
        """Share of the pool in none of the audiences: 1 at load 0, falling and convex."""
        return np.asarray(np.exp(-load[..., None] * self.levels) @ self.shares, dtype=np.float64)

    def slope(self, load: FloatArray) -> FloatArray:
        """How fast the missed share falls: minus its derivative."""
        return np.asarray(np.exp(-load[..., None] * self.levels) @ (self.shares * self.levels), dtype=np.float64)

    def load_of(self, share: FloatArray) -> FloatArray:
        """The load whose audiences hold this share of the pool, 0 to LARGEST_SHARE."""
        top = 4.0 / float(self.levels.min()) if self.levels.min() > 1e-3 else 4_000.0
        grid = np.concatenate([[0.0], np.geomspace(1e-9, max(top, 4.0), _TABLE)])
        held = 1 - self.missed(grid)
        # Below the table's first steps the share is the load itself, to nine digits.
        return np.asarray(np.where(share < 1e-7, share, np.interp(share, held, grid)), dtype=np.float64)


@dataclass(frozen=True)
class Audiences:
    """What is known of the people that could be reached.

    Attributes:
        population: (pools,) people in each pool; audiences of one pool overlap, those of two do not.
        law: how audiences without a list overlap in a pool.
        list_start, list_people: list l holds list_people[list_start[l]:list_start[l + 1]], each person once.
        people_pool: (listed people,) pool of everybody in a list.
    """

    population: FloatArray
    law: Law = field(default_factory=Law)
    list_start: IntArray = field(default_factory=lambda: np.zeros(1, np.int64))
    list_people: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    people_pool: IntArray = field(default_factory=lambda: np.empty(0, np.int64))

    def __post_init__(self) -> None:
        if not (self.population >= 1).all():
            raise InputError("a pool of fewer than one person cannot be reached: leave it out")
        seen = np.bincount(self.people_pool, minlength=len(self.population))
        if (seen > self.population).any():
            object.__setattr__(self, "population", np.maximum(self.population, seen.astype(np.float64)))

    @property
    def lists_count(self) -> int:
        return len(self.list_start) - 1

    def people_of(self, number: int) -> IntArray:
        """Everybody in a list."""
        return self.list_people[self.list_start[number] : self.list_start[number + 1]]

    @classmethod
    def of_lists(cls, lists: list[list[int]]) -> Audiences:
        """All in one pool, everybody in a list: for tests and small cases."""
        people = np.array([person for one in lists for person in one], dtype=np.int64)
        start = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64)
        count = int(people.max()) + 1 if len(people) else 0
        return cls(
            np.array([float(max(count, 1))]),
            list_start=start,
            list_people=people,
            people_pool=np.zeros(count, np.int64),
        )
