"""Numbers as people read them: true minus, grouped thousands, NULL in words, minor units by currency."""

from __future__ import annotations

from datetime import date

import pytest

from orchestration.exports.formatting import ENGLISH, FRENCH


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (ENGLISH.number(1234567), "1,234,567"),
        (ENGLISH.number(-1234.5, 1), "−1,234.5"),
        (ENGLISH.number(0.04, 1, signed=True), "0.0"),
        (ENGLISH.number(-0.04, 1), "0.0"),
        (ENGLISH.number(3.0, 1, signed=True), "+3.0"),
        (ENGLISH.number(None), "not reported"),
        (ENGLISH.number(float("nan")), "not reported"),
        (ENGLISH.share(0.905), "90\u202f%"),
        (ENGLISH.minor(459603958, "USD"), "USD\u00a04,596,040"),
        (ENGLISH.minor(1250, "EUR"), "EUR\u00a012.50"),
        (ENGLISH.minor(1250, "JPY"), "JPY\u00a01,250"),
        (ENGLISH.minor(1250, "KWD"), "KWD\u00a01.250"),
        (ENGLISH.minor(None, "EUR"), "not reported"),
        (ENGLISH.day(date(2017, 12, 31)), "31\u00a0December\u00a02017"),
        (FRENCH.number(1234.5, 1), "1\u202f234,5"),
        (FRENCH.minor(1250, "EUR"), "12,50\u00a0EUR"),
    ],
)
def test_formats(text: str, wanted: str) -> None:
    assert text == wanted
