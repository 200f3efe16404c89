"""Made cases for the plan's search: candidates with values, costs, stock and audiences that overlap.

Belongs here: cases. Does not: what is measured on them (marketing_plan.py).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from scipy import sparse

from ml.planning.audience import Audiences, Law
from ml.planning.options import Limits, Options
from ml.planning.request import FairShare, PlanRequest, Product

POOL = 4_000
DAY = date(2025, 6, 30)


def search_case(count: int, seed: int, *, with_lists: bool) -> tuple[Options, Audiences, Limits]:
    """Two products a person in neighbourhoods of twenty candidates; budget for a fifth, stock of the dearer in each.

    Follower lists hold up to 150 people of the busier quarter of the neighbourhood, or there are none and the law of
    overlap (second moment 1.8) tells.
    """
    rng = np.random.default_rng([seed, count, with_lists])
    pools = max(count // 20, 1)
    pool = rng.integers(0, pools, count)
    audience = np.exp(rng.normal(5.2, 1.35, count)).clip(5, 100_000)
    others = np.exp(rng.normal(6, 0.8, count)) * (audience / 200) ** 0.35
    cost = rng.choice([800.0, 1_000.0, 1_200.0, 1_500.0], count)
    sizes = np.minimum(audience, 150).astype(np.int64)
    if with_lists:
        lists = [
            np.unique(place * POOL + rng.integers(0, POOL // 4, size)) for place, size in zip(pool, sizes, strict=True)
        ]
        start = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64)
        audiences = Audiences(
            np.full(pools, float(POOL)),
            list_start=start,
            list_people=np.concatenate(lists),
            people_pool=np.repeat(np.arange(pools), POOL),
        )
    else:
        levels, shares = np.array([0.3, 1.0, 3.0]), np.array([0.4, 0.5, 0.1])
        audiences = Audiences(np.full(pools, float(POOL)), Law(levels / (shares @ levels), shares))
    own = rng.normal(80, 60, count)
    person, dearer = np.repeat(np.arange(count), 2), np.tile([0.0, 1.0], count)
    factor = 1 + 0.2 * dearer
    each_cost = np.round(cost[person] * (1 + 0.3 * dearer))
    listed = person if with_lists else np.full(2 * count, -1)
    options = Options(
        person, each_cost, own[person] * factor, others[person] * factor, audience[person], pool[person], listed
    )
    stock = ((pool[person][None, :] == np.arange(pools)[:, None]) & (dearer > 0)).astype(np.float64)
    uses = sparse.csr_array(sparse.vstack([sparse.csr_array(each_cost[None, :]), sparse.csr_array(stock)]))
    capacity = np.concatenate([[0.2 * cost.sum()], np.full(pools, 2.0)])
    return options, audiences, Limits(uses, capacity, ("budget", *(f"stock {place}" for place in range(pools))))


def frames_case(count: int, seed: int) -> tuple[pl.DataFrame, PlanRequest, pl.DataFrame, dict[str, float]]:
    """(people, request, lists, inhabitants by area): two products, stock by area, a fair share, few lists."""
    rng = np.random.default_rng([seed, count])
    areas = [f"a{number:03d}" for number in range(40)]
    keys = [f"k{number:06d}" for number in range(count)]
    followers = np.exp(rng.normal(5.2, 1.35, count)).astype(np.int64)
    others = np.exp(rng.normal(6, 0.8, count)) * (np.maximum(followers, 1) / 200) ** 0.35
    people = pl.DataFrame(
        {
            "consumer_key": keys,
            "consent_contact": ["granted"] * count,
            "standing_holdout": [False] * count,
            "last_invited_on": pl.Series([None] * count, dtype=pl.Date),
            "area_id": [areas[place] for place in rng.integers(0, 40, count)],
            "had_product_ids": pl.Series([[]] * count, dtype=pl.List(pl.String)),
            "tier": np.where(followers < 1_000, "nano", "micro"),
            "followers_count": followers,
            "expected_value_minor": (others + rng.normal(80, 60, count)).astype(np.int64),
            "expected_through_others_minor": others.astype(np.int64),
            "low_factor": [0.9] * count,
            "high_factor": [1.1] * count,
        }
    )
    listed = np.flatnonzero(rng.random(count) < 0.04)
    rows = [
        (keys[owner], f"{people['area_id'][int(owner)]}x{who}")
        for owner in listed.tolist()
        for who in set(rng.integers(0, POOL, min(int(followers[owner]), 150)).tolist())
    ]
    lists = pl.DataFrame(rows, schema={"consumer_key": pl.String, "follower_key": pl.String}, orient="row")
    stock = dict.fromkeys(areas, max(count // 500, 3))
    request = PlanRequest(
        DAY,
        100 * count,
        (Product("p1", 1_000, stock_by_area=stock), Product("p2", 1_300, value_factor=1.2)),
        fair=(FairShare("area", areas[0], 0.03),),
        seed=seed,
    )
    return people, request, lists, dict.fromkeys(areas, 20_000.0)
