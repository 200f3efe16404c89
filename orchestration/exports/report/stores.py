"""The report's block about store tests, from the store_lift export.

Belongs here: turning its rows into a table. Does not: verdicts and sentences (orchestration/exports/store_lift.py).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.report.view_stores import StoreRow
from orchestration.exports.retelling import label
from orchestration.exports.words import UNIT_WORDS

_TONES = {"clear gain": "good", "clear loss": "bad", "not clear": "open", "not measured": "missing"}


def store_rows(lifts: pl.DataFrame, language: Language = ENGLISH) -> tuple[StoreRow, ...]:
    """Every store test, by campaign and thing counted."""
    return tuple(_row(row, language) for row in lifts.sort("campaign_id", "counted").iter_rows(named=True))


def _row(row: dict[str, Any], language: Language) -> StoreRow:
    name = language.campaign(row["campaign_name"], row["campaign_id"])
    counted, verdict = label(row["counted"], language), label(row["verdict"], language)
    tone = _TONES[row["verdict"]]
    if row["verdict"] == "not measured":
        return StoreRow(name, counted, tone, verdict, row["in_words"], *[""] * 6)
    return StoreRow(
        name=name,
        counted=counted,
        tone=tone,
        verdict=verdict,
        words=row["in_words"],
        lift=_percent(row["lift"], language),
        span=language.range(_percent(row["lift_low"], language), _percent(row["lift_high"], language)),
        compared=language.say(
            "%(number)s %(units)s, %(others)s others",
            number=language.number(row["treated_count"]),
            units=label(UNIT_WORDS[row["counted_unit"]][1], language),
            others=language.number(row["compared_count"]),
        ),
        untouched=language.share(row["chance_among_untouched"]),
        check=label(row["check"], language) or language.say("no check possible"),
        smallest=_percent(row["smallest_lift"], language),
    )


def _percent(ratio: float, language: Language) -> str:
    return language.share(ratio, 1, signed=True)
