"""Replaces personal references in texts: e-mail, phone, card, IBAN, IP address, URL query, handle.

Belongs here: the formats and their placeholders. Does not: names of people (never promised), or who stores the text.

Two ways: a format that a regular expression settles is replaced by Polars for the whole column (Rust's engine, linear
time on any input); one that needs arithmetic (cards, IBANs, telephone numbers, IPv6) is looked at in Python, only in
the few texts with enough digits. Replacing a number that was none costs a word; missing one costs a person's privacy:
where a format is open (a local telephone number) the rule leans to replacing.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

import polars as pl

PLACEHOLDERS = ("[email]", "[phone]", "[card]", "[iban]", "[ip]", "[query]", "[handle]")

# Control characters except tab and line ends, and characters that are not seen: they hide a number from any rule.
_UNSEEN = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u{ad}\u{200b}\u{200c}\u{200e}\u{200f}\u{202a}-\u{202e}"
    r"\u{2060}-\u{2069}\u{feff}]"
)

# In this order: a query may hold an address, an address a handle.
_PATTERNS = (
    # user:password@ and what follows ? or # of a URL; scheme and path stay, they say what kind of link it is.
    (r"(?i)\b([a-z][a-z0-9+.-]{1,9}://)[^\s/?#@]+@", "${1}"),
    (r"(?i)\b((?:[a-z][a-z0-9+.-]{1,9}://|www\.)[^\s?#]*)[?#][^\s]+", "${1}?[query]"),
    (r"(?i)\b([a-z0-9-]+(?:\.[a-z0-9-]+)+/[^\s?#]*)\?[^\s]*=[^\s]*", "${1}?[query]"),
    # A profile's address is a handle.
    (
        r"(?i)\b((?:instagram|twitter|x|tiktok|facebook|fb|threads|snapchat|youtube|linkedin|pinterest|t)\.(?:com|net|me)/"
        r"(?:@|in/|add/|u/|user/|c/)?)[\w.\-@]{2,}",
        "${1}[handle]",
    ),
    # @user@server.tld before addresses, else the @ of its start would stay.
    (r"(^|[^\p{L}\p{N}_@])[@＠][\w.\-]+[@＠][\w\-]+(?:\.[\w\-]+)+", "${1}[handle]"),
    (r"(?i)[\p{L}\p{N}_.%+'’\-]+[@＠][\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)*", "[email]"),
    (
        r"(?i)[\p{L}\p{N}_.%+\-]+\s*[(\[{]\s*at\s*[)\]}]\s*[\p{L}\p{N}\-]+"
        r"(?:\s*(?:\.|[(\[{]\s*dot\s*[)\]}]|\sdot\s)\s*[\p{L}\p{N}\-]+)+",
        "[email]",
    ),
    (
        r"\b(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\b",
        "[ip]",
    ),
    (r"[@＠][\w][\w.\-]*[\w]|[@＠][\w]", "[handle]"),
)

# Enough digits for a telephone number, or two colons for an IPv6 address: the texts that Python looks at.
_SUSPECT = (
    r"[0-9０-９٠-٩](?:[^\p{L}\n]{0,3}[0-9０-９٠-٩]){6}|:[0-9A-Fa-f]{0,4}:|[A-Za-z]{2}[0-9]{2}[ \-]?[A-Za-z0-9]{4}"
)

_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24,
    "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
    "TN": 24, "TR": 26, "UA": 29, "VA": 22, "XK": 20,
}  # fmt: skip
_IBAN = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2}\d{2}(?:[ \-]?[A-Za-z0-9]){11,30})(?![A-Za-z0-9])")
_GAP = r"[\s.\-‐‑‒–—/()]"
_NUMBER = re.compile(rf"(?<![\w$€£¥#])(?<!\d[.,])(?:\+|\(\s*\+?)?\d(?:{_GAP}{{0,3}}\d){{6,24}}(?![\d%])")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])")
_DATE = re.compile(
    r"(?:(?:19|20)\d{2}([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|[12]\d|3[01])\2(?:19|20)\d{2})(?:[\s.\-]+\d{1,4})?"
)
_YEARS = re.compile(r"(?:1[5-9]|20)\d{2}(?:\s?[\-‐‑‒–—/ ]\s?(?:1[5-9]|20)\d{2})+")
_DECIMAL = re.compile(r"\d{1,2}\.\d{5,}")
_LOCAL = re.compile(r"\d{3}[\s.\-]\d{4}|0\d{1,4}[\s./\-]\d{3,}[\s.\-]?\d*")
_PLAIN_FROM = 10  # digits in one run that are a telephone number; shorter runs are order numbers and amounts
"""A run of 9 digits is more often an order number; written with gaps, 7 are enough."""


def scrub(texts: pl.Series) -> pl.Series:
    """Texts with every personal reference of the listed formats replaced by its placeholder.

    Args:
        texts: strings of any length; NULL stays NULL.
    """
    seen = texts.cast(pl.String).str.replace_all(_UNSEEN, "")
    for pattern, placeholder in _PATTERNS:
        seen = seen.str.replace_all(pattern, placeholder)
    suspects = seen.str.contains(_SUSPECT).fill_null(False)
    if not suspects.any():
        return seen
    looked_at = [_scrub_numbers(text) for text in seen.filter(suspects).to_list()]
    return seen.scatter(suspects.arg_true(), looked_at)


def _scrub_numbers(text: str) -> str:
    steps: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
        (_IBAN, _iban),
        (_IPV6, _ipv6),
        (_NUMBER, _number),
    )
    for pattern, decide in steps:
        text = pattern.sub(decide, text)
    return text


def _iban(match: re.Match[str]) -> str:
    """An IBAN where country and length fit; a longer match is tried at the country's length."""
    found = match.group()
    length = _IBAN_LENGTHS.get(found[:2].upper())
    signs = [position for position, sign in enumerate(found) if sign not in " -"]
    if length is None or len(signs) < length:
        return found
    end = signs[length - 1] + 1
    is_whole = end == len(found) or found[end] in " -"
    digits = sum(sign.isdigit() for sign in found[2:end])
    return "[iban]" + found[end:] if is_whole and digits >= 8 else found


