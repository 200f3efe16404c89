"""Reach of campaigns from marts: who counts once, what is seen, costs, refusals, engagement by tier."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from ml.measurement.reach.audiences import campaign_accounts, campaign_contacts, social_pieces
from ml.measurement.reach.engagement import engagement_by_tier
from ml.measurement.reach.exact import CountedLists, follower_lists
from ml.measurement.reach.measure import Population, reach_of_campaigns

UGC: dict[str, Any] = {
    "ugc_key": pl.String,
    "ugc_source": pl.String,
    "platform_or_site": pl.String,
    "external_id": pl.String,
    "ugc_kind": pl.String,
    "author_identity_key": pl.String,
    "consumer_key": pl.String,
    "published_on": pl.Date,
    "repost_of_post_id": pl.String,
    **dict.fromkeys(
        (
            *("likes_count", "comments_count", "shares_count", "saves_count", "views_count", "reach_count"),
            *("impressions_count", "followers_count", "followers_first_seen_after_count"),
        ),
        pl.Int64,
    ),
}
NO_LISTS = follower_lists([], 0)


def _post(key: str, author: str, **given: Any) -> dict[str, Any]:
    base = {"ugc_source": "social_posts", "platform_or_site": "chirp", "ugc_kind": "post"}
    own = {"ugc_key": key, "external_id": key, "author_identity_key": author, "consumer_key": author}
    return dict.fromkeys(UGC) | base | own | {"published_on": date(2024, 5, 1)} | given


def _marts(posts: list[dict[str, Any]], **changed: pl.DataFrame) -> dict[str, pl.DataFrame]:
    authors = sorted({post["author_identity_key"] for post in posts})
    return {
        "fct_ugc": pl.DataFrame(posts, schema=UGC),
        "bridge_campaign_ugc": pl.DataFrame(
            {"campaign_id": ["c"] * len(posts), "ugc_key": [p["ugc_key"] for p in posts]}
        ),
        "dim_accounts": pl.DataFrame(
            {"account_key": authors, "followers_count": [None] * len(authors), "tier": ["nano"] * len(authors)},
            schema={"account_key": pl.String, "followers_count": pl.Int64, "tier": pl.String},
        ),
        "fct_moments": pl.DataFrame(schema={"ugc_key": pl.String, "polarity": pl.String, "is_unsure": pl.Boolean}),
        "fct_campaign_costs": pl.DataFrame(
            {"campaign_id": ["c", "c"], "amount_minor": [6_000, 4_000], "currency": ["EUR", "EUR"]}
        ),
        "dim_campaigns": pl.DataFrame({"campaign_id": ["c"]}),
    } | changed


def _whole(frames: dict[str, pl.DataFrame]) -> dict[str, Any]:
    return frames["reach"].row(by_predicate=(pl.col("platform") == "all") & (pl.col("tier") == "all"), named=True)


def test_of_several_accounts_on_a_platform_the_largest_counts() -> None:
    posts = [
        _post("1", "a", consumer_key="p", followers_count=100, views_count=50),
        _post("2", "b", consumer_key="p", followers_count=300),
        _post("3", "c", consumer_key="p", followers_count=200, platform_or_site="photogram"),
    ]
    marts = _marts(posts)
    accounts = campaign_accounts(social_pieces(marts), marts["bridge_campaign_ugc"])
    assert accounts.select("platform", "account_key", "size").rows() == [("chirp", "b", 300), ("photogram", "c", 200)]


def test_an_audience_that_saw_half_and_half_again_saw_three_quarters() -> None:
    posts = [_post(key, "a", followers_count=100, views_count=50) for key in ("1", "2")]
    marts = _marts(posts)
    (account,) = campaign_accounts(social_pieces(marts), marts["bridge_campaign_ugc"]).iter_rows(named=True)
    assert account["seen_share"] == pytest.approx(0.75)


def test_what_no_platform_reports_is_modelled_from_thirty_others_or_not_known() -> None:
    told = [_post(f"t{n}", "a", followers_count=200, reach_count=50) for n in range(30)]
    silent = [
        _post("s", "b", followers_count=1_000),
        _post("u", "b", followers_count=1_000, platform_or_site="clipcast"),
    ]
    marts = _marts(told + silent)
    contacts = campaign_contacts(social_pieces(marts), marts["bridge_campaign_ugc"]).sort("platform")
    chirp, clipcast = contacts.iter_rows(named=True)
    assert (chirp["contacts"], chirp["modelled_pieces_count"]) == (30 * 50 + 250, 1)
    assert (clipcast["contacts"], clipcast["unseen_pieces_count"]) == (None, 1)


def test_bad_and_good_moments_are_counted_apart_and_unknown_where_no_text_was_read() -> None:
    posts = [_post("1", "a", followers_count=100, reach_count=40), _post("2", "b", followers_count=100, reach_count=70)]
    row = _whole(reach_of_campaigns(_marts(posts), NO_LISTS, Population(1_000.0), seed=1))
    assert row["bad_contacts"] is None
    moments = pl.DataFrame(
        {
            "ugc_key": ["1", "2", "2"],
            "polarity": ["negative", "positive", "negative"],
            "is_unsure": [False, False, True],
        }
    )
    row = _whole(reach_of_campaigns(_marts(posts, fct_moments=moments), NO_LISTS, Population(1_000.0), seed=1))
    assert (row["bad_contacts"], row["good_contacts"]) == (40, 70)


def test_with_every_list_reach_is_counted_and_costs_follow() -> None:
    posts = [_post("1", "a", followers_count=3, reach_count=1), _post("2", "b", followers_count=2, reach_count=1)]
    followers = pl.DataFrame({"account_key": ["a", "a", "a", "b", "b"], "follower_key": ["1", "2", "3", "3", "4"]})
    frames = reach_of_campaigns(_marts(posts), CountedLists(followers), Population(), seed=1)
    row = _whole(frames)
    assert (row["gross_reach"], row["unique_reach"], row["basis"]) == (5, 4, "follower lists")
    assert row["overlap"] == pytest.approx(0.25)
    # Seen share (1 + 1) / 5: three people in one list see it with .4, the one in both with 1 - .6² = .64.
    assert row["effective_unique"] == pytest.approx(3 * 0.4 + 0.64)
    assert (row["cost_minor"], row["cost_per_1000_unique"]) == (10_000, 2_500_000)
    assert frames["reach_curve"]["unique_reach"].to_list() == [2.5, 4]


def test_without_a_population_there_are_bounds_and_a_reason() -> None:
    posts = [_post("1", "a", followers_count=300), _post("2", "b", followers_count=200)]
    row = _whole(reach_of_campaigns(_marts(posts), NO_LISTS, Population(), seed=1))
    assert (row["unique_reach"], row["bound_low"], row["bound_high"]) == (None, 300, 500)
    assert "[reach] population" in row["note"]


def test_unknown_audiences_are_left_out_and_named() -> None:
    posts = [_post(str(n), f"a{n}", followers_count=100) for n in range(4)] + [_post("9", "z")]
    row = _whole(reach_of_campaigns(_marts(posts), NO_LISTS, Population(10_000.0), seed=1))
    assert (row["accounts_count"], row["sized_accounts_count"]) == (5, 4)
    assert "1 of 5 accounts" in row["note"]
    assert row["bound_low"] <= row["unique_low"] <= row["unique_reach"] <= row["unique_high"] <= row["bound_high"]


def test_a_campaign_without_posts_is_refused_in_words() -> None:
    empty = pl.DataFrame(schema={"campaign_id": pl.String, "ugc_key": pl.String})
    frames = reach_of_campaigns(_marts([_post("1", "a")], bridge_campaign_ugc=empty), NO_LISTS, Population(), seed=1)
    (row,) = frames["reach"].iter_rows(named=True)
    assert row["status"] == "refused"
    assert "social_posts" in row["note"]


def test_tiers_are_compared_within_month_and_kind() -> None:
    # Nano engages twice as much as micro in both months; all engage more in May, when micro posts more.
    posts = []
    for month, per_head, micro in ((4, 0.02, 12), (5, 0.06, 48)):
        for tier, factor, many in (("nano", 2, 24), ("micro", 1, micro)):
            for n in range(many):
                author = f"{tier}{n % 12}"
                likes = round(1_000 * per_head * factor)
                posts.append(
                    _post(f"{month}{tier}{n}", author, followers_count=1_000, likes_count=likes)
                    | {"published_on": date(2024, month, 3)}
                )
    marts = _marts(posts)
    tiers = marts["dim_accounts"].with_columns(tier=pl.col("account_key").str.replace(r"\d+", ""))
    rows = engagement_by_tier(social_pieces(marts | {"dim_accounts": tiers}))
    by = {(row["tier"], row.get("against_tier")): row for row in rows if row["rate"] == "engagement by followers"}
    assert by["nano", None]["value"] == pytest.approx(0.08)  # 24 posts at .04, 24 at .12
    assert by["nano", "micro"]["value"] == pytest.approx(2)
    assert by["nano", "micro"]["strata_count"] == 2
    assert "macro has 0" in by["nano", "macro"]["note"]
    assert {row["rate"] for row in rows} == {"engagement by followers"}  # no platform told reach, views or reposts
