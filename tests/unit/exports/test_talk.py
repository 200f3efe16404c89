"""Findings about talk as marketers read them: rows, units, words, and the blocks of the report."""

from __future__ import annotations

from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.report.talk import talk_blocks
from orchestration.exports.wom_reach import wom_reach
from tests.unit.exports.conftest import Frames, frame

REACH: dict[str, Any] = {
    "campaign_id": "spring",
    "members_group": "active",
    "members_count": 400,
    "asked_count": 120,
    "members_needed_count": 300,
    "hearers_needed_count": 800,
    "direct_reach": 2_400.0,
    "direct_reach_low": 2_000.0,
    "direct_reach_high": 2_900.0,
    "reach": 3_200.0,
    "reach_low": 2_700.0,
    "reach_high": 3_900.0,
    "different_people": 3_000.0,
    "interval_level": 0.9,
    "status": "measured",
}
STEPS: list[dict[str, Any]] = [
    {"campaign_id": "spring", "generation": 1, "people": 2_410.0, "people_low": 1_900.0, "people_high": 2_950.0},
    {"campaign_id": "spring", "generation": 2, "people": 600.0, "people_low": 300.0, "people_high": 1_000.0},
]


def told(frames: Frames, context: ExportContext, *rows: dict[str, Any], steps: bool = True) -> pl.DataFrame:
    own = {
        "word_of_mouth": frame("word_of_mouth", list(rows)),
        "word_of_mouth_generations": frame("word_of_mouth_generations", STEPS if steps else []),
    }
    return wom_reach({"dim_campaigns": frames["dim_campaigns"]} | own, context)


def test_everybody_comes_first_and_the_first_step_is_what_this_campaigns_members_told(
    frames: Frames, context: ExportContext
) -> None:
    table = told(frames, context, REACH)
    assert table["step"].to_list() == ["everybody", "told by members", "told by their hearers"]
    assert table["people"].to_list() == [3_200.0, 2_400.0, 600.0]
    assert table["members_count"].to_list() == [400, None, None]
    words = table["in_words"][0].replace("\u202f", " ")
    assert words.startswith("Spring tasting reached about 3,200 (90 % range 2,700 to 3,900) people by talk")
    assert "at most 3,000 different people" in words
    assert "range is wide" not in words


def test_a_wide_range_says_how_many_to_ask(frames: Frames, context: ExportContext) -> None:
    words = told(frames, context, REACH | {"reach_high": 5_000.0})["in_words"][0]
    assert "answers of 300 members and 800 people they told" in words


def test_only_what_members_told_is_in_part_and_the_whole_stays_empty(frames: Frames, context: ExportContext) -> None:
    part = {name: value for name, value in REACH.items() if not name.startswith(("reach", "different"))}
    row = told(frames, context, part | {"note": "20 hearers: at least 50 are needed"}).row(0, named=True)
    assert (row["status"], row["people"]) == ("in part", None)
    assert "whether these told it on is not measured" in row["in_words"]


def test_a_refused_survey_says_why_and_the_report_shows_no_figure(frames: Frames, context: ExportContext) -> None:
    refused = {"campaign_id": "spring", "status": "refused", "note": "12 members answered", "interval_level": 0.9}
    table = told(frames, context, refused, steps=False)
    assert table.row(0, named=True)["interval_level"] is None
    assert "cannot be measured: 12 members answered" in table["in_words"][0]
    (row,) = next(block for block in talk_blocks({"wom_reach": table}) if block.ident == "wom").rows
    assert (row.value, row.tone) == ("", "missing")


def test_no_survey_names_what_is_needed(frames: Frames, context: ExportContext) -> None:
    block = talk_blocks({"wom_reach": told(frames, context, steps=False)})[0]
    assert block.rows == ()
    assert "wom_surveys" in block.needs
