"""Takes out of a text what names or reaches a person, before the text is stored: tokens stand in its place.

Belongs here: the patterns and their order. Does not: which columns are free text (streams/), other languages' names.
Patterns err on the side of taking out: a long order number may become [phone]. What people's names are cannot be told
by a pattern; that is why text bodies never enter the warehouse.
"""

from __future__ import annotations

import polars as pl

from orchestration.connectors.streams import Stream

# In this order: an e-mail address holds an @ that a handle would eat, a card number holds what looks like a phone.
PATTERNS: tuple[tuple[str, str], ...] = (
    # A link may hold a login before its host, an account in its path, ids and addresses in its query and fragment.
    (r"(?i)\b(https?://)[^\s/@?#]+@", "${1}"),
    (r"(?i)\b((?:twitter|x|instagram|tiktok|facebook|threads|youtube|t)\.(?:com|net|me)/)@?[\w.-]+", "${1}[handle]"),
    (r"(?i)\b((?:https?://|www\.)[^\s?#<>\"]*)[?#][^\s<>\"]+", "${1}?[query]"),
    (
        r"(?i)[\p{L}\p{N}._%+'-]+(?:@|\s?\[at\]\s?|\s?\(at\)\s?)[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}",
        "[email]",
    ),
    (r"\b[A-Z]{2}\d{2}(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?\b", "[iban]"),
    (r"(?i)\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b", "[iban]"),
    (r"\b\d(?:[ -]?\d){12,18}\b", "[card]"),
    (r"\b(?:\d{1,3}\.){3}\d{1,3}\b", "[ip]"),
    (r"(?i)\b(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b", "[ip]"),
    (r"(?:\+|\b00)[1-9](?:[ ()./-]{0,2}\d){6,14}\b", "[phone]"),
    (r"(?:\(\d{2,5}\)|\b0\d{1,4}|\b\d{3})[ ./-]{0,2}\d{2,4}(?:[ ./-]?\d{2,4}){1,3}\b", "[phone]"),
    (r"(^|[^\p{L}\p{N}_])(?:@+[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?)+", "${1}[handle]"),
)


def scrubbed(text: pl.Expr) -> pl.Expr:
    """Tokens for e-mail addresses, IBANs, cards, IPs, phones, handles and the queries of links; NULL stays NULL."""
    for pattern, token in PATTERNS:
        text = text.str.replace_all(pattern, token)
    return text


def scrub(rows: pl.DataFrame, stream: Stream) -> pl.DataFrame:
    """Rows with every free-text column scrubbed."""
    return rows.with_columns(scrubbed(pl.col(name)).alias(name) for name in stream.text_columns())
