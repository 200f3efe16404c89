"""Every listed format of a personal reference is replaced; what only looks like one stays."""

from __future__ import annotations

import polars as pl
import pytest

from ml.text.scrub import scrub


def scrubbed(text: str | None) -> str | None:
    result: str | None = scrub(pl.Series([text], dtype=pl.String))[0]
    return result


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to john.doe+x@example.co.uk please", "write to [email] please"),
        ("john [at] example [dot] com", "[email]"),
        ("+49 170 1234567", "[phone]"),
        ("+1 (415) 555-2671", "[phone]"),
        ("(415) 555-2671", "[phone]"),
        ("415.555.2671", "[phone]"),
        ("415 555 2671", "[phone]"),
        ("415-555-2671", "[phone]"),
        ("call me,4155552671 or", "call me,[phone] or"),
        ("415-555-2671x12", "[phone]x12"),
        ("+1-415-555-2671", "[phone]"),
        ("0044 20 7946 0958", "[phone]"),
        ("(020) 7946 0958", "[phone]"),
        ("06 12 34 56 78", "[phone]"),
        ("0171/1234567", "[phone]"),
        ("+27 82 123 4567", "[phone]"),
        ("(11) 91234-5678", "[phone]"),
        ("415–555–2671", "[phone]"),
        ("415​5552671", "[phone]"),
        ("4111 1111 1111 1111", "[card]"),
        ("4111-1111-1111-1111", "[card]"),
        ("378282246310005", "[card]"),
        ("DE89 3704 0044 0532 0130 00", "[iban]"),
        ("iban gb29nwbk60161331926819 ok", "iban [iban] ok"),
        ("192.168.0.1", "[ip]"),
        ("2001:db8::ff00:42:8329", "[ip]"),
        ("fe80::1", "[ip]"),
        ("https://shop.example.com/a?user=12&mail=a@b.de ok", "https://shop.example.com/a?[query] ok"),
        ("www.example.com/p#token", "www.example.com/p?[query]"),
        ("https://user:pw@example.com/x", "https://example.com/x"),
        ("thanks @user_name! and @a.b", "thanks [handle]! and [handle]"),
        ("@user@mastodon.example hi", "[handle] hi"),
        ("see instagram.com/jane.doe", "see instagram.com/[handle]"),
    ],
)
def test_a_personal_reference_is_replaced_by_its_placeholder(text: str, expected: str) -> None:
    assert scrubbed(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "on 2015-02-24 at 10:30",
        "from 1990-2000 and 12/31/2014",
        "size 34-26-34, 5'8\" and 135 lbs",
        "$1,234,567.89 of 100,000,000",
        "order 12345678",
        "pi is 3.14159265358979",
        "std::vector at 10:30:45",
        "100% @ home, 2 4 6 8 10 12 14",
    ],
)
def test_numbers_that_name_nobody_stay(text: str) -> None:
    assert scrubbed(text) == text


def test_no_text_stays_no_text_and_scrubbing_twice_changes_nothing() -> None:
    assert scrubbed(None) is None
    once = scrubbed("mail a@b.de, https://x.example/?q=1, +49 170 1234567, @me")
    assert scrubbed(once) == once


def test_a_long_line_of_near_misses_ends() -> None:
    hostile = "1(" * 200_000 + "@" * 200_000 + "a." * 200_000 + ":" * 200_000
    assert isinstance(scrubbed(hostile), str)
