"""How a campaign_results row's figures are written on the page, and how far they may be relied on.

Belongs here: scaling, units, tone of one row. Does not: layout of tables and charts (campaigns.py, forest.py).
"""

from __future__ import annotations

from typing import Any

from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.report.view_forest import Tone
from orchestration.exports.retelling import label
from orchestration.exports.words import SHARE_UNIT, UNIT_WORDS, UNKNOWN_UNIT

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


def name_of(row: Row, language: Language = ENGLISH) -> str:
    """The campaign's name, else its id."""
    return language.campaign(row["campaign_name"], row["campaign_id"])


def scaled(row: Row, name: str) -> float | None:
    """A figure as the page shows it: per 100 units where it is a share, money in main units."""
    value: float | None = row[name]
    return value if value is None or row["unit"] != SHARE_UNIT else value * 100


def effect(row: Row, name: str, bare: bool = False, language: Language = ENGLISH) -> str:
    """A figure per unit with its sign; `bare` leaves the currency out (the axis or the cell above names it)."""
    value = scaled(row, name)
    if row["unit"] is None or value is None:
        return language.not_reported
    if row["unit"] == SHARE_UNIT:
        return language.number(value, 1, signed=True)
    if bare:
        return language.number(value, 2, signed=True)
    return language.money(value, row["unit"], signed=True, decimals=2)


def span(row: Row, low: str, high: str, language: Language = ENGLISH) -> str:
    """A range of two figures, without the currency."""
    return language.range(effect(row, low, True, language), effect(row, high, True, language))


def per_words(row: Row, language: Language = ENGLISH) -> str:
    """What one effect is per: "per 100 people", "per person", "per store"."""
    one, many = UNIT_WORDS.get(row["counted_unit"] or "", UNKNOWN_UNIT)
    if row["unit"] == SHARE_UNIT:
        return language.say("per 100 %(units)s", units=label(many, language))
    return language.say("per %(unit)s", unit=label(one, language))
