"""The reader's language: texts from one catalogue, figures as the language writes them.

Belongs here: looking texts up, and figures with them. Does not: figures alone (formatting.py), the texts themselves
(where they are said, in English), how the catalogue is kept (catalogue.py), texts that exports or models hold in
English already (retelling.py).

A message is the English sentence with named placeholders: `language.say("%(count)s people told", count=…)`. What is
data (names of brands, campaigns, products, people's own texts) goes in as a value and is never looked up.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from orchestration.errors import ConfigurationError
from orchestration.exports.formatting import NOT_REPORTED, Numerals, currency_decimals

__all__ = ["ENGLISH", "NOT_REPORTED", "Language", "currency_decimals", "mark"]

LOCALE = Path(__file__).parent / "locale"
SOURCE = "en"


def mark(message: str) -> str:
    """Names a text for the catalogue where it is written; it is looked up where it is shown."""
    return message


def languages() -> tuple[str, ...]:
    """The languages a report can be written in; the one the code is written in first."""
    return (SOURCE, *sorted(path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/nanolift.po")))


@cache
def translation(tag: str) -> Catalog:
    """The catalogue of a language, read from its .po file: a tenth of a second a process, and nothing to compile."""
    with (LOCALE / tag / "LC_MESSAGES" / "nanolift.po").open("rb") as file:
        return read_po(file, locale=tag)


@cache
def _texts(tag: str) -> NullTranslations:
    if tag == SOURCE:
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, translation(tag))
    compiled.seek(0)
    return GNUTranslations(compiled)


@dataclass(frozen=True)
class Language(Numerals):
    """A language with its texts and figures. Two of one tag are equal."""

    @classmethod
    def of(cls, tag: str) -> Language:
        """The language of an ISO 639 code.

        Raises:
            ConfigurationError: there is no catalogue of it.
        """
        if tag not in languages():
            raise ConfigurationError(f"no texts in language {tag!r}; there are {', '.join(languages())}")
        return cls(tag)

    def gettext(self, message: str) -> str:
        """The message in this language, its placeholders as they are; the English one where there is none."""
        return _texts(self.tag).gettext(message) if message else ""

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The form of the message for a number of things."""
        return _texts(self.tag).ngettext(singular, plural, number)

    def pgettext(self, context: str, message: str) -> str:
        """A message that means another thing in another place; context: what it means here."""
        return _texts(self.tag).pgettext(context, message) if message else ""

    def npgettext(self, context: str, singular: str, plural: str, number: int) -> str:
        """The form of a message with a context for a number of things."""
        return _texts(self.tag).npgettext(context, singular, plural, number)

    def say(self, message: str, **values: object) -> str:
        """The message with its values; a percent sign of its own is written twice, as in every Python format."""
        return self.gettext(message) % values

    def say_in(self, context: str, message: str, **values: object) -> str:
        """The message in one of its meanings, with its values."""
        return self.pgettext(context, message) % values

    def say_many(self, singular: str, plural: str, number: int, **values: object) -> str:
        """The message for a number of things; `%(number)s` is that number as the language writes it."""
        return self.ngettext(singular, plural, number) % {"number": self.number(number), **values}

    @property
    def not_reported(self) -> str:
        """What stands for a figure that nobody gives."""
        return self.say("not reported")

    def range(self, low: str, high: str) -> str:
        """A range of two written figures."""
        return self.say("%(low)s to %(high)s", low=low, high=high)

    def interval(self, level: float, span: str) -> str:
        """A range with its level, as it stands in brackets: "90 % range 820 to 1,660"."""
        return self.say("%(level)s range %(range)s", level=self.share(level), range=span)

    def campaign(self, name: str | None, ident: object) -> str:
        """A campaign's own name, else its id as a name."""
        return name or self.say("Campaign %(id)s", id=ident)


ENGLISH = Language(SOURCE)
