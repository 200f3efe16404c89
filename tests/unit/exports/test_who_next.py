"""The front file: one action per person, its reason, worth and cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.facade import build_exports
from orchestration.exports.who_next import member_cost_minor
from tests.unit.exports.conftest import frame

Frames = dict[str, pl.DataFrame]


def listed(frames: Frames, context: ExportContext) -> dict[str, dict[str, Any]]:
    return {row["consumer_key"]: row for row in build_exports(frames, context)["who_next"].iter_rows(named=True)}


def tell(frames: Frames, consumer_key: str, polarity: str, moment: str, day: date) -> None:
    """One piece of a person that tells of one moment."""
    key = f"u_{consumer_key}"
    told = {"ugc_key": key, "moment": moment, "polarity": polarity, "consumer_key": consumer_key, "published_on": day}
    frames["fct_moments"] = frame("fct_moments", [told | {"confidence": 0.9, "is_unsure": False, "is_counted": True}])
    frames["fct_ugc"] = frame(
        "fct_ugc", [{"ugc_key": key, "platform_or_site": "clipcast", "ugc_kind": "post", "is_counted": True}]
    )


def score(consumer_key: str, value: int, rank: int, **cells: Any) -> dict[str, Any]:
    return {
        **{"consumer_key": consumer_key, "expected_value_minor": value, "expected_through_others_minor": 0},
        **{"expected_value_low_minor": value - 500, "expected_value_high_minor": value + 500},
        **{"currency": "EUR", "rank": rank, "loyalty_rank": rank, "is_exploration": False},
        **{"reason_1": "told friends before", "model_id": "m1", "model_as_of": date(2026, 6, 1)},
        **cells,
    }


def test_a_member_has_cost_what_past_campaigns_booked_per_person_in_the_brands_currency(frames: Frames) -> None:
    assert member_cost_minor(frames, "EUR") == 6_025  # spring: 120.50 for two people; lone also booked dollars
    assert member_cost_minor(frames, "USD") is None


def test_people_worth_more_than_they_cost_are_recruited_with_the_scores_reason(
    frames: Frames, context: ExportContext
) -> None:
    frames["ambassador"] = frame("ambassador", [score("p1", 9_000, 1), score("p5", 6_000, 2)])
    frames["uplift"] = frame("uplift", [])
    rows = listed(frames, context)
    assert set(rows) == {"p1"}
    row = rows["p1"]
    assert (row["action"], row["why"], row["score_rank"]) == ("recruit", "told friends before", 1)
    assert (row["expected_value_minor"], row["cost_minor"], row["expected_value_low_minor"]) == (9_000, 6_025, 8_500)
    assert row["do_by"] == date(2026, 7, 30)


def test_without_booked_costs_the_best_twentieth_is_recruited(frames: Frames, context: ExportContext) -> None:
    frames["fct_campaign_costs"] = frame("fct_campaign_costs", [])
    frames["ambassador"] = frame("ambassador", [score("p1", 20, 2), score("p5", 30, 1)])
    frames["uplift"] = frame("uplift", [])
    rows = listed(frames, context)
    assert {key: (row["action"], row["cost_minor"]) for key, row in rows.items()} == {"p5": ("recruit", None)}


def test_a_bad_moment_is_mended_before_anything_is_asked_and_stands_first(
    frames: Frames, context: ExportContext
) -> None:
    frames["ambassador"] = frame("ambassador", [score("p1", 9_000, 1), score("p5", 90_000, 2)])
    tell(frames, "p1", "negative", "wait", date(2026, 6, 29))
    rows = listed(frames, context)
    assert (rows["p1"]["place"], rows["p1"]["action"], rows["p1"]["why"]) == (1, "fix", "told of a bad moment: waiting")
    assert (rows["p1"]["do_by"], rows["p1"]["expected_value_minor"]) == (date(2026, 7, 2), None)
    assert (rows["p5"]["place"], rows["p5"]["action"]) == (2, "recruit")


def test_whoever_withdrew_consent_is_left_alone_and_stands_last(frames: Frames, context: ExportContext) -> None:
    frames["ambassador"] = frame("ambassador", [score("p6", 90_000, 1), score("p1", 9_000, 2)])
    rows = listed(frames, context)
    left = rows["p6"]
    assert (left["place"], left["action"], left["why"]) == (2, "leave alone", "has withdrawn consent to be contacted")
    assert (left["expected_value_minor"], left["cost_minor"], left["do_by"]) == (None, None, None)


def test_whoever_is_kept_out_by_lot_is_answered_but_not_courted(frames: Frames, context: ExportContext) -> None:
    everybody = replace(context, holdout_share=0.999999)
    frames["ambassador"] = frame("ambassador", [score("p1", 9_000, 1)])
    assert listed(frames, everybody)["p1"]["action"] == "leave alone"
    tell(frames, "p1", "negative", "wait", date(2026, 6, 29))
    assert listed(frames, everybody)["p1"]["action"] == "fix"


def test_contact_that_hurts_is_not_made(frames: Frames, context: ExportContext) -> None:
    frames["ambassador"] = frame("ambassador", [score("p5", 90_000, 1)])
    hurt = {"campaign_id": "spring", "outcome": "first_purchase", "uplift": -0.1, "group_label": "contact hurts"}
    frames["uplift"] = frame(
        "uplift",
        [
            hurt
            | {"consumer_key": "p5", "rank": 1, "model_id": "m", "design": "randomised"}
            | {"model_as_of": date(2026, 6, 1)}
        ],
    )
    assert listed(frames, context)["p5"]["why"] == "contact is expected to turn this person away"


def test_whom_contact_helps_gets_a_sample_where_it_is_worth_more_than_it_costs(
    frames: Frames, context: ExportContext
) -> None:
    frames["ambassador"] = frame("ambassador", [])
    assert listed(frames, context) == {}  # 2.50 EUR of spend are expected of p1, a member costs 60.25
    frames["fct_campaign_costs"] = frame(
        "fct_campaign_costs", [{"campaign_id": "spring", "amount_minor": 400, "currency": "EUR"}]
    )
    row = listed(frames, context)["p1"]
    assert (row["action"], row["why"], row["score_rank"]) == ("sample", "bought three times", None)
    assert (row["expected_value_minor"], row["cost_minor"]) == (250, 200)


def test_without_booked_costs_the_best_twentieth_is_sent_a_sample(frames: Frames, context: ExportContext) -> None:
    frames |= {"ambassador": frame("ambassador", []), "fct_campaign_costs": frame("fct_campaign_costs", [])}
    frames["uplift"] = frames["uplift"].with_columns(
        rank=pl.when(pl.col("consumer_key") == "p1").then(1).otherwise(pl.col("rank") + 1)
    )
    row = listed(frames, context)["p1"]
    assert (row["action"], row["cost_minor"]) == ("sample", None)


def test_a_good_moment_is_thanked_for_within_two_weeks(frames: Frames, context: ExportContext) -> None:
    frames |= {"ambassador": frame("ambassador", []), "uplift": frame("uplift", [])}
    tell(frames, "p1", "positive", "delight", date(2026, 6, 20))
    row = listed(frames, context)["p1"]
    assert (row["action"], row["why"], row["do_by"]) == ("thank", "told of a good moment: delight", date(2026, 7, 4))
    tell(frames, "p1", "positive", "delight", date(2026, 6, 16))
    assert listed(frames, context) == {}


def test_nobody_without_a_basis_is_named(frames: Frames, context: ExportContext) -> None:
    frames["ambassador"] = frame("ambassador", [score(key, 90_000, n) for n, key in enumerate(("p3", "p4", "p2"), 1)])
    assert not {"p2", "p3", "p4"} & set(listed(frames, context))
