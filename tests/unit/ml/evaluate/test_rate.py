"""AUTOC and QINI-RATE against figures worked out by hand, and their half-sample error against theory."""

from __future__ import annotations

import numpy as np
import pytest

from ml.evaluate.rate import autoc, half_sample_rates, qini_rate

GAMMA = np.array([4.0, 2.0, 0.0, -2.0])  # mean 1
BEST_FIRST = np.array([4.0, 3.0, 2.0, 1.0])


def test_autoc_is_the_mean_of_toc() -> None:
    # Means of the first k: 4, 3, 2, 1; TOC 3, 2, 1, 0.
    assert autoc(GAMMA, BEST_FIRST) == pytest.approx(6 / 4)


def test_qini_rate_weighs_toc_by_the_share() -> None:
    # .25·3 + .5·2 + .75·1 + 1·0 = 2.5.
    assert qini_rate(GAMMA, BEST_FIRST) == pytest.approx(2.5 / 4)


def test_the_reverse_order_turns_the_qini_rate_round() -> None:
    # Means of the first k: -2, -1, 0, 1; TOC -3, -2, -1, 0.
    assert qini_rate(GAMMA, -BEST_FIRST) == pytest.approx(-2.5 / 4)


def test_a_score_that_is_the_same_for_all_is_worth_nothing() -> None:
    assert autoc(GAMMA, np.ones(4)) == pytest.approx(0.0)
    assert qini_rate(GAMMA, np.ones(4)) == pytest.approx(0.0)


def test_half_samples_spread_like_the_figure_itself() -> None:
    # QINI-RATE of an unrelated score is a mean of Γ·(rank - ½): deviation sd(Γ)·sqrt(1/12/n) = .00645 for n = 2,000.
    rng = np.random.default_rng(1)
    gamma, score = rng.normal(size=2000), rng.random(2000)
    halves = half_sample_rates(gamma, {"a": score}, np.arange(2000), draws=200, seed=2)["a"]
    assert np.std(halves) == pytest.approx((1 / 12 / 2000) ** 0.5, rel=0.2)


def test_clusters_are_drawn_whole() -> None:
    # Ten copies of 200 people are 200 clusters: the error is that of 200, sqrt(10) times that of 2,000.
    rng = np.random.default_rng(1)
    gamma, score = np.repeat(rng.normal(size=200), 10), np.repeat(rng.random(200), 10)
    cluster = np.repeat(np.arange(200), 10)
    halves = half_sample_rates(gamma, {"a": score}, cluster, draws=200, seed=2)["a"]
    assert np.std(halves) == pytest.approx((1 / 12 / 200) ** 0.5, rel=0.25)
