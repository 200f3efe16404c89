"""The library: pieces that speak well, and whether they may be shown again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from orchestration.exports.context import ExportContext
from orchestration.exports.facade import build_exports
from tests.unit.exports.conftest import frame

Frames = dict[str, pl.DataFrame]


def piece(**cells: Any) -> dict[str, Any]:
    stands = {"platform_or_site": "clipcast", "ugc_kind": "photo", "is_counted": True, "sentiment": "positive"}
    return stands | {"ugc_key": "u1", "consumer_key": "p1", "published_on": date(2026, 6, 20)} | cells


def library(frames: Frames, context: ExportContext, *rows: dict[str, Any], **moment: Any) -> list[dict[str, Any]]:
    frames["fct_ugc"] = frame("fct_ugc", list(rows))
    told = {"ugc_key": "u1", "confidence": 0.9, "is_unsure": False, "is_counted": True, "consumer_key": "p1"}
    frames["fct_moments"] = frame("fct_moments", [told | moment] if moment else [])
    return build_exports(frames, context)["ugc_library"].to_dicts()


@pytest.mark.parametrize(
    ("cells", "is_shown"),
    [
        ({}, True),
        ({"sentiment": "neutral"}, False),
        ({"sentiment": None, "rating_share": 0.8}, True),
        ({"sentiment": None, "rating_share": 0.6}, False),
        ({"deleted_at": datetime(2026, 6, 21)}, False),
        ({"published_on": date(2026, 4, 1)}, False),
        ({"is_counted": False}, False),
    ],
)
def test_fresh_pieces_that_stand_and_speak_well_are_in_the_library(
    frames: Frames, context: ExportContext, cells: dict[str, Any], is_shown: bool
) -> None:
    assert bool(library(frames, context, piece(**cells))) == is_shown


def test_a_piece_with_a_bad_moment_is_not_shown_whatever_its_feeling(frames: Frames, context: ExportContext) -> None:
    assert library(frames, context, piece(), moment="wait", polarity="negative") == []
    (row,) = library(frames, context, piece(sentiment="neutral"), moment="delight", polarity="positive")
    assert row["moment"] == "delight"


@pytest.mark.parametrize(("said", "status"), [("granted", "granted"), ("withdrawn", "withdrawn"), (None, "not asked")])
def test_the_right_to_reuse_is_the_authors_last_word(
    frames: Frames, context: ExportContext, said: str | None, status: str
) -> None:
    people = frames["dim_consumers"].with_columns(consent_ugc_reuse=pl.lit(said, pl.String))
    (row,) = library(frames | {"dim_consumers": people}, context, piece())
    assert (row["rights_status"], row["consumer_key"]) == (status, "p1")


def test_a_piece_without_a_known_author_has_nobody_to_ask_and_a_minor_is_not_named(
    frames: Frames, context: ExportContext
) -> None:
    anonymous, minor = library(
        frames,
        context,
        piece(consumer_key=None),
        piece(ugc_key="u2", consumer_key="p4", published_on=date(2026, 6, 21)),
    )
    assert anonymous["rights_status"] == "author unknown"
    assert (minor["rights_status"], minor["consumer_key"]) == ("not asked", None)


@pytest.mark.parametrize(
    ("cells", "disclosure"),
    [
        ({"is_organic": True, "is_undisclosed_incentive": False}, "unpaid"),
        ({"is_organic": False, "is_undisclosed_incentive": False}, "disclosed"),
        ({"is_organic": False, "is_undisclosed_incentive": True}, "disclosure missing"),
        ({"is_organic": None, "is_undisclosed_incentive": None}, "not known"),
    ],
)
def test_disclosure_travels_with_the_piece(
    frames: Frames, context: ExportContext, cells: dict[str, Any], disclosure: str
) -> None:
    (row,) = library(frames, context, piece(**cells))
    assert row["disclosure"] == disclosure


def test_engagements_nobody_reports_are_not_zero(frames: Frames, context: ExportContext) -> None:
    (unknown,) = library(frames, context, piece())
    (known,) = library(frames, context, piece(likes_count=0, shares_count=3))
    assert (unknown["engagements_count"], known["engagements_count"]) == (None, 3)
