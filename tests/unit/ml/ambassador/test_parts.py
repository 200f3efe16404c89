"""From tracked purchases to money: capture, own purchases, the exploration slice, who is judged by whom."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from ml.ambassador.capture import PRIOR_SPREAD, fit_capture
from ml.ambassador.exploration import in_exploration
from ml.ambassador.judge import decide_ambassador, is_new, passes_of
from ml.ambassador.own import fit_own, slope_of
from tests.unit.ml.worlds import training_world


def _campaigns(**columns: list[float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "campaign_id": ["a", "a", "b"],
            "purchase_value_minor": [1000.0] * 3,
            "tracked_purchases_count": [100, 100, 300],
            "tracked_net_minor": [90_000, 90_000, 270_000],
            "caused_purchases_count": [150.0, 150.0, 480.0],
            "caused_purchases_error_count": [10.0, 10.0, 30.0],
        }
        | columns
    )


def test_caused_per_tracked_is_weighted_by_precision_and_held_back_a_little() -> None:
    capture = fit_capture(_campaigns())
    # Both campaigns weigh (tracked / error)² = 100: the mean of 1.5 and 1.6, variance 1/200.
    weight = 1 / (1 + (1 / 200) / PRIOR_SPREAD**2)
    assert capture.caused_per_tracked == pytest.approx(weight * 1.55 + (1 - weight))
    # Codes take a tenth off; of 1.54 caused purchases 1 carries one.
    assert capture.value_share == pytest.approx(1 - 0.1 / capture.caused_per_tracked)


def test_without_a_baseline_the_tracked_stand_as_they_are_and_say_so() -> None:
    capture = fit_capture(_campaigns(caused_purchases_count=[None] * 3, caused_purchases_error_count=[None] * 3))
    assert (capture.caused_per_tracked, capture.is_measured) == (1.0, False)


def test_a_ranking_of_codes_is_refused_where_no_sales_came_beyond_the_usual() -> None:
    # 400 tracked, 10 ± 30 caused: far below what the prior holds for likely.
    nothing = fit_capture(_campaigns(caused_purchases_count=[4.0, 4.0, 6.0], caused_purchases_error_count=[20.0] * 3))
    assert nothing.caused_per_tracked < 0.1 and nothing.interval[0] < 0 < nothing.interval[1]
    value = np.asarray(np.arange(300) % 7, dtype=np.float64)
    told = {
        name: decide_ambassador(value, value, np.arange(300), "later campaigns", capture, seed=1)
        for name, capture in {"nothing": nothing, "some": fit_capture(_campaigns())}.items()
    }
    assert told["some"].is_promoted and not told["nothing"].is_promoted
    assert "not known that telling sells" in told["nothing"].reasons[0]


def test_own_purchases_are_the_average_effect_on_whomever_they_are_centred() -> None:
    frame = training_world(3000, 1, spread=0.2)
    own = fit_own(frame, ["last_purchase_age_days", "net_spend_90d_minor"], seed=1)
    arms = {int(arm): part["net_spend_after_minor"].to_numpy() / 1000 for (arm,), part in frame.group_by("treatment")}
    assert own.average == pytest.approx(arms[1].mean() - arms[0].mean(), abs=0.03)
    X = frame.head(500).select("last_purchase_age_days", "net_spend_90d_minor").to_numpy()
    assert own.with_average_over(X).predict(X).mean() == pytest.approx(own.average)


def test_nothing_randomised_teaches_no_own_purchases() -> None:
    frame = training_world(1000, 1).with_columns(design=pl.lit("observational"))
    assert (fit_own(frame, ["net_spend_90d_minor"], seed=1).predict(np.ones((5, 1))) == 0).all()


def test_one_in_twenty_is_explored_by_lot_and_stays_so() -> None:
    keys = pl.Series([f"k{number}" for number in range(20_000)])
    slice_ = in_exploration(keys, seed=1)
    assert slice_.mean() == pytest.approx(0.05, abs=0.006)
    assert in_exploration(keys.head(10), seed=1).equals(slice_.head(10))
    assert not in_exploration(keys, seed=2).equals(slice_)


def _rows(starts: list[date], ends: list[date]) -> pl.DataFrame:
    return pl.concat(
        pl.DataFrame(
            {
                "campaign_id": f"c{number}",
                "consumer_key": [f"k{person}" for person in range(40 * number, 40 * number + 60)],
                "decision_on": start,
                "outcome_ends_on": end,
                "referred_purchases_count": 1,
            }
        )
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    )


def test_a_campaign_is_judged_only_by_windows_that_ended_before_it_began() -> None:
    rows = _rows(
        [date(2025, 1, 1), date(2025, 3, 1), date(2025, 6, 1)],
        [date(2025, 3, 31), date(2025, 5, 29), date(2025, 8, 29)],
    )
    split, passes = passes_of(rows, 1)
    assert split == "later campaigns"
    # The second began before the first's window was over: nobody judges it, and both teach the third.
    assert len(passes) == 1
    assert rows[passes[0].taught]["campaign_id"].unique().sort().to_list() == ["c0", "c1"]
    assert rows[passes[0].judged]["campaign_id"].unique().to_list() == ["c2"]
    assert is_new(rows, passes[0]).sum() == 40  # k80 to k99 were in the second


def test_one_campaign_is_judged_by_other_people() -> None:
    split, passes = passes_of(_rows([date(2025, 1, 1)], [date(2025, 3, 31)]), 1)
    assert split == "other people"
    assert sorted(np.concatenate([one.judged for one in passes]).tolist()) == list(range(60))


def test_differences_that_do_not_come_true_in_other_people_are_taken_back() -> None:
    rng = np.random.default_rng(1)
    true = rng.normal(0, 1, 20_000)
    gamma = true + rng.normal(0, 3, true.size)
    slope, error = slope_of(3 * true, gamma)
    assert slope == pytest.approx(1 / 3, abs=3 * error)
    assert error == pytest.approx(3 / 3 / np.sqrt(true.size), rel=0.05)
    assert slope_of(rng.normal(0, 1, true.size), gamma)[0] == pytest.approx(0, abs=0.03)
    assert slope_of(-true, gamma)[0] == 0  # the wrong way round is no knowledge
    assert slope_of(true / 2, gamma)[0] == 1  # never spread further than the trees dared
    assert slope_of(np.full(5, 2.0), gamma[:5]) == (0, 0)


def test_own_purchases_that_differ_between_people_only_by_chance_are_hardly_told_apart() -> None:
    names = ["last_purchase_age_days", "net_spend_90d_minor"]
    X = training_world(3000, 3, spread=0.2).select(names).to_numpy()
    spread = {each: fit_own(training_world(3000, 2, spread=each), names, seed=1).predict(X).std() for each in (0, 0.3)}
    assert spread[0] < spread[0.3] / 3
