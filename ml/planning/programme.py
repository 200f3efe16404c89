"""The linear programme behind the bound: limits, one option a person, pools' worth by tangents, lists' people once.

Belongs here: columns and rows. Does not: solving them (bound.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from ml.arrays import FloatArray, IntArray
from ml.planning.coverage import Coverage
from ml.planning.options import Limits

# Loads at which every pool and layer has a tangent from the start.
FIRST_TANGENTS = (0.0, 0.05, 0.15, 0.3, 0.6, 1.0, 1.8)


class Programme:
    """Columns: options; load and worth of every pool and layer in use; credits of people in several lists."""

    def __init__(
        self, coverage: Coverage, limits: Limits, fixed: Sequence[int], *, are_lists_apart: bool = False
    ) -> None:
        """are_lists_apart: lists are taken to share nobody: small, and looser."""
        options, self.coverage = coverage.options, coverage
        count, layers = options.count, len(coverage.steps)
        self.cells = np.unique(options.pool[~coverage.is_listed])[:, None] * layers + np.arange(layers)[None, :]
        self.cells = self.cells.ravel()
        place = np.full(len(coverage.audiences.population) * layers, -1)
        place[self.cells] = np.arange(len(self.cells))
        self._count, self._place = count, place
        self._population = coverage.audiences.population[self.cells // layers]
        alone, groups = (_apart if are_lists_apart else _groups_of_people)(coverage)
        total = count + 2 * len(self.cells) + len(groups.option)
        self._total = total
        self.objective = np.zeros(total)
        self.objective[:count] = options.own + alone * coverage.weight
        self.objective[count + len(self.cells) : count + 2 * len(self.cells)] = coverage.steps[self.cells % layers]
        self.low, self.high = np.zeros(total), np.full(total, np.inf)
        self.high[:count] = 1.0
        self.low[list(fixed)] = 1.0
        worth = slice(count + len(self.cells), count + 2 * len(self.cells))
        self.high[worth] = self._population
        self.objective[worth.stop :] = coverage.weight[groups.option]
        self.integrality = (np.arange(total) < count).astype(np.int64)
        self._blocks = [
            self._wide(limits.uses),
            self._wide(one_per_person(options.person)),
            self._load_rows(),
        ]
        self._rights = [limits.capacity, np.ones(self._blocks[1].shape[0]), np.zeros(len(self.cells))]
        self._people_rows(groups)
        for load in FIRST_TANGENTS:
            self.add_tangents(np.full((len(coverage.audiences.population), layers), load))

    def matrix(self) -> sparse.csr_array:
        """All rows."""
        return sparse.csr_array(sparse.vstack(self._blocks))

    def right(self) -> FloatArray:
        """What each row is at most."""
        return np.concatenate(self._rights)

    def loads_of(self, solution: FloatArray) -> FloatArray:
        """(pools, layers) loads of a solution's options."""
        shape = (len(self.coverage.audiences.population), len(self.coverage.steps))
        loads = np.zeros(shape)
        taken = np.flatnonzero(solution[: self._count] > 1e-9)
        np.add.at(loads, self.coverage.options.pool[taken], self.coverage.loads[taken] * solution[taken, None])
        return loads

    def add_tangents(self, loads: FloatArray) -> bool:
        """worth - slope·load ≤ N·(1 - missed) - slope·load0, at these loads; False: nothing new."""
        at, law = loads.ravel()[self.cells], self.coverage.audiences.law
        slope = law.slope(at)
        right = self._population * (1 - law.missed(at) - slope * at)
        rows, load = np.arange(len(self.cells)), self._count + np.arange(len(self.cells))
        block = sparse.coo_array(
            (
                np.concatenate([np.ones(len(rows)), -slope]),
                (np.concatenate([rows, rows]), np.concatenate([load + len(self.cells), load])),
            ),
            shape=(len(rows), self._total),
        )
        self._blocks.append(sparse.csr_array(block))
        self._rights.append(right)
        return bool((at > 0).any())

    def _wide(self, rows: sparse.csr_array) -> sparse.csr_array:
        empty = sparse.csr_array((rows.shape[0], self._total - self._count))
        return sparse.csr_array(sparse.hstack([rows, empty]))

    def _load_rows(self) -> sparse.csr_array:
        """Contacts of a cell ≤ sum of its options' (loads in people: of the size of what they are worth)."""
        options, layers = self.coverage.options, len(self.coverage.steps)
        option, layer = np.nonzero(self.coverage.loads)
        row = self._place[options.pool[option] * layers + layer]
        cells = np.arange(len(self.cells))
        return sparse.csr_array(
            sparse.coo_array(
                (
                    np.concatenate([-self.coverage.loads[option, layer] * self._population[row], np.ones(len(cells))]),
                    (np.concatenate([row, cells]), np.concatenate([option, self._count + cells])),
                ),
                shape=(len(cells), self._total),
            )
        )

    def _people_rows(self, groups: _Groups) -> None:
        """A group of people is credited to one of the lists that hold it: at most once, and only as it is chosen."""
        first = self._count + 2 * len(self.cells)
        number = first + np.arange(len(groups.option))
        entries = np.arange(len(groups.option))
        own = sparse.coo_array(
            (
                np.concatenate([np.ones(len(entries)), -groups.size[groups.of]]),
                (np.concatenate([entries, entries]), np.concatenate([number, groups.option])),
            ),
            shape=(len(entries), self._total),
        )
        once = sparse.coo_array((np.ones(len(entries)), (groups.of, number)), shape=(len(groups.size), self._total))
        self._blocks += [sparse.csr_array(own), sparse.csr_array(once)]
        self._rights += [np.zeros(len(entries)), groups.size]


