"""A campaign's result in one sentence, as careful as its design allows.

Belongs here: the choice of words by design, range and check. Does not: the figures (campaigns.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from orchestration.exports.formatting import ENGLISH
from orchestration.exports.words import SHARE_UNIT, outcome_of


@dataclass(frozen=True)
class Result:
    """The cells of a campaign_results row that its sentence is made of; names as in the export."""

    campaign_id: str
    campaign_name: str | None
    status: str
    outcome: str | None
    design: str | None
    unit: str | None
    total_effect: float | None
    total_effect_low: float | None
    total_effect_high: float | None
    interval_level: float | None
    placebo_check: str | None
    base_note: str | None
    claimed_sales_minor: int | None
    claimed_currency: str | None

    @classmethod
    def columns(cls) -> list[str]:
        """The names of the cells."""
        return [field.name for field in fields(cls)]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Result:
        return cls(**{name: row[name] for name in cls.columns()})

    @property
    def label(self) -> str:
        """The campaign's name, else its id as a name."""
        return self.campaign_name or f"Campaign {self.campaign_id}"


def amount(value: float | None, unit: str | None, signed: bool = False) -> str:
    """A total in words: whole people where the unit is a share, else money."""
    if unit is None or unit == SHARE_UNIT:
        return ENGLISH.number(value, 0, signed)
    return ENGLISH.money(value, unit, signed, decimals=0)


def _extra(result: Result, word: str) -> str:
    """ "1,240 extra first-time buyers", "EUR 12,400 of extra sales"."""
    assert result.total_effect is not None and result.outcome is not None
    noun = outcome_of(result.outcome).noun
    size = amount(abs(result.total_effect), result.unit)
    return f"{size} {word} {noun}" if result.unit == SHARE_UNIT else f"{size} of {word} {noun}"


def _range(result: Result) -> str:
    low, high = amount(result.total_effect_low, result.unit), amount(result.total_effect_high, result.unit)
    level = "" if result.interval_level is None else f"{ENGLISH.share(result.interval_level)} range "
    return f"{level}{low} to {high}"


def result_sentence(result: Result) -> str:
    """What the campaign caused, what cannot be told, or why it was not measured.

    "Caused" is said only where chance decided who took part, the range lies off zero and the check did not fail.
    """
    if result.status != "measured" or result.total_effect is None or result.outcome is None:
        return f"{result.label} cannot be measured: {result.base_note or 'no measurement was made in this run'}."
    low, high = result.total_effect_low, result.total_effect_high
    is_clear = low is not None and high is not None and (low > 0 or high < 0)
    more = result.total_effect > 0
    if not is_clear:
        noun = outcome_of(result.outcome).noun
        text = f"{result.label}: no effect on {noun} can be told from chance ({_range(result)})."
    elif result.design == "randomised":
        verb = "caused" if result.placebo_check != "failed" else "seems to have caused"
        text = f"{result.label} {verb} {_extra(result, 'extra' if more else 'fewer')} ({_range(result)})."
    else:
        side = "extra" if more else "fewer"
        text = (
            f"{result.label}: those who took part brought {_extra(result, side)} ({_range(result)}), "
            "but chance did not choose them: no proof of cause."
        )
    if result.placebo_check == "failed":
        text += " The check before the campaign failed: do not rely on this figure."
    if result.claimed_sales_minor is not None and result.claimed_currency is not None:
        text += f" Codes and links claim {ENGLISH.minor(result.claimed_sales_minor, result.claimed_currency)}."
    return text
