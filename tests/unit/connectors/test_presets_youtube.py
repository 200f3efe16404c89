"""YouTube, in the shapes of its documented Data API v3."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors.base import SourceUnavailableError
from orchestration.errors import SourceError
from tests.unit.connectors.rest_presets import NIGHT, Brand, routes
from tests.unit.connectors.rest_server import Asked, Reply, serving

CHANNEL = "UC_brand"
VIDEOS = [f"vid{number:02d}" for number in range(53)]


def envelope(kind: str, items: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    info = {"totalResults": len(items), "resultsPerPage": len(items)}
    return {"kind": f"youtube#{kind}ListResponse", "etag": "e", "items": items, "pageInfo": info} | more


def channels(asked: Asked) -> Any:
    found = []
    for one in asked.params["id"].split(","):
        statistics = {
            "viewCount": "9000",
            "subscriberCount": "12300",
            "hiddenSubscriberCount": False,
            "videoCount": "53",
        }
        uploads = {"relatedPlaylists": {"likes": "", "uploads": "UU" + one[2:]}}
        parts = {"statistics": statistics, "contentDetails": uploads}
        found.append(
            {"kind": "youtube#channel", "id": one}
            | {p: parts[p] for p in asked.params["part"].split(",") if p in parts}
        )
    return envelope("channel", found)


def playlist(asked: Asked) -> Any:
    assert asked.params["playlistId"] == "UU_brand"
    start = 50 if asked.params.get("pageToken") == "CDIQAA" else 0
    items = [
        {"kind": "youtube#playlistItem", "id": f"item-{one}", "contentDetails": {"videoId": one}}
        for one in VIDEOS[start : start + 50]
    ]
    return envelope("playlistItem", items, **({"nextPageToken": "CDIQAA"} if start == 0 else {}))


def video(one: str, is_paid: bool = False) -> dict[str, Any]:
    return {
        "kind": "youtube#video",
        "id": one,
        "snippet": {
            "publishedAt": "2026-09-01T12:00:00Z",
            "channelId": CHANNEL,
            "title": "Oat bars #Recipe",
            "description": "" if one != "vid01" else "With #oats and C#, #1 of 3",
        },
        "paidProductPlacementDetails": {"hasPaidProductPlacement": is_paid},
        "statistics": {"viewCount": "1000", "likeCount": "30", "favoriteCount": "0", "commentCount": "4"},
    }


def videos(asked: Asked) -> Any:
    wanted = [
        video(one, one == "vid02") for one in asked.params["id"].split(",") if one != "vid52"
    ]  # one is private now
    for one in wanted:
        if one["id"] == "vid03":
            del one["statistics"]["likeCount"]
    return envelope("video", wanted)


SERVICE = {"/channels": channels, "/playlistItems": playlist, "/videos": videos}


@pytest.fixture
def brand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brand:
    return Brand(tmp_path, "youtube", monkeypatch, YOUTUBE_API_KEY="AIza-secret")


def land(brand: Brand, url: str, **more: Any) -> Any:
    return brand.land(url, lists={"channels": [CHANNEL]}, **more)


def test_channels_videos_and_their_figures_land_once(brand: Brand) -> None:
    with serving(routes(SERVICE)) as youtube:
        profiles, posts, metrics = land(brand, youtube.url)
        asked = youtube.asked
    assert (profiles.rows_accepted, posts.rows_accepted, metrics.rows_accepted) == (1, 52, 52)
    assert {one.params["key"] for one in asked} == {"AIza-secret"}
    assert [len(one.params["id"].split(",")) for one in asked if one.path == "/videos"] == [50, 3, 50, 3]
    (profile,) = brand.rows("social_profiles", "followers_count", "following_count", "posts_count", "observed_at")
    assert profile[:3] == (12300, None, 53) and str(profile[3]) == "2026-10-04 22:00:00"
    rows = brand.rows("social_post_metrics", "post_id", "views_count", "likes_count", "comments_count", "shares_count")
    assert rows[0] == ("vid00", 1000, 30, 4, None)
    assert rows[3] == ("vid03", 1000, None, 4, None)


def test_videos_have_title_and_description_hashtags_and_what_is_declared_as_paid(brand: Brand) -> None:
    with serving(routes(SERVICE)) as youtube:
        land(brand, youtube.url, streams=["social_posts"])
    rows = brand.rows("social_posts", "post_id", "text", "hashtags", "incentive", "is_disclosed", "media_kinds")
    assert rows[0] == ("vid00", "Oat bars #Recipe\n", ["recipe"], "unknown", None, ["video"])
    assert rows[1][1:3] == ("Oat bars #Recipe\nWith #oats and C#, #1 of 3", ["recipe", "oats"])
    assert rows[2][3:5] == ("paid", True)


def test_a_video_that_was_taken_down_is_landed_as_removed(brand: Brand) -> None:
    gone: set[str] = set()
    service = SERVICE | {
        "/videos": lambda asked: envelope(
            "video", [video(one) for one in asked.params["id"].split(",") if one not in gone]
        )
    }
    with serving(routes(service)) as youtube:
        land(brand, youtube.url, streams=["social_posts"])
        gone.add("vid07")
        (posts,) = land(brand, youtube.url, at=NIGHT + timedelta(days=1), streams=["social_posts"])
    assert (posts.rows_accepted, posts.rows_removed) == (0, 1)


def test_figures_are_snapshots_one_a_day(brand: Brand) -> None:
    with serving(routes(SERVICE)) as youtube:
        for hours in (0, 3, 24):
            land(brand, youtube.url, at=NIGHT + timedelta(hours=hours), streams=["social_profiles"])
    days = [str(row[0])[:10] for row in brand.rows("social_profiles", "observed_at")]
    assert days == ["2026-10-04", "2026-10-05"]


def test_a_metric_that_vanishes_is_null_with_a_notice_and_the_others_land(brand: Brand) -> None:
    def without(asked: Asked) -> Any:
        found = videos(asked)
        for one in found["items"]:
            del one["statistics"]["commentCount"]
        return found

    with serving(routes(SERVICE | {"/videos": without})) as youtube:
        (metrics,) = land(brand, youtube.url, streams=["social_post_metrics"])
    assert metrics.rows_accepted == 52
    assert brand.rows("social_post_metrics", "views_count", "comments_count")[0] == (1000, None)
    assert "comments_count is NULL: no record has 'statistics.commentCount' any more" in brand.notes()


def test_a_field_that_is_no_metric_is_missed(brand: Brand) -> None:
    def without(asked: Asked) -> Any:
        found = videos(asked)
        for one in found["items"]:
            del one["snippet"]["publishedAt"]
        return found

    with (
        serving(routes(SERVICE | {"/videos": without})) as youtube,
        pytest.raises(SourceError, match=r"without 'snippet\.publishedAt'"),
    ):
        land(brand, youtube.url, streams=["social_posts"])


def test_a_channel_without_uploads_is_counted_and_the_others_are_read(brand: Brand) -> None:
    def one_missing(asked: Asked) -> Any:
        if asked.params["playlistId"] != "UU_brand":
            error = {"code": 404, "errors": [{"reason": "playlistNotFound"}]}
            return Reply({"error": error}, 404)
        return playlist(asked)

    with serving(routes(SERVICE | {"/playlistItems": one_missing})) as youtube:
        channels_of = {"channels": [CHANNEL, "UC_silent"]}
        (metrics,) = brand.land(youtube.url, lists=channels_of, streams=["social_post_metrics"])
    assert metrics.rows_accepted == 52
    assert "1 of 2 things asked for were gone" in brand.notes()


def test_the_days_quota_makes_the_source_unavailable(brand: Brand) -> None:
    error = {"code": 403, "message": "The request cannot be completed", "errors": [{"reason": "quotaExceeded"}]}
    with (
        serving(lambda asked: Reply({"error": error}, 403)) as youtube,
        pytest.raises(
            SourceUnavailableError, match=r"answered 403 \(403, quotaExceeded\): its quota is used up"
        ) as caught,
    ):
        land(brand, youtube.url)
    assert "AIza" not in str(caught.value)


def test_a_channel_that_is_not_known_gives_nothing_and_says_nothing_else(brand: Brand) -> None:
    empty = {"kind": "youtube#channelListResponse", "etag": "e", "pageInfo": {"totalResults": 0, "resultsPerPage": 0}}
    with serving(routes(SERVICE | {"/channels": empty})) as youtube:
        (profiles,) = land(brand, youtube.url, streams=["social_profiles"])
    assert profiles.rows_read == 0
