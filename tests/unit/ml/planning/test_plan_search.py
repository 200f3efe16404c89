"""What the search promises: hand-worked values, no broken limit, the bound above everything, the same plan again."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from ml.errors import InputError
from ml.planning.audience import Audiences, Law
from ml.planning.bound import bound, exact
from ml.planning.coverage import Chosen, Coverage
from ml.planning.greedy import choose
from ml.planning.options import Limits, Options

LAW = Law(np.array([0.5, 1.0, 3.0]) / 0.95, np.array([0.5, 0.4, 0.1]))


def options_of(
    others: list[float], cost: list[float], listed: list[int] | None = None, audience: float = 100.0
) -> Options:
    count = len(others)
    return Options(
        np.arange(count),
        np.array(cost),
        np.zeros(count),
        np.array(others),
        np.full(count, audience),
        np.zeros(count, np.int64),
        np.full(count, -1) if listed is None else np.array(listed),
    )


def drawn(seed: int, count: int = 9, with_lists: bool = True) -> tuple[Coverage, Limits]:
    """A small case: three people with two products each, lists for some, a budget and a stock."""
    rng = np.random.default_rng(seed)
    lists = [sorted(rng.choice(30, rng.integers(1, 12), replace=False).tolist()) for _ in range(count)]
    has_list = (rng.random(count) < 0.5) & with_lists
    start = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64)
    audiences = Audiences(
        np.array([40.0, 200.0]), LAW, start, np.array([who for one in lists for who in one]), np.zeros(30, np.int64)
    )
    cost = rng.integers(1, 9, count).astype(np.float64)
    options = Options(
        np.arange(count) // 2,
        cost,
        rng.normal(2, 3, count),
        rng.gamma(2, 5, count),
        rng.integers(1, 60, count).astype(np.float64),
        np.where(has_list, 0, rng.integers(0, 2, count)),
        np.where(has_list, np.arange(count), -1),
    )
    uses = sparse.csr_array(np.vstack([cost, (rng.random(count) < 0.5).astype(float)]))
    return Coverage(options, audiences), Limits(uses, np.array([float(rng.integers(5, 20)), 2.0]), ("budget", "stock"))


def is_within(coverage: Coverage, limits: Limits, plan: list[int]) -> bool:
    share = np.zeros(coverage.options.count)
    share[plan] = 1.0
    people = coverage.options.person[plan]
    return bool((limits.uses @ share <= limits.capacity + 1e-6).all()) and len(set(people)) == len(people)


def best_of_all(coverage: Coverage, limits: Limits) -> float:
    every = range(coverage.options.count)
    sets = (list(one) for size in range(coverage.options.count + 1) for one in combinations(every, size))
    return max(coverage.value(plan) for plan in sets if is_within(coverage, limits, plan))


def test_people_in_two_lists_count_once_at_the_better_of_the_two() -> None:
    # Lists {0, 1, 2} worth 2 each and {2, 3} worth 5 each: together 2 + 2 + 5 + 5, not 6 + 10.
    coverage = Coverage(options_of([6.0, 10.0], [1.0, 1.0], [0, 1]), Audiences.of_lists([[0, 1, 2], [2, 3]]))
    assert coverage.value([0]) == pytest.approx(6)
    assert coverage.value([1]) == pytest.approx(10)
    assert coverage.value([0, 1]) == pytest.approx(14)


def test_without_lists_chance_decides_who_is_reached_twice() -> None:
    # Two audiences of half the pool, everybody alike: a quarter is in neither, so 1.5 times one audience is reached.
    options = options_of([30.0, 30.0], [1.0, 1.0], audience=50.0)
    coverage = Coverage(options, Audiences(np.array([100.0])))
    assert coverage.value([0]) == pytest.approx(30, rel=1e-5)
    assert coverage.value([0, 1]) == pytest.approx(45, rel=1e-5)


def test_taking_an_option_back_leaves_the_value_that_was_there_before() -> None:
    for seed in range(20):
        coverage, _ = drawn(seed)
        state = Chosen(coverage)
        for option in (0, 3, 5, 7):
            state.add(option)
        before, loss = state.value, state.losses(np.array([3]))[0]
        state.remove(3)
        assert state.value == pytest.approx(before - loss)
        assert state.value == pytest.approx(coverage.value([0, 5, 7]))
        assert state.gains(np.array([3]))[0] == pytest.approx(loss)


def test_the_search_sees_that_two_stars_share_their_audience() -> None:
    # The two best by themselves reach the same four people; the third reaches others.
    lists = [[0, 1, 2, 3], [0, 1, 2, 3], [4, 5, 6]]
    coverage = Coverage(options_of([8.0, 8.0, 6.0], [1.0] * 3, [0, 1, 2]), Audiences.of_lists(lists))
    plan = choose(coverage, Limits.budget_only(np.ones(3), 2.0))
    assert sorted(plan) in ([0, 2], [1, 2])


def test_one_dear_option_wins_where_gain_per_cost_would_fill_the_budget_with_little() -> None:
    # Greedy takes the cheap one (2 per unit) and then has no room for the one worth 10.
    coverage = Coverage(options_of([2.0, 10.0], [1.0, 10.0], [0, 1]), Audiences.of_lists([[0], [1]]))
    assert choose(coverage, Limits.budget_only(np.array([1.0, 10.0]), 10.0)) == [1]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_no_limit_is_broken_and_the_bound_lies_above_every_plan(seed: int) -> None:
    coverage, limits = drawn(seed, count=7)
    plan = choose(coverage, limits)
    best = best_of_all(coverage, limits)
    assert is_within(coverage, limits, plan)
    assert coverage.value(plan) <= best + 1e-6
    assert best <= bound(coverage, limits, plan=plan).value + 1e-6
    assert coverage.value(plan) >= 0.8 * best


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_whole_programme_finds_the_best_of_all_sets(seed: int) -> None:
    coverage, limits = drawn(seed, count=7, with_lists=False)
    plan, ceiling = exact(coverage, limits)
    best = best_of_all(coverage, limits)
    assert coverage.value(plan) == pytest.approx(best, rel=1e-5)
    assert ceiling >= best - 1e-6


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 10))
def test_more_budget_never_lowers_the_bound(seed: int, more: float) -> None:
    coverage, limits = drawn(seed)
    richer = Limits(limits.uses, limits.capacity + np.array([more, 0.0]), limits.names)
    assert bound(coverage, richer).value >= bound(coverage, limits).value * (1 - 2e-4) - 1e-6


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_the_same_case_gives_the_same_plan(seed: int) -> None:
    assert choose(*drawn(seed)) == choose(*drawn(seed))


def test_the_price_of_the_budget_is_what_one_more_unit_brings() -> None:
    # Options of 3 per unit of cost, five of them, budget for two: one more unit is worth 3.
    coverage = Coverage(options_of([3.0] * 5, [1.0] * 5, list(range(5))), Audiences.of_lists([[n] for n in range(5)]))
    found = bound(coverage, Limits.budget_only(np.ones(5), 2.0))
    assert found.value == pytest.approx(6)
    assert found.prices == pytest.approx([3.0])


def test_the_bound_by_gains_holds_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.planning.bound.MOST_CREDITS", -1)
    for seed in range(8):
        coverage, limits = drawn(seed, count=7)
        assert bound(coverage, limits, plan=choose(coverage, limits)).value >= best_of_all(coverage, limits) - 1e-6


def test_a_person_is_given_the_dearer_product_where_that_is_the_best_use_of_the_budget() -> None:
    # Person 0: 10 for 1 or 18 for 3; person 1: 2 for 1. Cheap ones first would bring 12, the dearer product 18.
    options = replace(options_of([10.0, 18.0, 2.0], [1.0, 3.0, 1.0], [0, 0, 1]), person=np.array([0, 0, 1]))
    coverage = Coverage(options, Audiences.of_lists([[0], [1]]))
    assert choose(coverage, Limits.budget_only(options.cost, 3.0)) == [1]


def test_fixed_options_stay_and_use_up_room() -> None:
    coverage = Coverage(options_of([1.0, 9.0, 8.0], [1.0] * 3, [0, 1, 2]), Audiences.of_lists([[0], [1], [2]]))
    assert sorted(choose(coverage, Limits.budget_only(np.ones(3), 2.0), fixed=[0])) == [0, 1]


def test_options_without_a_cost_are_refused() -> None:
    with pytest.raises(InputError, match="no usable cost"):
        options_of([1.0], [0.0])
