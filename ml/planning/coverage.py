"""What a set of invitations is worth when everybody reached by several of them counts once.

A person reached by several is worth what the best of them brings: value per person of the audience is cut into layers
(thresholds t_0 < t_1 < …), and in each layer the people covered at that height are counted once. So
value = Σ own + Σ_pools Σ_layers (t_k - t_(k-1))·(N - (N - C_k)·missed(load_k)), C_k people covered by lists, missed()
the law of overlap of the others. Alone, every option is worth exactly own + others; together never more than the sum:
the value is submodular, and monotone where no own part is negative.

Belongs here: value, gain of adding, loss of removing. Does not: limits (options.py), choosing (greedy.py).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ml.arrays import FloatArray, IntArray
from ml.planning.audience import LARGEST_SHARE, Audiences
from ml.planning.options import Options

LAYERS = 12
# Lists looked at together: a thousand of 150 people and 12 layers are 15 MB.
CHUNK = 1_000


class Coverage:
    """Options with their audiences, laid out for quick sums. Nothing is chosen here: see Chosen."""

    def __init__(self, options: Options, audiences: Audiences) -> None:
        self.options, self.audiences = options, audiences
        self.is_listed = options.listed >= 0
        population = audiences.population[options.pool]
        length = np.diff(audiences.list_start)
        size = np.minimum(options.audience, LARGEST_SHARE * population)
        if self.is_listed.any():
            size = np.where(self.is_listed, length[options.listed], size)
        self.weight = np.where(size > 0, options.others / np.maximum(size, 1e-12), 0.0)
        self.steps = _steps(self.weight)
        self.floors = np.concatenate([[0.0], np.cumsum(self.steps)[:-1]])
        share = np.where(self.is_listed, 0.0, size / population)
        self.loads = audiences.law.load_of(self.filled(self.weight) * share[:, None])
        self._holders: tuple[IntArray, IntArray] | None = None

    def filled(self, weight: FloatArray) -> FloatArray:
        """(…, layers) how much of each layer lies below the weight, 0 to 1."""
        return np.asarray(np.clip((weight[..., None] - self.floors) / self.steps, 0.0, 1.0), dtype=np.float64)

    def people_of(self, option: int) -> IntArray:
        """Everybody in the option's list."""
        return self.audiences.people_of(int(self.options.listed[option]))

    def people_of_all(self, which: IntArray) -> tuple[IntArray, IntArray]:
        """(people, lengths): the lists of several options, one after the other."""
        start = self.audiences.list_start[self.options.listed[which]]
        lengths = self.audiences.list_start[self.options.listed[which] + 1] - start
        before = np.cumsum(lengths) - lengths
        return self.audiences.list_people[np.repeat(start - before, lengths) + np.arange(lengths.sum())], lengths

    def holders_of(self, people: IntArray) -> tuple[IntArray, IntArray]:
        """(start, lists): lists[start[i]:start[i + 1]] are those that hold people[i]; everybody is in one at least."""
        if self._holders is None:
            lists = np.repeat(np.arange(self.audiences.lists_count), np.diff(self.audiences.list_start))
            order = np.argsort(self.audiences.list_people, kind="stable")
            counts = np.bincount(self.audiences.list_people, minlength=len(self.audiences.people_pool))
            self._holders = np.concatenate([[0], np.cumsum(counts)]), lists[order]
        bounds, lists = self._holders
        lengths = bounds[people + 1] - bounds[people]
        start = np.concatenate([[0], np.cumsum(lengths)])
        return start, lists[np.repeat(bounds[people] - start[:-1], lengths) + np.arange(start[-1])]

    def touched_by(self, option: int) -> tuple[int, IntArray]:
        """(pool, lists): what a change of the option may change the gains of; pool -1: none."""
        if not self.is_listed[option]:
            return int(self.options.pool[option]), np.empty(0, np.int64)
        return -1, np.unique(self.holders_of(self.people_of(option))[1])

    def value(self, chosen: Iterable[int]) -> float:
        """Of a set of options."""
        state = Chosen(self)
        for option in chosen:
            state.add(option)
        return state.value


