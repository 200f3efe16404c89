"""Leads in simulated series of 60 months: how often one is claimed where there is none, and a true one is found.

The cohort's series is s, the others' is s twelve months later plus noise; signal-to-noise .5 is var(s) / var(noise).
False leads are counted where the two share nothing (with and without memory), a season, a line, the same month's
movement, or where the others lead. The demo world of five years, with and without a lead, stands for the whole way
from till lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

import numpy as np
import polars as pl

from benchmarks.figures import Figure
from ml.arrays import FloatArray
from ml.measurement.prosumer_lead.lead import lead_test
from ml.measurement.prosumer_lead.measure import prosumer_lead
from orchestration.demo.parameter_files import SHIPPED, load_parameters
from orchestration.demo.world import build_world

MONTHS, LAG = 60, 12
FALSE_LEADS, FOUND = 0.07, 0.9
# The rules were settled on other seeds.
SEED = 20_361
TASTE_MEMORY = 0.6
Pair = Callable[[np.random.Generator], tuple[FloatArray, FloatArray]]
# Name → kind of pair without a lead, memory of the series, size of what is shared.
NO_LEAD = {
    "alone": ("alone", 0.0, 0.0),
    "alone_memory": ("alone", 0.6, 0.0),
    "alone_long_memory": ("alone", 0.9, 0.0),
    "season": ("season", 0.5, 1.5),
    "december": ("december", 0.5, 3.0),
    "line": ("line", 0.5, 0.05),
    "same_month": ("same_month", 0.6, 1.0),
    "same_month_long_memory": ("same_month", 0.9, 1.0),
    "others_lead": ("others_lead", 0.6, 1.0),
}


def figures(quick: bool) -> Iterator[Figure]:
    """Named bars first, then every kind of pair, then the demo world."""
    draws = 40 if quick else 1_000
    false = {
        name: _share(draws, SEED + number, partial(_without_lead, kind))
        for number, (name, kind) in enumerate(NO_LEAD.items())
    }
    yield Figure("lead_false", max(false.values()), high=FALSE_LEADS)
    yield Figure("lead_found", _found(draws, SEED + 50, 0.0), low=FOUND)
    yield Figure("lead_found_with_memory", _found(draws, SEED + 51, TASTE_MEMORY))
    yield Figure("lead_found_snr_1", _found(draws, SEED + 52, TASTE_MEMORY, noise=1.0), low=FOUND)
    for name, share in false.items():
        yield Figure(f"lead_false_{name}", share, high=FALSE_LEADS)
    yield from _demo((3,) if quick else (3, 4, 5))


def _found(draws: int, seed: int, memory: float, noise: float = 2.0) -> float:
    """Share of true leads of twelve months that are claimed, within a month."""
    return _share(draws, seed, lambda rng: _with_lead(rng, memory, noise), LAG)


def _share(draws: int, seed: int, pair: Pair, lag: int | None = None) -> float:
    rng = np.random.default_rng(seed)
    claimed = 0
    for _ in range(draws):
        cohort, others = pair(rng)
        found = lead_test(cohort, others, rng, permutations=499)
        claimed += found.is_lead and (lag is None or abs(found.lag - lag) <= 1)
    return claimed / draws


def _with_lead(rng: np.random.Generator, memory: float, noise: float) -> tuple[FloatArray, FloatArray]:
    signal = _signal(rng, MONTHS + LAG, memory)
    return signal[LAG:], signal[:MONTHS] + rng.normal(0, np.sqrt(noise), MONTHS)


def _without_lead(of_pair: tuple[str, float, float], rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    kind, memory, size = of_pair
    month = np.arange(MONTHS)
    own, theirs = _signal(rng, MONTHS, memory), _signal(rng, MONTHS, memory)
    if kind == "same_month":
        return own + rng.normal(0, size, MONTHS), own + rng.normal(0, size, MONTHS)
    if kind == "others_lead":
        signal = _signal(rng, MONTHS + LAG, memory)
        return signal[:MONTHS] + rng.normal(0, size, MONTHS), signal[LAG:]
    shared = {
        "alone": np.zeros(MONTHS),
        "season": size * np.cos(2 * np.pi * month / 12),
        "december": size * (month % 12 == 11),
        "line": size * month,
    }[kind]
    return own + shared, theirs + shared


def _signal(rng: np.random.Generator, months: int, memory: float) -> FloatArray:
    """Of variance 1, each month remembering so much of the one before."""
    shocks = rng.standard_normal(months + 60)
    series = np.zeros_like(shocks)
    for month in range(1, len(shocks)):
        series[month] = memory * series[month - 1] + np.sqrt(1 - memory**2) * shocks[month]
    return series[60:]


def _demo(seeds: tuple[int, ...]) -> Iterator[Figure]:
    """The world of long.toml: a lead of twelve months, and the same world without."""
    found: list[bool] = []
    missed: list[bool] = []
    for seed in seeds:
        for months, into in ((LAG, found), (0, missed)):
            row = prosumer_lead(_marts(seed, months), date(2025, 6, 30), seed=seed)["prosumer_lead"].row(0, named=True)
            into.append(row["is_lead"] and (months == 0 or abs(row["lag_months"] - months) <= 1))
    yield Figure("lead_demo_found", float(np.mean(found)), low=1.0)
    yield Figure("lead_demo_false", float(np.mean(missed)), high=1 / 3 if len(seeds) > 1 else 0.0)


def _marts(seed: int, lead_months: int) -> dict[str, pl.DataFrame]:
    """What the measurement reads, straight from the simulated systems; accounts lead to their owners by the truth."""
    parameters = load_parameters(SHIPPED / "long.toml", seed=seed)
    prosumers = parameters.prosumers.model_copy(update={"lead_months": lead_months})
    world = build_world(parameters.model_copy(update={"prosumers": prosumers}))
    lines = world.streams["pos_lines"].select(
        "product_id", "is_return", consumer_key="consumer_ref", business_on=pl.col("sold_at").dt.date()
    )
    posts = world.streams["social_posts"].join(world.truth["account_owners"], on=["platform", "account_id"])
    return {
        "fct_store_days": lines.select("business_on").unique(),
        "fct_sales_lines": lines,
        "dim_products": world.streams["products"].select("product_id", "category"),
        "fct_ugc": posts.select(consumer_key="consumer_ref", is_organic=pl.lit(value=True)),
    }
