"""Estimators of store tests: against answers worked by hand on panels without noise, and against published ones."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ml.arrays import FloatArray
from ml.errors import TooFewRowsError
from ml.measurement.store_lift.candidates import Window, candidate_effects, candidate_names
from ml.measurement.store_lift.conformal import conformal_p_value
from ml.measurement.store_lift.regression import factor_adjusted, log_difference
from ml.measurement.store_lift.sdid import synthetic_difference
from ml.measurement.store_lift.simplex import simplex_weights
from ml.measurement.store_lift.synthetic import normalised_control, synthetic_control
from ml.measurement.store_lift.time_based import time_based

DATA = Path(os.environ.get("NANOLIFT_REAL_DATA", Path(__file__).parents[5] / "shared" / "data")) / "geo"


def published(name: str) -> Path:
    file = DATA / name
    if not file.exists() and os.environ.get("CI") != "true":
        pytest.skip(f"{file} is not here (NANOLIFT_REAL_DATA)")
    return file


def wide(frame: pl.DataFrame, unit: str, period: str, value: str) -> tuple[list[str], FloatArray]:
    table = frame.pivot(on=period, index=unit, values=value).sort(unit)
    columns = sorted(name for name in table.columns if name != unit)
    return table[unit].cast(pl.String).to_list(), table.select(columns).to_numpy().astype(np.float64)


def noiseless(lift: float) -> tuple[Window, np.ndarray]:
    """Eight stores that move together: 10 % up after the start; the first two with the lift on top."""
    level = np.array([100.0, 200.0, 50.0, 80.0, 120.0, 160.0, 90.0, 110.0])
    wave = np.array([1.0, 1.2, 0.9, 1.1, 1.0, 0.8, 1.05, 0.95, 1.1, 1.1, 1.1])
    Y = level[:, None] * wave
    treated = np.arange(8) < 2
    Y[treated, 8:] *= 1 + lift
    return Window(Y, 8), treated


def test_every_candidate_that_trusts_the_controls_finds_a_lift_without_noise() -> None:
    window, treated = noiseless(0.15)
    found = candidate_effects(window, treated.astype(float)[None], others=6)[0]
    names = candidate_names(6)
    assert found.size == len(names)
    trusting = [i for i, name in enumerate(names) if "half" not in name]
    assert np.allclose(np.expm1(found[trusting]), 0.15, atol=1e-6)


def test_half_of_the_controls_change_is_taken_out_by_the_half_candidate() -> None:
    window, treated = noiseless(0.0)
    found = candidate_effects(window, treated.astype(float)[None], others=6)[0]
    by_name = dict(zip(candidate_names(6), found, strict=True))
    # All stores rise by 10 %: half of it in logs stays.
    assert by_name["totals, half the change"] == pytest.approx(0.5 * np.log(1.1))


def test_regressions_and_synthetic_controls_find_a_lift_without_noise() -> None:
    window, treated = noiseless(0.15)
    assert log_difference(window, treated).effect == pytest.approx(0.15)
    assert factor_adjusted(window, treated).effect == pytest.approx(0.15, abs=1e-6)
    assert normalised_control(window.Y, treated, 8).relative_effect == pytest.approx(0.15)
    assert time_based(window.Y, treated, 8).relative_effect == pytest.approx(0.15)


def test_the_hc2_error_of_two_groups_is_that_of_two_means() -> None:
    # HC2 without covariates is the sum of the groups' sample variances over their sizes, by hand.
    growth = np.array([1.0, 1.2, 0.9, 1.1, 1.0, 1.3, 0.8, 1.0])
    Y = np.column_stack([np.full((8, 6), 100.0), 100 * growth])
    treated = np.arange(8) < 3
    logs = np.log(growth)
    expected = np.sqrt(logs[:3].var(ddof=1) / 3 + logs[3:].var(ddof=1) / 5)
    assert log_difference(Window(Y, 6), treated).error == pytest.approx(expected)


def test_simplex_weights_stay_on_the_simplex_and_hit_a_target_inside_it() -> None:
    design = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert simplex_weights(design, np.array([0.2, 0.3, 0.5])) == pytest.approx([0.2, 0.3, 0.5], abs=1e-6)
    outside = simplex_weights(design, np.array([2.0, -1.0, 0.0]))
    assert outside == pytest.approx([1.0, 0.0, 0.0], abs=1e-6)


def test_time_based_regression_refuses_two_periods() -> None:
    window, treated = noiseless(0.0)
    with pytest.raises(TooFewRowsError, match="3 periods before, not 2"):
        time_based(window.Y[:, 6:], treated, 2)


def test_the_conformal_test_sees_a_shift_and_not_its_absence() -> None:
    rng = np.random.default_rng(1)
    Y = 100 * np.exp(rng.normal(0, 0.02, (20, 40)))
    treated = np.arange(20) < 4
    lifted = Y.copy()
    lifted[treated, 32:] *= 1.3
    assert conformal_p_value(lifted, treated, 32) == pytest.approx(1 / 40)
    assert conformal_p_value(lifted, treated, 32, lift=0.3) > 0.2


def test_geolift_published_answers() -> None:
    names, Y = wide(pl.read_csv(published("GeoLift_Test.csv")), "location", "date", "Y")
    treated = np.isin(names, ["chicago", "portland"])
    plain = synthetic_control(Y, treated, 90)
    assert plain.effect == pytest.approx(155.556, abs=0.001)
    assert plain.imbalance == pytest.approx(909.489, abs=0.001)
    assert synthetic_control(Y, treated, 90, augmented=True).effect == pytest.approx(156.805, abs=0.01)


def test_time_based_regression_published_answers() -> None:
    sales = pl.read_csv(published("salesandcost.csv"), schema_overrides={"geo": pl.String, "cost": pl.Float64})
    group = pl.read_csv(published("geoassignment.csv"), schema_overrides={"geo": pl.String})
    cut = sales.join(group, on="geo").filter(pl.col("date").cast(pl.String) <= "2015-03-15")
    names, Y = wide(cut.group_by("date", "geo.group").agg(pl.col("sales").sum()), "geo.group", "date", "sales")
    found = time_based(Y, np.array(names) == "2", 42)
    assert found.cumulative / cut["cost"].sum() == pytest.approx(2.946742, abs=1e-5)
    assert found.error == pytest.approx(4625.514, rel=1e-5)


def test_synthetic_difference_published_answer() -> None:
    frame = pl.read_csv(published("california_prop99.csv"), separator=";")
    states, packs = wide(frame, "State", "Year", "PacksPerCapita")
    found = synthetic_difference(packs, np.array(states) == "California", 19)
    assert found.effect == pytest.approx(-15.604, abs=0.005)
