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
    design_check: str | None
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


def amount(value: float | None, unit: str | None, signed: bool = False, bare: bool = False) -> str:
    """A total in words: whole people where the unit is a share, else money; `bare`: without the currency."""
    if unit is None or unit == SHARE_UNIT or bare:
        return ENGLISH.number(value, 0, signed)
    return ENGLISH.money(value, unit, signed, decimals=0)


def _size(result: Result) -> str:
    """ "1,240 extra first-time buyers", "EUR 12,400 of extra sales", "EUR 5,600 less in sales"."""
    assert result.total_effect is not None and result.outcome is not None
    noun, more = outcome_of(result.outcome).noun, result.total_effect > 0
    size = amount(abs(result.total_effect), result.unit)
    if result.unit == SHARE_UNIT:
        return f"{size} {'extra' if more else 'fewer'} {noun}"
    return f"{size} of extra {noun}" if more else f"{size} less in {noun}"


def _range(result: Result, is_clear: bool) -> str:
    """ "90 % range 820 to 1,660"; without signs where the words say the direction."""
    low, high = result.total_effect_low, result.total_effect_high
    if is_clear and low is not None and high is not None:
        low, high = sorted((abs(low), abs(high)))
    level = "" if result.interval_level is None else f"{ENGLISH.share(result.interval_level)} "
    return f"{level}range {amount(low, result.unit)} to {amount(high, result.unit, bare=True)}"


def result_sentence(result: Result) -> str:
    """What the campaign caused, what cannot be told, or why it was not measured.

    "Caused" is said only where chance decided who took part, the range lies off zero and no check failed.
    """
    if result.status != "measured" or result.total_effect is None or result.outcome is None:
        return f"{result.label} cannot be measured: {result.base_note or 'no measurement was made in this run'}."
    low, high = result.total_effect_low, result.total_effect_high
    is_clear = low is not None and high is not None and (low > 0 or high < 0)
    within = _range(result, is_clear)
    if not is_clear:
        text = f"{result.label}: no effect on {outcome_of(result.outcome).noun} can be told from chance ({within})."
    elif result.design == "randomised":
        is_doubtful = "failed" in (result.placebo_check, result.design_check)
        verb = "seems to have caused" if is_doubtful else "caused"
        text = f"{result.label} {verb} {_size(result)} ({within})."
    else:
        text = (
            f"{result.label}: those who took part brought {_size(result)} ({within}), but they were not chosen by "
            "chance: no proof of cause."
        )
    if result.placebo_check == "failed":
        text += " The check before the campaign failed: do not rely on this figure."
    if result.design_check == "failed":
        text += " The groups were not alike before: do not rely on this figure."
    if result.unit != SHARE_UNIT and result.claimed_sales_minor is not None and result.claimed_currency is not None:
        text += f" Codes and links claim {ENGLISH.minor(result.claimed_sales_minor, result.claimed_currency)}."
    return text
