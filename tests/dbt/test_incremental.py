"""A warehouse brought up to date night by night holds the same marts as one built afresh."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.dbt.landed import WAREHOUSE, LandedRoot, Project, Row, at, day, hashes_of_marts, rows

PEOPLE = ["k1", "k2", "k3", None]


def random_lines(seed: int, count: int, first: datetime) -> Sequence[Row]:
    """Till lines over five days: few keys, so that versions meet, and times of knowing up to four days later."""
    draw = random.Random(seed)
    lines = []
    for _ in range(count):
        sold_at = first + timedelta(hours=draw.randrange(120))
        lines.append(
            {
                "store_id": draw.choice(["a", "b"]),
                "transaction_id": f"t{draw.randrange(30)}",
                "line_no": draw.choice(["1", "2"]),
                "product_id": draw.choice(["p1", "p2"]),
                "identity_key": draw.choice(PEOPLE),
                "quantity": draw.choice([0.1, 0.2, 1.0, 3.0]),
                "quantity_unit": "unit",
                "net_amount_minor": draw.randrange(1, 1000),
                "currency": "EUR",
                "channel": "store",
                "is_return": False,
                "sold_at": sold_at,
                "updated_at": sold_at + timedelta(hours=draw.randrange(96)),
                "is_removed": draw.randrange(8) == 0,
            }
        )
    return lines


def first_night(landed: LandedRoot) -> None:
    landed.load("stores", [{"store_id": "a", "timezone": "Europe/Paris"}, {"store_id": "b"}])
    landed.load("products", [{"product_id": "p1", "category": "tea"}])
    landed.load("consumers", [{"identity_key": "k1", "unit_kind": "person"}])
    landed.load("pos_lines", random_lines(1, 60, at("2024-03-27 00:00")))
    landed.load(
        "campaigns",
        [
            {
                "campaign_id": "c1",
                "kind": "seeding",
                "starts_on": day("2024-03-28"),
                "ends_on": day("2024-03-29"),
                "hashtags": ["taste"],
                "assignment_unit": "consumer",
            }
        ],
    )
    landed.load("campaign_products", [{"campaign_id": "c1", "product_id": "p1"}])
    landed.load(
        "campaign_members",
        [
            {"campaign_id": "c1", "unit": "consumer", "unit_identity_key": "k1", "arm": "treatment"},
            {"campaign_id": "c1", "unit": "consumer", "unit_identity_key": "k3", "arm": "control"},
        ],
    )
    post = {"platform": "p", "account_identity_key": "account", "incentive": "none", "hashtags": ["taste"]}
    landed.load("social_posts", [{**post, "post_id": "1", "published_at": at("2024-03-29 10:00")}])
    landed.load(
        "product_page_daily",
        [{"site": "shop", "product_id": "p1", "page_on": day("2024-03-29"), "views_count": 10}],
    )


def second_night(landed: LandedRoot) -> None:
    """Late and corrected lines, a second card, an account's owner, figures of an old post, a page day again."""
    landed.load("pos_lines", random_lines(2, 40, at("2024-03-26 00:00")))
    landed.load(
        "consumer_links",
        [
            {"identity_key": "k1", "kind": "loyalty", "external_identity_key": "k2"},
            {"identity_key": "k1", "kind": "social_account", "scope": "p", "external_identity_key": "account"},
        ],
    )
    landed.load(
        "social_post_metrics",
        [{"platform": "p", "post_id": "1", "observed_at": at("2024-03-30 10:00"), "likes_count": 5}],
    )
    landed.load(
        "social_profiles",
        [
            {
                "platform": "p",
                "account_identity_key": "account",
                "observed_at": at("2024-03-28 00:00"),
                "followers_count": 800,
            }
        ],
    )
    landed.load(
        "product_page_daily",
        [{"site": "shop", "product_id": "p1", "page_on": day("2024-03-29"), "views_count": 12}],
    )


def third_night(landed: LandedRoot) -> None:
    """A store's zone is corrected, a link turns out to be contested, a review comes undated, a line moves its day."""
    landed.load("pos_lines", random_lines(3, 20, at("2024-03-28 00:00")))
    landed.load("stores", [{"store_id": "b", "timezone": "Pacific/Auckland"}])
    landed.load(
        "consumer_links",
        [{"identity_key": "k3", "kind": "social_account", "scope": "p", "external_identity_key": "account"}],
    )
    landed.load("reviews", [{"site": "shop", "review_id": "1", "product_id": "p2", "incentive": "unknown"}])


