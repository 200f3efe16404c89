"""What the report shows about audiences, ready to print."""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.exports.report.view_forest import Tone


@dataclass(frozen=True)
class ReachRow:
    """One campaign, or one tier of it (name empty: the same campaign); figures are empty where not known."""

    name: str
    tier: str
    gross: str
    unique: str
    span: str
    saw: str
    cost: str
    bad: str
    tone: Tone
    how: str
    words: str


@dataclass(frozen=True)
class EngagementRow:
    """One platform and rate: each tier's value, and how the tiers compare."""

    platform: str
    rate: str
    tiers: tuple[str, ...]
    compared: tuple[str, ...]


@dataclass(frozen=True)
class ReachBlock:
    """The section."""

    rows: tuple[ReachRow, ...]
    tiers: tuple[str, ...]
    engagement: tuple[EngagementRow, ...]
