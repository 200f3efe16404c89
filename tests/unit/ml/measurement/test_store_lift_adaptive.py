"""The default store test: calibrated, repeatable, careful; its diagnostics and its power."""

from __future__ import annotations

import numpy as np
import pytest

from ml.arrays import BoolArray, FloatArray
from ml.errors import TooFewRowsError
from ml.measurement.store_lift.adaptive import Calibration, Lift, calibrate, estimate
from ml.measurement.store_lift.candidates import Window
from ml.measurement.store_lift.diagnostics import diagnose, nearest_kilometres, smallest_lift
from ml.measurement.store_lift.placebo import placebo_groups, placebo_p_value, selection_tilt, variance_factor
from ml.measurement.store_lift.power import power_curve


def panel(seed: int, noise: float = 0.05, stores: int = 24, periods: int = 26) -> FloatArray:
    rng = np.random.default_rng(seed)
    level = np.exp(rng.normal(5, 0.6, stores))
    return np.asarray(level[:, None] * np.exp(rng.normal(0, noise, (stores, periods))))


def first(stores: int, count: int) -> BoolArray:
    return np.arange(stores) < count


def test_an_injected_lift_is_found_with_the_truth_inside_the_interval() -> None:
    Y, treated = panel(1), first(24, 5)
    Y[treated, 20:] *= 1.15
    lift = estimate(Window(Y, 20), treated, calibrate(Window(Y, 20), treated, seed=3))
    assert lift.low < 0.15 < lift.high
    assert lift.is_clear()


def test_the_calibration_never_looks_at_the_treated_stores_after_the_start() -> None:
    Y, treated = panel(1), first(24, 5)
    lifted = Y.copy()
    lifted[treated, 20:] *= 3
    one, other = (calibrate(Window(values, 20), treated, seed=3) for values in (Y, lifted))
    assert np.array_equal(one.weights, other.weights)
    assert one.error == other.error


def test_the_same_seed_gives_the_same_answer_and_sizes_do_not_matter() -> None:
    Y, treated = panel(2), first(24, 5)
    one = estimate(Window(Y, 20), treated, calibrate(Window(Y, 20), treated, seed=3))
    same = estimate(Window(Y, 20), treated, calibrate(Window(Y, 20), treated, seed=3))
    in_cents = estimate(Window(100 * Y, 20), treated, calibrate(Window(100 * Y, 20), treated, seed=3))
    assert one == same
    assert in_cents.effect == pytest.approx(one.effect, abs=1e-6)


def test_nothing_is_clear_when_the_two_tests_disagree() -> None:
    agreed = Lift(0.1, 0.02, 0.18, 0.04, 20, p_value=0.02, placebo_p=0.05)
    assert agreed.is_clear()
    assert not Lift(0.1, 0.02, 0.18, 0.04, 20, p_value=0.02, placebo_p=0.2).is_clear()
    assert not Lift(0.1, -0.02, 0.2, 0.06, 20, p_value=0.2, placebo_p=0.02).is_clear()


@pytest.mark.parametrize(
    ("stores", "treated", "before", "message"),
    [
        (10, 5, 20, "5 stores to compare with"),
        (24, 0, 20, "no treated store"),
        (24, 5, 5, "5 periods before"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_words(stores: int, treated: int, before: int, message: str) -> None:
    with pytest.raises(TooFewRowsError, match=message):
        calibrate(Window(panel(1, stores=stores), before), first(stores, treated), seed=1)


def test_placebo_groups_have_the_asked_size_and_follow_the_tilt() -> None:
    tilt = np.r_[np.full(10, 3.0), np.zeros(30)]
    groups = placebo_groups(tilt, 5, 400, np.random.default_rng(1))
    assert (groups.sum(axis=1) == 5).all()
    assert groups[:, :10].mean() > 3 * groups[:, 10:].mean()


def test_the_tilt_is_high_where_large_stores_were_chosen_and_flat_for_a_balanced_choice() -> None:
    level = np.linspace(1, 4, 40)
    before = np.exp(level)[:, None] * np.ones((1, 12))
    tilt = selection_tilt(before, np.arange(40) >= 30, 4)
    assert (np.diff(tilt) >= -1e-9).all()
    assert tilt[-1] - tilt[0] > 1
    balanced = selection_tilt(before, np.isin(np.arange(40), [0, 39]), 4)
    assert np.abs(balanced).max() < 1e-6


def test_a_placebo_p_value_counts_the_effect_itself() -> None:
    assert placebo_p_value(0.3, np.array([0.1, -0.4, 0.2])) == pytest.approx(2 / 4)
    assert placebo_p_value(1.0, np.zeros(9)) == pytest.approx(0.1)


def test_the_smallest_lift_is_the_two_quantiles_of_t_times_the_error() -> None:
    # t with 10 degrees of freedom: 1.8125 at .95, .8791 at .8 (tables).
    assert smallest_lift(0.05, 10) == pytest.approx(np.expm1((1.8125 + 0.8791) * 0.05), abs=1e-4)


def test_diagnostics_of_equal_stores_are_zero_and_a_larger_group_shows() -> None:
    Y = np.exp(np.r_[np.full(4, 2.0), np.full(8, 1.0)])[:, None] * np.ones((1, 12))
    unused = Calibration((), np.zeros(0), np.zeros(0), 0.01, 10, 4)
    found = diagnose(Window(Y, 8), first(12, 4), unused)
    assert found.fit_before == pytest.approx(0, abs=1e-12)
    assert found.trend_difference == pytest.approx(0, abs=1e-12)
    # Log sizes 2 (4 stores) and 1 (8): deviation sqrt(2/9).
    assert found.size_difference == pytest.approx(1 / np.sqrt(2 / 9))


def test_distances_are_those_of_the_sphere_and_unknown_places_stay_unknown() -> None:
    # A degree of latitude is 111.195 km.
    found = nearest_kilometres(np.array([0.0, 1.0, np.nan]), np.array([0.0, 0.0, 0.0]), np.array([True, False, False]))
    assert found[0] == pytest.approx(111.195, abs=0.001)
    assert np.isnan(found[1])


def test_power_rises_with_the_lift_and_stays_low_without_one() -> None:
    found = power_curve(panel(5, periods=40), stores=6, periods=4, lifts=(0.0, 0.2), seed=1, draws=12)
    assert found["power"][0] <= 4 / 12
    assert found["power"][1] == 1.0


def test_power_refuses_a_past_that_is_too_short() -> None:
    with pytest.raises(TooFewRowsError, match="16 are needed"):
        power_curve(panel(1, periods=12), stores=5, periods=8, lifts=(0.1,), seed=1)


def test_a_group_unlike_the_others_varies_more_than_one_like_them() -> None:
    # Four units at the corners of a square: each trait has sample variance 4/3, and they do not correlate.
    traits = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    alike, apart = np.array([[1.0, 0, 0, 1]]), np.array([[1.0, 1, 0, 0]])
    # 1/2 + 1/2; means 2 apart in one trait: D = 4 / (4/3) = 3, over 4 - 2.
    assert variance_factor(traits, alike)[0] == pytest.approx(1.0)
    assert variance_factor(traits, apart)[0] == pytest.approx(1.0 + 3 / 2)
