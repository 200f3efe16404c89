"""Chances of having been chosen: right on average in every tenth; overlap counted by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from ml.observational.overlap import effective_size, overlap_of, overlap_weights
from ml.observational.propensity import calibration_table, propensity_scores


def test_estimated_chances_are_calibrated_and_out_of_fold() -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(4000, 5))
    e = 1 / (1 + np.exp(-1.5 * X[:, 0] + 1))
    t = (rng.random(4000) < e).astype(float)
    chance = propensity_scores(X, t, np.arange(4000), 1)
    assert np.corrcoef(chance, e)[0, 1] > 0.97
    table = calibration_table(chance, t, np.arange(4000))
    gap = (table["predicted_share"] - table["observed_share"]).abs()
    assert float(gap.to_numpy().mean()) < 0.02
    assert table["people_count"].to_list() == [400] * 10


def test_noise_tells_nothing_of_who_was_chosen() -> None:
    rng = np.random.default_rng(2)
    t = (rng.random(2000) < 0.3).astype(float)
    chance = propensity_scores(rng.normal(size=(2000, 10)), t, np.arange(2000), 1)
    assert chance.std() < 0.05
    assert chance.mean() == pytest.approx(t.mean(), abs=0.01)


def test_a_tenth_with_nobody_chosen_still_has_a_range() -> None:
    t = np.r_[np.zeros(10), np.ones(90)]
    table = calibration_table(np.arange(100) / 100, t, np.arange(100))
    first = table.row(0, named=True)
    assert (first["observed_share"], first["observed_low"]) == (0.0, 0.0)
    assert first["observed_high"] > 0.05


def test_overlap_is_counted_by_hand() -> None:
    chance = np.array([0.01, 0.2, 0.5, 0.8, 0.99])
    t = np.array([0.0, 0.0, 1.0, 1.0, 1.0])
    found = overlap_of(chance, t)
    assert (found.people_count, found.treated_count, found.inside_count, found.inside_treated_count) == (5, 3, 3, 2)
    assert found.outside_share == pytest.approx(0.4)
    # Weights inside: treated 1 - .5 and 1 - .8, so (.5 + .2)² / (.25 + .04); one untreated person.
    assert found.effective_treated == pytest.approx(0.49 / 0.29)
    assert found.effective_untreated == pytest.approx(1.0)
    assert found.separation == 1.0  # every chosen person had the higher chance
    assert "3 of 5 people" in found.estimand


def test_overlap_weights_are_the_other_arms_chance() -> None:
    assert overlap_weights(np.array([0.2, 0.2]), np.array([1.0, 0.0])).tolist() == [0.8, 0.2]
    assert effective_size(np.ones(7)) == 7
    assert effective_size(np.zeros(3)) == 0


def test_a_household_counts_once_in_the_range_of_a_tenth() -> None:
    t = np.tile([0.0, 1.0], 500)
    chance = np.full(1000, 0.5)
    alone = calibration_table(chance, np.repeat(t[:500], 2), np.arange(1000))
    together = calibration_table(chance, np.repeat(t[:500], 2), np.repeat(np.arange(500), 2))
    width = pl.col("observed_high") - pl.col("observed_low")
    assert together.select(width)[0, 0] > 1.3 * alone.select(width)[0, 0]
