"""The straight line from predicted to calibrated uplift."""

from __future__ import annotations

import numpy as np
import pytest

from ml.evaluate.calibration import Calibration, decile_table, fit_calibration


def test_differences_predicted_twice_too_large_are_halved() -> None:
    # Γ = .1 + .5·(uplift - mean) exactly.
    uplift = np.array([-0.1, 0.0, 0.1, 0.2])
    line = fit_calibration(0.1 + 0.5 * (uplift - 0.05), uplift, np.arange(4))
    calibrated, low, high = line.apply(np.array([0.05, 0.25]))
    assert line.slope == pytest.approx(0.5)
    assert calibrated == pytest.approx([0.1, 0.2])
    assert low == pytest.approx(calibrated) and high == pytest.approx(calibrated)


def test_the_average_alone_has_the_error_of_a_mean() -> None:
    # Two clusters of Γ = ±1: sums of residuals ±1 over n = 2; variance (1 + 1)/4 · 2/(2 - 1) = 1.
    line = fit_calibration(np.array([1.0, -1.0]), np.array([0.3, 0.3]), np.arange(2))
    assert (line.average, line.slope, line.var_average) == pytest.approx((0.0, 0.0, 1.0))


def test_a_ranking_that_is_wrong_is_flattened_not_turned_round() -> None:
    uplift = np.array([-1.0, 0.0, 1.0])
    assert fit_calibration(-uplift, uplift, np.arange(3)).slope == 0.0


def test_nine_in_ten_intervals_hold_the_average_effect_of_people_predicted_alike() -> None:
    held = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        uplift = rng.normal(0.05, 0.02, 400)
        gamma = 0.04 + 0.8 * (uplift - 0.05) + rng.normal(0, 0.5, 400)
        _, low, high = fit_calibration(gamma, uplift, np.arange(400)).apply(np.array([0.08]))
        held += bool(low[0] <= 0.04 + 0.8 * 0.03 <= high[0])
    assert 170 <= held <= 192  # .9·200 = 180, give or take three standard errors


def test_a_card_gives_the_line_back() -> None:
    line = Calibration(0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    assert Calibration.from_dict(line.as_dict()) == line


def test_a_table_of_groups_holds_means_and_a_width_robust_by_cluster() -> None:
    # Highest predictions first: rows 1 and 3, then 0 and 2. Deviations ±1, each person a cluster: squares 2, so the
    # half width is 1.645 · sqrt(2 · 2/1)/2 = 1.645; a group that is one cluster has none.
    gamma, predicted = np.array([1.0, 4.0, 3.0, 2.0]), np.array([0.1, 0.9, 0.2, 0.8])
    table = decile_table(gamma, predicted, np.arange(4), groups=2)
    assert table["group"].to_list() == [1, 2] and table["rows"].to_list() == [2, 2]
    assert table["predicted"].to_list() == pytest.approx([0.85, 0.15])
    assert table["realised"].to_list() == pytest.approx([3.0, 2.0])
    assert (table["high"] - table["realised"]).to_list() == pytest.approx([1.645, 1.645], abs=1e-3)
    alone = decile_table(gamma, predicted, np.array([0, 1, 0, 1]), groups=2)
    assert alone["high"].is_nan().all()
