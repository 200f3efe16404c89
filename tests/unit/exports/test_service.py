"""The queue of answers: urgency, reach, age, a place for everyone; and whom its order favours."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from orchestration.exports.context import ExportContext
from orchestration.exports.facade import build_exports
from orchestration.exports.service import ordered, service_audit, service_queue
from tests.unit.exports.conftest import frame

Frames = dict[str, pl.DataFrame]


def pieces(*rows: tuple[str, int, int | None, int]) -> pl.DataFrame:
    """Pieces of key, level, hearers and day of June 2026."""
    return pl.DataFrame(
        [
            {"ugc_key": key, "level": level, "hearers_count": hearers, "told_on": date(2026, 6, day)}
            for key, level, hearers, day in rows
        ],
        schema={"ugc_key": pl.String, "level": pl.Int64, "hearers_count": pl.Int64, "told_on": pl.Date},
    )


def told(**cells: Any) -> dict[str, Any]:
    bad = {"polarity": "negative", "confidence": 0.9, "is_unsure": False, "is_counted": True}
    return bad | {"ugc_key": "u1", "moment": "staff", "consumer_key": "p1", "published_on": date(2026, 6, 20)} | cells


def queue(frames: Frames, context: ExportContext, *moments: dict[str, Any], **ugc: Any) -> pl.DataFrame:
    stands = {"platform_or_site": "clipcast", "followers_count": 300} | ugc
    frames |= {
        "fct_moments": frame("fct_moments", list(moments)),
        "fct_ugc": frame("fct_ugc", [{"ugc_key": key} | stands for key in {each["ugc_key"] for each in moments}]),
    }
    return service_queue(frames, pl.DataFrame({"consumer_key": ["p1"]}), context)


def test_urgency_comes_before_reach_and_reach_before_age() -> None:
    rows = pieces(("price", 2, 9_000, 1), ("fault", 0, 5, 20), ("loud", 1, 800, 20), ("quiet", 1, 10, 2))
    assert ordered(rows).get_column("ugc_key").to_list() == ["fault", "loud", "quiet", "price"]


def test_every_fifth_place_goes_to_whoever_waits_longest() -> None:
    rows = [(f"loud{number}", 0, 1_000 + number, 20) for number in range(9)]
    placed = ordered(pieces(*rows, ("old", 2, None, 1), ("older", 2, 3, 2)))
    assert placed.filter(place_reason="waiting longest").select("queue_place", "ugc_key").rows() == [
        (5, "old"),
        (10, "older"),
    ]
    assert sorted(placed.get_column("ugc_key")) == sorted(key for key, *_ in [*rows, ("old",), ("older",)])


def test_unknown_reach_stands_behind_known_reach_and_is_not_zero() -> None:
    placed = ordered(pieces(("unknown", 0, None, 1), ("none", 0, 0, 2)))
    assert placed.select("ugc_key", "hearers_count").rows() == [("none", 0), ("unknown", None)]


def test_a_piece_stands_once_with_its_gravest_moment_and_a_day_to_reply_by(
    frames: Frames, context: ExportContext
) -> None:
    (row,) = queue(frames, context, told(moment="price"), told(moment="wait"), told(moment="product_fault")).iter_rows(
        named=True
    )
    assert (row["moment"], row["urgency"], row["reply_by"]) == ("product fault", "urgent", date(2026, 6, 21))
    assert (row["is_overdue"], row["hearers_count"], row["consumer_key"]) == (True, 300, "p1")


@pytest.mark.parametrize(
    "cells",
    [
        {"polarity": "positive"},
        {"is_unsure": True},
        {"is_counted": False},
        {"deleted_at": datetime(2026, 6, 21)},
        {"published_on": date(2026, 5, 31)},
        {"published_on": None},
    ],
)
def test_only_fresh_bad_moments_that_stand_are_answered(
    frames: Frames, context: ExportContext, cells: dict[str, Any]
) -> None:
    assert queue(frames, context, told(**cells)).height == 0
    assert queue(frames, context, told()).height == 1


def test_a_person_who_may_not_be_named_is_answered_without_a_name(frames: Frames, context: ExportContext) -> None:
    (row,) = queue(frames, context, told(consumer_key="p4")).iter_rows(named=True)
    assert (row["consumer_key"], row["ugc_key"]) == (None, "u1")


def test_the_audit_tells_a_favoured_group_from_chance_and_hides_small_ones(
    frames: Frames, context: ExportContext
) -> None:
    moments = [told(ugc_key=f"a{number:02}", moment="staff", consumer_key="p6") for number in range(20)]
    moments += [told(ugc_key=f"b{number:02}", moment="price", consumer_key="p1") for number in range(80)]
    moments += [told(ugc_key=f"c{number}", moment="price", consumer_key="p2") for number in range(9)]
    queue(frames, context, *moments)
    audit = service_audit(frames, context).filter(group_kind="tier")
    rows = {row["group"]: row for row in audit.iter_rows(named=True)}
    assert (
        rows["micro"]["front_ratio"] > rows["micro"]["front_ratio_high"] > 1
    )  # all urgent: in front, and not by chance
    assert rows["nano"]["front_ratio"] < rows["nano"]["front_ratio_low"] < 1
    assert (rows["unknown"]["pieces_count"], rows["unknown"]["front_count"]) == (9, None)


def test_a_brand_without_texts_has_an_empty_queue(frames: Frames, context: ExportContext) -> None:
    exports = build_exports(frames, context)
    assert (exports["service_queue"].height, exports["service_audit"].height) == (0, 0)
