"""What the report shows about audiences, ready to print; positions in percent, vertical ones from the top."""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.exports.report.view_forest import Tick, Tone
from orchestration.exports.report.view_quality import Line


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
class ReachChart:
    """Different people by number of ambassadors of one campaign: a line with its band, the gross reach dashed."""

    ident: str
    title: str
    description: str
    ticks: tuple[Tick, ...]
    across: tuple[Tick, ...]
    band: Line
    lines: tuple[Line, ...]
    together: tuple[str, ...]


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
    charts: tuple[ReachChart, ...]
    tiers: tuple[str, ...]
    engagement: tuple[EngagementRow, ...]
