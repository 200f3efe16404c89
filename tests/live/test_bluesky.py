"""A Bluesky network of twenty people who post, repost and like lands complete and once; judged by what they wrote."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import SecretStr

from orchestration.connectors.landing import land_source
from orchestration.connectors.loads import LoadResult, active_loads, read_loads
from orchestration.connectors.presets.bluesky import post_id
from orchestration.errors import SourceError
from orchestration.settings import Source
from orchestration.workspace import Workspace
from tests.live.servers import bluesky_network, bluesky_people
from tests.live.servers.bluesky_people import People

KEY = SecretStr("a-key-for-tests-only-0123456789abcdef")
TONIGHT = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(minutes=10)
TOMORROW, IN_A_MONTH = TONIGHT + timedelta(days=1), TONIGHT + timedelta(days=31)


@pytest.fixture(scope="module")
def people() -> Iterator[People]:
    """Twenty accounts, 1,000 posts, 200 reposts, 500 likes, as the AppView shows them."""
    if (why := bluesky_network.missing()) is not None:
        pytest.skip(why)
    with bluesky_network.running() as network:
        yield bluesky_people.settle(network)


class Brand:
    """A workspace with the preset as its only source."""

    def __init__(self, root: Path, people: People) -> None:
        self.workspace, self.people = Workspace.at(root), people
        root.mkdir()

    def land(self, at: datetime = TONIGHT, streams: Any = ("social_posts",), **rest: Any) -> dict[str, LoadResult]:
        """Land streams of the preset, by name or as tables; `rest` over the preset's connection."""
        told = {
            "base_url": f"{self.people.network.appview}/xrpc",
            "lists": {"actors": self.people.dids},
            "requests_per_second": 1000,
        }
        source = Source.model_validate(
            {"name": "bluesky", "preset": "bluesky", "rest": told | rest, "streams": list(streams)}
        )
        results = land_source(
            source,
            source.streams,
            self.workspace,
            key=KEY,
            loaded_at=at,
            real_data=self.workspace.root,
            brand_timezone="Europe/Paris",
        )
        return {result.stream: result for result in results}

    def rows(self, stream: str) -> pl.DataFrame:
        """All landed rows of a stream, in landing order."""
        loads = active_loads(read_loads(self.workspace.landing))
        return pl.concat([pl.read_parquet(load.data) for load in loads if load.stream == stream])


@pytest.fixture
def brand(people: People, tmp_path: Path) -> Brand:
    """An empty workspace beside the network."""
    return Brand(tmp_path / "brand", people)


def test_posts_replies_and_reposts_land_complete_and_once(brand: Brand, people: People) -> None:
    result = brand.land()["social_posts"]
    assert (result.rows_read, result.rows_accepted, result.rows_quarantined) == (1200, 1200, 0)
    rows = brand.rows("social_posts")
    assert rows.get_column("post_id").n_unique() == 1200
    assert rows.get_column("account_identity_key").n_unique() == bluesky_people.ACCOUNTS
    posts = rows.filter(pl.col("repost_of_post_id").is_null())
    landed = dict(posts.select("post_id", "text").iter_rows())
    assert landed == {post_id(uri): text for uri, text in people.texts.items()}
    replies = dict(posts.drop_nulls("parent_post_id").select("post_id", "parent_post_id").iter_rows())
    assert replies == {post_id(uri): post_id(to) for uri, to in people.parents.items()}
    tops = posts.filter(pl.col("parent_post_id").is_null())
    assert tops.get_column("hashtags").to_list() == [["oatbar", "breakfast"]] * 800


def test_reposts_land_apart_even_of_an_own_post(brand: Brand, people: People) -> None:
    brand.land()
    rows = brand.rows("social_posts")
    reposts = rows.drop_nulls("repost_of_post_id")
    landed = sorted(reposts.select("post_id", "repost_of_post_id").iter_rows())
    assert landed == sorted((post_id(of, uri), post_id(of)) for uri, of in people.reposts.items())
    assert reposts.get_column("text").null_count() == 200
    by = dict(rows.select("post_id", "account_identity_key").iter_rows())
    own = [
        (by[post_id(of, uri)], by[post_id(of)])
        for uri, of in people.reposts.items()
        if people.authors[uri] == people.authors[of]
    ]
    assert len(own) >= bluesky_people.ACCOUNTS
    assert all(who == author for who, author in own)


def test_a_second_run_lands_nothing_new(brand: Brand, people: People) -> None:
    brand.land()
    again = brand.land(TOMORROW)["social_posts"]
    assert (again.rows_accepted, again.rows_quarantined) == (0, 0)
    assert brand.rows("social_posts").height == 1200


def test_a_second_run_reads_the_window_only(brand: Brand, people: People) -> None:
    streams = [in_small_pages("social_posts")]
    first = brand.land(streams=streams)["social_posts"]
    again = brand.land(TOMORROW, streams=streams)["social_posts"]
    assert (first.rows_accepted, again.rows_accepted, again.rows_quarantined) == (1200, 0, 0)
    # In the window of an account: 10 reposts, 10 replies, 14 posts. The fifth page of ten is the first without any.
    assert (again.rows_read, again.rows_duplicate) == (1000, 1000)


def test_nobodys_id_is_landed_in_the_clear(brand: Brand, people: People) -> None:
    brand.land(streams=("social_posts", "social_post_metrics", "social_profiles", "social_edges"))
    loads = active_loads(read_loads(brand.workspace.landing))
    landed = "".join(str(pl.read_parquet(load.data).rows()) for load in loads)
    assert len(loads) == 4
    assert "did:plc:" not in landed
    assert "person1.test" not in landed


