"""The plan from frames: consent, rest, stock, fair shares, the lot, and the same plan from rows in any order."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.errors import InputError, NothingToLearnError
from ml.planning.recruitment import Audience, recruitment_plan
from ml.planning.request import FairShare, PlanRequest, Product
from ml.planning.told import EXPLORATION, NOT_SCORED, VALUE

DAY = date(2025, 6, 30)
SCHEMA: dict[str, Any] = {
    "consumer_key": pl.String,
    "consent_contact": pl.String,
    "standing_holdout": pl.Boolean,
    "last_invited_on": pl.Date,
    "area_id": pl.String,
    "had_product_ids": pl.List(pl.String),
    "tier": pl.String,
    "followers_count": pl.Int64,
    "expected_value_minor": pl.Int64,
    "expected_through_others_minor": pl.Int64,
    "low_factor": pl.Float64,
    "high_factor": pl.Float64,
}
NO_LISTS = pl.DataFrame(schema={"consumer_key": pl.String, "follower_key": pl.String})
AUDIENCE = Audience(NO_LISTS, {"a1": 5_000.0, "a2": 3_000.0})


def person(key: str, value: int | None = 1_000, **other: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "consumer_key": key,
        "consent_contact": "granted",
        "standing_holdout": False,
        "last_invited_on": None,
        "area_id": "a1",
        "had_product_ids": [],
        "tier": "nano",
        "followers_count": 200,
        "expected_value_minor": value,
        "expected_through_others_minor": None if value is None else value * 3 // 4,
        "low_factor": 0.8,
        "high_factor": 1.2,
    }
    return usual | other


def people(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA)


def crowd(seed: int, count: int = 28) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return people(
        *(
            person(
                f"k{number:03d}",
                None if rng.random() < 0.1 else int(rng.gamma(2, 500)) + 1,
                area_id=[None, "a1", "a2"][rng.integers(0, 3)],
                tier=["nano", "micro", "unknown"][rng.integers(0, 3)],
                followers_count=None if rng.random() < 0.2 else int(rng.gamma(1, 400)),
                had_product_ids=["p1"] if rng.random() < 0.2 else [],
            )
            for number in range(count)
        )
    )


def asked(budget: int = 3_000, **other: Any) -> PlanRequest:
    usual: dict[str, Any] = {"products": (Product("p1", 1_000),), "exploration_share": 0.0}
    return PlanRequest(DAY, budget, **(usual | other))


FULL = asked(
    12_000,
    products=(
        Product("p1", 500, stock_by_area={"a1": 4, "a2": 3}),
        Product("p2", 800, stock=5, value_factor=1.5),
    ),
    exploration_share=0.2,
    fair=(FairShare("area", "a2", 0.4), FairShare("tier", "micro", 0.2)),
    seed=3,
)


def test_nobody_is_planned_who_may_not_be_contacted() -> None:
    plan = recruitment_plan(
        people(
            person("yes"),
            person("withdrawn", consent_contact="withdrawn"),
            person("never asked", consent_contact=None),
            person("held out", standing_holdout=True),
            person("resting", last_invited_on=date(2025, 6, 20)),
            person("had it", had_product_ids=["p1"]),
        ),
        asked(100_000),
        AUDIENCE,
    )
    assert plan.rows["consumer_key"].to_list() == ["yes"]
    assert sorted(plan.left_out.values()) == [0, 1, 1, 1, 2]


def test_a_plan_without_anybody_says_why() -> None:
    with pytest.raises(NothingToLearnError, match="1 no consent to be contacted"):
        recruitment_plan(people(person("one", consent_contact=None)), asked(), AUDIENCE)


def test_people_without_a_score_come_in_by_lot_only() -> None:
    rows = [person(f"scored {n}") for n in range(5)] + [person(f"new {n}", None) for n in range(5)]
    plain = recruitment_plan(people(*rows), asked(100_000), AUDIENCE)
    assert not [key for key in plain.rows["consumer_key"] if key.startswith("new")]
    drawn = recruitment_plan(people(*rows), asked(100_000, exploration_share=0.99), AUDIENCE).rows
    assert drawn.filter(status=NOT_SCORED)["chosen"].unique().to_list() == [EXPLORATION]
    assert drawn.filter(status=NOT_SCORED)["alone"].null_count() == 5


def test_the_lot_states_its_chance_and_does_not_look_at_value() -> None:
    rows = [person(f"k{n:02d}", 10 + n) for n in range(40)]
    request = asked(40_000, exploration_share=0.25)
    plan = recruitment_plan(people(*rows), request, AUDIENCE).rows
    lots = plan.filter(chosen=EXPLORATION)
    assert lots.height == 10  # a quarter of 40 invitations
    assert lots["draw_probability"].unique().to_list() == [0.25]
    others = people(*(row | {"expected_value_minor": 5_000 - 100 * n} for n, row in enumerate(rows)))
    again = recruitment_plan(others, request, AUDIENCE).rows
    assert set(again.filter(chosen=EXPLORATION)["consumer_key"]) == set(lots["consumer_key"])
    assert plan.filter(chosen=VALUE)["draw_probability"].null_count() == 30


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 1_000))
def test_budget_stock_and_fair_shares_are_never_broken(seed: int) -> None:
    rows = recruitment_plan(crowd(seed), FULL, AUDIENCE).rows
    assert rows["cost_minor"].sum() <= 12_000
    assert rows["consumer_key"].is_unique().all()
    first = rows.filter(product_id="p1")
    assert first.filter(area_id="a1").height <= 4
    assert first.filter(area_id="a2").height <= 3
    assert first.height == first.filter(pl.col("area_id").is_in(["a1", "a2"])).height
    assert rows.filter(product_id="p2").height <= 5
    assert rows.filter(pl.col("area_id").ne_missing("a2"))["cost_minor"].sum() <= 0.6 * 12_000
    assert rows.filter(pl.col("tier") != "micro")["cost_minor"].sum() <= 0.8 * 12_000
    assert rows.filter(chosen=EXPLORATION)["cost_minor"].sum() <= 0.2 * 12_000


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 1_000))
def test_rows_in_another_order_give_the_same_plan(seed: int) -> None:
    frame = crowd(seed)
    one = recruitment_plan(frame, FULL, AUDIENCE)
    other = recruitment_plan(frame.sample(fraction=1.0, shuffle=True, seed=seed), FULL, AUDIENCE)
    assert one.rows.equals(other.rows)
    assert one.limits.equals(other.limits)
    assert one.summary == other.summary


def test_the_plan_is_no_more_than_its_bound_and_no_less_than_the_rankings() -> None:
    for seed in range(3):
        two = (Product("p1", 1_000, stock=6), Product("p2", 1_300, value_factor=1.2))
        summary = recruitment_plan(crowd(seed), asked(15_000, products=two), AUDIENCE).summary
        assert max(summary["by_ranking_minor"].values()) <= summary["value_minor"] + 1e-6
        assert summary["value_minor"] <= summary["bound_minor"] * (1 + 1e-9)


def test_what_people_add_sums_to_the_value_and_the_range_is_that_of_the_scores() -> None:
    plan = recruitment_plan(people(person("a"), person("b", 2_000)), asked(), AUDIENCE)
    assert plan.rows["adds"].sum() == pytest.approx(plan.summary["value_minor"])
    through_others = float(plan.rows["through_others"].sum())
    assert plan.summary["value_high_minor"] - plan.summary["value_minor"] == pytest.approx(0.2 * through_others)
    # Own parts of 500 and 250: a share of .4 of their distance from 375 is believed.
    assert plan.rows["alone"].to_list() == pytest.approx([1_500 + 425, 750 + 325])


def test_more_stock_of_the_better_product_is_worth_its_price() -> None:
    request = asked(100_000, products=(Product("p1", 1_000, stock=2),))
    plan = recruitment_plan(people(*(person(f"k{n}") for n in range(6))), request, Audience(NO_LISTS, {}))
    prices = dict(plan.limits.select("limit", "price").iter_rows())
    assert prices["budget"] == pytest.approx(0)
    assert prices["stock of p1"] == pytest.approx(1_000, rel=1e-3)


def test_two_whose_lists_hold_the_same_people_are_not_both_worth_it() -> None:
    lists = pl.DataFrame(
        [(key, f"f{n}") for key, first in (("a", 0), ("b", 0), ("c", 50)) for n in range(first, first + 50)],
        schema=["consumer_key", "follower_key"],
        orient="row",
    )
    rows = people(person("a", 1_000), person("b", 990), person("c", 900))
    plan = recruitment_plan(rows, asked(2_000), Audience(lists, {"a1": 5_000.0}))
    assert sorted(plan.rows["consumer_key"]) == ["a", "c"]
    assert plan.summary["by_ranking_minor"]["score"] < plan.summary["value_minor"]


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"budget": 900}, "below the cheapest invitation"),
        ({"products": ()}, "at least one product"),
        ({"products": (Product("p", 1), Product("p", 2))}, "named twice"),
        ({"exploration_share": 1.0}, "exploration share"),
        ({"fair": (FairShare("area", "x", 0.7), FairShare("area", "y", 0.6))}, "more than the whole budget"),
    ],
)
def test_what_cannot_be_asked_is_refused(other: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        asked(**other)


def test_shares_by_protected_traits_are_refused() -> None:
    with pytest.raises(InputError, match="never by protected traits"):
        FairShare("age_band", "18_24", 0.5)
