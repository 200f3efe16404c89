"""Extra sales as marketers read them: sums before parts, main units, careful words."""

from __future__ import annotations

from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.extra_sales import extra_sales
from orchestration.exports.report.ledger import ledger_rows
from tests.unit.exports.conftest import Frames, frame

SUM: dict[str, Any] = {
    "campaign_id": "spring",
    "currency": "EUR",
    "extra_minor": 1_240_00.0,
    "extra_low_minor": 820_00.0,
    "extra_high_minor": 1_660_00.0,
    "claimed_minor": 4_000_00.0,
    "cost_minor": 2_480_00.0,
    "iroas": 0.5,
    "iroas_low": 0.33,
    "iroas_high": 0.67,
    "interval_level": 0.9,
    "design": "randomised",
    "status": "measured",
}
PART: dict[str, Any] = {
    "campaign_id": "spring",
    "channel": "online",
    "buyers": "members",
    "evidence": "randomised people test",
    "currency": "EUR",
    "extra_minor": 1_240_00.0,
    "extra_low_minor": 820_00.0,
    "extra_high_minor": 1_660_00.0,
    "is_counted": True,
}
CLAIM = dict.fromkeys(PART) | {
    "campaign_id": "spring", "channel": "all", "buyers": "others", "evidence": "codes and links", "currency": "EUR",
    "extra_minor": 4_000_00.0, "is_counted": False,
}  # fmt: skip


def table(frames: Frames, context: ExportContext, *sums: dict[str, Any]) -> pl.DataFrame:
    own = {
        "campaign_value": frame("campaign_value", list(sums)),
        "incremental_sales": frame("incremental_sales", [PART, CLAIM]),
    }
    return extra_sales({"dim_campaigns": frames["dim_campaigns"]} | own, context)


def test_a_sum_stands_before_its_parts_in_main_units_with_what_codes_claimed(
    frames: Frames, context: ExportContext
) -> None:
    rows = table(frames, context, SUM).rows(named=True)
    assert [(row["part_no"], row["extra"], row["is_counted"]) for row in rows] == [
        (0, 1240.0, True),
        (1, 1240.0, True),
        (2, 4000.0, False),
    ]
    assert rows[0]["channel"] == "online" and rows[2]["channel"] == "store and online"
    words = rows[0]["in_words"].replace("\u202f", " ").replace("\u00a0", " ")
    assert "caused EUR 1,240 of extra sales (90 % range 820 to 1,660). Codes and links claim EUR 4,000." in words
    assert words.endswith("Each EUR spent came with 0.50 (0.33 to 0.67).")


def test_what_was_not_drawn_or_not_clear_is_not_called_caused(frames: Frames, context: ExportContext) -> None:
    chosen = table(frames, context, SUM | {"design": "observational"})["in_words"][0]
    assert "caused" not in chosen and "no full proof of cause" in chosen
    unclear = table(frames, context, SUM | {"extra_low_minor": -1.0})["in_words"][0]
    assert "no extra sales can be told from chance" in unclear


def test_all_campaigns_come_first_in_the_report_and_a_refusal_says_why(frames: Frames, context: ExportContext) -> None:
    refused = dict.fromkeys(SUM) | {
        "campaign_id": "autumn", "currency": "EUR", "interval_level": 0.9, "status": "refused", "note": "nobody",
    }  # fmt: skip
    exported = table(frames, context, SUM, refused, SUM | {"campaign_id": None})
    rows = ledger_rows(exported)
    assert rows[0].name == "All campaigns" and [row.is_part for row in rows].count(True) == 2
    autumn = next(row for row in rows if "cannot be told" in row.words)
    assert autumn.words.endswith("nobody.") and (autumn.extra, autumn.tone) == ("", "missing")
