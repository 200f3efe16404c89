"""The report's tables about audiences, from the exports reach and engagement.

Belongs here: cells. Does not: charts (charts/reach.py), figures and sentences (orchestration/exports/reach.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.contract_reach import ITSELF, PLATFORM_ALL, RATES, TIER_ALL
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.report.view_forest import Tone
from orchestration.exports.report.view_reach import EngagementRow, ReachBlock, ReachRow
from orchestration.exports.retelling import label

Row = dict[str, Any]
TIERS = ("nano", "micro", "macro")
_TONES: dict[str, Tone] = {"counted": "good", "estimated": "open", "only bounds": "careful", "not measured": "missing"}
_ORDER = {TIER_ALL: 0, "nano": 1, "micro": 2, "macro": 3, "unknown": 4}


def reach_block(exports: Mapping[str, pl.DataFrame], language: Language = ENGLISH) -> ReachBlock:
    """Totals and tiers of every campaign, and engagement."""
    table = exports["reach"].filter(pl.col("platform") == PLATFORM_ALL)
    rows = sorted(table.iter_rows(named=True), key=lambda row: (row["campaign_id"], _ORDER.get(row["tier"], 9)))
    return ReachBlock(
        rows=tuple(_row(row, language) for row in rows),
        tiers=tuple(label(tier, language) for tier in TIERS),
        engagement=_engagement(exports["engagement"], language),
    )


def _row(row: Row, language: Language) -> ReachRow:
    is_whole = row["tier"] == TIER_ALL
    cost = row["cost_per_1000_unique"]
    return ReachRow(
        name=language.campaign(row["campaign_name"], row["campaign_id"]) if is_whole else "",
        tier=label(row["tier"], language),
        gross=_people(row["gross_reach"], language),
        unique=_people(row["unique_reach"], language),
        span=_span(row, language),
        saw=_people(row["effective_unique"], language),
        cost="" if cost is None else language.money(cost, row["currency"]),
        bad=_people(row["bad_contacts"], language),
        tone=_TONES[row["how"]],
        how=label(row["how"], language),
        words=row["in_words"] if is_whole else "",
    )


def _people(value: float | None, language: Language) -> str:
    return "" if value is None else language.number(value)


def _span(row: Row, language: Language) -> str:
    ends = {"estimated": ("unique_low", "unique_high"), "only bounds": ("bound_low", "bound_high")}.get(row["how"])
    return "" if ends is None else language.range(*(_people(row[end], language) for end in ends))


def _engagement(table: pl.DataFrame, language: Language) -> tuple[EngagementRow, ...]:
    """Platforms that report a rate; rates by followers, reach and impressions stay apart."""
    found = []
    for rate in RATES:
        own = table.filter(pl.col("rate") == rate)
        for platform in own["platform"].unique().sort():
            rows = own.filter(pl.col("platform") == platform).to_dicts()
            plain = {row["tier"]: row for row in rows if row["against_tier"] == ITSELF}
            compared = [row["in_words"] for row in rows if row["against_tier"] != ITSELF]
            found.append(
                EngagementRow(
                    platform,
                    label(rate, language),
                    tuple(_rate(plain.get(tier), language) for tier in TIERS),
                    tuple(compared),
                )
            )
    return tuple(found)


def _rate(row: Row | None, language: Language) -> str:
    if row is None or row["value"] is None:
        return ""
    value = language.share(row["value"], 1)
    if row["low"] is None:
        return value
    low, high = (language.number(100 * row[end], 1) for end in ("low", "high"))
    return f"{value} ({language.range(low, high)})"