def one_per_person(person: IntArray) -> sparse.csr_array:
    """A row for everybody with several options."""
    counts = np.bincount(person)
    several = np.flatnonzero(counts > 1)
    row = np.full(len(counts), -1)
    row[several] = np.arange(len(several))
    inside = np.flatnonzero(row[person] >= 0)
    shape = (len(several), len(person))
    return sparse.csr_array(sparse.coo_array((np.ones(len(inside)), (row[person[inside]], inside)), shape=shape))


@dataclass(frozen=True)
class _Groups:
    """People in several lists, by the set of their lists: size of each group, and an entry per group and option."""

    size: FloatArray
    of: IntArray
    option: IntArray


def _apart(coverage: Coverage) -> tuple[FloatArray, _Groups]:
    """Everybody in a list as if in no other."""
    alone = np.zeros(coverage.options.count)
    listed = np.flatnonzero(coverage.is_listed)
    alone[listed] = coverage.people_of_all(listed)[1]
    return alone, _Groups(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))


def _groups_of_people(coverage: Coverage) -> tuple[FloatArray, _Groups]:
    """((n,) people in no other option's list, the others in groups)."""
    options = coverage.options
    alone = np.zeros(options.count)
    by_list: dict[int, list[int]] = {}
    for option in np.flatnonzero(coverage.is_listed).tolist():
        by_list.setdefault(int(options.listed[option]), []).append(option)
    if not by_list:
        return alone, _Groups(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))
    people = np.unique(np.concatenate([coverage.audiences.people_of(number) for number in sorted(by_list)]))
    start, lists = coverage.holders_of(people)
    sizes: dict[tuple[int, ...], int] = {}
    for place in range(len(people)):
        key = tuple(number for number in lists[start[place] : start[place + 1]].tolist() if number in by_list)
        sizes[key] = sizes.get(key, 0) + 1
    size: list[float] = []
    of: list[int] = []
    option_of: list[int] = []
    for key, count in sorted(sizes.items()):
        if len(key) == 1:
            alone[by_list[key[0]]] = count
            continue
        holding = [option for number in key for option in by_list[number]]
        of += [len(size)] * len(holding)
        option_of += holding
        size.append(float(count))
    return alone, _Groups(np.array(size), np.array(of, dtype=np.int64), np.array(option_of, dtype=np.int64))
