"""Numbers, money, shares and dates as a reader's language writes them.

Belongs here: formatting of single values; NULL becomes words, never 0 or an empty string. Does not: sentences.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

NOT_REPORTED = "not reported"

# ISO 4217: currencies whose minor unit is not a hundredth. Everything else has two decimals.
_DECIMALS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}
_NARROW_NO_BREAK = "\u202f"
_MINUS = "\u2212"


def currency_decimals(currency: str) -> int:
    """Decimals of a currency's main unit (ISO 4217)."""
    return _DECIMALS.get(currency, 2)


@dataclass(frozen=True)
class Numerals:
    """How one language writes numbers. The fields are its group and decimal marks and its month names."""

    group: str
    decimal: str
    months: tuple[str, ...]
    is_currency_first: bool

    def number(self, value: float | None, decimals: int = 0, signed: bool = False) -> str:
        """A number with grouped thousands, rounded half to even; a true minus sign; NULL and NaN: "not reported"."""
        if value is None or math.isnan(value):
            return NOT_REPORTED
        text = f"{abs(value):,.{decimals}f}".replace(",", "\0").replace(".", self.decimal).replace("\0", self.group)
        is_zero = not any(digit in "123456789" for digit in text)
        if is_zero:
            return text
        return (_MINUS if value < 0 else "+" if signed else "") + text

    def short(self, value: float | None, signed: bool = False) -> str:
        """A number at about three figures: for sentences and labels, never for sums."""
        if value is None or math.isnan(value):
            return NOT_REPORTED
        size = abs(value)
        return self.number(value, 0 if size >= 100 else 1 if size >= 10 else 2, signed)

    def share(self, value: float | None, decimals: int = 0) -> str:
        """A share of 0 to 1 as a percentage."""
        return NOT_REPORTED if value is None else self.number(value * 100, decimals) + _NARROW_NO_BREAK + "%"

    def money(self, value: float | None, currency: str, signed: bool = False, decimals: int | None = None) -> str:
        """Main units with their currency code; without decimals from 1,000 on unless `decimals` says otherwise."""
        if value is None:
            return NOT_REPORTED
        places = decimals if decimals is not None else (0 if abs(value) >= 1_000 else currency_decimals(currency))
        text = self.number(value, places, signed)
        return f"{currency}\u00a0{text}" if self.is_currency_first else f"{text}\u00a0{currency}"

    def minor(self, value: int | None, currency: str | None) -> str:
        """Integer minor units as money."""
        if value is None or currency is None:
            return NOT_REPORTED
        return self.money(value / 10 ** currency_decimals(currency), currency)

    def day(self, value: date | None) -> str:
        """A date with the month in words."""
        return NOT_REPORTED if value is None else f"{value.day}\u00a0{self.months[value.month - 1]}\u00a0{value.year}"


ENGLISH = Numerals(
    group=",",
    decimal=".",
    months=tuple("January February March April May June July August September October November December".split()),
    is_currency_first=True,
)
FRENCH = Numerals(
    group=_NARROW_NO_BREAK,
    decimal=",",
    months=tuple("janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()),
    is_currency_first=False,
)
