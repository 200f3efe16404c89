"""The report's block about store tests, from the store_lift export.

Belongs here: turning its rows into a table. Does not: verdicts and sentences (orchestration/exports/store_lift.py).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from orchestration.exports.formatting import ENGLISH
from orchestration.exports.report.view_stores import StoreRow
from orchestration.exports.words import UNIT_WORDS

_TONES = {"clear gain": "good", "clear loss": "bad", "not clear": "open", "not measured": "missing"}


def store_rows(lifts: pl.DataFrame) -> tuple[StoreRow, ...]:
    """Every store test, by campaign and thing counted."""
    return tuple(_row(row) for row in lifts.sort("campaign_id", "counted").iter_rows(named=True))


def _row(row: dict[str, Any]) -> StoreRow:
    name = row["campaign_name"] or f"Campaign {row['campaign_id']}"
    tone = _TONES[row["verdict"]]
    if row["verdict"] == "not measured":
        return StoreRow(name, row["counted"], tone, row["verdict"], row["in_words"], *[""] * 6)
    many = UNIT_WORDS[row["counted_unit"]][1]
    return StoreRow(
        name=name,
        counted=row["counted"],
        tone=tone,
        verdict=row["verdict"],
        words=row["in_words"],
        lift=_percent(row["lift"]),
        span=f"{_percent(row['lift_low'])} to {_percent(row['lift_high'])}",
        compared=f"{ENGLISH.number(row['treated_count'])} {many}, {ENGLISH.number(row['compared_count'])} others",
        untouched=ENGLISH.share(row["chance_among_untouched"]),
        check=row["check"] or "no check possible",
        smallest=_percent(row["smallest_lift"]),
    )


def _percent(ratio: float) -> str:
    return f"{ENGLISH.number(100 * ratio, 1, signed=True)} %"
