"""What the report shows about extra sales, ready to print."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LedgerRow:
    """A campaign's sum, or a part of it (is_part); texts are empty where nothing was measured."""

    name: str
    is_part: bool
    tone: str
    counted: str
    extra: str
    span: str
    claimed: str
    cost: str
    per_cost: str
    words: str
