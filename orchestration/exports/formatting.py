"""Numbers, money, shares and dates as a reader's language writes them.

Belongs here: formatting of single values; NULL becomes words, never 0 or an empty string. Does not: sentences and their
translation (language.py).

Marks, months and currency decimals are those of the Unicode CLDR, through Babel. Babel's own formatters are not used:
they parse a pattern a call, and a run writes some hundred thousand figures into sentences.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel import Locale
from babel.numbers import get_currency_precision, get_currency_symbol

NOT_REPORTED = "not reported"

_NO_BREAK, _NARROW_NO_BREAK = "\u00a0", "\u202f"
_MINUS = "\u2212"


@cache
def currency_decimals(currency: str) -> int:
    """Decimals of a currency's main unit (ISO 4217, as CLDR has it)."""
    return get_currency_precision(currency)


@dataclass(frozen=True)
class _Marks:
    group: str
    decimal: str
    months: tuple[str, ...]


@cache
def _marks(tag: str) -> _Marks:
    locale = Locale.parse(tag)
    symbols = locale.number_symbols["latn"]
    months = locale.months["format"]["wide"]
    return _Marks(symbols["group"], symbols["decimal"], tuple(months[n] for n in range(1, 13)))


@dataclass(frozen=True)
class Numerals:
    """How a language writes figures. tag: its ISO 639 code ("en", "fr"), which has to be one CLDR knows."""

    tag: str

    @property
    def not_reported(self) -> str:
        """What stands for a figure that nobody gives."""
        return NOT_REPORTED

    def number(self, value: float | None, decimals: int = 0, signed: bool = False) -> str:
        """A number with grouped thousands, rounded half to even; a true minus sign; NULL and NaN in words."""
        if value is None or math.isnan(value):
            return self.not_reported
        marks = _marks(self.tag)
        text = f"{abs(value):,.{decimals}f}".replace(",", "\0").replace(".", marks.decimal).replace("\0", marks.group)
        is_zero = not any(digit in "123456789" for digit in text)
        if is_zero:
            return text
        return (_MINUS if value < 0 else "+" if signed else "") + text

    def short(self, value: float | None, signed: bool = False) -> str:
        """A number at about three figures: for sentences and labels, never for sums."""
        if value is None or math.isnan(value):
            return self.not_reported
        size = abs(value)
        return self.number(value, 0 if size >= 100 else 1 if size >= 10 else 2, signed)

    def share(self, value: float | None, decimals: int = 0, signed: bool = False) -> str:
        """A share of 0 to 1, or a ratio, as a percentage."""
        if value is None or math.isnan(value):
            return self.not_reported
        return self.number(value * 100, decimals, signed) + _NARROW_NO_BREAK + "%"

    def money(self, value: float | None, currency: str, signed: bool = False, decimals: int | None = None) -> str:
        """Main units with their currency; without decimals from 1,000 on unless `decimals` says otherwise.

        English names the currency by its code and first, other languages as CLDR does: by its symbol, and last.
        """
        if value is None:
            return self.not_reported
        places = decimals if decimals is not None else (0 if abs(value) >= 1_000 else currency_decimals(currency))
        text = self.number(value, places, signed)
        sign = self.currency(currency)
        return f"{sign}{_NO_BREAK}{text}" if self.tag == "en" else f"{text}{_NO_BREAK}{sign}"

    def currency(self, code: str) -> str:
        """What a currency is called beside a figure: "EUR", in French "€"."""
        return code if self.tag == "en" else get_currency_symbol(code, locale=self.tag)

    def minor(self, value: int | None, currency: str | None) -> str:
        """Integer minor units as money."""
        if value is None or currency is None:
            return self.not_reported
        return self.money(value / 10 ** currency_decimals(currency), currency)

    def day(self, value: date | None) -> str:
        """A date with the month in words; the first of a month is an ordinal in French."""
        if value is None:
            return self.not_reported
        number = "1er" if self.tag == "fr" and value.day == 1 else str(value.day)
        return _NO_BREAK.join((number, _marks(self.tag).months[value.month - 1], str(value.year)))


ENGLISH = Numerals("en")
