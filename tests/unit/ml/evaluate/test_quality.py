"""The table of how good a model is: curves, budgets, tenths and placebos against figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from ml.arrays import Sample
from ml.evaluate.by_share import share_curves
from ml.evaluate.calibration import Calibration
from ml.evaluate.curves import qini_per_treated
from ml.evaluate.placebo import Assignment, before_rates, shuffled_rates, shuffled_treatments
from ml.evaluate.quality import PARTS, QUALITY_SCHEMA, JudgedModel, figures_only, labelled, model_quality
from ml.evaluate.table import TABLE_SCHEMA

EVERY = np.arange(20)
# The best by score has Γ 20, the last 1; the mean is 10.5.
GAMMA = np.arange(20.0, 0.0, -1.0)
BEST_FIRST = -EVERY.astype(np.float64)
FIGURES = pl.DataFrame([("random", "qini_rate", 0.1, 0.0, 0.2, 0.9, 20)], schema=TABLE_SCHEMA, orient="row")


def _assigned(treatment: np.ndarray, chance: float | np.ndarray = 0.5, is_drawn: bool = True) -> Assignment:
    n = treatment.size
    return Assignment(treatment, np.broadcast_to(chance, n) * 1.0, np.arange(n), np.zeros(n, dtype=np.int64), is_drawn)


def _judged(chance: float | np.ndarray = 0.5) -> JudgedModel:
    treatment = (EVERY % 2).astype(np.float64)
    assigned = _assigned(treatment, chance)
    sample = Sample(np.zeros((20, 1)), treatment, treatment, assigned.propensity, EVERY, np.ones(20), is_binary=True)
    orders = {"candidate": BEST_FIRST, "response model": -BEST_FIRST, "random": np.roll(BEST_FIRST, 7)}
    return JudgedModel(sample, GAMMA, np.zeros(20), orders, assigned, np.full(20, np.nan))


def _quality(judged: JudgedModel) -> pl.DataFrame:
    line = Calibration(centre=10.5, average=10.5, slope=0.5, var_average=1.0, var_slope=0.01, covariance=0.0)
    return model_quality(judged, FIGURES, line, (GAMMA, GAMMA, EVERY), seed=1)


def test_the_best_half_gains_what_its_mean_says_and_all_gain_the_average() -> None:
    table = share_curves(GAMMA, {"a": BEST_FIRST}, EVERY, draws=20, seed=1)
    value = {(curve, share): found for curve, _, share, found, *_ in table.iter_rows()}
    assert (value["toc", 0.05], value["toc", 0.5], value["toc", 1.0]) == (9.5, 5.0, 0.0)
    # 20 + … + 11 = 155 of 20 people.
    assert (value["qini_curve", 0.5], value["qini_curve", 1.0]) == (7.75, 10.5)


def test_the_band_at_the_end_of_the_curve_is_that_of_the_mean() -> None:
    gamma = np.random.default_rng(1).normal(size=2000)
    table = share_curves(gamma, {"a": np.arange(2000.0)}, np.arange(2000), draws=200, seed=2)
    end = table.filter(curve="qini_curve", share=1.0).row(0, named=True)
    assert (end["high"] - end["low"]) / 2 == pytest.approx(1.645 / 2000**0.5, rel=0.2)


def test_qini_per_treated_is_the_area_above_the_diagonal() -> None:
    # q = 1, 1, 2, 2: area .5 + 1 + 1.5 + 2 = 5, diagonal 4; four people, two treated.
    assert qini_per_treated([1, 0, 1, 0], [4, 3, 2, 1], [1, 0, 1, 0]) == pytest.approx(1 / 8)


def test_shuffling_keeps_every_campaigns_numbers_and_moves_units_whole() -> None:
    unit = np.repeat(np.arange(40), 2)
    stratum = np.repeat([0, 1], 40)
    treatment = np.repeat(np.r_[np.ones(5), np.zeros(15), np.ones(15), np.zeros(5)], 2)
    chance = np.where(stratum == 0, 0.25, 0.75)
    assigned = Assignment(treatment, chance, unit, stratum, is_drawn=True)
    shuffled = list(shuffled_treatments(assigned, permutations=5, seed=1))
    for found in shuffled:
        assert (found[stratum == 0].sum(), found[stratum == 1].sum()) == (10, 30)
        assert (found[::2] == found[1::2]).all()
    assert any((found != treatment).any() for found in shuffled)


def test_estimated_chances_are_drawn_anew() -> None:
    chance = np.repeat([0.2, 0.8], 2000)
    drawn = next(shuffled_treatments(_assigned(np.ones(4000), chance, is_drawn=False), permutations=1, seed=1))
    assert drawn[:2000].mean() == pytest.approx(0.2, abs=0.03)
    assert drawn[2000:].mean() == pytest.approx(0.8, abs=0.03)


def test_shuffled_treatments_show_no_ranking_where_the_true_ones_do() -> None:
    rng = np.random.default_rng(3)
    score, treatment = rng.normal(size=4000), rng.permutation(np.repeat([0.0, 1.0], 2000))
    residual = (treatment - 0.5) * np.where(score > 0, 4.0, 0.0) + rng.normal(size=4000)
    low, high = shuffled_rates(residual, _assigned(treatment), {"a": score}, seed=1)["a"][1:]
    # The true ranking is worth about .5.
    assert -0.05 < low < high < 0.05


def test_a_score_that_follows_a_broken_draw_fails_the_check_before_the_campaign() -> None:
    rng = np.random.default_rng(4)
    score = rng.normal(size=2000)
    treatment = rng.permutation(np.repeat([0.0, 1.0], 1000))
    fair = rng.normal(size=2000)
    broken = fair + treatment * score
    assigned = _assigned(treatment)
    clusters = np.arange(2000)
    for before, holds in ((fair, True), (broken, False)):
        low, high = before_rates(before, assigned, {"a": score}, clusters, draws=100, seed=1)["a"][1:]
        assert (low <= 0 <= high) is holds


def test_nothing_known_of_before_gives_no_check() -> None:
    assigned = _assigned(np.tile([0.0, 1.0], 10))
    for before in (np.full(20, np.nan), np.zeros(20)):
        assert before_rates(before, assigned, {"a": BEST_FIRST}, EVERY, draws=20, seed=1) == {}


def test_every_part_stands_in_the_table_with_its_definition() -> None:
    table = labelled(_quality(_judged()), "uplift_first_purchase", "first_purchase", True)
    assert dict(table.schema) == QUALITY_SCHEMA
    assert set(table["part"]) == set(PARTS)
    assert table["definition"].str.len_chars().min() > 10  # type: ignore[operator]
    key = ("part", "figure", "ranked_by", "position")
    assert not table.select(key).is_duplicated().any()


def test_budgets_stand_beside_everybody_nobody_and_likely_buyers() -> None:
    table = _quality(_judged()).filter(part="policy")
    value = {(row["figure"], row["ranked_by"], row["position"]): row["value"] for row in table.iter_rows(named=True)}
    # The best 2 of 20 gain 20 + 19, the response model's 1 + 2; everybody 210.
    assert value["value", "candidate", 0.1] == pytest.approx(39 / 20)
    assert value["value", "response model", 0.1] == pytest.approx(3 / 20)
    assert (value["value", "everybody", 1.0], value["value", "nobody", 0.0]) == (pytest.approx(10.5), 0.0)
    assert value["value_over_response_model", "candidate", 0.1] == pytest.approx(36 / 20)
    assert value["value_over_everybody", "candidate", 0.1] == pytest.approx(39 / 20 - 10.5)


def test_tenths_show_the_calibrated_prediction_beside_what_was_realised() -> None:
    table = _quality(_judged()).filter(part="decile")
    first = {row["figure"]: row["value"] for row in table.filter(position=1).iter_rows(named=True)}
    # The best two: Γ 20 and 19; the line halves the distance from 10.5.
    assert first == {"realised": 19.5, "predicted": 15.0}
    assert sorted(table.filter(figure="realised")["position"]) == list(range(1, 11))


def test_curves_of_outcomes_are_left_out_where_chances_differ() -> None:
    assert "qini_outcome_adjusted" in set(_quality(_judged())["figure"])
    assert "qini_outcome_adjusted" not in set(_quality(_judged(np.where(EVERY < 10, 0.3, 0.7)))["figure"])
    chosen = _judged()
    chosen = replace(chosen, assigned=replace(chosen.assigned, is_drawn=False))
    assert "qini_outcome_adjusted" not in set(_quality(chosen)["figure"])


def test_a_table_of_another_kind_of_model_keeps_its_figures() -> None:
    table = figures_only(FIGURES)
    assert table.select("part", "figure", "ranked_by", "value", "rows").rows() == [
        ("figure", "qini_rate", "random", 0.1, 20)
    ]
