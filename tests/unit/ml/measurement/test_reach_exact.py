"""Unions of follower lists: counted, sketched, and averaged over fewer of them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from ml.measurement.reach.exact import CountedLists, SketchedLists, follower_lists, pairs_of_lists, rarefied

FOLLOWERS = pl.DataFrame(
    {"account_key": ["a", "a", "a", "b", "b", "c"], "follower_key": ["1", "2", "3", "3", "4", "3"]}
)


def test_a_person_in_several_lists_counts_once() -> None:
    lists = CountedLists(FOLLOWERS)
    assert lists.sizes() == {"a": 3, "b": 2, "c": 1}
    assert lists.union(["a", "b", "c"]).people == 4
    assert lists.common("a", "b") == 1
    assert lists.times(["a", "b", "c"], np.arange(3)).times.tolist() == [0, 3, 0, 1]


def test_a_follower_delivered_twice_counts_once() -> None:
    assert CountedLists(pl.concat([FOLLOWERS, FOLLOWERS])).sizes() == {"a": 3, "b": 2, "c": 1}


def test_fewer_lists_reach_what_their_average_subset_reaches() -> None:
    times = CountedLists(FOLLOWERS).times(["a", "b", "c"], np.arange(3)).times
    # One list: (3+2+1)/3 = 2. Two: ab 4, ac 3, bc 2, on average 3. All: 4.
    assert [round(people, 9) for _, people in rarefied(times, 3, [1, 2, 3])] == [2, 3, 4]


def test_sketches_come_within_their_own_range_and_two_percent() -> None:
    first = pl.DataFrame({"account_key": "a", "follower_key": [f"p{n}" for n in range(60_000)]})
    second = pl.DataFrame({"account_key": "b", "follower_key": [f"p{n}" for n in range(30_000, 90_000)]})
    lists = SketchedLists([first, second, second])
    union = lists.union(["a", "b"])
    assert union.people == pytest.approx(90_000, rel=0.02)
    assert union.low <= 90_000 <= union.high
    assert lists.common("a", "b") == pytest.approx(30_000, rel=0.05)


def test_too_many_rows_are_sketched_and_few_are_counted() -> None:
    assert follower_lists([FOLLOWERS], 6).is_exact
    assert not follower_lists([FOLLOWERS], 10_000_001).is_exact
    assert follower_lists([], 0).sizes() == {}


def test_pairs_name_positions_of_the_group_and_are_drawn_where_there_are_too_many() -> None:
    pairs = pairs_of_lists(CountedLists(FOLLOWERS), ["a", "b", "c"], np.array([4, 7, 9]), 10, seed=1)
    assert list(zip(pairs.first, pairs.second, pairs.common, strict=True)) == [(4, 7, 1), (4, 9, 1), (7, 9, 1)]
    assert pairs_of_lists(CountedLists(FOLLOWERS), ["a", "b", "c"], np.array([4, 7, 9]), 2, seed=1).count == 2
