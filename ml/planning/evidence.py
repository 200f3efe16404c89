"""From follower lists, audience sizes and populations to pools of people and the law by which audiences overlap.

Lists show whether audiences are local: whether two people of one area share more followers than two of different
areas. Then every home area is a pool, else the whole market is one. How much more than by chance audiences of a pool
overlap is told by the reach estimator (ml/measurement/reach) from pairs of lists, without lists by the law of sizes.

Belongs here: what is known of audiences. Does not: their use (coverage.py), reading marts (orchestration).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from ml.arrays import FloatArray, IntArray
from ml.measurement.reach.evidence import Evidence, Pairs
from ml.measurement.reach.mixing import Mixing, averaged, candidates
from ml.planning.audience import Audiences, Law

# The law is told by so many levels: twice as many move a plan's value by less than one part in a thousand.
LEVELS = 12
# Audiences are local if neighbours share this many times what others do, counted on at least so many shared people: in
# development worlds whose lists shared eighty, pools by area lost one to two percent of true value against one pool.
LOCAL_FROM, FEWEST_SHARED = 3.0, 500.0
# Sizes that the law of sizes is read from: quantiles of all.
MOST_SIZES = 500
# Where nothing is known of how many people there are: so many times all audiences that hardly anybody is in two.
ENDLESS = 1_000.0


@dataclass(frozen=True)
class Known:
    """Audiences of the candidates, and what was found of them.

    Attributes:
        audiences: pools, law and lists.
        size: (candidates,) people who listen: the list, else as many as what comes through others tells.
        pool, listed: (candidates,) for Options.
        notes: sentences for whoever reads the plan.
        is_local: whether every area is a pool.
    """

    audiences: Audiences
    size: FloatArray
    pool: IntArray
    listed: IntArray
    notes: tuple[str, ...]
    is_local: bool


def known_audiences(
    people: pl.DataFrame, followers: pl.DataFrame, area_people: Mapping[str, float], market: float | None
) -> Known:
    """What is known of the candidates' audiences.

    Args:
        people: consumer_key, area_id, followers_count, expected_through_others_minor; a row a candidate, sorted by
            consumer_key.
        followers: consumer_key, follower_key: complete lists, one a person; also of people who are no candidates.
        area_people: inhabitants by area.
        market: people who could be reached at all; None: the sum of the areas, else not known.
    """
    if market is None:
        market = float(sum(area_people.values())) or None
    lists = _Lists.of(followers, people)
    size, unknown = _sizes(people, lists)
    is_local = bool(area_people) and lists.are_local()
    notes = [
        f"the followers of {unknown} of {people.height} people are not known" if unknown else "",
        f"{lists.candidates_count} candidates have a follower list" if lists.candidates_count else "",
    ]
    if is_local:
        names = sorted(area_people)
        population = np.array([max(area_people[name], 1.0) for name in names] + [max(market or 1.0, 1.0)])
        number = {name: place for place, name in enumerate(names)}
        pool = np.array([number.get(area or "", len(names)) for area in people["area_id"]], dtype=np.int64)
        notes.append("neighbours share followers, others hardly do: audiences are taken to live in the home area")
    else:
        population, pool = np.array([market or ENDLESS * float(size.sum())]), np.zeros(people.height, np.int64)
        if market is None:
            notes.append(
                "how many people could be reached is not known ([reach] population, or stores with area_population): "
                "only follower lists tell of overlap"
            )
        elif not lists.count:
            notes.append("no follower list is known: ties are taken to be mutual, and audiences to live anywhere")
    law = Law() if market is None else _law(size, lists, population, pool, is_local)
    people_pool = lists.pool_of_people(pool, len(population))
    audiences = Audiences(population, law, lists.start, lists.people, people_pool)
    return Known(audiences, size, pool, lists.of_candidate, tuple(filter(None, notes)), is_local)


@dataclass(frozen=True)
class _Lists:
    """Lists in the order of their owners' keys.

    start, people: as in Audiences. area: (lists,) code of the owner's area, -1: unknown. of_candidate: (candidates,)
    number of the own list, -1: none.
    """

    start: IntArray
    people: IntArray
    area: IntArray
    of_candidate: IntArray

    @classmethod
    def of(cls, followers: pl.DataFrame, people: pl.DataFrame) -> _Lists:
        own = followers.join(people.select("consumer_key"), on="consumer_key", how="semi")
        coded = own.unique(["consumer_key", "follower_key"]).with_columns(
            list=pl.col("consumer_key").rank("dense").cast(pl.Int64) - 1,
            person=pl.col("follower_key").rank("dense").cast(pl.Int64) - 1,
        )
        rows = coded.sort("list", "person")
        owners = rows.select("consumer_key", "list").unique().sort("list")
        placed = people.select("consumer_key", "area_id").join(
            owners, on="consumer_key", how="left", maintain_order="left"
        )
        listed = placed["list"].fill_null(-1).to_numpy().astype(np.int64)
        area_code = placed["area_id"].rank("dense").cast(pl.Int64).fill_null(0).to_numpy() - 1
        area = np.full(owners.height, -1, dtype=np.int64)
        area[listed[listed >= 0]] = area_code[listed >= 0]
        counts = np.bincount(rows["list"].to_numpy(), minlength=owners.height)
        start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return cls(start, rows["person"].to_numpy().astype(np.int64), area, listed)

    @property
    def count(self) -> int:
        return len(self.start) - 1

    @property
    def candidates_count(self) -> int:
        return int((self.of_candidate >= 0).sum())

    @property
    def length(self) -> FloatArray:
        return np.diff(self.start).astype(np.float64)

    def pairs(self) -> tuple[IntArray, IntArray, FloatArray]:
        """(first, second, common) of every pair of lists of which the area is known."""
        rows = np.repeat(np.arange(self.count), np.diff(self.start))
        width = int(self.people.max(initial=0)) + 1
        held = sparse.csr_array((np.ones(len(rows)), (rows, self.people)), shape=(self.count, width))
        common = np.asarray((held @ held.T).todense())
        first, second = np.triu_indices(self.count, 1)
        placed = (self.area[first] >= 0) & (self.area[second] >= 0)
        first, second = first[placed], second[placed]
        return first, second, common[first, second]

    def are_local(self) -> bool:
        """Whether lists of one area share far more people than lists of different areas."""
        if self.count < 2:
            return False
        first, second, common = self.pairs()
        chance = self.length[first] * self.length[second]
        near = self.area[first] == self.area[second]
        shared = float(common[near].sum())
        if shared < FEWEST_SHARED or near.all():
            return False
        elsewhere = float(common[~near].sum()) / float(chance[~near].sum())
        return shared / float(chance[near].sum()) >= LOCAL_FROM * elsewhere

    def pool_of_people(self, pool: IntArray, pools: int) -> IntArray:
        """(people,) pool of everybody in a list: that of most of the lists that hold them."""
        count = int(self.people.max(initial=-1)) + 1
        votes = np.zeros((count, pools)) if count * pools < 50_000_000 else None
        pool_of_list = np.zeros(self.count, np.int64)
        owners = self.of_candidate >= 0
        pool_of_list[self.of_candidate[owners]] = pool[owners]
        of_entry = np.repeat(pool_of_list, np.diff(self.start))
        if votes is None:
            last = np.zeros(count, np.int64)
            last[self.people] = of_entry
            return last
        np.add.at(votes, (self.people, of_entry), 1.0)
        return np.asarray(votes.argmax(axis=1), dtype=np.int64)


def _sizes(people: pl.DataFrame, lists: _Lists) -> tuple[FloatArray, int]:
    """((candidates,) people who listen, how many candidates' followers are not known).

    Without a list a person's share of the usual audience is their share of the usual value through others: who has
    ten times the followers is not heard by ten times as many, and many whose followers nobody knows are heard.
    """
    told = people["followers_count"].cast(pl.Float64).fill_null(np.nan).to_numpy().copy()
    own = lists.of_candidate >= 0
    told[own] = lists.length[lists.of_candidate[own]]
    known = np.isfinite(told) & (told > 0)
    usual = float(np.median(told[known])) if known.any() else 1.0
    others = people["expected_through_others_minor"].cast(pl.Float64).fill_null(0.0).clip(0).to_numpy()
    mean = float(others[others > 0].mean()) if (others > 0).any() else 1.0
    return np.where(own, np.nan_to_num(told), np.maximum(usual * others / mean, 1e-6)), int((~np.isfinite(told)).sum())


def _law(size: FloatArray, lists: _Lists, population: FloatArray, pool: IntArray, is_local: bool) -> Law:
    """The reach estimator's law of one typical pool; pairs of larger and smaller pools are brought to its size."""
    typical = float(np.median(population[pool])) if len(pool) else float(population[0])
    sizes = np.quantile(np.minimum(size, 0.5 * typical), (np.arange(MOST_SIZES) + 0.5) / MOST_SIZES)
    pairs = Pairs.none()
    if lists.count >= 2:
        first, second, common = lists.pairs()
        near = lists.area[first] == lists.area[second] if is_local else np.ones(len(first), dtype=np.bool_)
        pool_of_list = np.zeros(lists.count, np.int64)
        owners = lists.of_candidate >= 0
        pool_of_list[lists.of_candidate[owners]] = pool[owners]
        scaled = np.minimum(lists.length * np.sqrt(typical / population[pool_of_list]), 0.5 * typical)
        pairs = Pairs(first[near] + MOST_SIZES, second[near] + MOST_SIZES, common[near].astype(np.float64))
        sizes = np.concatenate([sizes, scaled])
    mixing = averaged(candidates(Evidence(np.maximum(sizes, 1e-3), typical, pairs)))
    return _thinned(mixing)


def _thinned(mixing: Mixing) -> Law:
    """The mixing on at most LEVELS levels of about equal spread, mean 1."""
    levels, shares = mixing.levels, mixing.shares
    if len(levels) > LEVELS:
        edges = np.geomspace(max(float(levels.min()), 1e-3), float(levels.max()) * 1.0001, LEVELS + 1)[1:-1]
        bins = np.searchsorted(edges, levels)
        share = np.bincount(bins, shares, LEVELS).astype(np.float64)
        level = np.bincount(bins, shares * levels, LEVELS)
        held = share > 0
        levels, shares = np.asarray(level[held] / share[held]), share[held]
    shares = shares / shares.sum()
    return Law(np.asarray(levels / (shares @ levels), dtype=np.float64), np.asarray(shares, dtype=np.float64))
