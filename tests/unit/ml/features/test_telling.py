"""How people tell others, and what it sold: values by hand, and that the future never shows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from ml.features.build import features_at
from ml.features.decisions import member_decisions
from ml.features.dictionary import TELLING_NAMES
from ml.features.tracking import campaign_tracking, dispersion, tracked_purchases
from ml.features.training import training_frame
from tests.unit.ml.worlds import marts, member, sale

START = date(2025, 7, 1)
ZONE = "Europe/Paris"


def _day(days_before: int) -> date:
    return START - timedelta(days=days_before)


def _at(days_before: int) -> datetime:
    day = _day(days_before)
    return datetime(day.year, day.month, day.day, 12)


def _post(key: str, days_before: int, **more: Any) -> dict[str, Any]:
    return {
        "ugc_key": key,
        "consumer_key": "ann",
        "ugc_source": "social_posts",
        "published_on": _day(days_before),
        "known_at": _at(days_before),
    } | more


def _referral(number: int, days_before: int, by: str = "ann", **more: Any) -> dict[str, Any]:
    return {
        "campaign_id": "c0",
        "referrer_consumer_key": by,
        "source": "shop",
        "store_id": "s1",
        "transaction_id": f"t{number}",
        "product_id": "p1",
        "business_on": _day(days_before),
        "net_amount_minor": 500,
        "known_at": _at(days_before),
    } | more


PAST = {
    "fct_campaign_members": [
        member("ann", "treatment", START),
        member("bob", "control", START),
        member("ann", "treatment", _day(100), campaign_id="c0"),
        member("cyd", "treatment", _day(100), campaign_id="c0"),
        member("dot", "treatment", _day(100), campaign_id="c0"),
    ],
    "fct_campaign_events": [
        {"campaign_id": "c0", "consumer_key": name, "kind": "accepted", "happened_on": _day(99), "known_at": _at(99)}
        for name in ("ann", "cyd")
    ],
    "fct_referred_sales": [
        _referral(1, 60),
        _referral(2, 50),
        _referral(2, 50, product_id="p2"),  # a second line of the same purchase
        _referral(3, 40),
        _referral(4, 30, net_amount_minor=-500),  # brought back: no purchase
    ],
    "fct_ugc": [
        _post("u1", 200),
        _post("u2", 20),
        _post("u3", 10, is_organic=False),
        _post("r1", 5, ugc_source="reviews"),
        _post("r2", 4, ugc_source="reviews", is_syndicated_copy=True),
    ],
    "fct_post_metric_snapshots": [
        {"ugc_key": "u2", "observed_at": _at(19), "known_at": _at(19), "likes_count": 4},
        {"ugc_key": "u2", "observed_at": _at(12), "known_at": _at(12), "likes_count": 7, "shares_count": 2},
    ],
}
FUTURE = {
    "fct_campaign_events": [
        {"campaign_id": "c0", "consumer_key": "dot", "kind": "accepted", "happened_on": _day(98), "known_at": _at(-5)}
    ],
    "fct_referred_sales": [_referral(9, -1), _referral(8, 20, by="cyd", known_at=_at(-3))],
    "fct_ugc": [_post("u9", 2, known_at=_at(-1)), _post("u8", -2)],
    "fct_post_metric_snapshots": [{"ugc_key": "u2", "observed_at": _at(-1), "known_at": _at(-1), "likes_count": 900}],
    "fct_sales_lines": [sale("bob", _day(-2), 70_000), sale("bob", _day(3), 70_000, known_at=_at(-9))],
}


def _ann(*parts: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    rows: dict[str, list[dict[str, Any]]] = {
        "bridge_campaign_products": [{"campaign_id": "c1", "product_id": "p1"}],
        "fct_sales_lines": [
            sale("bob", _day(10), 900),
            sale("bob", _day(8), -100, is_return=True),
            sale("cyd", _day(9), 600),
        ],
    }
    for part in parts:
        for name, added in part.items():
            rows[name] = rows.get(name, []) + added
    found = marts(**rows)
    own = found["fct_campaign_members"].filter(pl.col("campaign_id") == "c1")
    frame = features_at(found, member_decisions(own, ZONE), currency="EUR")
    return frame.filter(pl.col("consumer_key") == "ann").row(0, named=True)


def test_posts_reviews_and_engagement_of_their_own_accord_are_counted() -> None:
    ann = _ann(PAST)
    assert (ann["posts_before_count"], ann["reviews_before_count"]) == (2, 1)
    assert ann["ugc_on_record_days"] == 200
    assert ann["engagements_365d_count"] == 9  # the last reading: 7 likes, 2 shares


def test_referrals_stand_beside_those_of_an_average_member() -> None:
    ann = _ann(PAST)
    assert ann["referrals_before_count"] == 3
    # Two accepted, three purchases: dot never said yes and is no member.
    assert ann["referrals_expected_count"] == 1.5


def test_who_took_part_in_nothing_has_no_past_rather_than_a_bad_one() -> None:
    rows = {name: part for name, part in PAST.items() if name != "fct_campaign_members"}
    ann = _ann(rows | {"fct_campaign_members": PAST["fct_campaign_members"][:2]})
    assert (ann["referrals_before_count"], ann["referrals_expected_count"]) == (None, None)


def test_a_purchase_is_worth_what_the_products_brought_before() -> None:
    assert _ann(PAST)["purchase_value_minor"] == pytest.approx((900 - 100 + 600) / 2)


def test_what_became_known_later_changes_nothing() -> None:
    names = [*TELLING_NAMES, "purchase_value_minor"]
    before, after = _ann(PAST), _ann(PAST, FUTURE)
    assert {name: after[name] for name in names} == {name: before[name] for name in names}


def test_the_label_counts_the_windows_purchases_of_treated_members() -> None:
    found = marts(
        fct_campaign_members=[
            member("ann", "treatment", START, referred_net_minor=900),
            member("bob", "treatment", START, referred_net_minor=0),
            member("cyd", "control", START),
        ],
        fct_referred_sales=[
            _referral(1, -3, campaign_id="c1"),
            _referral(2, -4, campaign_id="c1"),
            _referral(3, 3, campaign_id="c1"),  # before the window
        ],
    )
    label = training_frame(found, ZONE, "EUR").select("consumer_key", "referred_purchases_count")
    assert label.rows() == [("ann", 2), ("bob", 0), ("cyd", None)]


def test_telling_sold_what_untreated_people_and_strangers_buy_beyond_before() -> None:
    products = pl.DataFrame({"campaign_id": ["c1"], "product_id": ["p1"]})
    before = [sale("bob", _day(90 - 9 * n), 100, transaction_id=f"b{n}") for n in range(10)]
    within = [sale("bob", _day(-n), 100, transaction_id=f"w{n}") for n in range(25)]
    # Half a window after it counts as around it: 5 purchases more in 45 days more are the same rate of 1 in 9 days.
    after = [sale("bob", _day(-94 - 9 * n), 100, transaction_id=f"a{n}") for n in range(4)]
    after.append(sale("bob", _day(-134), 100, transaction_id="a4"))
    strangers = [sale("x", _day(-n), 100, consumer_key=None, transaction_id=f"s{n}") for n in range(4)]
    found = marts(
        fct_campaign_members=[
            member("ann", "treatment", START, referred_net_minor=400),
            member("bob", "control", START),
        ],
        dim_consumers=[{"consumer_key": name, "joined_at": datetime(2024, 1, 1)} for name in ("ann", "bob")],
        fct_sales_lines=[*before, *within, *after, *strangers, sale("ann", _day(-5), 100)],
        fct_referred_sales=[_referral(1, -3, campaign_id="c1", net_amount_minor=400)],
    )
    members = found["fct_campaign_members"]
    tracked = tracked_purchases(members, found["fct_referred_sales"])
    row = campaign_tracking(
        members,
        found["fct_sales_lines"],
        products,
        found["dim_consumers"],
        tracked,
        found["fct_referred_sales"],
    ).row(0, named=True)
    # Bob stands for both: 2 × (25 - 10), and 4 strangers where there were none.
    assert row["caused_purchases_count"] == pytest.approx(34)
    # His weeks outside the window are as even as weeks can be: no more than Poisson's error.
    assert row["caused_purchases_error_count"] == pytest.approx((4 * (25 + 15 * (90 / 135) ** 2) + 4) ** 0.5)
    assert (row["tracked_purchases_count"], row["tracked_net_minor"]) == (1, 400)


def test_weeks_that_differ_more_than_counts_do_widen_the_error() -> None:
    # Weeks of 1, 9, 1 and 9 purchases: variance 64/3 over a mean of 5. The window's days are no weeks of the usual.
    begins = date(2024, 1, 1)
    window = (date(2024, 1, 29), date(2024, 2, 11))
    days = [begins + timedelta(days=7 * week) for week, count in enumerate((1, 9, 1, 9)) for _ in range(count)]
    assert dispersion(pl.Series(days), begins, 42, window) == pytest.approx(64 / 3 / 5)
    assert dispersion(pl.Series(days[:10]), begins, 21, window) == 1.0  # three weeks
    even = [begins + timedelta(days=n) for n in range(28)]
    assert dispersion(pl.Series(even), begins, 42, window) == 1.0


def test_people_never_tied_to_a_buyer_stand_for_no_purchases() -> None:
    consumers = [{"consumer_key": name, "joined_at": datetime(2024, 1, 1)} for name in ("ann", "bob")]
    found = marts(
        fct_campaign_members=[
            member("ann", "treatment", START, referred_net_minor=400),
            member("bob", "control", START),
        ],
        fct_sales_lines=[
            *(sale("bob", _day(90 - 9 * n), 100, transaction_id=f"b{n}") for n in range(10)),
            *(sale("bob", _day(-n), 100, transaction_id=f"w{n}") for n in range(25)),
            sale("ann", _day(-5), 100),
        ],
        fct_referred_sales=[_referral(1, -3, campaign_id="c1", net_amount_minor=400)],
    )
    products = pl.DataFrame({"campaign_id": ["c1"], "product_id": ["p1"]})
    members, referred = found["fct_campaign_members"], found["fct_referred_sales"]
    counts = [
        campaign_tracking(
            members,
            found["fct_sales_lines"],
            products,
            marts(dim_consumers=[*consumers, *more])["dim_consumers"],
            tracked_purchases(members, referred),
            referred,
        )["caused_purchases_count"][0]
        for more in ([], [{"consumer_key": f"account{n}", "joined_at": None} for n in range(50)])
    ]
    assert counts[0] == counts[1] > 0
