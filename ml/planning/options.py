"""Invitations that could be made, and the limits that a plan may not break.

Belongs here: the problem as arrays. Does not: its value (coverage.py), choosing (greedy.py), frames (recruitment.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from ml.arrays import BoolArray, FloatArray, IntArray
from ml.errors import InputError

# Amounts are minor units and samples: anything below is rounding.
SLACK = 1e-6


@dataclass(frozen=True)
class Options:
    """Arrays by option: one person invited for one product.

    Attributes:
        person: (n,) number of the person; at most one option of a person is chosen.
        cost: (n,) minor units, > 0.
        own: (n,) value that comes without any audience; negative where contact hurts.
        others: (n,) value through the audience if nobody else is invited, ≥ 0.
        audience: (n,) people in the audience, > 0.
        pool: (n,) pool the audience lives in.
        listed: (n,) number of the audience's list, -1: there is none.
    """

    person: IntArray
    cost: FloatArray
    own: FloatArray
    others: FloatArray
    audience: FloatArray
    pool: IntArray
    listed: IntArray

    def __post_init__(self) -> None:
        sizes = {len(value) for value in vars(self).values()}
        if len(sizes) > 1:
            raise InputError(f"arrays of options have different lengths: {sorted(sizes)}")
        for name, good in (
            ("cost", self.cost > 0),
            ("others", self.others >= 0),
            ("audience", self.audience > 0),
            ("own", np.isfinite(self.own)),
        ):
            if not good.all():
                raise InputError(f"{int((~good).sum())} options have no usable {name}")

    @property
    def count(self) -> int:
        return len(self.person)

    @property
    def alone(self) -> FloatArray:
        """(n,) value of each option when it is the only one."""
        return self.own + self.others


@dataclass(frozen=True)
class Limits:
    """What all chosen options together may use: uses' sums at most capacity, row by row.

    Attributes:
        uses: (limits, n) amounts ≥ 0.
        capacity: (limits,) ≥ 0.
        names: (limits,) what each is; the first is the budget.
    """

    uses: sparse.csr_array
    capacity: FloatArray
    names: tuple[str, ...] = ("budget",)
    by_option: sparse.csr_array = field(init=False)

    def __post_init__(self) -> None:
        if self.uses.shape[0] != len(self.capacity) or len(self.names) != len(self.capacity):
            raise InputError(
                f"{self.uses.shape[0]} limits with {len(self.capacity)} capacities, {len(self.names)} names"
            )
        if (self.capacity < 0).any() or (self.uses.data < 0).any():
            raise InputError("a limit or an amount is below 0")
        object.__setattr__(self, "by_option", sparse.csr_array(self.uses.T))

    @classmethod
    def budget_only(cls, cost: FloatArray, budget: float) -> Limits:
        """The budget and nothing else."""
        return cls(sparse.csr_array(cost[None, :]), np.array([float(budget)]))


class Room:
    """What is left of the limits while options are chosen and given back."""

    def __init__(self, options: Options, limits: Limits) -> None:
        self._person = options.person
        self._by_option = limits.by_option
        self._capacity = limits.capacity
        self._used = np.zeros(len(limits.capacity))
        self.taken: BoolArray = np.zeros(int(options.person.max(initial=-1)) + 1, dtype=np.bool_)

    def take(self, option: int) -> None:
        """Use up what the option needs."""
        self._change(option, 1.0)
        self.taken[self._person[option]] = True

    def give_back(self, option: int) -> None:
        """The option is no longer chosen."""
        self._change(option, -1.0)
        self.taken[self._person[option]] = False

    @property
    def budget_left(self) -> float:
        """Of the first limit."""
        return float(self._capacity[0] - self._used[0])

    def fits(self, option: int) -> bool:
        """Whether the option may be added."""
        matrix = self._by_option
        part = slice(matrix.indptr[option], matrix.indptr[option + 1])
        rows = matrix.indices[part]
        enough = matrix.data[part] <= self._capacity[rows] - self._used[rows] + SLACK
        return bool(enough.all()) and not self.taken[self._person[option]]

    def fitting(self, which: IntArray) -> BoolArray:
        """(len(which),) whether each may be added, one at a time."""
        part = self._by_option[which]
        left = self._capacity - self._used + SLACK
        short = sparse.csr_array((part.data > left[part.indices], part.indices, part.indptr), shape=part.shape)
        short_of = np.asarray(short.sum(axis=1)).ravel() > 0
        return np.asarray(~short_of & ~self.taken[self._person[which]], dtype=np.bool_)

    def _change(self, option: int, sign: float) -> None:
        matrix = self._by_option
        part = slice(matrix.indptr[option], matrix.indptr[option + 1])
        self._used[matrix.indices[part]] += sign * matrix.data[part]
