"""Brand surveys and purchases after posts: differences worked out by hand, checks, refusals in words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from ml.errors import TooFewRowsError
from ml.measurement.brand_effect.answers import difference, question_effect, wilson
from ml.measurement.brand_effect.measure import brand_effects, posts_sell

END = date(2026, 3, 31)
AS_OF = date(2026, 6, 30)


def test_a_difference_of_means_by_hand() -> None:
    found = difference(np.array([5.0, 7.0]), np.array([4.0, 4.0, 7.0]), 0.9)
    assert found.value == pytest.approx(1.0)
    assert found.low < 0 < found.high


def test_the_answer_before_is_taken_out() -> None:
    # Everybody keeps their own level; the treated rise by exactly 1, whatever their levels were.
    before = np.concatenate([np.linspace(2, 9, 40), np.linspace(1, 8, 40)])
    treated = np.repeat([True, False], 40)
    found = question_effect(before, before + treated, treated, 0.9)
    assert found.effect.value == pytest.approx(1.0)
    assert found.effect.low == pytest.approx(1.0)
    assert found.both_waves == 80
    assert found.check is not None
    assert found.check.value == pytest.approx(1.0)  # and the check says that the levels differed


def test_without_answers_before_the_waves_after_are_compared() -> None:
    treated = np.repeat([True, False], 30)
    after = np.where(treated, 6.0, 5.0) + np.tile([0.1, -0.1], 30)
    found = question_effect(np.full(60, np.nan), after, treated, 0.9)
    assert found.effect.value == pytest.approx(1.0)
    assert found.check is None


def test_fewer_than_thirty_answers_in_an_arm_are_refused() -> None:
    after = np.ones(59)
    with pytest.raises(TooFewRowsError, match="29 answers of the control"):
        question_effect(after, after, np.arange(59) < 30, 0.9)


def test_wilson_by_hand_stays_within_0_and_1() -> None:
    # 0 of 10: the upper end is z² / (10 + z²) = 2.7055 / 12.7055.
    share, low, high = wilson(0, 10, 0.9)
    assert (share, low) == (0.0, 0.0)
    assert high == pytest.approx(0.21294, abs=1e-5)


def frames(people: int = 40, **campaign: Any) -> dict[str, pl.DataFrame]:
    """Even people treated. Trust 5 before, 6 after for the treated and 5 for the others, give or take .5."""
    rows = []
    for number in range(2 * people):
        base = 5.0 + (0.5 if number % 4 < 2 else -0.5)
        for wave, value in (("before", base), ("after", base + (number % 2 == 0))):
            rows.append({"consumer_key": f"p{number:03d}", "wave": wave, "trust": value})
    answers = pl.DataFrame(rows).with_columns(
        survey=pl.lit("brand"),
        campaign_id=pl.lit("c1"),
        arm=pl.lit(None, pl.String),
        recommend=pl.lit(None, pl.Int64),
        intent=pl.lit(None, pl.Float64),
        bought_after_post=pl.lit(None, pl.Boolean),
        surveyed_at=pl.lit(datetime(2026, 4, 10)),
    )
    members = pl.DataFrame(
        [
            {
                "consumer_key": f"p{number:03d}",
                "arm": "treatment" if number % 2 == 0 else "holdout",
                "first_purchase": number % 4 == 0 or number % 20 == 1,
            }
            for number in range(2 * people)
        ]
    ).with_columns(
        campaign_id=pl.lit("c1"), unit=pl.lit("consumer"), design=pl.lit("randomised"), published_on=pl.lit(END)
    )
    return {
        "fct_survey_answers": answers,
        "fct_campaign_members": members,
        "fct_campaign_events": pl.DataFrame(
            schema=dict.fromkeys(("campaign_id", "kind", "consumer_key", "referrer_consumer_key"), pl.String)
        ),
        "dim_campaigns": pl.DataFrame([{"campaign_id": "c1", "ends_on": END} | campaign]),
    }


def effect_of(tables: dict[str, pl.DataFrame], question: str = "trust") -> dict[str, Any]:
    return brand_effects(tables, AS_OF)["brand_effect"].filter(question=question).row(0, named=True)


def test_a_campaign_raises_trust_by_a_point() -> None:
    row = effect_of(frames())
    assert row["effect"] == pytest.approx(1.0)
    assert (row["treated_before"], row["treated_after"], row["control_after"]) == (5.0, 6.0, 5.0)
    assert row["check"] == pytest.approx(0.0)
    assert (row["design"], row["treated_count"], row["note"]) == ("randomised", 40, None)


def test_the_arm_of_the_assignment_counts_not_the_surveys() -> None:
    tables = frames()
    tables["fct_survey_answers"] = tables["fct_survey_answers"].with_columns(arm=pl.lit("control"))
    assert effect_of(tables)["effect"] == pytest.approx(1.0)


def test_arms_that_only_the_survey_knows_prove_nothing() -> None:
    tables = frames()
    tables["fct_survey_answers"] = tables["fct_survey_answers"].join(
        tables["fct_campaign_members"].select("consumer_key", noted="arm"), on="consumer_key"
    ).with_columns(arm="noted")  # fmt: skip
    tables["fct_campaign_members"] = tables["fct_campaign_members"].clear()
    row = effect_of(tables)
    assert row["effect"] == pytest.approx(1.0)
    assert row["design"] == "observational"
    assert "no proof of cause" in row["note"]


def test_a_question_nobody_answered_is_refused_and_unknown_is_not_zero() -> None:
    row = effect_of(frames(), "intent")
    assert row["status"] == "refused"
    assert "0 answers of the treated" in row["note"]
    assert row["effect"] is None


def test_a_campaign_under_way_is_refused() -> None:
    assert "not over" in effect_of(frames(ends_on=date(2026, 7, 31)))["note"]


def sales_of(tables: dict[str, pl.DataFrame], measure: str) -> dict[str, Any]:
    return posts_sell(tables, AS_OF)["posts_sell"].filter(measure=measure).row(0, named=True)


def test_said_tracked_and_held_out_stand_beside_each_other() -> None:
    tables = frames()
    said = tables["fct_survey_answers"].filter(pl.col("wave") == "after").with_columns(
        survey=pl.lit("wom"), bought_after_post=pl.Series([number % 4 == 0 for number in range(80)])
    )  # fmt: skip
    tables["fct_survey_answers"] = pl.concat([tables["fct_survey_answers"], said])
    tables["fct_campaign_events"] = pl.DataFrame(
        [{"campaign_id": "c1", "kind": "link_click", "consumer_key": f"f{number}"} for number in range(50)]
        + [{"campaign_id": "c1", "kind": "code_redeemed", "consumer_key": f"f{number}"} for number in range(10)]
    ).with_columns(referrer_consumer_key=pl.lit("p000"))
    assert sales_of(tables, "said in a survey")["share"] == 0.25
    tracked = sales_of(tables, "came by code or link")
    assert (tracked["people_count"], tracked["buyers_count"], tracked["share"]) == (50, 10, 0.2)
    held = sales_of(tables, "more than in the holdout")
    # Of 40 treated 20 bought; of 40 held out those numbered 1, 21, 41, 61: 4.
    assert held["share"] == pytest.approx(20 / 40 - 4 / 40)
    assert held["design"] == "randomised"


def test_codes_of_unknown_clicks_give_a_count_and_no_share() -> None:
    tables = frames()
    tables["fct_campaign_events"] = pl.DataFrame(
        [{"campaign_id": "c1", "kind": "code_redeemed", "consumer_key": f"f{number}"} for number in range(40)]
    ).with_columns(referrer_consumer_key=pl.lit("p000"))
    row = sales_of(tables, "came by code or link")
    assert (row["buyers_count"], row["share"], row["status"]) == (40, None, "measured")


def test_nothing_asked_and_nothing_tracked_are_refused_by_name() -> None:
    tables = frames()
    assert "0 people were asked" in sales_of(tables, "said in a survey")["note"]
    assert "campaign_events" in sales_of(tables, "came by code or link")["note"]


def test_a_coupon_of_the_brand_is_no_members_code_and_a_campaign_without_posts_has_no_row() -> None:
    tables = frames()
    tables["fct_campaign_events"] = pl.DataFrame(
        [{"campaign_id": "c1", "kind": "code_redeemed", "consumer_key": f"f{number}"} for number in range(40)]
    ).with_columns(referrer_consumer_key=pl.lit(None, pl.String))
    assert "0 known people" in sales_of(tables, "came by code or link")["note"]
    tables["fct_campaign_members"] = tables["fct_campaign_members"].with_columns(published_on=pl.lit(None, pl.Date))
    assert posts_sell(tables, AS_OF)["posts_sell"].is_empty()
