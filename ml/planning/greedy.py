"""Choosing: lazy greedy by gain per cost, against the best single option, then swaps.

Value is submodular: what an option adds only shrinks while others are chosen, so a gain computed earlier is an upper
bound and most need not be computed again (Minoux 1978). Under a budget alone the better of the greedy set and the best
single option is worth at least (1 - 1/√e) ≈ .39 of the optimum (Khuller, Moss and Naor 1999; for submodular values
Leskovec et al. 2007 give (1 - 1/e)/2 ≈ .32); under a count of equal costs at least 1 - 1/e ≈ .63 (Nemhauser, Wolsey and
Fisher 1978). How far the plan at hand really is from the optimum, bound.py tells.

Belongs here: the search. Does not: values (coverage.py), limits (options.py).
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np

from ml.arrays import FloatArray, IntArray
from ml.planning.coverage import Chosen, Coverage
from ml.planning.options import Limits, Room

# A swap must be worth more than rounding.
LEAST_GAIN = 1e-6
# Chosen options tried for removal and outsiders looked at in their place, a pass: 20,000 candidates stay in seconds.
MOST_REMOVED, MOST_OUTSIDE, PASSES = 300, 400, 3
# Gains computed again at once: fewer pay the call's constant more often, more compute what nobody asks for.
BATCH = 32


def choose(
    coverage: Coverage,
    limits: Limits,
    *,
    fixed: Sequence[int] = (),
    starts: Sequence[Sequence[int]] = (),
    allowed: IntArray | None = None,
) -> list[int]:
    """A good set of options within the limits, in the order they were chosen.

    Args:
        fixed: chosen beforehand (exploration); they stay.
        starts: other sets to start from beside the empty one (whole options of the bound's solution).
        allowed: options that may be chosen; None: all.
    """
    candidates = np.arange(coverage.options.count) if allowed is None else allowed
    candidates = np.setdiff1d(candidates, np.array(fixed, dtype=np.int64))
    best, room = _begun(coverage, limits, fixed)
    single = _best_single(best, room, candidates)
    greedy(coverage, best, room, candidates, frozenset(fixed))
    for start in (*starts, single):
        state, left = _begun(coverage, limits, [*fixed, *start])
        if start is single and state.value <= best.value:
            continue
        greedy(coverage, state, left, candidates, frozenset(fixed))
        if state.value > best.value + LEAST_GAIN:
            best, room = state, left
    swap(coverage, best, room, candidates, frozenset(fixed))
    return list(best.members)


def greedy(
    coverage: Coverage, state: Chosen, room: Room, candidates: IntArray, fixed: frozenset[int] = frozenset()
) -> None:
    """Add the option of most gain per cost until none fits or none gains; equal ones by their number.

    Who has an option may change to a dearer one, at what that adds per what it costs more: else everybody would get the
    product of most value per cost while the budget would pay for better ones.
    """
    cost, person = coverage.options.cost, coverage.options.person
    # What an option adds is known as of this change of its pool, or of the lists; of both where they meet.
    changes = np.zeros(len(coverage.audiences.population) + 1, dtype=np.int64)
    place = np.where(coverage.is_listed.any(), 0, coverage.options.pool + 1)
    seen = np.zeros(coverage.options.count, dtype=np.int64)
    held = {int(person[option]): option for option in state.members}
    free = candidates[room.fitting(candidates)] if len(candidates) else candidates
    heap = _entries(state, cost, free)
    heap += [
        (-_rise(coverage, state, held[int(person[option])], int(option)), int(option))
        for option in candidates[room.taken[person[candidates]]].tolist()
        if held[int(person[option])] not in fixed | {option}
    ]
    heapq.heapify(heap)
    while heap:
        first = heapq.heappop(heap)
        option, own = first[1], held.get(int(person[first[1]]))
        if own is not None:
            if own not in fixed and _changed(coverage, state, room, own, first, heap):
                held[int(person[option])] = option
                changes[place[option]] += 1
        elif not room.fits(option):
            continue  # room only shrinks here
        elif seen[option] == changes[place[option]]:
            state.add(option)
            room.take(option)
            held[int(person[option])] = option
            changes[place[option]] += 1
        else:
            batch = [first, *(heapq.heappop(heap) for _ in range(min(BATCH - 1, len(heap))))]
            which = np.array([number for _, number in batch], dtype=np.int64)
            is_stale = (seen[which] != changes[place[which]]) & ~room.taken[person[which]]
            for entry, stale in zip(batch, is_stale.tolist(), strict=True):
                if not stale:
                    heapq.heappush(heap, entry)
            seen[which[is_stale]] = changes[place[which[is_stale]]]
            for entry in _entries(state, cost, which[is_stale]):
                heapq.heappush(heap, entry)


def _changed(
    coverage: Coverage, state: Chosen, room: Room, own: int, entry: tuple[float, int], heap: list[tuple[float, int]]
) -> bool:
    """Whether a person's option was changed for a dearer one; one that is not the best any more goes back."""
    option = entry[1]
    rise = _rise(coverage, state, own, option)
    if rise <= 0:
        return False
    if heap and (-rise, option) > max(heap[0], entry):
        heapq.heappush(heap, (-rise, option))
        return False
    room.give_back(own)
    if not room.fits(option):
        room.take(own)
        return False
    room.take(option)
    state.remove(own)
    state.add(option)
    return True


def _rise(coverage: Coverage, state: Chosen, own: int, option: int) -> float:
    """What a dearer option of the same person adds per what it costs more; 0: not dearer, or nothing."""
    more = float(coverage.options.cost[option] - coverage.options.cost[own])
    if more <= 0:
        return 0.0
    loss = float(state.losses(np.array([own]))[0])
    state.remove(own)
    gain = float(state.gains(np.array([option]))[0])
    state.add(own)
    return max(gain - loss, 0.0) / more if gain - loss > LEAST_GAIN else 0.0


def _entries(state: Chosen, cost: FloatArray, which: IntArray) -> list[tuple[float, int]]:
    """(-gain per cost, option) of those that gain."""
    gains = state.gains(which)
    kept = gains > LEAST_GAIN
    return list(zip((-gains[kept] / cost[which[kept]]).tolist(), which[kept].tolist(), strict=True))


def swap(coverage: Coverage, state: Chosen, room: Room, candidates: IntArray, fixed: frozenset[int]) -> None:
    """Give back one option and fill its room better, until no such change gains."""
    for _ in range(PASSES):
        members = np.array([option for option in state.members if option not in fixed], dtype=np.int64)
        if not len(members):
            return
        losses = state.losses(members)
        order = np.lexsort((members, losses / coverage.options.cost[members]))[:MOST_REMOVED]
        outside = _Outside(coverage, state, _promising(coverage, state, candidates))
        has_changed = False
        for place in order:
            has_changed |= _replaced(coverage, state, room, int(members[place]), outside)
        if not has_changed:
            return


class _Outside:
    """Options not chosen, and what each would add: computed again only where a change touches it."""

    def __init__(self, coverage: Coverage, state: Chosen, which: IntArray) -> None:
        self.which = which
        self._coverage, self._state = coverage, state
        self.gains = state.gains(which)

    def refresh(self, option: int) -> None:
        """After the option was added or removed."""
        pool, lists = self._coverage.touched_by(option)
        options = self._coverage.options
        touched = options.pool[self.which] == pool
        if self._coverage.is_listed.any():
            touched |= np.isin(options.listed[self.which], lists) | ((pool >= 0) & (options.listed[self.which] >= 0))
            touched |= (pool < 0) & (options.listed[self.which] < 0)
        self.gains[touched] = self._state.gains(self.which[touched])


def _replaced(coverage: Coverage, state: Chosen, room: Room, option: int, outside: _Outside) -> bool:
    """Whether the room of one option was filled better by others; else all is as before."""
    loss = float(state.losses(np.array([option]))[0])
    before = outside.gains.copy()
    state.remove(option)
    room.give_back(option)
    outside.refresh(option)
    added: list[int] = []
    gained = 0.0
    cost = coverage.options.cost[outside.which]
    while True:
        open_ = np.flatnonzero(room.fitting(outside.which) & (outside.gains > LEAST_GAIN))
        # Nobody adds more per cost later than now: what is still missing must fit into the room left.
        if not len(open_) or gained + room.budget_left * float((outside.gains[open_] / cost[open_]).max()) <= loss:
            break
        worth = outside.gains[open_] if not added else outside.gains[open_] / cost[open_]
        choice = int(open_[int(np.argmax(worth))])
        gained += float(outside.gains[choice])
        added.append(int(outside.which[choice]))
        state.add(added[-1])
        room.take(added[-1])
        outside.refresh(added[-1])
        if gained > loss + LEAST_GAIN:
            outside.which = np.setdiff1d(np.append(outside.which, option), added)
            outside.gains = state.gains(outside.which)
            return True
    for choice in reversed(added):
        state.remove(choice)
        room.give_back(choice)
    state.add(option)
    room.take(option)
    outside.gains = before
    return False


def _promising(coverage: Coverage, state: Chosen, candidates: IntArray) -> IntArray:
    """Outsiders of most gain per cost, in the order of their numbers."""
    outside = np.array([option for option in candidates.tolist() if option not in state.members], dtype=np.int64)
    if len(outside) <= MOST_OUTSIDE:
        return outside
    ratio = state.gains(outside) / coverage.options.cost[outside]
    return np.sort(outside[np.lexsort((outside, -ratio))[:MOST_OUTSIDE]])


def _begun(coverage: Coverage, limits: Limits, start: Sequence[int]) -> tuple[Chosen, Room]:
    state, room = Chosen(coverage), Room(coverage.options, limits)
    for option in start:
        if room.fits(option):
            state.add(option)
            room.take(option)
    return state, room


def _best_single(state: Chosen, room: Room, candidates: IntArray) -> tuple[int, ...]:
    """The option that adds most by itself."""
    open_ = candidates[room.fitting(candidates)] if len(candidates) else candidates
    return (int(open_[int(np.argmax(state.gains(open_)))]),) if len(open_) else ()
