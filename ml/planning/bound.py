"""What no plan can be worth more than, what one more unit of a limit is worth, and small cases exactly.

Each pool and layer is worth a concave function of what is chosen; tangents bound it from above, so the linear
programme over shares of options (HiGHS, through scipy.optimize) bounds every plan from above, at every round of
tangents. Its dual values are the shadow prices. With whole options (scipy.optimize.milp) and tangents added until they
meet the value, the optimum itself comes out.

Where listed and unlisted audiences share a pool, the bound does not let them overlap: it holds, but is looser.
Belongs here: calls of HiGHS. Does not: the programme's rows (programme.py), choosing (greedy.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp

from ml.arrays import FloatArray
from ml.errors import MLError
from ml.planning.coverage import Chosen, Coverage
from ml.planning.options import Limits
from ml.planning.programme import Programme, one_per_person

ROUNDS = 4
# Tangents that change the bound by less are not worth another round.
CLOSE = 3e-4
EXACT_ROUNDS = 40
# A plan this near the bound needs no second bound.
GOOD = 0.9
# Entries of lists in the programme: 35,000 take HiGHS some ten seconds, ten times as many minutes.
MOST_CREDITS = 100_000


@dataclass(frozen=True)
class Bound:
    """The bound and what it says of the limits.

    Attributes:
        value: no plan within the limits is worth more.
        prices: (limits,) what one more unit of each limit adds to the bound.
        shares: (n,) how much of each option the linear programme takes.
    """

    value: float
    prices: FloatArray
    shares: FloatArray

    @property
    def whole(self) -> list[int]:
        """Options it takes wholly."""
        return np.flatnonzero(self.shares > 1 - 1e-6).tolist()


def bound(coverage: Coverage, limits: Limits, *, fixed: Sequence[int] = (), plan: Sequence[int] = ()) -> Bound:
    """The linear bound with its shadow prices.

    Args:
        fixed: options that every plan holds.
        plan: a good plan: tangents there make the first round good.

    Raises:
        MLError: HiGHS gave no answer.
    """
    has_many_lists = _credits(coverage) > MOST_CREDITS
    programme = Programme(coverage, limits, fixed, are_lists_apart=has_many_lists)
    if len(plan):
        state = _chosen(coverage, plan)
        programme.add_tangents(state.loads)
    last = np.inf
    for _ in range(ROUNDS):
        found = linprog(
            -programme.objective,
            A_ub=programme.matrix(),
            b_ub=programme.right(),
            bounds=np.column_stack([programme.low, programme.high]),
            method="highs",
        )
        if found.status != 0:
            raise MLError(f"no bound for this plan: {found.message}")
        value = -float(found.fun)
        if value > last * (1 - CLOSE) or not programme.add_tangents(programme.loads_of(found.x)):
            break
        last = value
    by_programme = _told(value, found, coverage, limits)
    if not has_many_lists or _chosen(coverage, plan).value > GOOD * value:
        return by_programme
    return min(by_programme, _bound_by_gains(coverage, limits, fixed, plan), key=lambda one: one.value)


def _bound_by_gains(coverage: Coverage, limits: Limits, fixed: Sequence[int], plan: Sequence[int]) -> Bound:
    """The plan's value and the most its outsiders could add if none took from another (Leskovec et al. 2007).

    Looser; beside a programme whose lists share nobody, where who is in which would make it too large.
    """
    state = _chosen(coverage, plan)
    every = np.arange(coverage.options.count)
    outside = np.setdiff1d(every, np.array(list(plan), dtype=np.int64))
    gains = np.zeros(coverage.options.count)
    gains[outside] = np.maximum(state.gains(outside), 0.0)
    person = one_per_person(coverage.options.person)
    high = np.ones(coverage.options.count)
    found = linprog(
        -gains,
        A_ub=sparse.csr_array(sparse.vstack([limits.uses, person])),
        b_ub=np.concatenate([limits.capacity, np.ones(person.shape[0])]),
        bounds=np.column_stack([np.isin(every, list(fixed)).astype(np.float64), high]),
        method="highs",
    )
    if found.status != 0:
        raise MLError(f"no bound for this plan: {found.message}")
    # What contact takes away in the plan need not be in the best one.
    harm = -float(np.minimum(coverage.options.own[list(plan)], 0.0).sum())
    return _told(state.value + harm - float(found.fun), found, coverage, limits)


def _chosen(coverage: Coverage, plan: Sequence[int]) -> Chosen:
    state = Chosen(coverage)
    for option in plan:
        state.add(option)
    return state


def _credits(coverage: Coverage) -> int:
    """People in the lists of options, at most: the size of the programme."""
    return int(coverage.people_of_all(np.flatnonzero(coverage.is_listed))[1].sum()) if coverage.is_listed.any() else 0


def _told(value: float, found: OptimizeResult, coverage: Coverage, limits: Limits) -> Bound:
    prices = -np.asarray(found.ineqlin.marginals[: len(limits.capacity)], dtype=np.float64)
    return Bound(value, np.maximum(prices, 0.0), np.asarray(found.x[: coverage.options.count], dtype=np.float64))


def exact(
    coverage: Coverage, limits: Limits, *, fixed: Sequence[int] = (), seconds: float = 60.0
) -> tuple[list[int], float]:
    """(best plan, bound on the optimum) of a small case: the two meet unless time ran out.

    Raises:
        MLError: HiGHS gave no answer.
    """
    programme = Programme(coverage, limits, fixed)
    plan: list[int] = []
    best, ceiling = -np.inf, np.inf
    for _ in range(EXACT_ROUNDS):
        found = milp(
            -programme.objective,
            constraints=LinearConstraint(programme.matrix(), ub=programme.right()),
            bounds=Bounds(programme.low, programme.high),
            integrality=programme.integrality,
            options={"time_limit": seconds, "mip_rel_gap": 1e-6},
        )
        if found.x is None:
            raise MLError(f"no exact plan: {found.message}")
        ceiling = min(ceiling, -float(found.mip_dual_bound))
        chosen = np.flatnonzero(found.x[: coverage.options.count] > 0.5).tolist()
        value = coverage.value(chosen)
        if value > best:
            plan, best = chosen, value
        if best >= ceiling * (1 - 2e-6) or not programme.add_tangents(programme.loads_of(found.x)):
            break
    return plan, max(ceiling, best)
