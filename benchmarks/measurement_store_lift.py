"""Store lift: published answers, calibration and error on real panels with injected lifts, power, time.

A part of benchmarks/measurement.py. Peers of the error are in the same draws: TBR, GeoLift's synthetic control, SDID,
log difference in differences, ANCOVA-f with 3 factors.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import polars as pl

from benchmarks.figures import Figure, near, real_data
from benchmarks.store_panels import PEERS, Trial, demo_stores, drawn, geolift, journey, wide
from ml.arrays import BoolArray, FloatArray
from ml.measurement.store_lift.adaptive import calibrate, estimate
from ml.measurement.store_lift.candidates import Window
from ml.measurement.store_lift.conformal import conformal_p_value
from ml.measurement.store_lift.power import power_curve
from ml.measurement.store_lift.regression import factor_adjusted
from ml.measurement.store_lift.sdid import synthetic_difference
from ml.measurement.store_lift.synthetic import synthetic_control
from ml.measurement.store_lift.time_based import time_based

DRAWS, QUICK_DRAWS = 1000, 25
LIFTS = (0.0, 0.05, 0.15)
COVERAGE = (0.86, 0.95)


def figures(quick: bool) -> Iterator[Figure]:
    """Every figure in the order it is measured."""
    yield from published()
    trials = {"geolift": Trial(geolift("PreTest")[1], 60, 21, 5), "journey": Trial(journey(), 26, 8, 10)}
    for panel, trial in trials.items():
        for selection in ("random", "biased"):
            draws = QUICK_DRAWS if quick else DRAWS
            for figure in cell(f"{panel}_{selection}", trial, selection == "biased", draws):
                yield Figure(figure.name, figure.value) if quick else figure
    yield from demo(quick)


def published() -> Iterator[Figure]:
    """The answers of GeoLift's walkthrough, Google's TBR vignette and the SDID paper."""
    names, Y = geolift("Test")
    treated = np.isin(names, ["chicago", "portland"])
    plain = synthetic_control(Y, treated, 90)
    yield near("geolift_att", plain.effect, 155.556, 0.001)
    yield near("geolift_l2", plain.imbalance, 909.489, 0.001)
    yield near("geolift_ridge_att", synthetic_control(Y, treated, 90, augmented=True).effect, 156.805, 0.01)
    window = Window(Y, 90)
    lift = estimate(window, treated, calibrate(window, treated, seed=1, groups_now=300))
    yield Figure("geolift_placebo_p", lift.placebo_p, 0.25, 0.45)
    yield Figure("geolift_conformal_p", conformal_p_value(Y, treated, 90))
    yield Figure("geolift_called_clear", float(lift.is_clear()), high=0.0)
    yield from _time_based()
    states, packs = wide(
        pl.read_csv(real_data() / "geo" / "california_prop99.csv", separator=";"), "State", "Year", "PacksPerCapita"
    )
    effect = synthetic_difference(packs, np.array(states) == "California", 19).effect
    yield near("prop99_sdid", effect, -15.604, 0.005)


def _time_based() -> Iterator[Figure]:
    """Test from 16 February to 15 March 2015, cost 50,000, as in the vignette."""
    folder = real_data() / "geo"
    sales = pl.read_csv(folder / "salesandcost.csv", schema_overrides={"geo": pl.String, "cost": pl.Float64})
    group = pl.read_csv(folder / "geoassignment.csv", schema_overrides={"geo": pl.String})
    cut = sales.join(group, on="geo").filter(pl.col("date").cast(pl.String) <= "2015-03-15")
    total = cut.group_by("date", "geo.group").agg(pl.col("sales").sum())
    names, Y = wide(total, "geo.group", "date", "sales")
    found = time_based(Y, np.array(names) == "2", 42)
    cost = float(cut["cost"].sum())
    yield near("tbr_iroas", found.cumulative / cost, 2.946742, 1e-5)
    yield near("tbr_se", found.error, 4625.514, 4625.514e-5)


def cell(name: str, trial: Trial, biased: bool, draws: int) -> Iterator[Figure]:
    """Coverage, false positives, bias and error of the default in one cell, with the peers on the same draws."""
    rng = np.random.default_rng(20_260_101)
    own = np.empty((draws, len(LIFTS), 3))
    peers = np.empty((draws, len(LIFTS), len(PEERS)))
    for draw in range(draws):
        cut, treated = drawn(trial, rng, biased)
        calibration = calibrate(Window(cut, trial.before), treated, seed=draw)
        for number, lift in enumerate(LIFTS):
            window = Window(_lifted(cut, treated, trial.before, lift), trial.before)
            one = estimate(window, treated, calibration)
            own[draw, number] = one.effect - lift, one.low <= lift <= one.high, one.is_clear()
            peers[draw, number] = [peer(window, treated) - lift for peer in PEERS.values()]
    covered = own[:, :, 1].mean(axis=0)
    yield Figure(f"store_lift_coverage_{name}", float(covered[np.abs(covered - np.mean(COVERAGE)).argmax()]), *COVERAGE)
    yield Figure(f"store_lift_fpr10_{name}", float(own[:, 0, 2].mean()), high=0.13)
    yield Figure(f"store_lift_bias15_{name}", 100 * float(own[:, 2, 0].mean()), -1.0, 1.0)
    error, theirs = _rmse(own[:, :, 0]), _rmse(peers)
    yield Figure(f"store_lift_rmse_vs_best_{name}", float((error / theirs.min(axis=1)).max()), high=1.05)
    yield Figure(f"store_lift_rmse15_points_{name}", 100 * float(error[2]))
    for peer, value in zip(PEERS, theirs[2], strict=True):
        yield Figure(f"peer_{peer}_rmse15_points_{name}", 100 * float(value))


def demo(quick: bool) -> Iterator[Figure]:
    """Three of the demo world's sixty stores by week, 8 weeks, +15 %: in receipts (the bar) and in sales."""
    seeds = (1,) if quick else (1, 2, 3)
    panels = [demo_stores(seed) for seed in seeds]
    for name, low, position in (("", 0.9, 1), ("_sales", None, 0)):
        found = [
            power_curve(
                panel[position], stores=3, periods=8, lifts=(0.15,), seed=seed, draws=20 if quick else 200,
                periods_before=52,
            )["power"][0]
            for seed, panel in zip(seeds, panels, strict=True)
        ]  # fmt: skip
        yield Figure(f"store_lift_power_3_of_60{name}", float(np.mean(found)), low)
    cut = panels[0][0][:, :34]
    treated = np.zeros(cut.shape[0], dtype=np.bool_)
    treated[:3] = True
    window = Window(cut, 26)
    began = time.perf_counter()
    for _ in range(20):
        factor_adjusted(window, treated)
    yield Figure("store_lift_fit_ms", 50 * (time.perf_counter() - began), high=50.0)
    began = time.perf_counter()
    estimate(window, treated, calibrate(window, treated, seed=1))
    yield Figure("store_lift_placebo_seconds", time.perf_counter() - began, high=2.0)
    began = time.perf_counter()
    draws = 20 if quick else 200
    power_curve(cut, stores=3, periods=4, lifts=(0.0, 0.05, 0.1, 0.15, 0.2), seed=1, draws=draws)
    yield Figure("store_lift_power_curve_seconds", (time.perf_counter() - began) * 200 / draws, high=30.0)


def _lifted(cut: FloatArray, treated: BoolArray, before: int, lift: float) -> FloatArray:
    changed = cut.copy()
    changed[treated, before:] *= 1 + lift
    return changed


def _rmse(errors: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt((errors**2).mean(axis=0)))
