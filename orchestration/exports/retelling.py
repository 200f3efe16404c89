"""What exports hold as English text, in the reader's language.

Belongs here: recognising notes, and values of closed sets. Does not: sentences that an export's builder can say in
another language itself (its function takes the Language).

Measurements say beside a figure what to know ("18 whole months of sales are known, at least 48 are needed"). ml/ knows
no languages, so the report recognises such a note by its message: what stands at the placeholders is taken out, written
as the language writes it, and put into the translation. A note that no message fits stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from re import Pattern

import polars as pl

from orchestration.exports.language import ENGLISH, Language, translation

NOTE = "note"
SENTENCE_WORDS = 3
_NUMBER = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d+)?|-?\d+(\.\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CURRENCIES = re.compile(r"[A-Z]{3}( and [A-Z]{3})+")
_PLACE = re.compile(r"%\((\w+)\)s")


def as_note(message: str) -> str:
    """Names a note that an export's builder writes, for the catalogue."""
    return message


def filled(message: str, *columns: str) -> pl.Expr:
    """A note in English, its placeholders filled from columns in their order."""
    return pl.format(_PLACE.sub("{}", message).replace("%%", "%"), *columns)


def label(text: str | None, language: Language) -> str:
    """A value of a closed set (verdict, status, tier …) as the language says it; "" for none."""
    return "" if text is None else language.gettext(text.replace("%", "%%")).replace("%%", "%")


def note(text: str | None, language: Language) -> str:
    """A note, or several joined by semicolons; "" for none."""
    if not text or language == ENGLISH:
        return text or ""
    return _retold(text, language)


@lru_cache(maxsize=8192)
def _retold(text: str, language: Language) -> str:
    whole = _recognised(text, language)
    if whole is not None:
        return whole
    parts = text.split("; ")
    for at in range(len(parts) - 1, 0, -1):
        head = _recognised("; ".join(parts[:at]), language)
        if head is not None:
            return f"{head}{language.say('; ')}{_retold('; '.join(parts[at:]), language)}"
    if len(parts) > 1:
        return language.say("; ").join([parts[0], _retold("; ".join(parts[1:]), language)])
    return text


def _recognised(text: str, language: Language) -> str | None:
    plain = label(text, language)
    if plain != text:
        return plain
    parts = text.split(", ")
    if len(parts) > 1 and all(label(part, language) != part for part in parts):
        return ", ".join(label(part, language) for part in parts)
    partly = None
    for pattern, message in _patterns(language):
        if found := pattern.fullmatch(text):
            taken = found.groupdict()
            values = _values(taken, language)
            said = language.say_in(NOTE, message, **values)
            if not any(values[name] == part and len(part.split()) >= SENTENCE_WORDS for name, part in taken.items()):
                return said
            partly = partly or said  # a value that stays English: another message may fit better
    return partly


def _values(taken: Mapping[str, str], language: Language) -> dict[str, str]:
    return {name: _value(text, language) for name, text in taken.items()}


def _value(text: str, language: Language) -> str:
    if _DATE.fullmatch(text):
        return language.day(date.fromisoformat(text))
    if _NUMBER.fullmatch(text):
        plain = text.replace(",", "")
        return language.number(float(plain), len(plain.partition(".")[2]))
    if _CURRENCIES.fullmatch(text):
        return text.replace("and", language.say("and"))
    return _retold(text, language)


@cache
def _patterns(language: Language) -> tuple[tuple[Pattern[str], str], ...]:
    """Every note's message as a pattern, those with most words of their own first: they are the surest."""
    notes = [message.id for message in translation(language.tag) if message.context == NOTE]
    found = [text for text in notes if isinstance(text, str)]
    found.sort(key=lambda text: (-len(_PLACE.sub("", text)), text))
    return tuple((_pattern(text), text) for text in found)


def _pattern(message: str) -> Pattern[str]:
    parts = _PLACE.split(message)
    pieces = [re.escape(part.replace("%%", "%")) if n % 2 == 0 else f"(?P<{part}>.+?)" for n, part in enumerate(parts)]
    return re.compile("".join(pieces), re.DOTALL)
