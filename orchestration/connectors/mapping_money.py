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


def to_minor(
    raw: pl.Expr, dtype: pl.DataType, name: str, decimal: bool, currency: pl.Expr, marks: tuple[str, str]
) -> Cast:
    """Integer minor units of the row's currency.

    Args:
        raw: the brand's value, of type dtype.
        name: canonical column, for messages.
        decimal: the value is written in units ("12.34"); else it is in minor units already.
        currency: the row's currency code (text); NULL is taken as having two digits.
        marks: decimal and thousands mark of texts.
    """
    digits = currency.replace_strict(MINOR_DIGITS, default=USUAL_DIGITS, return_dtype=pl.Int64)
    digits = digits if decimal else pl.lit(0, pl.Int64)
    why = "not money of its currency" if decimal else "not a whole number of minor units"
    if dtype.is_integer() or dtype == pl.Null:
        value = raw.cast(pl.Int64, strict=False) * pl.lit(10, pl.Int64).pow(digits)
        return Cast(value, raw.is_not_null() & value.is_null(), why)
    if isinstance(dtype, pl.Decimal):
        # A decimal is an integer with a point: 12.34 is 1234 with two digits, moved by what the currency has.
        parts = raw.to_physical().cast(pl.Int64, strict=False)
        excess = (pl.lit(dtype.scale, pl.Int64) - digits).clip(lower_bound=0)
        lacking = (digits - pl.lit(dtype.scale, pl.Int64)).clip(lower_bound=0)
        unit = pl.lit(10, pl.Int64).pow(excess)
        value = pl.when(parts % unit == 0).then(parts // unit * pl.lit(10, pl.Int64).pow(lacking))
        return Cast(value, raw.is_not_null() & value.is_null(), why)
    if dtype.is_float():
        number = raw.cast(pl.Float64).fill_nan(None)
        scaled = number * pl.lit(10.0).pow(digits)
        whole = scaled.round()
        fits = ((scaled - whole).abs() <= FLOAT_TOLERANCE) & (whole.abs() < 2.0**53)
        value = pl.when(fits).then(whole.cast(pl.Int64, strict=False))
        return Cast(value, number.is_not_null() & value.is_null(), why)
    text = plain_number_text(as_text(raw, dtype, name), *marks)
    sign = pl.when(text.str.starts_with("-")).then(-1).otherwise(1).cast(pl.Int64)
    whole_digits = text.str.extract(_MONEY, 2)
    fraction = pl.coalesce(text.str.extract(_MONEY, 3), pl.lit("")).str.strip_chars_end("0")
    fits = whole_digits.is_not_null() & (fraction.str.len_bytes() <= digits)
    micro = (whole_digits + fraction.str.slice(0, _MICRO_DIGITS).str.pad_end(_MICRO_DIGITS, "0")).cast(
        pl.Int64, strict=False
    )
    value = pl.when(fits).then(sign * (micro // pl.lit(10, pl.Int64).pow(_MICRO_DIGITS - digits)))
    return Cast(value, raw.is_not_null() & value.is_null(), why)