class Chosen:
    """A set of options in the making, with its value and what each change would do to it."""

    def __init__(self, coverage: Coverage) -> None:
        self._coverage = coverage
        audiences = coverage.audiences
        shape = (len(audiences.population), len(coverage.steps))
        self.members: dict[int, None] = {}
        self.loads = np.zeros(shape)
        self._held = np.zeros(shape)  # people covered by lists, by pool and layer
        self._missed = np.ones(shape)
        self._best = np.zeros(len(audiences.people_pool))  # the largest weight that reaches each listed person
        self._weights = np.zeros(audiences.lists_count)  # of the chosen lists

    @property
    def value(self) -> float:
        """Of everything chosen."""
        coverage = self._coverage
        population = coverage.audiences.population[:, None]
        covered = population - (population - self._held) * self._missed
        return float(coverage.options.own[list(self.members)].sum() + (covered @ coverage.steps).sum())

    def gains(self, which: IntArray) -> FloatArray:
        """(len(which),) what each option, not chosen yet, would add."""
        coverage = self._coverage
        gain = coverage.options.own[which].copy()
        listed = coverage.is_listed[which]
        plain = which[~listed]
        gain[~listed] += self._shift(plain, self.loads[coverage.options.pool[plain]] + coverage.loads[plain])
        with_list = np.flatnonzero(listed)
        for begin in range(0, len(with_list), CHUNK):
            part = with_list[begin : begin + CHUNK]
            gain[part] += self._gains_of_lists(which[part])
        return gain

    def losses(self, which: IntArray) -> FloatArray:
        """(len(which),) what the set would lose without each chosen option."""
        coverage = self._coverage
        loss = coverage.options.own[which].copy()
        listed = coverage.is_listed[which]
        plain = which[~listed]
        left = np.maximum(self.loads[coverage.options.pool[plain]] - coverage.loads[plain], 0.0)
        loss[~listed] -= self._shift(plain, left)
        for place in np.flatnonzero(listed):
            option = int(which[place])
            self.remove(option)
            loss[place] += self._gains_of_lists(np.array([option]))[0]
            self.add(option)
        return loss

    def add(self, option: int) -> None:
        """Choose an option."""
        self.members[option] = None
        coverage = self._coverage
        if coverage.is_listed[option]:
            number = int(coverage.options.listed[option])
            self._weights[number] = float(coverage.weight[option])
            people = coverage.people_of(option)
            self._set_best(people, np.maximum(self._best[people], coverage.weight[option]))
        else:
            self._add_load(option, 1.0)

    def remove(self, option: int) -> None:
        """Choose it no longer."""
        del self.members[option]
        coverage = self._coverage
        if coverage.is_listed[option]:
            self._weights[int(coverage.options.listed[option])] = 0.0
            people = coverage.people_of(option)
            people = people[self._best[people] <= coverage.weight[option]]
            if len(people):
                start, lists = coverage.holders_of(people)
                self._set_best(people, np.maximum.reduceat(self._weights[lists], start[:-1]))
        else:
            self._add_load(option, -1.0)

    def _add_load(self, option: int, sign: float) -> None:
        coverage = self._coverage
        pool = int(coverage.options.pool[option])
        self.loads[pool] = np.maximum(self.loads[pool] + sign * coverage.loads[option], 0.0)
        self._missed[pool] = coverage.audiences.law.missed(self.loads[pool])

    def _shift(self, which: IntArray, loads: FloatArray) -> FloatArray:
        """What value changes by when the pool of each option has these loads."""
        coverage = self._coverage
        pool = coverage.options.pool[which]
        left = coverage.audiences.population[pool][:, None] - self._held[pool]
        return np.asarray(
            (left * (self._missed[pool] - coverage.audiences.law.missed(loads))) @ coverage.steps, dtype=np.float64
        )

    def _gains_of_lists(self, which: IntArray) -> FloatArray:
        coverage = self._coverage
        people, length = coverage.people_of_all(which)
        weight = np.repeat(coverage.weight[which], length)
        of = np.repeat(np.arange(len(which)), length)
        better = weight > self._best[people]
        people, weight, of = people[better], weight[better], of[better]
        if self.loads.any():
            rise = coverage.filled(weight) - coverage.filled(self._best[people])
            worth = (rise * self._missed[coverage.audiences.people_pool[people]]) @ coverage.steps
        else:
            worth = weight - self._best[people]
        return np.bincount(of, worth, len(which)).astype(np.float64)

    def _set_best(self, people: IntArray, best: FloatArray) -> None:
        coverage = self._coverage
        changed = best != self._best[people]
        people, best = people[changed], best[changed]
        rise = coverage.filled(best) - coverage.filled(self._best[people])
        np.add.at(self._held, coverage.audiences.people_pool[people], rise)
        self._best[people] = best


def _steps(weight: FloatArray) -> FloatArray:
    """Heights of the layers: thresholds grow by a fixed factor from the least weight to the largest."""
    positive = weight[weight > 0]
    if not len(positive):
        return np.ones(1)
    low, high = float(np.quantile(positive, 0.01)), float(positive.max())
    if high <= low * (1 + 1e-9):
        return np.array([high])
    return np.diff(np.concatenate([[0.0], np.geomspace(low, high, LAYERS)]))
