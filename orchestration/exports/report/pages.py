"""Where the report's pages stand: the first language in the report's own folder, each other one in a folder below it.

Belongs here: paths and the links between languages. Does not: what pages there are (orchestration/exports/facade.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from babel import Locale


@dataclass(frozen=True)
class Translation:
    """The same page in another language; name: as its readers call the language."""

    tag: str
    name: str
    href: str


def folder(tag: str, languages: Sequence[str]) -> PurePosixPath:
    """Where a language's pages stand within the report."""
    return PurePosixPath() if tag == languages[0] else PurePosixPath(tag)


def translations(tag: str, languages: Sequence[str], page: str = "index.html") -> tuple[Translation, ...]:
    """Links from a page to the same page in the other languages.

    Args:
        languages: all of the report, the first in the report's own folder.
        page: path of the page within its language's folder.
    """
    up = PurePosixPath(*[".."] * (len((folder(tag, languages) / page).parts) - 1))
    others = [other for other in languages if other != tag]
    return tuple(
        Translation(other, _own_name(other), (up / folder(other, languages) / page).as_posix()) for other in others
    )


def _own_name(tag: str) -> str:
    return str(Locale.parse(tag).get_language_name(tag)).capitalize()
