"""How a campaign_results row's figures are written on the page, and how far they may be relied on.

Belongs here: scaling, units, tone of one row. Does not: layout of tables and charts (campaigns.py, forest.py).
"""

from __future__ import annotations

from typing import Any

from orchestration.exports.formatting import ENGLISH, NOT_REPORTED
from orchestration.exports.report.view_forest import Tone
from orchestration.exports.words import SHARE_UNIT, UNIT_WORDS

Row = dict[str, Any]


def tone_of(row: Row) -> Tone:
    """How much a result may be relied on; a clear randomised effect with a failed check is `careful`."""
    if row["status"] != "measured" or row["effect"] is None:
        return "missing"
    low, high = row["effect_low"], row["effect_high"]
    if low is None or high is None or low <= 0 <= high:
        return "open"
    if row["design"] != "randomised" or "failed" in (row["placebo_check"], row["design_check"]):
        return "careful"
    return "good" if row["effect"] > 0 else "bad"


def name_of(row: Row) -> str:
    """The campaign's name, else its id."""
    name: str | None = row["campaign_name"]
    return name or f"Campaign {row['campaign_id']}"


def scaled(row: Row, name: str) -> float | None:
    """A figure as the page shows it: per 100 units where it is a share, money in main units."""
    value: float | None = row[name]
    return value if value is None or row["unit"] != SHARE_UNIT else value * 100


def effect(row: Row, name: str, bare: bool = False) -> str:
    """A figure per unit with its sign; `bare` leaves the currency out (the axis or the cell above names it)."""
    value = scaled(row, name)
    if row["unit"] is None or value is None:
        return NOT_REPORTED
    if row["unit"] == SHARE_UNIT:
        return ENGLISH.number(value, 1, signed=True)
    return ENGLISH.number(value, 2, signed=True) if bare else ENGLISH.money(value, row["unit"], signed=True, decimals=2)


def span(row: Row, low: str, high: str) -> str:
    """A range of two figures, without the currency."""
    return f"{effect(row, low, bare=True)} to {effect(row, high, bare=True)}"


def per_words(row: Row) -> str:
    """What one effect is per: "per 100 people", "per person", "per store"."""
    singular, plural = UNIT_WORDS.get(row["counted_unit"] or "", ("unit", "units"))
    return f"per 100 {plural}" if row["unit"] == SHARE_UNIT else f"per {singular}"
