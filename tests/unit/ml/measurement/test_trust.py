"""Contacts weighted by trust: every source beside the others, what is not counted stays unknown."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from ml.measurement.trust.measure import trust_sensitivity

WEIGHTS = [
    {
        "source": "articles",
        "published_year": None,
        "channel": "friends_and_family",
        "trust_share": 0.8,
        "scale": "share",
    },
    {"source": "articles", "published_year": None, "channel": "brand_site", "trust_share": 0.1, "scale": "share"},
    {"source": "survey", "published_year": 2015, "channel": "friends_and_family", "trust_share": 0.8, "scale": "share"},
    {"source": "survey", "published_year": 2015, "channel": "online_opinions", "trust_share": 0.5, "scale": "share"},
    {"source": "survey", "published_year": 2015, "channel": "brand_site", "trust_share": 0.7, "scale": "share"},
]


def frames(reach: float | None = 1_000.0, posts: int | None = 400, views: int | None = 200) -> dict[str, pl.DataFrame]:
    day = date(2026, 3, 2)
    return {
        "dim_trust_weights": pl.DataFrame(WEIGHTS, schema_overrides={"published_year": pl.Int64}),
        "dim_campaigns": pl.DataFrame([{"campaign_id": "c1", "starts_on": day, "ends_on": date(2026, 3, 31)}]),
        "word_of_mouth": pl.DataFrame(
            [{"campaign_id": "c1", "reach": reach, "direct_reach": 700.0, "status": "measured"}],
            schema_overrides={"reach": pl.Float64},
        ),
        "fct_campaign_daily": pl.DataFrame(
            [{"campaign_id": "c1", "reach_count": posts}], schema_overrides={"reach_count": pl.Int64}
        ),
        "bridge_campaign_products": pl.DataFrame([{"campaign_id": "c1", "product_id": "p1"}]),
        "fct_page_daily": pl.DataFrame(
            [
                {"product_id": "p1", "page_on": day, "views_count": views},
                {"product_id": "p1", "page_on": date(2026, 4, 1), "views_count": 999},
            ],
            schema_overrides={"views_count": pl.Int64},
        ),
    }


def row(tables: dict[str, pl.DataFrame], source: str, channel: str) -> dict[str, Any]:
    table = trust_sensitivity(tables, date(2026, 6, 30))["trust_sensitivity"]
    return table.filter(source=source, channel=channel).row(0, named=True)


def test_contacts_times_trust_source_by_source() -> None:
    # 1,000 · .8 + 400 · .5 + 200 · .7 = 1,140 of 1,600.
    whole = row(frames(), "survey", "all channels")
    assert (whole["contacts"], whole["trusted_contacts"]) == (1_600.0, 1_140.0)
    assert whole["weighted_share"] == pytest.approx(0.7125)
    assert whole["note"] is None
    assert row(frames(), "articles", "brand_site")["trusted_contacts"] == 20.0


def test_a_channel_the_source_is_silent_on_is_left_out_by_name() -> None:
    silent = row(frames(), "articles", "online_opinions")
    assert (silent["status"], silent["trusted_contacts"]) == ("refused", None)
    whole = row(frames(), "articles", "all channels")
    assert whole["contacts"] == 1_200.0
    assert "without online_opinions" in whole["note"]


def test_what_nobody_counted_is_unknown_and_not_zero() -> None:
    told = row(frames(posts=None), "survey", "online_opinions")
    assert told["contacts"] is None
    assert "platforms report no reach" in told["note"]


def test_without_hearers_only_what_members_told_counts() -> None:
    told = row(frames(reach=None), "survey", "friends_and_family")
    assert told["contacts"] == 700.0
    assert told["contacts_are"] == "people told by members themselves"


def test_without_any_contact_there_is_no_row() -> None:
    tables = frames(posts=None)
    tables["word_of_mouth"] = tables["word_of_mouth"].clear()
    assert trust_sensitivity(tables, date(2026, 6, 30))["trust_sensitivity"].is_empty()
