"""Features of a few hand-made facts: values, what is unknown, and that the future never shows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ml.errors import InputError
from ml.features.build import features_at, scoring_frame
from ml.features.decisions import member_decisions, scoring_decisions
from ml.features.dictionary import BY_NAME, FEATURE_NAMES, FORBIDDEN_COLUMNS, GROUPS, check_allowed
from ml.features.training import training_frame
from tests.unit.ml.worlds import marts, member, sale

START = date(2025, 7, 1)
ZONE = "Europe/Paris"


def _day(days_before: int) -> date:
    return START - timedelta(days=days_before)


def _facts(**more: list[dict[str, Any]]) -> dict[str, pl.DataFrame]:
    """ann buys twice, bob only long ago, cyd never; p1 is the campaign's product, of the category tea."""
    rows: dict[str, list[dict[str, Any]]] = {
        "fct_sales_lines": [
            sale("ann", _day(10), 500, discount_minor=100, channel="online"),
            sale("ann", _day(10), 300, product_id="p2", channel="online"),
            sale("ann", _day(60), 1000, product_id="p3"),
            sale("bob", _day(400), 700),
        ],
        "dim_products": [
            {"product_id": "p1", "category": "tea"},
            {"product_id": "p2", "category": "tea"},
            {"product_id": "p3", "category": "soap"},
        ],
        "bridge_campaign_products": [{"campaign_id": "c1", "product_id": "p1"}],
        "fct_campaign_members": [
            member("ann", "treatment", START),
            member("bob", "control", START),
            member("cyd", "control", START),
        ],
        "dim_consumers": [
            {"consumer_key": "ann", "joined_at": datetime(2025, 6, 20)},
            {"consumer_key": "bob", "joined_at": datetime(2025, 8, 1)},
            {"consumer_key": "cyd"},
        ],
    }
    for name, added in more.items():
        rows[name] = rows.get(name, []) + added
    return marts(**rows)


