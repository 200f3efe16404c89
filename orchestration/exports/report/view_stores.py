"""What the report shows about store tests, ready to print."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StoreRow:
    """One store test; the figures are empty where nothing was measured.

    untouched: share of groups of untouched stores with a lift at least as far from zero.
    """

    name: str
    counted: str
    tone: str
    verdict: str
    words: str
    lift: str
    span: str
    compared: str
    untouched: str
    check: str
    smallest: str
