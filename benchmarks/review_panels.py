"""Simulated pages with a known effect of reviews: demand brings reviews, so histories mislead, and a draw does not.

Belongs here: worlds as a panel and the members of a campaign. Does not: the bars (measurement_review_effect.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from ml.arrays import BoolArray, FloatArray
from ml.measurement.review_effect.panel import PANEL_SCHEMA

AT_50 = 0.30
MONDAY = date(2023, 1, 2)
CAMPAIGN = "drawn"
RATING, PRICE = 0.08, -1.5  # log rise of orders per view a star, and per log price


def by_log(reviews: FloatArray) -> FloatArray:
    """Log rise that is linear in log1p(reviews), +30 % at 50."""
    return np.asarray(np.log1p(AT_50) * np.log1p(reviews) / np.log(51))


def early(reviews: FloatArray) -> FloatArray:
    """Log rise most of which comes with the first ten reviews, +30 % at 50."""
    return np.asarray(np.log1p(AT_50) * (1 - np.exp(-reviews / 8)) / (1 - np.exp(-50 / 8)))


@dataclass(frozen=True)
class World:
    """What is drawn anew with every seed.

    Attributes:
        products, weeks: pages of one shop.
        views: a middle page's, a week; orders are about 3 % of them.
        shock, memory: standard deviation of log demand of a page beyond chance, and its autocorrelation by week.
        written: reviews an order leads to, one to three weeks later; a page in demand gets that much more.
        seeded: reviews a seeded page gets, over six weeks from `starts` on; half of the pages with fewer than
            `below` reviews are seeded, by lot.
    """

    products: int = 300
    weeks: int = 104
    views: float = 300.0
    shock: float = 0.2
    memory: float = 0.9
    written: float = 0.02
    seeded: float = 30.0
    starts: int = 70
    below: float = 25.0
    step: float = 0.0
    curve: Callable[[FloatArray], FloatArray] = by_log


@dataclass(frozen=True)
class Drawn:
    """A panel (PANEL_SCHEMA) and the members of its campaign."""

    panel: pl.DataFrame
    members: pl.DataFrame


def draw(world: World, seed: int) -> Drawn:
    """One world, week by week."""
    rng = np.random.default_rng(seed)
    size, weeks = world.products, world.weeks
    popularity = np.exp(0.8 * rng.standard_normal(size))
    conversion = 0.03 * np.exp(0.3 * rng.standard_normal(size))
    reviews = np.floor(np.expm1(rng.random(size) * np.log(60)))
    reviews[rng.random(size) < 0.2] = 0
    stars = 4.0 * reviews
    season = 0.15 * np.sin(2 * np.pi * np.arange(weeks) / 52) + 0.05 * rng.standard_normal(weeks)
    demand = world.shock * rng.standard_normal(size)
    coming = np.zeros((size, weeks + 8))
    eligible = treated = np.zeros(size, dtype=np.bool_)
    seen: dict[str, FloatArray] = {
        name: np.zeros((size, weeks)) for name in ("orders", "exposure", "reviews", "rating", "log_price")
    }
    for week in range(weeks):
        if week == world.starts:
            eligible, treated = _lot(rng, reviews, world.below)
            _seed(rng, coming, treated, week, world.seeded)
        rating = np.where(reviews > 0, stars / np.maximum(reviews, 1), np.nan)
        price = np.where(rng.random(size) < 0.06, np.log(0.8), 0.0)
        effect = world.curve(reviews) + np.log1p(world.step) * (reviews >= 50)
        effect = effect + RATING * np.nan_to_num(rating - 4) + PRICE * price + demand
        exposure = rng.poisson(world.views * popularity * np.exp(season[week])).astype(np.float64)
        orders = rng.poisson(exposure * np.minimum(conversion * np.exp(effect), 0.6)).astype(np.float64)
        for name, values in (("orders", orders), ("exposure", exposure), ("reviews", reviews), ("rating", rating)):
            seen[name][:, week] = values
        seen["log_price"][:, week] = price
        written = rng.poisson(world.written * orders * np.exp(demand))
        np.add.at(coming, (np.arange(size), week + rng.integers(1, 4, size)), written)
        arrived = coming[:, week + 1]
        reviews = reviews + arrived
        mean = 4.2 + 0.9 * rng.standard_normal(size) / np.sqrt(np.maximum(arrived, 1))
        stars = stars + arrived * mean.clip(1, 5)
        demand = world.memory * demand + world.shock * np.sqrt(1 - world.memory**2) * rng.standard_normal(size)
    return Drawn(_panel(seen), _members(eligible, treated, world.starts))


def _lot(rng: np.random.Generator, reviews: FloatArray, below: float) -> tuple[BoolArray, BoolArray]:
    eligible = reviews < below
    chosen = rng.permutation(np.flatnonzero(eligible))[: int(eligible.sum()) // 2]
    treated = np.zeros_like(eligible)
    treated[chosen] = True
    return eligible, treated


def _seed(rng: np.random.Generator, coming: FloatArray, treated: BoolArray, week: int, seeded: float) -> None:
    for product in np.flatnonzero(treated):
        np.add.at(coming[product], week + rng.integers(1, 7, rng.poisson(seeded)), 1.0)


def _panel(seen: dict[str, FloatArray]) -> pl.DataFrame:
    size, weeks = seen["orders"].shape
    days = [MONDAY + timedelta(weeks=week) for week in range(weeks)]
    return (
        pl.DataFrame(
            {
                "site": pl.repeat("shop", size * weeks, eager=True),
                "product_id": pl.Series([f"p{n:05d}" for n in range(size)]).repeat_by(weeks).explode(),
                "week_on": pl.concat([pl.Series(days)] * size),
                **{name: values.ravel() for name, values in seen.items()},
                "shown": seen["reviews"].ravel(),
                "is_promoted": np.zeros(size * weeks),
                "dose": pl.repeat("displayed", size * weeks, eager=True),
                "has_views": pl.repeat(True, size * weeks, eager=True),
            }
        )
        .select(list(PANEL_SCHEMA))
        .cast(pl.Schema(PANEL_SCHEMA))
        .with_columns(pl.col("rating").fill_nan(None))
        .filter(pl.col("exposure") > 0)
    )


def _members(eligible: BoolArray, treated: BoolArray, starts: int) -> pl.DataFrame:
    products = np.flatnonzero(eligible)
    return pl.DataFrame(
        {
            "campaign_id": [CAMPAIGN] * products.size,
            "unit": ["product"] * products.size,
            "unit_id": [f"p{n:05d}" for n in products],
            "consumer_key": [None] * products.size,
            "arm": np.where(treated[products], "treatment", "control").tolist(),
            "design": ["randomised"] * products.size,
            "starts_on": [MONDAY + timedelta(weeks=starts)] * products.size,
            "assignment_probability": [0.5] * products.size,
            "cluster_id": [None] * products.size,
        },
        schema_overrides={"consumer_key": pl.String, "cluster_id": pl.String},
    )
