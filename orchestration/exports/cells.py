"""Text that a spreadsheet would run as a formula, made harmless, and back.

Belongs here: the one rule for CSV cells. Does not: workbooks (workbook.py writes texts as texts), HTML (autoescaped).

The rule: a text that begins with = + - @ (or their full-width forms), a tab or a line break gets an apostrophe in
front; so does each such sign right behind a separator or quote inside the text, because a spreadsheet set to another
separator than the comma would start a cell there. What stands before the sign and is dropped by a spreadsheet does not
hide it: controls and marks without a glyph anywhere (LibreOffice runs a formula behind a NUL), blanks of any width at
the text's beginning. Leading apostrophes before such a sign are doubled by the same rule, so `plain` undoes it without
loss. Numbers are not texts: a negative number stays a number.
See OWASP, "CSV Injection".
"""

from __future__ import annotations

import re

import polars as pl

_SIGNS = "=+\\-@＝＋－＠"
_BLANKS = r"\x20\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}"
_NOTHING = (
    r"\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x{84}\x{86}-\x{9F}\x{AD}\x{61C}\x{180E}\x{200B}-\x{200F}"
    r"\x{202A}-\x{202E}\x{2060}-\x{206F}\x{FEFF}"
)
# An apostrophe may stand on either side of what is dropped.
_START = f"^([{_BLANKS}{_NOTHING}']*[{_SIGNS}]|'*[\\t\\r\\n])"
_INNER = f"([;,|\"\\t\\r\\n])([{_NOTHING}']*[{_SIGNS}])"


def _back(pattern: str) -> re.Pattern[str]:
    """A pattern of ours with an apostrophe of ours in front, for Python, which writes code points in another way."""
    return re.compile(re.sub(r"\\x\{(\w+)\}", lambda found: chr(int(found[1], 16)), pattern))


_START_BACK = _back(_START.replace("^(", "^'(", 1))
_INNER_BACK = _back(_INNER.replace(")(", ")'(", 1))


def harmless(text: pl.Expr) -> pl.Expr:
    """The text with an apostrophe wherever a cell could begin with a formula."""
    return text.str.replace_all(_INNER, "${1}'${2}").str.replace(_START, "'${1}")


def plain(text: str) -> str:
    """The text as it was before `harmless`."""
    return _INNER_BACK.sub(r"\1\2", _START_BACK.sub(r"\1", text, count=1))
