"""Usual purchases: baskets in stores, known shoppers and anonymous ones, with the stores' own noise.

Belongs here: who enters which shop when. Does not: tested products (tested.py), pages (pages.py), lines (lines.py).
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import polars as pl

from orchestration.demo.clock import DAY, shop_hours
from orchestration.demo.people import People
from orchestration.demo.places import Places
from orchestration.demo.randomness import Bools, Floats, Ints, Randomness, pick_share, pick_weighted
from orchestration.demo.world_parameters import WorldParameters

ONLINE = -1
NOBODY = -1
NONE = -1
WEEKDAY = np.array([0.9, 0.9, 0.95, 1.0, 1.15, 1.35, 0.55])  # Monday first


class Cause(IntEnum):
    """Why a basket exists; `prevented` ones are what contact took away, kept for the truth and never delivered."""

    USUAL = 0
    OWN = 1
    FRIENDS = 2
    AUDIENCE = 3
    STORE_LIFT = 4
    PREVENTED = 5


def basket_frame(
    seconds: Ints,
    store: Ints,
    consumer: Ints,
    lines: Ints,
    first_product: Ints | None = None,
    cause: Ints | None = None,
    campaign: Ints | None = None,
    code: Ints | None = None,
    referrer: Ints | None = None,
    is_new: Bools | None = None,
) -> pl.DataFrame:
    """Baskets by row; indices, -1 where there is none.

    Args:
        code: campaign whose code was redeemed.
        is_new: ordered online by a new visitor of the page.
    """
    none = np.full(len(seconds), NONE, dtype=np.int64)
    return pl.DataFrame(
        {
            "seconds": seconds.astype(np.int64),
            "store": store.astype(np.int64),
            "consumer": consumer.astype(np.int64),
            "lines": lines.astype(np.int64),
            "first_product": none if first_product is None else first_product.astype(np.int64),
            "cause": np.full(len(seconds), int(Cause.USUAL), np.int64) if cause is None else cause.astype(np.int64),
            "campaign": none if campaign is None else campaign.astype(np.int64),
            "code": none if code is None else code.astype(np.int64),
            "referrer": none if referrer is None else referrer.astype(np.int64),
            "is_new": np.zeros(len(seconds), bool) if is_new is None else is_new,
        }
    )


def day_weights(parameters: WorldParameters, randomness: Randomness) -> Floats:
    """Relative traffic of every day: weekday, December, week effects common to all stores; mean 1."""
    rng, days = randomness.part("days"), parameters.time.days
    day = np.arange(days)
    weekday = (parameters.time.starts_on.weekday() + day) % 7
    of_year = (day + parameters.time.starts_on.timetuple().tm_yday) % 365.25
    season = 1 + 0.15 * ((of_year > 335) & (of_year < 359))
    weight = (
        WEEKDAY[weekday] * season * np.exp(parameters.sales.week_shock * rng.standard_normal(days // 7 + 1))[day // 7]
    )
    return np.asarray(weight / weight.mean())


def store_noise(parameters: WorldParameters, places: Places, randomness: Randomness) -> Floats:
    """Store × week: relative traffic, autocorrelated, mean about 1."""
    rng, sales = randomness.part("store noise"), parameters.sales
    weeks = parameters.time.days // 7 + 1
    fresh = rng.standard_normal((places.count, weeks))
    shock = np.empty_like(fresh)
    shock[:, 0] = fresh[:, 0]
    for week in range(1, weeks):
        shock[:, week] = (
            sales.store_shock_memory * shock[:, week - 1] + np.sqrt(1 - sales.store_shock_memory**2) * fresh[:, week]
        )
    return np.exp(sales.store_shock * shock)


def line_counts(parameters: WorldParameters, rng: np.random.Generator, count: int) -> Ints:
    """Lines of usual baskets: few in most, many in some (what makes small stores noisy)."""
    sales = parameters.sales
    size = 1 + np.floor(np.exp(sales.lines_log_mean + sales.lines_log_spread * rng.standard_normal(count)))
    return size.clip(1, 40).astype(np.int64)


def store_of(
    rng: np.random.Generator, parameters: WorldParameters, people: People, places: Places, consumer: Ints, day: Ints
) -> Ints:
    """The usual store, sometimes another; a store that is always open where that one is shut."""
    usual = pick_share(rng, len(consumer), parameters.sales.preferred_store_share)
    store = np.where(usual, people.store[consumer], pick_weighted(rng, places.weight, len(consumer)))
    steady = np.where(places.always_open, places.weight, 0.0)
    return np.where(places.open_on(store, day), store, pick_weighted(rng, steady, len(consumer)))


def store_baskets(parameters: WorldParameters, people: People, places: Places, randomness: Randomness) -> pl.DataFrame:
    """Usual baskets in stores: candidates by rate and day, thinned by the store's noise and opening."""
    rng, sales, days = randomness.part("store baskets"), parameters.sales, parameters.time.days
    weight, noise = day_weights(parameters, randomness), store_noise(parameters, places, randomness)
    ceiling = float(np.quantile(noise, 0.9999))
    per_consumer = sales.consumer_baskets_per_month * days / 30
    known = rng.poisson(people.purchase_rate.sum() * per_consumer * ceiling)
    consumer = pick_weighted(rng, people.purchase_rate, known)
    day = pick_weighted(rng, weight, known)
    store = store_of(rng, parameters, people, places, consumer, day)
    anonymous = rng.poisson(sales.anonymous_baskets_per_store_week * places.count * days / 7 * ceiling)
    consumer = np.concatenate([consumer, np.full(anonymous, NOBODY)])
    day = np.concatenate([day, pick_weighted(rng, weight, anonymous)])
    store = np.concatenate([store, pick_weighted(rng, places.weight, anonymous)])
    seconds = day * DAY + shop_hours(rng, len(day))
    keep = rng.random(len(day)) * ceiling < noise[store, day // 7]
    keep &= places.open_on(store, day) & ((consumer < 0) | (people.joined[consumer] < seconds))
    return basket_frame(seconds[keep], store[keep], consumer[keep], line_counts(parameters, rng, int(keep.sum())))
