"""Money becomes integer minor units without a float in between."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.connectors.mapping_money import to_minor

MARKS = (".", "")


def minor(
    values: list[object],
    dtype: pl.DataType | None = None,
    currency: str | None = "EUR",
    decimal: bool = True,
    marks: tuple[str, str] = MARKS,
) -> tuple[list[int | None], list[bool]]:
    frame = pl.DataFrame({"raw": pl.Series(values, dtype=dtype or pl.String())})
    cast = to_minor(pl.col("raw"), frame.schema["raw"], "net_amount_minor", decimal, pl.lit(currency, pl.String), marks)
    done = frame.select(value=cast.value, failed=cast.failed)
    return done["value"].to_list(), done["failed"].to_list()


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12.34", 1234),
        ("-2.90", -290),
        ("+0.05", 5),
        ("7", 700),
        ("1.5", 150),
        ("1.500", 150),
        (" 3.20 ", 320),
        ("0", 0),
    ],
)
def test_units_become_cents(text: str, cents: int) -> None:
    assert minor([text]) == ([cents], [False])


@pytest.mark.parametrize("text", ["3.2o", "1.005", "", "1e3", "1,50", "--1", "9999999999999.00", ".5"])
def test_what_is_no_amount_fails(text: str) -> None:
    assert minor([text]) == ([None], [True])


def test_a_missing_amount_stays_missing_and_is_no_failure() -> None:
    assert minor([None]) == ([None], [False])


def test_digits_follow_the_currency() -> None:
    assert minor(["500"], currency="JPY") == ([500], [False])
    assert minor(["500.5"], currency="JPY") == ([None], [True])
    assert minor(["1.234"], currency="KWD") == ([1234], [False])
    assert minor(["1.234"], currency="EUR") == ([None], [True])


def test_european_marks_are_read_and_a_point_is_then_no_decimal_mark() -> None:
    assert minor(["1.234,56", "0,5"], marks=(",", ".")) == ([123456, 50], [False, False])
    assert minor(["12.34"], marks=(",", "")) == ([None], [True])


def test_amounts_in_minor_units_are_taken_as_they_are() -> None:
    assert minor(["1234", "12.5"], decimal=False) == ([1234, None], [False, True])


def test_doubles_within_a_millionth_of_a_cent_are_exact_and_others_fail() -> None:
    assert minor([1.39, 4596039.58, 1.395, float("nan"), None], pl.Float64()) == (
        [139, 459603958, None, None, None],
        [False, False, True, False, False],
    )


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False))
def test_every_two_digit_decimal_is_exact(amount: Decimal) -> None:
    assert minor([f"{amount:f}"]) == ([int(amount * 100)], [False])


@pytest.mark.parametrize(
    "amount, scale, currency, minor",
    [
        ("12.34", 2, "EUR", 1234),
        ("-12.3400", 4, "EUR", -1234),
        ("12.345", 3, "EUR", None),
        ("12.345", 3, "KWD", 12345),
        ("12.00", 2, "JPY", 12),
        ("12.50", 2, "JPY", None),
        ("7", 0, "EUR", 700),
    ],
)
def test_a_decimal_column_is_moved_exactly_or_set_aside(
    amount: str, scale: int, currency: str, minor: int | None
) -> None:
    frame = pl.DataFrame({"amount": [Decimal(amount), None]}, schema={"amount": pl.Decimal(19, scale)})
    cast = to_minor(pl.col("amount"), pl.Decimal(19, scale), "x", True, pl.lit(currency), (".", ""))
    value, failed = frame.select(cast.value.alias("value"), cast.failed.alias("failed"))
    assert value.to_list() == [minor, None]
    assert failed.to_list() == [minor is None, False]


def test_amounts_that_64_bits_do_not_hold_in_minor_units_fail() -> None:
    """184467440737095517 units are 84 cents more than 2 to the 64th: read round the corner they would be 0.84."""
    assert minor([184467440737095517, -(10**17), 5], pl.Int64()) == ([None, None, 500], [True, True, False])
    most = Decimal("92233720368547758")
    assert minor([most], pl.Decimal(20, 0)) == ([9223372036854775800], [False])
    assert minor([most + 1], pl.Decimal(20, 0)) == ([None], [True])
