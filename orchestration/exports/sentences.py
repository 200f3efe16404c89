"""A campaign's result in one sentence, as careful as its design allows.

Belongs here: the choice of words by design, range and check. Does not: the figures (campaigns.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from orchestration.exports.language import ENGLISH, Language, mark
from orchestration.exports.retelling import label, note
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
    note: str | None
    claimed_sales_minor: int | None
    claimed_currency: str | None

    @classmethod
    def columns(cls) -> list[str]:
        """The names of the cells."""
        return [field.name for field in fields(cls)]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Result:
        return cls(**{name: row[name] for name in cls.columns()})


def amount(
    value: float | None, unit: str | None, signed: bool = False, bare: bool = False, language: Language = ENGLISH
) -> str:
    """A total in words: whole people where the unit is a share, else money; `bare`: without the currency."""
    if unit is None or unit == SHARE_UNIT or bare:
        return language.number(value, 0, signed)
    return language.money(value, unit, signed, decimals=0)


def _size(result: Result, language: Language) -> str:
    """ "1,240 extra first-time buyers", "EUR 12,400 of extra sales", "EUR 5,600 less in sales"."""
    assert result.total_effect is not None and result.outcome is not None
    noun, more = label(outcome_of(result.outcome).noun, language), result.total_effect > 0
    size = amount(abs(result.total_effect), result.unit, language=language)
    if result.unit == SHARE_UNIT:
        extra = mark("%(size)s extra %(people)s") if more else mark("%(size)s fewer %(people)s")
        return language.say(extra, size=size, people=noun)
    extra = mark("%(size)s of extra %(sales)s") if more else mark("%(size)s less in %(sales)s")
    return language.say(extra, size=size, sales=noun)


def _range(result: Result, is_clear: bool, language: Language) -> str:
    """ "90 % range 820 to 1,660"; without signs where the words say the direction."""
    low, high = result.total_effect_low, result.total_effect_high
    if is_clear and low is not None and high is not None:
        low, high = sorted((abs(low), abs(high)))
    written = language.range(
        amount(low, result.unit, language=language), amount(high, result.unit, bare=True, language=language)
    )
    if result.interval_level is None:
        return language.say("range %(range)s", range=written)
    return language.interval(result.interval_level, written)


def result_sentence(result: Result, language: Language = ENGLISH) -> str:
    """What the campaign caused, what cannot be told, or why it was not measured.

    "Caused" is said only where chance decided who took part, the range lies off zero and no check failed.
    """
    name = language.campaign(result.campaign_name, result.campaign_id)
    if result.status != "measured" or result.total_effect is None or result.outcome is None:
        why = note(result.note, language) or language.say("no measurement was made in this run")
        return language.say("%(campaign)s cannot be measured: %(why)s.", campaign=name, why=why)
    low, high = result.total_effect_low, result.total_effect_high
    is_clear = low is not None and high is not None and (low > 0 or high < 0)
    said = {"campaign": name, "range": _range(result, is_clear, language)}
    if not is_clear:
        noun = label(outcome_of(result.outcome).noun, language)
        text = language.say(
            "%(campaign)s: no effect on %(sales)s can be told from chance (%(range)s).", sales=noun, **said
        )
    elif result.design != "randomised":
        text = language.say(
            "%(campaign)s: those who took part brought %(size)s (%(range)s), but they were not chosen by chance: no "
            "proof of cause.",
            size=_size(result, language),
            **said,
        )
    elif "failed" in (result.placebo_check, result.design_check):
        text = language.say(
            "%(campaign)s seems to have caused %(size)s (%(range)s).", size=_size(result, language), **said
        )
    else:
        text = language.say("%(campaign)s caused %(size)s (%(range)s).", size=_size(result, language), **said)
    more = [text]
    if result.placebo_check == "failed":
        more.append(language.say("The check before the campaign failed: do not rely on this figure."))
    if result.design_check == "failed":
        more.append(language.say("The groups were not alike before: do not rely on this figure."))
    if result.unit != SHARE_UNIT and result.claimed_sales_minor is not None and result.claimed_currency is not None:
        claimed = language.minor(result.claimed_sales_minor, result.claimed_currency)
        more.append(language.say("Codes and links claim %(sales)s.", sales=claimed))
    return " ".join(more)