def test_night_by_night_equals_afresh(project: Project, landed: LandedRoot, tmp_path: Path) -> None:
    grown = tmp_path / WAREHOUSE
    seen = []
    for number, (as_of, arrives) in enumerate(
        [("2024-03-30", first_night), ("2024-03-31", second_night), ("2024-04-02", third_night)]
    ):
        arrives(landed)
        fresh = tmp_path / f"fresh{number}" / WAREHOUSE
        fresh.parent.mkdir()
        project.build(grown, day(as_of), comparison="all_other_consumers")
        project.build(fresh, day(as_of), comparison="all_other_consumers")
        grown_marts, fresh_marts = hashes_of_marts(grown), hashes_of_marts(fresh)
        assert {name for name in fresh_marts if grown_marts[name] != fresh_marts[name]} == set()
        seen.append(grown_marts["fct_sales_daily"])
    assert len(set(seen)) == 3  # each night changed something, so equality is no accident of nothing happening

    before = rows(grown, "select count(*), max(staged_run_no) from staging.stg_pos_lines")
    project.build(grown, day("2024-04-02"), comparison="all_other_consumers")
    assert hashes_of_marts(grown) == fresh_marts
    assert rows(grown, "select count(*), max(staged_run_no) from staging.stg_pos_lines") == before

    with pytest.raises(AssertionError, match="built up to 2024-04-02 22:00:00, later than 2024-04-01 22:00:00"):
        project.build(grown, day("2024-04-01"))


def test_a_line_that_was_known_later_and_a_day_left_empty_are_found(
    project: Project, landed: LandedRoot, tmp_path: Path
) -> None:
    grown = tmp_path / WAREHOUSE
    line = random_lines(4, 1, at("2024-03-27 00:00"))[0]
    landed.load(
        "pos_lines",
        [
            {**line, "sold_at": at("2024-03-27 10:00"), "updated_at": at("2024-03-27 10:00")},
            {**line, "sold_at": at("2024-03-28 10:00"), "updated_at": at("2024-03-30 10:00")},
        ],
    )
    found = "select business_on, lines_count from marts.fct_sales_daily"
    project.build(grown, day("2024-03-29"))
    assert rows(grown, found) == [(day("2024-03-27"), 1)]
    project.build(grown, day("2024-03-30"))  # nothing new has landed: the second version became known
    assert rows(grown, found) == [(day("2024-03-28"), 1)]


def test_a_corrected_price_and_a_moved_store_are_found_though_no_count_changes(
    project: Project, landed: LandedRoot, tmp_path: Path
) -> None:
    grown = tmp_path / WAREHOUSE
    line = {**random_lines(4, 1, at("2024-03-27 00:00"))[0], "net_amount_minor": 100}
    a_line_a_day = [  # 20:00 in Paris, and 08:00 on the day after in Auckland
        {**line, "store_id": "b", "transaction_id": name, "sold_at": sold_at, "updated_at": sold_at}
        for name, sold_at in [("t1", at("2024-03-27 19:00")), ("t2", at("2024-03-28 19:00"))]
    ]
    price = {**line, "store_id": "a", "transaction_id": "t3", "sold_at": at("2024-03-27 12:00")}
    landed.load("stores", [{"store_id": "a"}, {"store_id": "b"}])
    landed.load("pos_lines", [*a_line_a_day, {**price, "updated_at": at("2024-03-27 12:00")}])
    project.build(grown, day("2024-03-29"))

    landed.load("stores", [{"store_id": "b", "timezone": "Pacific/Auckland"}])
    landed.load("pos_lines", [{**price, "net_amount_minor": 70, "updated_at": at("2024-03-30 12:00")}])
    project.build(grown, day("2024-03-30"))
    assert rows(grown, "select store_id, business_on, net_amount_minor from marts.fct_sales_daily order by all") == [
        ("a", day("2024-03-27"), 70),
        ("b", day("2024-03-28"), 100),
        ("b", day("2024-03-29"), 100),
    ]
    zones = "select distinct business_timezone from marts.fct_sales_daily where store_id = 'b'"
    assert rows(grown, zones) == [("Pacific/Auckland",)]


def test_a_line_that_its_till_deleted_leaves_the_lines_and_the_day(
    project: Project, landed: LandedRoot, tmp_path: Path
) -> None:
    warehouse = tmp_path / WAREHOUSE
    kept: Row = {
        **{"store_id": "a", "transaction_id": "t1", "line_no": "1", "product_id": "p1", "net_amount_minor": 500},
        **{"quantity": 1.0, "quantity_unit": "unit", "currency": "EUR", "channel": "store", "is_return": False},
        "sold_at": at("2024-03-27 10:00"),
    }
    deleted: Row = {**kept, "transaction_id": "t2", "net_amount_minor": 70}
    sums = "select net_amount_minor, lines_count from marts.fct_sales_daily"
    landed.load("pos_lines", [kept, deleted])
    project.build(warehouse, day("2024-03-29"))
    assert rows(warehouse, sums) == [(570, 2)]
    landed.load("pos_lines", [{**deleted, "is_removed": True, "known_at": at("2024-03-29 23:00")}])
    project.build(warehouse, day("2024-03-30"))
    assert rows(warehouse, sums) == [(500, 1)]
    assert rows(warehouse, "select transaction_id from marts.fct_sales_lines") == [("t1",)]
