"""What the report shows about talk, ready to print."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TalkRow:
    """One finding; value and span are empty where nothing was measured."""

    name: str
    what: str
    value: str
    span: str
    tone: str
    verdict: str
    words: str


@dataclass(frozen=True)
class TalkBlock:
    """One study: its findings, what to keep in mind, and what it needs where there are none."""

    ident: str
    title: str
    caption: str
    value_title: str
    rows: tuple[TalkRow, ...]
    remark: str
    needs: str