def _features(**more: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found = _facts(**more)
    frame = features_at(found, member_decisions(found["fct_campaign_members"], ZONE), currency="EUR")
    return {row["consumer_key"]: row for row in frame.iter_rows(named=True)}


def test_purchases_are_counted_by_basket_and_summed_by_window() -> None:
    ann = _features()["ann"]
    assert (ann["purchases_30d_count"], ann["purchases_90d_count"], ann["purchases_365d_count"]) == (1, 2, 2)
    assert (ann["net_spend_30d_minor"], ann["net_spend_90d_minor"]) == (800, 1800)
    assert (ann["last_purchase_age_days"], ann["first_purchase_age_days"]) == (10, 60)
    assert ann["basket_mean_365d_minor"] == 900
    assert ann["online_365d_share"] == 0.5
    # Only the transaction that states a discount counts: 100 of 100 + 800.
    assert ann["discount_365d_share"] == pytest.approx(100 / 900)


def test_what_is_brought_back_makes_no_discount_larger_than_the_price() -> None:
    back = sale("ann", _day(5), -1900, discount_minor=0, is_return=True, transaction_id="back")
    # 100 of 100 + 800 as before: the return is worth more than what was bought with a discount.
    assert _features(fct_sales_lines=[back])["ann"]["discount_365d_share"] == pytest.approx(100 / 900)


def test_affinity_looks_at_the_campaigns_products_and_their_category() -> None:
    ann = _features()["ann"]
    assert ann["campaign_products_lines_90d_count"] == 1
    assert ann["campaign_products_last_age_days"] == 10
    assert ann["campaign_category_spend_90d_minor"] == 800
    assert ann["campaign_category_spend_90d_share"] == pytest.approx(800 / 1800)


def test_nothing_bought_in_a_covered_window_is_zero_and_its_shares_unknown() -> None:
    cyd = _features()["cyd"]
    assert (cyd["purchases_90d_count"], cyd["net_spend_365d_minor"]) == (0, 0)
    assert cyd["last_purchase_age_days"] is None
    assert cyd["online_365d_share"] is None and cyd["basket_mean_365d_minor"] is None


def test_a_window_before_the_first_till_line_is_unknown_not_small() -> None:
    found = _facts()
    found["fct_sales_lines"] = found["fct_sales_lines"].filter(pl.col("consumer_key") == "ann")
    frame = features_at(found, member_decisions(found["fct_campaign_members"], ZONE), currency="EUR")
    assert frame["purchases_90d_count"].to_list() == [None, None, None]
    assert frame["purchases_30d_count"].to_list() == [1, 0, 0]


def test_money_of_another_currency_is_not_added() -> None:
    ann = _features(fct_sales_lines=[sale("ann", _day(5), 9999, currency="USD")])["ann"]
    assert ann["net_spend_30d_minor"] == 800
    assert ann["purchases_30d_count"] == 2


def test_joining_counts_only_once_it_has_happened() -> None:
    rows = _features()
    assert rows["ann"]["joined_age_days"] == 10  # 20 June 00:00 UTC to 30 June 22:00 UTC, midnight in Paris
    assert rows["bob"]["joined_age_days"] is None


LATER: dict[str, list[dict[str, Any]]] = {
    "fct_sales_lines": [
        sale("ann", START, 4000),
        sale("cyd", START + timedelta(days=3), 5000),
        # Sold before, told after: a till that delivered late.
        sale("ann", _day(3), 6000, known_at=datetime(2025, 7, 2)),
    ],
    "fct_ugc": [
        {"consumer_key": "ann", "published_on": START, "known_at": datetime(2025, 7, 1, 9)},
        {"consumer_key": "ann", "published_on": _day(2), "known_at": datetime(2025, 7, 3)},
    ],
    "dim_accounts": [{"account_key": "a1", "consumer_key": "ann"}],
    "fct_profile_snapshots": [
        {
            "account_key": "a1",
            "followers_count": 5,
            "observed_at": datetime(2025, 7, 1, 9),
            "known_at": datetime(2025, 7, 1, 9),
        }
    ],
    "fct_campaign_events": [
        {"consumer_key": "ann", "kind": "accepted", "happened_on": START, "known_at": datetime(2025, 7, 1)}
    ],
    "fct_survey_answers": [
        {
            "consumer_key": "ann",
            "recommend": 9,
            "surveyed_at": datetime(2025, 7, 5),
            "surveyed_on": date(2025, 7, 5),
            "known_at": datetime(2025, 7, 5),
        }
    ],
}


def test_rows_that_became_known_later_change_no_feature() -> None:
    before = _features(fct_campaign_events=[_accepted()])
    after = _features(**(LATER | {"fct_campaign_events": [_accepted(), *LATER["fct_campaign_events"]]}))
    assert after == before


def test_the_same_rows_do_change_features_once_they_are_known() -> None:
    # The leak test above could pass by reading nothing: here each table moves a feature.
    found = _facts(**LATER)
    frame = scoring_frame(found, date(2025, 8, 31), ZONE, "EUR", campaign_id="c1", basis="research_dataset")
    ann = frame.row(by_predicate=pl.col("consumer_key") == "ann", named=True)
    assert (ann["ugc_90d_count"], ann["followers_largest_count"], ann["recommend_last_points"]) == (2, 5, 9)
    assert (ann["accepted_before_count"], ann["purchases_90d_count"], ann["campaigns_before_count"]) == (1, 3, 1)


def _accepted() -> dict[str, Any]:
    return {"consumer_key": "bob", "kind": "accepted", "happened_on": _day(20), "known_at": datetime(2025, 6, 11)}


def test_training_and_scoring_see_the_same_at_the_same_instant() -> None:
    found = _facts(fct_campaign_events=[_accepted()])
    taught = training_frame(found, ZONE, "EUR").select("consumer_key", *FEATURE_NAMES)
    scored = scoring_frame(found, _day(1), ZONE, "EUR", campaign_id="c1", basis="research_dataset")
    assert_frame_equal(taught, scored.select("consumer_key", *FEATURE_NAMES))


def test_ugc_is_unknown_without_an_account_and_zero_with_a_silent_one() -> None:
    rows = _features(
        dim_accounts=[{"account_key": "a1", "consumer_key": "bob"}],
        fct_profile_snapshots=[
            {
                "account_key": "a1",
                "followers_count": followers,
                "observed_at": datetime(2025, month, 1),
                "known_at": datetime(2025, month, 1),
            }
            for month, followers in ((5, 900), (6, 740))
        ],
    )
    assert rows["bob"]["ugc_90d_count"] == 0
    assert rows["bob"]["followers_largest_count"] == 740  # the last one seen, not the most
    assert rows["cyd"]["ugc_90d_count"] is None


def test_an_undated_review_enters_no_feature() -> None:
    rows = _features(fct_ugc=[{"consumer_key": "cyd", "ugc_source": "reviews", "rating_share": 1.0}])
    assert rows["cyd"]["reviews_365d_count"] is None and rows["cyd"]["rating_mean_365d_share"] is None


def test_a_placebo_pretends_that_the_campaign_began_before_its_window() -> None:
    found = _facts()
    frame = training_frame(found, ZONE, "EUR", moment="before_window")
    assert frame["decision_on"].unique().to_list() == [_day(90)]
    assert frame["first_purchase_age_days"].to_list() == [None, 310, None]


def test_minors_and_people_who_withdrew_are_not_scored() -> None:
    people: list[dict[str, Any]] = [
        {"consumer_key": "adult", "is_minor": False, "consent_scoring": "granted"},
        {"consumer_key": "minor", "is_minor": True, "consent_scoring": "granted"},
        {"consumer_key": "never asked"},
        {"consumer_key": "withdrew", "consent_scoring": "withdrawn"},
    ]
    found = marts(dim_consumers=people)

    def scored(basis: Any) -> list[str]:
        return scoring_decisions(found, START, ZONE, campaign_id=None, basis=basis)["consumer_key"].to_list()

    assert scored("research_dataset") == ["adult", "never asked"]
    assert scored("consent") == ["adult"]


def test_nothing_is_learned_from_a_known_minor() -> None:
    found = _facts()
    everybody = set(training_frame(found, ZONE, "EUR")["consumer_key"])
    known = found["dim_consumers"].with_columns(is_minor=pl.col("consumer_key") == "ann")
    taught = set(training_frame(found | {"dim_consumers": known}, ZONE, "EUR")["consumer_key"])
    assert "ann" in everybody and taught == everybody - {"ann"}


def test_the_day_begins_at_the_brands_midnight() -> None:
    decision = member_decisions(_facts()["fct_campaign_members"], ZONE)["decision_at"][0]
    assert decision == datetime(2025, 6, 30, 22)


def test_a_midnight_that_the_clock_skips_begins_an_hour_later() -> None:
    # Cairo moves its clock forward at midnight of 25 April 2025: the day begins at 01:00 summer time, 22:00 UTC.
    found = marts(fct_campaign_members=[member("ann", "treatment", date(2025, 4, 25))])
    assert member_decisions(found["fct_campaign_members"], "Africa/Cairo")["decision_at"][0] == datetime(
        2025, 4, 24, 22
    )


def test_every_feature_has_an_entry_and_none_is_forbidden() -> None:
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES)
    assert {feature.group for feature in BY_NAME.values()} == set(GROUPS) and len(GROUPS) <= 8
    assert not FORBIDDEN_COLUMNS.intersection(FEATURE_NAMES)
    with pytest.raises(InputError, match="age_band"):
        check_allowed(["age_band"])
    with pytest.raises(InputError, match="describe them there first"):
        check_allowed(["shoe_size"])


def test_empty_marts_give_a_frame_of_unknowns() -> None:
    found = marts(fct_campaign_members=[member("ann", "treatment", START), member("bob", "control", START)])
    frame = training_frame(found, ZONE, "EUR")
    known = [name for name in FEATURE_NAMES if frame[name].null_count() < 2]
    assert known == ["campaigns_before_count"]  # membership itself is known: none before
    assert training_frame(marts(), ZONE, "EUR").height == 0


def test_a_decision_that_stands_twice_is_refused() -> None:
    found = _facts()
    twice = pl.concat([member_decisions(found["fct_campaign_members"], ZONE)] * 2)
    with pytest.raises(InputError, match="twice"):
        features_at(found, twice, currency="EUR")
