"""Offline reach: chains of telling, forgetting, different people, survey sizes, and what is refused in words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from ml.errors import TooFewRowsError
from ml.measurement.word_of_mouth.chain import Answers, generations, interval, reach_of
from ml.measurement.word_of_mouth.counts import relay_posterior, told_posterior
from ml.measurement.word_of_mouth.measure import word_of_mouth
from ml.measurement.word_of_mouth.people import different_people, seen_twice
from ml.measurement.word_of_mouth.recall import forgetting
from ml.measurement.word_of_mouth.size import survey_size

END = date(2026, 3, 31)


def counts(mean: float, dispersion: float, size: int, seed: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    rng = np.random.default_rng(seed)
    return rng.negative_binomial(dispersion, dispersion / (dispersion + mean), size)


def test_the_posterior_of_a_large_survey_closes_on_the_true_mean_and_dispersion() -> None:
    found = told_posterior(counts(6.0, 0.8, 20_000, 1), 2_000, np.random.default_rng(2))
    assert np.median(found.mean) == pytest.approx(6.0, rel=0.05)
    assert np.median(found.dispersion) == pytest.approx(0.8, rel=0.08)


def test_relay_probability_counts_tellers_and_fan_out_what_one_of_them_tells() -> None:
    answers = np.array([0] * 900 + [1] * 50 + [5] * 50)
    found = relay_posterior(answers, 4_000, np.random.default_rng(1))
    assert np.median(found.probability) == pytest.approx(0.1, abs=0.005)
    assert np.median(found.fan_out) == pytest.approx(3.0, rel=0.05)
    assert np.median(found.ratio) == pytest.approx(0.3, rel=0.07)


def test_reach_is_what_members_told_times_one_over_one_minus_the_relay_ratio() -> None:
    # All 500 members told 6 people; 1,000 hearers tell .26 on: 3,000 / .74 = 4,054.
    relayed = np.array([0] * 870 + [2] * 130)
    reach = reach_of(Answers(np.full(500, 6), relayed, 500), np.random.default_rng(1))
    assert reach.direct_value == 3_000
    assert (reach.direct == 3_000).all()
    assert reach.total_value == pytest.approx(4_054, rel=0.01)
    assert reach.total is not None
    found = interval(reach.total, reach.total_value or 0.0, 0.9)
    assert found.low < 4_054 < found.high


def test_members_not_asked_are_counted_with_their_own_chance_and_hearers_not_asked_stop_the_chain() -> None:
    reach = reach_of(Answers(np.full(100, 4), None, 400), np.random.default_rng(1))
    assert reach.direct_value == 1_600
    assert reach.direct.std() > 0
    assert reach.total is None
    assert generations(reach, 400, 1).mean() == pytest.approx(1_600, rel=0.05)


def test_what_was_forgotten_is_added_for_members_and_hearers() -> None:
    answers = Answers(np.full(500, 3), np.array([0] * 900 + [1] * 100), 500, remembered=0.5)
    reach = reach_of(answers, np.random.default_rng(1))
    assert reach.direct_value == 3_000
    assert reach.direct.mean() == pytest.approx(3_000, rel=0.05)
    assert reach.relay is not None
    assert np.median(reach.relay.ratio) == pytest.approx(0.2, rel=0.1)


def test_forgetting_a_tenth_in_ten_days_is_a_hundredth_a_day() -> None:
    first = np.full(40, 10.0)
    recall = forgetting(first, first * np.exp(-0.1), np.full(40, 10.0))
    assert recall is not None
    assert recall.rate == pytest.approx(0.01)
    assert recall.error == pytest.approx(0.0, abs=1e-12)
    shares = recall.remembered(np.array([0.0, 10.0]), 5, np.random.default_rng(1))
    assert shares == pytest.approx((1 + np.exp(-0.1)) / 2)


def test_nobody_remembers_more_than_was_told_and_few_pairs_say_nothing() -> None:
    found = forgetting(np.full(30, 2.0), np.full(30, 3.0), np.full(30, 8.0))
    assert found is not None and found.rate == 0.0
    assert forgetting(np.full(19, 2.0), np.full(19, 2.0), np.full(19, 8.0)) is None


def test_different_people_are_fewer_than_the_told_and_than_the_area_and_fewer_when_uneven() -> None:
    # 1,000 told in an area of 1,000: 1,000 · (1 - e^-1) = 632 different ones; with a = 1: 1,000 · (1 - 1/2) = 500.
    told, people = np.array([1_000.0]), np.array([1_000.0])
    assert different_people(told, people) == pytest.approx(632.12, abs=0.01)
    assert different_people(told, people, evenness=1.0) == pytest.approx(500.0)


def test_chapman_from_two_surveys_by_hand() -> None:
    # (99 + 1)(79 + 1) / (19 + 1) - 1 = 399.
    found = seen_twice(99, 79, 19)
    assert found.value == 399
    assert 99 + 79 - 19 < found.low < 399 < found.high


@pytest.mark.parametrize(("n1", "n2", "m", "words"), [(50, 40, 6, "6 people"), (50, 20, 20, "drawn apart")])
def test_two_surveys_that_cannot_count_are_refused(n1: int, n2: int, m: int, words: str) -> None:
    with pytest.raises(TooFewRowsError, match=words):
        seen_twice(n1, n2, m)


def test_the_survey_size_gives_the_wanted_relative_error_at_the_least_number_of_answers() -> None:
    size = survey_size(6.0, 0.8, 0.5, 2.6, half_width=0.15)

    def error(members: float, hearers: float) -> float:
        variance = (1 / 6 + 1 / 0.8) / members + 2.6 / 0.25 / hearers
        return float(1.6448536 * np.sqrt(variance))

    assert error(size.members_count, size.hearers_count) == pytest.approx(0.15, rel=0.01)
    for moved in (-30, 30):
        assert error(size.members_count + moved, size.hearers_count - moved) > 0.15


def marts(
    members_count: int = 60, hearers_count: int = 80, relay: int = 10, **campaign: Any
) -> dict[str, pl.DataFrame]:
    """Members m0…, each told 5; hearers h0…, the first `relay` told 2 each; one area of 100,000 people."""
    people = [f"m{number}" for number in range(members_count)]
    hearers = [f"h{number}" for number in range(hearers_count)]
    answers = [
        {"consumer_key": key, "generation": 0, "people_told_count": 5, "valence": "positive", "surveyed_on": END}
        for key in people
    ] + [
        {"consumer_key": key, "generation": 1, "people_told_count": 2 if number < relay else 0, "surveyed_on": END}
        for number, key in enumerate(hearers)
    ]
    schema = {
        "consumer_key": pl.String, "generation": pl.Int64, "people_told_count": pl.Int64, "valence": pl.String,
        "surveyed_on": pl.Date,
    }  # fmt: skip
    told = pl.DataFrame(answers, schema=schema).with_columns(campaign_id=pl.lit("c1"), survey=pl.lit("wom"))
    days = {"active_on": END, "delivered_on": END, "accepted_on": END}
    return {
        "fct_survey_answers": told,
        "fct_campaign_members": pl.DataFrame(
            [{"consumer_key": key, **days} for key in people],
            schema={"consumer_key": pl.String, **dict.fromkeys(days, pl.Date)},
        ).with_columns(campaign_id=pl.lit("c1"), arm=pl.lit("treatment"), unit=pl.lit("consumer")),
        "dim_campaigns": pl.DataFrame(
            [{"campaign_id": "c1", "ends_on": END} | campaign], schema={"campaign_id": pl.String, "ends_on": pl.Date}
        ),
        "dim_consumers": pl.DataFrame({"consumer_key": people, "home_area_id": ["a1"] * len(people)}),
        "dim_stores": pl.DataFrame({"area_id": ["a1", "a1"], "area_population": [100_000, 100_000]}),
    }


def measured(frames: dict[str, pl.DataFrame]) -> dict[str, Any]:
    return word_of_mouth(frames, END + timedelta(days=30), seed=1)["word_of_mouth"].row(0, named=True)


def test_a_campaign_is_measured_with_its_generations() -> None:
    frames = word_of_mouth(marts(), END + timedelta(days=30), seed=1)
    row = frames["word_of_mouth"].row(0, named=True)
    assert (row["status"], row["members_group"], row["members_count"]) == ("measured", "active", 60)
    assert row["direct_reach"] == 300
    # R = 20 / 80: 300 / .75 = 400, with the correction for its curve a little less.
    assert row["reach"] == pytest.approx(400, rel=0.02)
    assert row["reach_low"] < 400 < row["reach_high"]
    assert row["different_people"] < row["reach"]
    assert row["positive_share"] == 1.0
    steps = frames["word_of_mouth_generations"]
    assert steps["generation"].to_list() == [1, 2, 3, 4, 5]
    assert steps["people"].is_sorted(descending=True)


def test_too_few_hearers_leave_the_people_members_told_and_say_what_is_needed() -> None:
    row = measured(marts(hearers_count=20))
    assert row["status"] == "measured"
    assert row["direct_reach"] == 300
    assert row["reach"] is None
    assert "at least 50 answers are needed" in row["note"]


def test_talk_that_may_never_end_gets_no_total() -> None:
    row = measured(marts(relay=45))
    assert row["reach"] is None
    assert "without an end" in row["note"]


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        (marts(members_count=29), "at least 30 answers"),
        (marts(ends_on=END + timedelta(days=60)), "is not over"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_words(frames: dict[str, pl.DataFrame], words: str) -> None:
    row = measured(frames)
    assert row["status"] == "refused"
    assert words in row["note"]
    assert row["reach"] is None


def test_an_unanswered_count_is_not_a_zero() -> None:
    frames = marts()
    frames["fct_survey_answers"] = frames["fct_survey_answers"].with_columns(
        people_told_count=pl.when(pl.col("consumer_key").is_in(["m0", "m1"])).then(None).otherwise("people_told_count")
    )
    row = measured(frames)
    assert (row["asked_count"], row["unanswered_count"]) == (58, 2)
    assert row["direct_reach"] == 300
