"""What the report shows of texts, ready to print: every figure is already text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Feelings:
    """A bar of negative, neither and positive, in percent of its width; description: the same in words."""

    negative: float
    positive: float
    description: str


@dataclass(frozen=True)
class MomentRow:
    """One moment the brand's people tell of: of all time, and in the last 90 days with rates."""

    moment: str
    pieces: str
    feelings: Feelings | None
    unsure: str
    recent: str
    before: str
    per_sales: str
    per_views: str


@dataclass(frozen=True)
class KindRow:
    """Pieces of one kind at one place."""

    place: str
    kind: str
    pieces: str
    recent: str
    unpaid: str
    undisclosed: str
    read: str
    feelings: Feelings | None


@dataclass(frozen=True)
class CheckCell:
    """Pieces with a label that were read as the column says. strength: 0 to 100 of the row, for the shade."""

    text: str
    share: str
    is_right: bool
    strength: int


@dataclass(frozen=True)
class CheckRow:
    """One label given: how its pieces were read."""

    given: str
    expected: str
    total: str
    right: str
    cells: tuple[CheckCell, ...]


@dataclass(frozen=True)
class CheckTable:
    """The reading of one source's texts against labels."""

    title: str
    note: str
    told: tuple[str, ...]
    rows: tuple[CheckRow, ...]


@dataclass(frozen=True)
class TextsBlock:
    """What people say."""

    alerts: tuple[str, ...]
    moments: tuple[MomentRow, ...]
    kinds: tuple[KindRow, ...]
    checks: tuple[CheckTable, ...]
