"""Consumers of the demo world: where they live, what they are like, and the friendships between them.

Belongs here: traits nobody observes and the consumers stream that a brand does. Does not: what they do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from orchestration.demo.clock import DAY, Clock
from orchestration.demo.columns import typed
from orchestration.demo.places import Places
from orchestration.demo.randomness import (
    Bools,
    Floats,
    Ints,
    Randomness,
    pick_share,
    pick_weighted,
    pick_weighted_in_groups,
)
from orchestration.demo.world_parameters import WorldParameters

AGE_BANDS = ("under_18", "18_24", "25_34", "35_44", "45_54", "55_64", "65_plus")
AGE_SHARES = (0.0, 0.13, 0.21, 0.22, 0.19, 0.15, 0.10)
YOUNG = (1.0, 1.0, 1.0, 0.0, 0.0, -1.0, -1.0)


@dataclass(frozen=True)
class People:
    """Arrays by consumer. loyalty, sociability, affinity: standard normal traits nobody observes."""

    area: Ints
    store: Ints
    age: Ints
    language: npt.NDArray[np.object_]
    joined: Ints
    loyalty: Floats
    sociability: Floats
    affinity: Floats
    is_prosumer: Bools
    purchase_rate: Floats

    @property
    def count(self) -> int:
        return len(self.area)

    @property
    def is_minor(self) -> Bools:
        minors: Bools = self.age == 0
        return minors

    def refs(self) -> npt.NDArray[np.object_]:
        return np.array([f"c{number:06d}" for number in range(1, self.count + 1)], dtype=object)


@dataclass(frozen=True)
class Friendships:
    """Undirected edges (a < b, each once) and the number of friends of everybody."""

    a: Ints
    b: Ints
    degree: Ints


def make_people(parameters: WorldParameters, places: Places, randomness: Randomness) -> People:
    """Everybody with a home area, a usual store in it, and traits."""
    rng, wanted = randomness.part("people"), parameters.people
    count = wanted.consumers
    area = pick_weighted(rng, places.area_weight, count)
    with_store = np.unique(places.area_of_store)
    area = np.where(np.isin(area, with_store), area, with_store[area % len(with_store)])
    store = pick_weighted_in_groups(rng, places.weight, places.area_of_store, area)
    age = pick_weighted(rng, np.array(AGE_SHARES), count)
    age[pick_share(rng, count, wanted.minors_share)] = 0
    languages = np.array(list(wanted.languages), dtype=object)
    language = languages[pick_weighted(rng, np.array(list(wanted.languages.values())), count)]
    before = pick_share(rng, count, wanted.joined_before_share)
    joined_day = np.where(before, rng.integers(-1000, 0, count), rng.integers(0, parameters.time.days, count))
    loyalty, sociability = rng.standard_normal(count), rng.standard_normal(count)
    affinity = rng.standard_normal((count, parameters.sales.categories))
    spread = wanted.loyalty_spread
    rate = np.exp(spread * loyalty - spread**2 / 2)
    social_and_loyal = 0.7 * sociability + 0.4 * loyalty + 0.6 * rng.standard_normal(count)
    is_prosumer = social_and_loyal >= np.quantile(social_and_loyal, 1 - wanted.prosumer_share)
    joined = joined_day * DAY + rng.integers(8 * 3600, 22 * 3600, count)
    return People(
        area, store, age, language, joined.astype(np.int64), loyalty, sociability, affinity, is_prosumer, rate
    )


def make_friendships(parameters: WorldParameters, people: People, randomness: Randomness) -> Friendships:
    """Friends by sociability (Chung-Lu), most within the area, some closing triangles."""
    rng, wanted = randomness.part("graph"), parameters.graph
    weight = np.exp(wanted.degree_spread * (0.6 * people.sociability + 0.8 * rng.standard_normal(people.count)))
    total = round(people.count * wanted.mean_degree / 2)
    by_chance = round(total * (1 - wanted.closure_share))
    one = pick_weighted(rng, weight, by_chance)
    near = pick_share(rng, by_chance, wanted.same_area_share)
    other = np.where(
        near, pick_weighted_in_groups(rng, weight, people.area, people.area[one]), pick_weighted(rng, weight, by_chance)
    )
    closing_one, closing_other = _triangles(rng, one, other, people.count, total - by_chance)
    ends = np.stack([np.concatenate([one, closing_one]), np.concatenate([other, closing_other])])
    low, high = ends.min(axis=0), ends.max(axis=0)
    codes = np.unique(low[low < high] * people.count + high[low < high])
    a, b = codes // people.count, codes % people.count
    return Friendships(a, b, np.bincount(np.concatenate([a, b]), minlength=people.count))


def _triangles(rng: np.random.Generator, one: Ints, other: Ints, count: int, wanted: int) -> tuple[Ints, Ints]:
    """Pairs of friends of the same person."""
    source, target = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.argsort(source, kind="stable")
    source, target = source[order], target[order]
    bounds = np.searchsorted(source, np.arange(count + 1))
    middle = source[rng.integers(0, len(source), wanted)]
    low, width = bounds[middle], bounds[middle + 1] - bounds[middle]
    first, second = (low + (rng.random(wanted) * width).astype(np.int64) for _ in range(2))
    return target[first], target[second]


def consumer_rows(
    parameters: WorldParameters, people: People, places: Places, randomness: Randomness, clock: Clock
) -> pl.DataFrame:
    """Stream consumers: what the brand's own system holds, with gaps."""
    rng = randomness.part("consumers stream")
    unknown_age = pick_share(rng, people.count, parameters.people.age_unknown_share) & ~people.is_minor
    bands = np.array(AGE_BANDS, dtype=object)[people.age]
    bands[unknown_age] = None
    is_minor = people.is_minor.astype(object)
    is_minor[unknown_age] = None
    area = places.area_ids()[people.area]
    area[pick_share(rng, people.count, 0.03)] = None
    language = people.language.copy()
    language[pick_share(rng, people.count, 0.05)] = None
    return typed(
        {
            "consumer_ref": people.refs(),
            "unit_kind": ["person"] * people.count,
            "home_area_id": area,
            "preferred_store_id": places.store_ids()[people.store],
            "language": language,
            "age_band": bands,
            "is_minor": is_minor,
            "joined_at": clock.instants(people.joined),
        },
        is_minor=pl.Boolean,
    ).with_columns(_known_at="joined_at")


def population(parameters: WorldParameters, people: People, places: Places) -> Ints:
    """Inhabitants by area: the brand knows about one in forty."""
    return (np.bincount(people.area, minlength=places.areas) * 40 + 500).astype(np.int64)
