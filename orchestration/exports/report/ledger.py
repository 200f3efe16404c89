"""The report's block about extra sales, from the extra_sales export.

Belongs here: turning its rows into a table. Does not: sentences (orchestration/exports/extra_sales.py).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from orchestration.exports.contract_ledger import ALL_CAMPAIGNS
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.report.view_ledger import LedgerRow
from orchestration.exports.retelling import label, note


def ledger_rows(table: pl.DataFrame, language: Language = ENGLISH) -> tuple[LedgerRow, ...]:
    """All campaigns first, then each with its parts."""
    ordered = table.sort(pl.col("campaign_id") != ALL_CAMPAIGNS, "campaign_id", "part_no")
    return tuple(_row(row, language) for row in ordered.iter_rows(named=True))


def _row(row: dict[str, Any], language: Language) -> LedgerRow:
    is_part = row["part_no"] > 0
    if is_part:
        name = f"{label(row['buyers'], language)}, {label(row['channel'], language)}"
    elif row["campaign_id"] == ALL_CAMPAIGNS:
        name = language.say("All campaigns")
    else:
        name = language.campaign(row["campaign_name"], row["campaign_id"])
    per_cost = row["return_on_cost"]
    return LedgerRow(
        name=name,
        is_part=is_part,
        tone=_tone(row),
        counted="" if not is_part else language.say("counted") if row["is_counted"] else language.say("not counted"),
        extra=_money(row["extra"], row["currency"], language),
        span=_span(row, language),
        claimed=_money(row["claimed"], row["currency"], language),
        cost=_money(row["cost"], row["currency"], language),
        per_cost="" if per_cost is None else language.number(per_cost, 2),
        words=row["in_words"]
        if not is_part
        else language.say("; ").join(text for text in (note(row["evidence"], language), row["note"]) if text),
    )


def _span(row: dict[str, Any], language: Language) -> str:
    if row["extra_low"] is None:
        return ""
    return language.range(language.number(row["extra_low"], 0), language.number(row["extra_high"], 0))


def _tone(row: dict[str, Any]) -> str:
    if row["extra_low"] is None:
        return "missing"
    return "good" if row["extra_low"] > 0 else "bad" if row["extra_high"] < 0 else "open"


def _money(value: float | None, currency: str, language: Language) -> str:
    return "" if value is None else language.money(value, currency, decimals=0)