def test_counts_that_moved_are_read_again_within_the_window(brand: Brand, people: People) -> None:
    stream = [in_small_pages("social_post_metrics")]
    brand.land(streams=stream)
    young, old = people.posts[1], people.posts[bluesky_people.POSTS_EACH - 1]
    before = people.like_counts
    fans = [did for did in people.dids if not {did} & (people.likers[young.uri] | people.likers[old.uri])][:5]
    for fan in fans:
        bluesky_people.like(people, fan, [young, old])
    bluesky_people.catch_up(people)
    result = brand.land(TOMORROW, streams=stream)["social_post_metrics"]
    first, second = _snapshots(brand)
    assert len(first) == 1000, "the first run reads every post there is"
    assert result.rows_accepted == len(second) < 1000
    assert first[post_id(young.uri)]["likes_count"] == before[young.uri]
    assert second[post_id(young.uri)]["likes_count"] == before[young.uri] + len(fans)
    assert post_id(old.uri) not in second, "a post older than the window is not asked for again"
    truth = people.like_counts, people.repost_counts, people.reply_counts
    for uri in people.texts:
        if post_id(uri) in second:
            counts = second[post_id(uri)]
            found = counts["likes_count"], counts["shares_count"], counts["comments_count"]
            assert found == tuple(each[uri] for each in truth)


def test_figures_that_bluesky_does_not_report_are_null(brand: Brand, people: People) -> None:
    brand.land(streams=("social_post_metrics",))
    rows = brand.rows("social_post_metrics")
    for name in ("views_count", "reach_count", "impressions_count"):
        assert rows.get_column(name).null_count() == rows.height
    assert rows.get_column("saves_count").sum() == 0


def test_profiles_and_followers_are_looked_at_once_a_day(brand: Brand, people: People) -> None:
    streams = ("social_profiles", "social_edges")
    brand.land(streams=streams)
    same_day = brand.land(TONIGHT + timedelta(seconds=1), streams=streams)
    assert {stream: result.rows_accepted for stream, result in same_day.items()} == dict.fromkeys(streams, 0)
    brand.land(TOMORROW, streams=streams)
    profiles = brand.rows("social_profiles")
    assert profiles.height == 2 * bluesky_people.ACCOUNTS
    assert profiles.get_column("followers_count").to_list() == [bluesky_people.FOLLOWS_EACH] * profiles.height
    assert profiles.get_column("posts_count").sum() == 2 * len(people.texts)
    edges = brand.rows("social_edges")
    assert edges.group_by("observed_at").len().get_column("len").to_list() == [60, 60]
    assert edges.select("account_identity_key", "follower_identity_key").unique().height == 60
    known = set(profiles.get_column("account_identity_key"))
    assert set(edges.get_column("follower_identity_key")) <= known, "a follower is named as the account is"


def test_a_deleted_post_is_landed_as_removed_by_the_full_comparison(brand: Brand, people: People) -> None:
    texts, ages = ["deleted soon", "stays"], [timedelta(days=20), timedelta(days=21)]
    gone, _ = bluesky_people.write_posts(people, people.dids[0], texts, ages)
    bluesky_people.catch_up(people)
    brand.land()
    bluesky_people.delete(people, gone)
    bluesky_people.catch_up(people)
    result = brand.land(IN_A_MONTH)["social_posts"]
    assert (result.rows_accepted, result.rows_removed) == (0, 1)
    (removed,) = brand.rows("social_posts").filter("is_removed").get_column("post_id")
    assert removed == post_id(gone.uri)


# The AppView answers 401 to a token of the PDS, and 500 to what is no token at all: that is tried again for a while.
@pytest.mark.parametrize("token", ["of the PDS", "made up"])
def test_a_refused_token_stops_the_run_and_lands_nothing(
    brand: Brand, people: People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, token: str
) -> None:
    value = people.tokens[people.dids[0]] if token == "of the PDS" else "made-up-0123456789"
    monkeypatch.setenv("BLUESKY_TOKEN", value)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(SourceError) as caught:
        brand.land(auth={"kind": "bearer", "token_env": "BLUESKY_TOKEN"}, retry_seconds=2)
    assert value not in caplog.text + str(caught.value)
    assert read_loads(brand.workspace.landing) == []


def test_an_answer_without_the_feed_is_no_empty_feed(brand: Brand, people: People) -> None:
    posts = of_the_preset("social_posts")
    posts["rest"]["path"] = "app.bsky.actor.getProfile"  # answers 200, and holds no feed
    with pytest.raises(SourceError, match="feed"):
        brand.land(streams=[posts])
    assert read_loads(brand.workspace.landing) == []


def test_an_account_that_is_gone_is_passed_over_and_said(brand: Brand, people: People) -> None:
    actors = [*people.dids[:2], "did:plc:nobodyhasthisone23456789"]
    result = brand.land(lists={"actors": actors})["social_posts"]
    assert result.rows_accepted > 0
    assert "1 of 3" in result.note


def of_the_preset(stream: str) -> dict[str, Any]:
    """A stream's table as it stands in the preset."""
    preset = Source.model_validate({"name": "bluesky", "preset": "bluesky", "streams": [stream]})
    return preset.streams[0].model_dump(mode="json", exclude_defaults=True)


def in_small_pages(stream: str) -> dict[str, Any]:
    """Ten items a page, so that an account is six pages: some lie in the window of 14 days, some before it."""
    table = of_the_preset(stream)
    table["rest"]["params"]["limit"] = 10
    return table


def _snapshots(brand: Brand) -> list[dict[str, dict[str, Any]]]:
    rows = brand.rows("social_post_metrics")
    return [
        {row["post_id"]: row for row in rows.filter(observed_at=at).iter_rows(named=True)}
        for at in sorted(rows.get_column("observed_at").unique())
    ]
