"""Text that a spreadsheet would run as a formula, made harmless, and back.

Belongs here: the one rule for CSV cells. Does not: workbooks (workbook.py writes texts as texts), HTML (autoescaped).

The rule: a text that begins with = + - @ (or their full-width forms), a tab or a line break gets an apostrophe in
front; so does each such sign right behind a separator or quote inside the text, because a spreadsheet set to another
separator than the comma would start a cell there. Leading apostrophes before such a sign are doubled by the same rule,
so `plain` undoes it without loss. Numbers are not texts: a negative number stays a number.
See OWASP, "CSV Injection".
"""

from __future__ import annotations

import re

import polars as pl

_SIGNS = "=+\\-@＝＋－＠"
_START = f"^('*[{_SIGNS}\\t\\r\\n])"
_INNER = f"([;,|\"\\t\\r\\n])('*[{_SIGNS}])"
_START_BACK = re.compile(f"^'('*[{_SIGNS}\\t\\r\\n])")
_INNER_BACK = re.compile(f"([;,|\"\\t\\r\\n])'('*[{_SIGNS}])")


def harmless(text: pl.Expr) -> pl.Expr:
    """The text with an apostrophe wherever a cell could begin with a formula."""
    return text.str.replace_all(_INNER, "${1}'${2}").str.replace(_START, "'${1}")


def plain(text: str) -> str:
    """The text as it was before `harmless`."""
    return _INNER_BACK.sub(r"\1\2", _START_BACK.sub(r"\1", text, count=1))
