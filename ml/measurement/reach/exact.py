"""Different people in follower lists: counted, or sketched where the ids are too many to hold.

Belongs here: unions of complete lists. Does not: audiences without a list (estimate.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import datasketches
import numpy as np
import polars as pl

from ml.arrays import FloatArray, IntArray
from ml.measurement.reach.evidence import Lists, Pairs

# Ids held at once cost about 50 bytes each and their sort the same again: 10 M are 1 GB, and a sketch of any number
# 128 KB.
SKETCH_ABOVE = 10_000_000
# 2^14 hashes kept: a standard error of .8 %.
SKETCH_LOG_SIZE = 14
# The 90 % interval is 1.64 standard errors; the sketch offers whole ones.
STANDARD_ERRORS = 2


@dataclass(frozen=True)
class Union:
    """Different people in some lists; low and high differ from people only where they were sketched."""

    people: float
    low: float
    high: float


class CountedLists:
    """Lists held as they are."""

    is_exact = True

    def __init__(self, followers: pl.DataFrame) -> None:
        """From one row per account and follower: account_key, follower_key."""
        coded = followers.unique().with_columns(person=pl.col("follower_key").rank("dense").cast(pl.Int64))
        parts = coded.sort("account_key", "person").partition_by("account_key", as_dict=True, include_key=False)
        self._people: dict[str, IntArray] = {
            str(key[0]): part["person"].to_numpy().astype(np.int64) for key, part in parts.items()
        }

    def sizes(self) -> dict[str, float]:
        """Followers by account."""
        return {account: float(len(people)) for account, people in self._people.items()}

    def union(self, accounts: Sequence[str]) -> Union:
        """Of the accounts' lists."""
        lists = [self._people[account] for account in accounts]
        people = float(len(np.unique(np.concatenate(lists)))) if lists else 0.0
        return Union(people, people, people)

    def times(self, accounts: Sequence[str], positions: IntArray) -> Lists:
        """How many people are in one, two … of the lists, for the estimate."""
        return Lists.counted(positions, [self._people[account] for account in accounts])

    def common(self, first: str, second: str) -> float:
        """People in both lists."""
        return float(len(np.intersect1d(self._people[first], self._people[second], assume_unique=True)))


class SketchedLists:
    """One theta sketch an account, made while the ids stream by."""

    is_exact = False

    def __init__(self, batches: Iterable[pl.DataFrame]) -> None:
        """From batches of account_key, follower_key in any order; a follower may come twice."""
        self._sketches: dict[str, datasketches.update_theta_sketch] = {}
        for batch in batches:
            for (account,), part in batch.partition_by("account_key", as_dict=True, include_key=False).items():
                sketch = self._sketches.setdefault(str(account), datasketches.update_theta_sketch(SKETCH_LOG_SIZE))
                for follower in part["follower_key"].to_list():
                    sketch.update(follower)

    def sizes(self) -> dict[str, float]:
        """Followers by account."""
        return {account: float(sketch.get_estimate()) for account, sketch in self._sketches.items()}

    def union(self, accounts: Sequence[str]) -> Union:
        """Of the accounts' lists."""
        union = datasketches.theta_union(SKETCH_LOG_SIZE)
        for account in accounts:
            union.update(self._sketches[account])
        found = union.get_result()
        ends = found.get_lower_bound(STANDARD_ERRORS), found.get_upper_bound(STANDARD_ERRORS)
        return Union(float(found.get_estimate()), float(ends[0]), float(ends[1]))

    def times(self, accounts: Sequence[str], positions: IntArray) -> Lists:
        """Not known from sketches beyond their union: the lists count as pairs only."""
        return Lists.none()

    def common(self, first: str, second: str) -> float:
        """People in both lists."""
        both = datasketches.theta_intersection()
        both.update(self._sketches[first])
        both.update(self._sketches[second])
        return float(both.get_result().get_estimate())


FollowerLists = CountedLists | SketchedLists


def follower_lists(followers: Iterable[pl.DataFrame], rows: int) -> FollowerLists:
    """Lists from batches of account_key, follower_key: counted up to SKETCH_ABOVE rows, sketched above."""
    if rows > SKETCH_ABOVE:
        return SketchedLists(followers)
    batches = list(followers)
    empty = pl.DataFrame(schema={"account_key": pl.String, "follower_key": pl.String})
    return CountedLists(pl.concat([empty, *batches]))


def pairs_of_lists(lists: FollowerLists, accounts: Sequence[str], positions: IntArray, most: int, seed: int) -> Pairs:
    """All pairs of the lists, or `most` of them drawn by chance."""
    every = list(combinations(range(len(accounts)), 2))
    if len(every) > most:
        chosen = np.random.default_rng(seed).choice(len(every), most, replace=False)
        every = [every[number] for number in sorted(chosen.tolist())]
    if not every:
        return Pairs.none()
    common = [lists.common(accounts[one], accounts[other]) for one, other in every]
    places = np.array(every, dtype=np.int64)
    return Pairs(positions[places[:, 0]], positions[places[:, 1]], np.array(common, dtype=np.float64))


def rarefied(times: FloatArray, count: int, numbers: Sequence[int]) -> Iterator[tuple[int, float]]:
    """(n, people reached on average by n of `count` lists drawn by chance), exactly.

    Args:
        times: times[j] people are in exactly j of the lists.
        numbers: each at most `count`.
    """
    often = np.arange(len(times))
    missed = np.ones(len(times))
    done = 0
    for number in sorted(numbers):
        for drawn in range(done, number):  # one more list: a person in j of them is missed with (count-j-drawn)/(…)
            missed = missed * np.maximum(count - often - drawn, 0) / (count - drawn)
        done = number
        yield number, float((times[1:] * (1 - missed[1:])).sum())