def _ipv6(match: re.Match[str]) -> str:
    found = match.group()
    if not any(sign.isdigit() for sign in found) or len(found) < 4:
        return found
    try:
        ipaddress.IPv6Address(found)
    except ValueError:
        return found
    return "[ip]"


def _number(match: re.Match[str]) -> str:
    """A card where the check digit or the grouping fits, a telephone number where length and writing fit."""
    found = match.group()
    digits = [int(sign) for sign in found if sign.isdigit()]
    if any(pattern.fullmatch(found.strip("() ")) for pattern in (_DATE, _YEARS, _DECIMAL)):
        return found
    if 13 <= len(digits) <= 19 and not found.startswith(("+", "(+")) and _is_card(found, digits):
        return "[card]"
    if found.startswith(("+", "(")) or len(digits) > 15:
        return "[phone]"
    is_plain = found.isdigit()
    if is_plain:
        return "[phone]" if len(digits) >= _PLAIN_FROM else found
    groups = [len(group) for group in re.findall(r"\d+", found)]
    if len(digits) >= 9 and max(groups) >= 2 and len(groups) <= 7 and sum(group == 1 for group in groups) <= 2:
        return "[phone]"
    return "[phone]" if _LOCAL.fullmatch(found) else found


def _is_card(found: str, digits: list[int]) -> bool:
    """Luhn's check (ISO/IEC 7812), or the usual grouping of a card with a mistyped digit."""
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    luhn = (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
    return luhn or re.fullmatch(r"\d{4}([ \-.])\d{4}\1\d{4}\1\d{4}", found) is not None
