"""Instagram professional accounts, in the shapes of the documented Graph API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors.base import SourceUnavailableError
from orchestration.errors import SourceError
from tests.unit.connectors.rest_presets import NIGHT, Brand
from tests.unit.connectors.rest_server import Asked, Reply, serving

ACCOUNT = "17841400000000001"
MEDIA = [
    {
        "id": f"18{number:03d}",
        "media_type": ("IMAGE", "VIDEO", "CAROUSEL_ALBUM")[number % 3],
        "media_product_type": "FEED",
        "timestamp": f"2026-09-{28 - number:02d}T10:00:00+0000",
    }
    | ({"caption": "Breakfast with #OatBars and #Oat_bars, thanks @ann"} if number == 0 else {})
    for number in range(5)
]


def insights(**values: int) -> dict[str, Any]:
    data = [
        {"name": name, "period": "lifetime", "values": [{"value": value}], "id": f"x/insights/{name}/lifetime"}
        for name, value in values.items()
    ]
    return {"insights": {"data": data}}


class Graph:
    """The accounts' edges; `figures` are what a media answers beside its id."""

    def __init__(self) -> None:
        self.media = list(MEDIA)
        self.figures: dict[str, dict[str, Any]] = {}

    def __call__(self, asked: Asked) -> Any:
        parts = asked.path.strip("/").split("/")
        if parts == [ACCOUNT]:
            return {"id": ACCOUNT, "followers_count": 5210, "follows_count": 77, "media_count": 5}
        if parts == [ACCOUNT, "media"]:
            start = int(asked.params.get("after", "0"))
            page = self.media[start : start + 2]
            paging = {"cursors": {"before": "b", "after": str(start + 2)}}
            more = {"next": "https://graph.facebook.com/x?access_token=leak"} if start + 2 < len(self.media) else {}
            return {"data": page, "paging": paging | more} if page else {"data": []}
        usual = {"like_count": 12, "comments_count": 3} | insights(views=100, reach=80, shares=2, saved=1)
        return {"id": parts[0]} | self.figures.get(parts[0], usual)


@pytest.fixture
def brand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brand:
    return Brand(tmp_path, "instagram", monkeypatch, INSTAGRAM_ACCESS_TOKEN="EAAB-secret")


def land(brand: Brand, url: str, **more: Any) -> Any:
    return brand.land(url, lists={"accounts": [ACCOUNT]}, **more)


def test_accounts_media_and_figures_land_once(brand: Brand) -> None:
    with serving(Graph()) as graph:
        profiles, posts, metrics = land(brand, graph.url)
        asked = graph.asked
    assert (profiles.rows_accepted, posts.rows_accepted, metrics.rows_accepted) == (1, 5, 5)
    assert all(
        one.headers["authorization"] == "Bearer EAAB-secret" and "access_token" not in one.params for one in asked
    )
    assert brand.rows("social_profiles", "followers_count", "following_count", "posts_count") == [(5210, 77, 5)]
    first = brand.rows("social_posts", "post_id", "hashtags", "media_kinds", "published_at")[0]
    assert first[:3] == ("18000", ["oatbars", "oat_bars"], ["photo"]) and str(first[3]) == "2026-09-28 10:00:00"
    columns = ("likes_count", "comments_count", "shares_count", "saves_count", "views_count", "reach_count")
    assert brand.rows("social_post_metrics", *columns, "impressions_count")[0] == (12, 3, 2, 1, 100, 80, None)
    since = next(one.params["since"] for one in asked if "since" in one.params)
    assert datetime.fromtimestamp(int(since), UTC) == datetime(2026, 8, 6, 1, tzinfo=UTC)


def test_figures_of_one_media_come_by_their_name_whatever_their_order_and_none_is_null_not_zero(brand: Brand) -> None:
    graph = Graph()
    graph.figures = {"18001": {"comments_count": 0} | insights(saved=9, reach=7), "18002": {"comments_count": 1}}
    with serving(graph) as service:
        land(brand, service.url, streams=["social_post_metrics"])
    rows = brand.rows("social_post_metrics", "post_id", "likes_count", "saves_count", "reach_count", "views_count")
    assert rows[1:3] == [("18001", None, 9, 7, None), ("18002", None, None, None, None)]


def test_media_from_before_the_account_was_professional_are_passed_over_and_counted(brand: Brand) -> None:
    class Old(Graph):
        def __call__(self, asked: Asked) -> Any:
            if asked.path == "/18004":
                error = {"message": "Media posted before conversion", "code": 100, "error_subcode": 2108006}
                return Reply({"error": error | {"type": "OAuthException"}}, 400)
            return super().__call__(asked)

    with serving(Old()) as service:
        (metrics,) = land(brand, service.url, streams=["social_post_metrics"])
    assert metrics.rows_accepted == 4 and "1 of 5 things asked for were gone" in brand.notes()


def test_the_next_night_stops_at_what_it_knows_and_a_week_later_finds_what_was_deleted(brand: Brand) -> None:
    graph = Graph()
    graph.media = [one | {"timestamp": f"2026-0{7 - n}-01T10:00:00+0000"} for n, one in enumerate(MEDIA)]
    with serving(graph) as service:
        land(brand, service.url, streams=["social_posts"])
        before = len(service.asked)
        land(brand, service.url, at=NIGHT + timedelta(days=1), streams=["social_posts"])
        assert len(service.asked) - before == 2  # two pages: the second lies before the window
        graph.media = graph.media[:-1]
        (posts,) = land(brand, service.url, at=NIGHT + timedelta(days=8), streams=["social_posts"])
    assert (posts.rows_accepted, posts.rows_removed) == (0, 1)


def test_views_that_vanish_are_null_with_a_notice_and_no_other_metric_takes_their_place(brand: Brand) -> None:
    graph = Graph()
    graph.figures = {str(one["id"]): {"like_count": 1, "comments_count": 1} | insights(reach=5) for one in MEDIA}
    with serving(graph) as service:
        land(brand, service.url, streams=["social_post_metrics"])
    assert brand.rows("social_post_metrics", "views_count", "reach_count")[0] == (None, 5)
    assert "views_count is NULL: no record has 'derived.views' any more" in brand.notes()


@pytest.mark.parametrize(
    ("error", "status", "kind", "said"),
    [
        (
            {"code": 190, "type": "OAuthException", "error_subcode": 463},
            400,
            SourceError,
            r"400 \(190, OAuthException, 463\)",
        ),
        ({"code": 4, "type": "OAuthException"}, 403, SourceUnavailableError, "403 .* given up after"),
    ],
)
def test_an_expired_token_and_a_rate_limit_are_named(
    brand: Brand, error: dict[str, Any], status: int, kind: type[Exception], said: str
) -> None:
    reply = Reply({"error": error | {"message": "for user ann"}}, status)
    with serving(lambda asked: reply) as service, pytest.raises(kind, match=said) as caught:
        land(brand, service.url)
    assert "ann" not in str(caught.value)
