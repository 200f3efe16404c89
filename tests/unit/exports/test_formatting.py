"""Numbers as people read them: true minus, grouped thousands, NULL in words, minor units by currency."""

from __future__ import annotations

from datetime import date

import pytest

from orchestration.exports.language import ENGLISH, Language

FRENCH = Language.of("fr")


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
        (FRENCH.number(None), "non communiqué"),
        (FRENCH.number(-0.5, 1, signed=True), "−0,5"),
        (FRENCH.share(0.125, 1), "12,5\u202f%"),
        (FRENCH.minor(1250, "EUR"), "12,50\u00a0€"),
        (FRENCH.money(4000, "EUR"), "4\u202f000\u00a0€"),
        (FRENCH.money(4000, "USD"), "4\u202f000\u00a0$US"),
        (FRENCH.minor(1250, "JPY"), "1\u202f250\u00a0JPY"),
        (FRENCH.day(date(2017, 2, 1)), "1er\u00a0février\u00a02017"),
        (FRENCH.range("820", "1 660"), "820 à 1 660"),
        (ENGLISH.range("820", "1,660"), "820 to 1,660"),
    ],
)
def test_formats(text: str, wanted: str) -> None:
    assert text == wanted
