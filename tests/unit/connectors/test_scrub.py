"""What names or reaches a person is taken out of a text; what does not stays."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.connectors.scrub import scrub as scrub_rows
from orchestration.connectors.scrub import scrubbed
from orchestration.connectors.streams import STREAMS


def scrub(text: str | None) -> str | None:
    result: str | None = scrubbed(pl.Series([text], dtype=pl.String)).item()
    return result


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("write to Ann.Lee+x@mail.example.org!", "write to [email]!"),
        ("ann (at) example.org", "[email]"),
        ("thanks @ann_lee, and @Bo.", "thanks [handle], and [handle]."),
        (
            "see https://www.instagram.com/ann.lee/ and tiktok.com/@bo",
            "see https://www.instagram.com/[handle]/ and tiktok.com/@[handle]",
        ),
        ("call +33 6 12 34 56 78 now", "call [phone] now"),
        ("Call 914-329-0185.", "Call [phone]."),
        ("tel (0)20 or 020 7946 0018", "tel (0)20 or [phone]"),
        ("pay 4111 1111 1111 1111 ok", "pay [card] ok"),
        ("IBAN DE89 3704 0044 0532 0130 00", "IBAN [iban]"),
        ("iban de89370400440532013000", "iban [iban]"),
        ("from 153.69.214.203 and 2001:db8:0:0:0:0:0:1", "from [ip] and [ip]"),
        ("at 2001:db8::1 or (415) 555-2671", "at [ip] or [phone]"),
        ("https://shop.example/p?user=ann&t=1#x end", "https://shop.example/p?[query] end"),
        ("https://ann:pw@shop.example/p", "https://shop.example/p"),
    ],
)
def test_personal_details_become_tokens(text: str, clean: str) -> None:
    assert scrub(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "flight UA80 from Manchester to Newark today ?",
        "I am 5'8\", 125 lbs, size 34-36, born 2024-12-16",
        "price 12.50 EUR at 14:30, code ANNA10",
        "mail@ home, #love @ noon",
        "https://shop.example/p",
    ],
)
def test_other_words_and_numbers_stay(text: str) -> None:
    assert scrub(text) == text


def test_no_name_survives_signs_heaped_around_it() -> None:
    cleaned = scrub(".@ann (@@bo) @cleo@dan")
    assert cleaned is not None
    assert not [name for name in ("ann", "bo", "cleo", "dan") if name in cleaned.replace("[handle]", "")]


def test_every_free_text_of_a_row_is_scrubbed_and_nothing_else() -> None:
    rows = pl.DataFrame({"title": ["by a@b.de"], "body": [None], "review_id": ["a@b.de"]})
    cleaned = scrub_rows(rows, STREAMS["reviews"])
    assert cleaned.row(0) == ("by [email]", None, "a@b.de")


def test_no_text_stays_no_text() -> None:
    assert scrub(None) is None


@given(
    st.text(max_size=20),
    st.from_regex(r"[a-z][a-z0-9.]{0,8}[a-z]@[a-z]{2,8}\.(com|org|fr)", fullmatch=True),
    st.text(max_size=20),
)
def test_no_address_survives_whatever_stands_around_it(before: str, address: str, after: str) -> None:
    cleaned = scrub(f"{before} {address} {after}")
    assert cleaned is not None and address not in cleaned
