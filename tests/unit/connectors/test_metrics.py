"""The metric registry: never one metric in another's place."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.connectors.metrics import METRICS, registry
from orchestration.connectors.streams import STREAMS


def mapping(platform: str, **columns: Any) -> StreamMapping:
    fixed = {"platform": {"constant": platform}, "post_id": "id", "observed_at": "at"}
    return StreamMapping.model_validate({"stream": "social_post_metrics", "path": "x.csv", "columns": fixed | columns})


@pytest.mark.parametrize(
    ("platform", "columns", "why"),
    [
        ("instagram", {"impressions_count": "insights.views"}, "instagram reports views_count in 'insights.views'"),
        ("youtube", {"views_count": "statistics.likeCount"}, "youtube reports likes_count"),
        ("youtube", {"impressions_count": "statistics.anything"}, "youtube does not report it"),
        ("bluesky", {"views_count": "viewCount"}, "bluesky does not report it"),
        ("some_app", {"impressions_count": "video_views"}, "'video_views' is views_count by its name"),
        ("some_app", {"reach_count": "totalImpressions"}, "is impressions_count by its name"),
        ("some_app", {"likes_count": {"columns": ["likes", "shares"], "combine": "sum"}}, "is shares_count"),
    ],
)
def test_a_metric_in_anothers_place_is_refused(platform: str, columns: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        mapping(platform, **columns)


def test_metrics_in_their_own_places_and_names_that_say_nothing_pass() -> None:
    mapping("bluesky", likes_count="likeCount", shares_count="repostCount")
    mapping("some_app", impressions_count="imps", views_count="view_count", likes_count="f_12")
    quotes = {"columns": ["repostCount", "quoteCount"], "combine": "sum"}
    mapping("bluesky", shares_count=quotes)


def test_every_entry_names_a_metric_its_source_and_days_in_order() -> None:
    metrics, lacks = registry()
    for one in metrics:
        assert one.column in METRICS[one.stream] and one.source.startswith("https://")
        days = [date.fromisoformat(day) for day in (one.since, one.until) if day is not None]
        assert days == sorted(days)
    for lack in lacks:
        assert set(lack.columns) <= set(METRICS[lack.stream]) and lack.why and lack.source.startswith("https://")
    reported = {(one.platform, one.stream, one.column) for one in metrics}
    assert not reported & {(lack.platform, lack.stream, column) for lack in lacks for column in lack.columns}


def test_metrics_are_columns_of_their_streams() -> None:
    for stream, columns in METRICS.items():
        assert set(columns) <= {column.name for column in STREAMS[stream].columns}
