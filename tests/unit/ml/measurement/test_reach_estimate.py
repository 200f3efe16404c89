"""Unique reach without all lists: bounds that always hold, known answers, what pairs and lists change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.errors import NothingToLearnError
from ml.measurement.reach.estimate import curve, estimate
from ml.measurement.reach.evidence import Evidence, Lists, Pairs
from ml.measurement.reach.mixing import Mixing, departed, with_hubs
from ml.measurement.reach.peers import agostini, chao2, sainsbury


def _places(*places: int) -> np.ndarray:
    return np.array(places, dtype=np.int64)


def _drawn(seed: int, people: int, sizes: list[int], listed: int) -> tuple[int, Evidence]:
    """Audiences drawn by chance from the people: the truth, and evidence with all pairs and some lists."""
    rng = np.random.default_rng(seed)
    lists = [rng.choice(people, size, replace=False) for size in sizes]
    first, second = np.triu_indices(len(sizes), 1)
    common = [len(np.intersect1d(lists[a], lists[b])) for a, b in zip(first, second, strict=True)]
    pairs = Pairs(first.astype(np.int64), second.astype(np.int64), np.array(common, dtype=np.float64))
    known = Lists.counted(np.arange(listed, dtype=np.int64), lists[:listed])
    return len(np.unique(np.concatenate(lists))), Evidence(np.array(sizes, dtype=np.float64), people, pairs, known)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    people=st.integers(50, 400),
    sizes=st.lists(st.integers(1, 50), min_size=2, max_size=12),
    listed=st.integers(0, 2),
)
def test_truth_and_estimate_lie_within_the_hard_bounds(seed: int, people: int, sizes: list[int], listed: int) -> None:
    truth, evidence = _drawn(seed, people, sizes, listed)
    found = estimate(evidence)
    assert found.lowest <= truth <= found.highest
    assert found.lowest <= found.low <= found.people <= found.high <= found.highest


def test_bounds_are_the_largest_audience_and_the_sum_or_the_population() -> None:
    sizes = np.array([30.0, 50.0, 40.0])
    assert (Evidence(sizes, 1000).lowest, Evidence(sizes, 1000).highest) == (50, 120)
    assert Evidence(sizes, 80).highest == 80
    # Two lists that share 10 people: 60 seen, 40 may come on top.
    listed = Evidence(sizes, 1000, lists=Lists(_places(0, 2), np.array([0.0, 50.0, 10.0])))
    assert (listed.lowest, listed.highest) == (60, 110)


def test_audiences_drawn_by_chance_are_estimated_within_three_percent() -> None:
    truth, evidence = _drawn(5, 1000, [100] * 20, 0)
    assert estimate(evidence).people == pytest.approx(truth, rel=0.03)  # 1000(1 - .9^20) = 878
    assert sainsbury(evidence) == pytest.approx(878.4, abs=0.1)


def test_pairs_that_share_much_lower_the_estimate() -> None:
    sizes = np.full(10, 100.0)
    apart, together = (
        Evidence(sizes, 10_000, Pairs(*(side.astype(np.int64) for side in np.triu_indices(10, 1)), np.full(45, shared)))
        for shared in (1.0, 40.0)
    )
    assert estimate(together).people < 0.8 * estimate(apart).people


def test_lists_of_everybody_are_the_truth() -> None:
    truth, evidence = _drawn(3, 300, [40, 50, 60], 3)
    found = estimate(evidence)
    assert found.people == found.low == found.high == truth


def test_a_curve_ends_at_the_estimate_grows_and_starts_at_one_audience() -> None:
    _, evidence = _drawn(2, 2000, [60, 80, 100, 120] * 10, 10)
    found = estimate(evidence)
    points = curve(found, evidence, [1, 5, 20, 40, 100])
    people = [point[1] for point in points]
    assert people == sorted(people)
    assert people[0] == pytest.approx(90, rel=0.01)
    assert people[3] == pytest.approx(found.people)
    assert all(low <= middle <= high for _, middle, low, high in points)


def test_a_population_smaller_than_an_audience_and_an_empty_audience_are_refused_in_words() -> None:
    with pytest.raises(NothingToLearnError, match="smaller than the largest audience"):
        Evidence(np.array([10.0]), 5)
    with pytest.raises(NothingToLearnError, match="nobody"):
        Evidence(np.array([10.0, 0.0]), 50)


def test_a_departure_changes_the_second_moment_by_its_factor_and_keeps_the_mean() -> None:
    mixing = Mixing(np.array([0.5, 1.5]), np.array([0.5, 0.5]))  # second moment 1.25
    wide, narrow = departed(mixing, np.log(2)), departed(mixing, np.log(0.9))
    assert wide.second_moment == pytest.approx(2.5, rel=0.06)  # its quantiles of the spread cut its tail a little
    assert narrow.second_moment == pytest.approx(1.125)
    share, hubs = with_hubs(mixing, np.log(2), 50.0)
    assert hubs.second_moment == pytest.approx(2.5)
    assert share < 0.001
    assert all(one.levels @ one.shares == pytest.approx(1) for one in (wide, narrow, hubs))


def test_peers_give_their_formulas_values() -> None:
    # Three audiences of 100, every pair shares 10: A = 300, D = 30; lists of two: 180 once, 10 twice.
    pairs = Pairs(_places(0, 0, 1), _places(1, 2, 2), np.full(3, 10.0))
    evidence = Evidence(np.full(3, 100.0), 1000, pairs, Lists(_places(0, 1), np.array([0.0, 180.0, 10.0])))
    assert sainsbury(evidence) == pytest.approx(1000 * (1 - 0.9**3))
    assert agostini(evidence) == pytest.approx(300 / (1.125 * 0.1 + 1))
    assert chao2(evidence) == pytest.approx(190 + 0.5 * 180**2 / 20)
