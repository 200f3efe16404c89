"""Audiences as marketers read them: rows, units, words, and the block of the report."""

from __future__ import annotations

from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.language import ENGLISH
from orchestration.exports.reach import reach_exports
from orchestration.exports.report.charts.figure import Figure
from orchestration.exports.report.charts.reach import curve
from orchestration.exports.report.reach import reach_block
from tests.unit.exports.conftest import Frames, frame

REACH: dict[str, Any] = {
    "campaign_id": "spring",
    "platform": "all",
    "tier": "all",
    "accounts_count": 12,
    "sized_accounts_count": 11,
    "gross_reach": 5_000.0,
    "unique_reach": 4_000.0,
    "unique_low": 3_600.0,
    "unique_high": 4_400.0,
    "bound_low": 900.0,
    "bound_high": 5_000.0,
    "effective_unique": 1_500.0,
    "bad_contacts": 40.0,
    "cost_per_1000_unique": 12_345.0,
    "currency": "EUR",
    "interval_level": 0.9,
    "basis": "estimate",
    "status": "measured",
}
POINTS: list[dict[str, Any]] = [
    {
        "campaign_id": "spring",
        "ambassadors_count": number,
        "gross_reach": 450.0 * number,
        "unique_reach": people,
        "unique_low": people,
        "unique_high": people,
        "is_beyond": number > 11,
        "basis": "estimate",
    }
    for number, people in ((1, 450.0), (10, 3_700.0), (1_000, 60_000.0))
]
RATES: list[dict[str, Any]] = [
    {"tier": "nano", "value": 0.1, "low": 0.09, "high": 0.11, "status": "measured"},
    {"tier": "nano", "against_tier": "micro", "value": 2.0, "low": 1.5, "high": 2.6, "status": "measured"},
    {"tier": "nano", "against_tier": "macro", "status": "refused", "note": "not testable: macro has 2"},
]


def exported(frames: Frames, context: ExportContext, *rows: dict[str, Any]) -> dict[str, pl.DataFrame]:
    counts = {"platform": "chirp", "rate": "engagement by followers", "pieces_count": 50, "accounts_count": 20}
    own = {
        "reach": frame("reach", list(rows)),
        "reach_curve": frame("reach_curve", POINTS),
        "engagement_by_tier": frame("engagement_by_tier", [counts | rate for rate in RATES]),
    }
    return reach_exports({"dim_campaigns": frames["dim_campaigns"]} | own, context)


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


def test_an_estimate_says_so_with_its_range_and_costs_are_in_main_units(frames: Frames, context: ExportContext) -> None:
    row = exported(frames, context, REACH)["reach"].row(0, named=True)
    assert (row["platform"], row["tier"], row["how"]) == ("all platforms", "all tiers", "estimated")
    assert row["cost_per_1000_unique"] == 123.45
    words = plain(row["in_words"])
    assert "posts of 11 accounts could reach 4,000 different people (estimated; 90 % range 3,600 to 4,400)" in words
    assert "5,000 when those who follow several are counted each time. About 1,500 of them saw a post." in words


def test_counted_reach_has_no_range_and_bounds_alone_say_what_is_missing(
    frames: Frames, context: ExportContext
) -> None:
    counted = exported(frames, context, REACH | {"basis": "follower lists"})["reach"].row(0, named=True)
    assert (counted["how"], counted["interval_level"]) == ("counted", None)
    assert "estimated" not in counted["in_words"]
    nothing = dict.fromkeys(("unique_reach", "unique_low", "unique_high", "effective_unique"))
    note = {"basis": "bounds only", "note": "the population is not known"}
    bounds = exported(frames, context, REACH | nothing | note)["reach"].row(0, named=True)
    assert "between 900 and 5,000 different people; more cannot be told: the population" in plain(bounds["in_words"])


def test_a_refused_campaign_is_listed_with_its_reason(frames: Frames, context: ExportContext) -> None:
    refused = {"campaign_id": "lone", "platform": "all", "tier": "all", "status": "refused", "note": "no social post"}
    row = exported(frames, context, refused)["reach"].row(0, named=True)
    assert row["how"] == "not measured"
    assert "cannot be measured: no social post" in row["in_words"]


def test_tiers_are_compared_in_words_and_a_missing_tier_is_not_testable(frames: Frames, context: ExportContext) -> None:
    table = exported(frames, context, REACH)["engagement"]
    words = {row["against_tier"]: plain(row["in_words"]) for row in table.iter_rows(named=True)}
    assert words["itself"] == "chirp, engagement by followers: 10.0 in 100 for nano audiences (90 % range 9.0 to 11.0)."
    assert (
        "nano audiences 2.00 times micro ones in the same month and kind (90 % range 1.50 to 2.60)." in words["micro"]
    )
    assert words["macro"] == "chirp, engagement by followers: nano against macro: not testable: macro has 2."


def test_the_report_draws_the_curve_and_lists_ten_and_a_thousand_together(
    frames: Frames, context: ExportContext
) -> None:
    exports = exported(frames, context, REACH, REACH | {"tier": "nano"}, REACH | {"platform": "chirp"})
    block = reach_block(exports)
    assert [(row.name, row.tier) for row in block.rows] == [("Spring tasting", "all tiers"), ("", "nano")]
    chart = curve(exports["reach_curve"], "spring", ENGLISH)
    assert isinstance(chart, Figure)
    assert chart.note == (
        "10 together reach 3,700 different people. "
        "1,000 together, more than took part, would reach 60,000 different people."
    )
    (rate,) = block.engagement
    assert rate.tiers == ("10.0\u202f% (9.0 to 11.0)", "", "")
    assert len(rate.compared) == 2


def test_a_run_without_audiences_shows_empty_tables(context: ExportContext) -> None:
    assert all(table.is_empty() for table in reach_exports({}, context).values())
