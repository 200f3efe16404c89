"""Money to integer minor units, exactly: digits are moved as digits, no float stands in between.

Belongs here: minor units and the digits a currency has. Does not: other numbers (mapping_cast.py).
"""

from __future__ import annotations

import polars as pl

from orchestration.connectors.mapping_cast import Cast, as_text, plain_number_text

# ISO 4217 currencies whose minor unit is not a hundredth.
MINOR_DIGITS = dict.fromkeys(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0
) | dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3)
USUAL_DIGITS = 2
# Texts are read to millionths of a unit; 12 digits before the point keep that inside 64 bits.
_MICRO_DIGITS = 6
_MONEY = r"^([+-]?)(\d{1,12})(?:\.(\d*))?$"
# A double that came from a decimal is off by its last bits only; anything further away has more decimals.
FLOAT_TOLERANCE = 1e-6
# Beyond it 64-bit integers begin anew at the other end.
_MOST = 2**63 - 1
# So many digits in all fit 64 bits whatever they are.
SAFE_DIGITS = 18


def to_minor(
    raw: pl.Expr, dtype: pl.DataType, name: str, decimal: bool, currency: pl.Expr | str, marks: tuple[str, str]
) -> Cast:
    """Integer minor units of the row's currency.

    Args:
        raw: the brand's value, of type dtype.
        name: canonical column, for messages.
        decimal: the value is written in units ("12.34"); else it is in minor units already.
        currency: the row's currency code (text), or that of all rows; NULL is taken as having two digits.
        marks: decimal and thousands mark of texts.
    """
    digits = _digits(currency) if decimal else 0
    why = "not money of its currency" if decimal else "not a whole number of minor units"
    if dtype.is_integer() or dtype == pl.Null:
        return Cast(_times(raw.cast(pl.Int64, strict=False), _power(digits)), raw.is_not_null(), why)
    if isinstance(dtype, pl.Decimal):
        # A decimal is an integer with a point: 12.34 is 1234 with two digits, moved by what the currency has.
        parts = raw.to_physical().cast(pl.Int64, strict=False)
        if isinstance(digits, int) and digits == dtype.scale:
            return Cast(parts, None if (dtype.precision or 38) <= SAFE_DIGITS else raw.is_not_null(), why)
        unit, lacking = _power(_above_zero(dtype.scale - digits)), _power(_above_zero(digits - dtype.scale))
        return Cast(pl.when(parts % unit == 0).then(_times(parts // unit, lacking)), raw.is_not_null(), why)
    if dtype.is_float():
        number = raw.cast(pl.Float64).fill_nan(None)
        scaled = number * _power(digits).cast(pl.Float64)
        whole = scaled.round()
        fits = ((scaled - whole).abs() <= FLOAT_TOLERANCE) & (whole.abs() < 2.0**53)
        return Cast(pl.when(fits).then(whole.cast(pl.Int64, strict=False)), number.is_not_null(), why)
    text = plain_number_text(as_text(raw, dtype, name), *marks)
    sign = pl.when(text.str.starts_with("-")).then(-1).otherwise(1).cast(pl.Int64)
    whole_digits = text.str.extract(_MONEY, 2)
    fraction = pl.coalesce(text.str.extract(_MONEY, 3), pl.lit("")).str.strip_chars_end("0")
    fits = whole_digits.is_not_null() & (fraction.str.len_bytes() <= digits)
    micro = (whole_digits + fraction.str.slice(0, _MICRO_DIGITS).str.pad_end(_MICRO_DIGITS, "0")).cast(
        pl.Int64, strict=False
    )
    value = pl.when(fits).then(sign * (micro // _power(_MICRO_DIGITS - digits)))
    return Cast(value, raw.is_not_null(), why)


def _digits(currency: pl.Expr | str) -> pl.Expr | int:
    if isinstance(currency, str):
        return MINOR_DIGITS.get(currency, USUAL_DIGITS)
    return currency.replace_strict(MINOR_DIGITS, default=USUAL_DIGITS, return_dtype=pl.Int64)


def _above_zero(digits: pl.Expr | int) -> pl.Expr | int:
    return max(digits, 0) if isinstance(digits, int) else digits.clip(lower_bound=0)


def _power(digits: pl.Expr | int) -> pl.Expr:
    """Ten to the so many."""
    return pl.lit(10**digits, pl.Int64) if isinstance(digits, int) else pl.lit(10, pl.Int64).pow(digits)


def _times(number: pl.Expr, power: pl.Expr) -> pl.Expr:
    """The product; NULL where 64 bits do not hold it."""
    most = pl.lit(_MOST) // power
    return pl.when(number.is_between(-most, most)).then(number * power)
