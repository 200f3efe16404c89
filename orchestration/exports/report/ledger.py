"""The report's block about extra sales, from the extra_sales export.

Belongs here: turning its rows into a table. Does not: sentences (orchestration/exports/extra_sales.py).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from orchestration.exports.contract_ledger import ALL_CAMPAIGNS
from orchestration.exports.formatting import ENGLISH
from orchestration.exports.report.view_ledger import LedgerRow


def ledger_rows(table: pl.DataFrame) -> tuple[LedgerRow, ...]:
    """All campaigns first, then each with its parts."""
    ordered = table.sort(pl.col("campaign_id") != ALL_CAMPAIGNS, "campaign_id", "part_no")
    return tuple(_row(row) for row in ordered.iter_rows(named=True))


def _row(row: dict[str, Any]) -> LedgerRow:
    is_part = row["part_no"] > 0
    if is_part:
        name = f"{row['buyers']}, {row['channel']}"
    elif row["campaign_id"] == ALL_CAMPAIGNS:
        name = "All campaigns"
    else:
        name = row["campaign_name"] or f"Campaign {row['campaign_id']}"
    per_cost = row["return_on_cost"]
    return LedgerRow(
        name=name,
        is_part=is_part,
        tone=_tone(row),
        counted=("counted" if row["is_counted"] else "not counted") if is_part else "",
        extra=_money(row["extra"], row["currency"]),
        span="" if row["extra_low"] is None else f"{_bare(row['extra_low'])} to {_bare(row['extra_high'])}",
        claimed=_money(row["claimed"], row["currency"]),
        cost=_money(row["cost"], row["currency"]),
        per_cost="" if per_cost is None else ENGLISH.number(per_cost, 2),
        words="; ".join(text for text in (row["evidence"], row["note"]) if text) if is_part else row["in_words"],
    )


def _tone(row: dict[str, Any]) -> str:
    if row["extra_low"] is None:
        return "missing"
    return "good" if row["extra_low"] > 0 else "bad" if row["extra_high"] < 0 else "open"


def _money(value: float | None, currency: str) -> str:
    return "" if value is None else ENGLISH.money(value, currency, decimals=0)


def _bare(value: float) -> str:
    return ENGLISH.number(value, 0)
