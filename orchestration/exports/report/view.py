"""What the report shows, ready to print: every figure is already text.

Belongs here: frozen values, one class a block of the page. Does not: where they come from (build.py, campaigns.py,
people.py, data.py), how they look (*.html, style.css).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from orchestration.exports.report.charts.figure import Charts
from orchestration.exports.report.pages import Translation
from orchestration.exports.report.view_forest import Forest, Tone
from orchestration.exports.report.view_ledger import LedgerRow
from orchestration.exports.report.view_quality import QualityBlock
from orchestration.exports.report.view_reach import ReachBlock
from orchestration.exports.report.view_reviews import ReviewsBlock
from orchestration.exports.report.view_stores import StoreRow
from orchestration.exports.report.view_talk import TalkBlock
from orchestration.exports.report.view_texts import TextsBlock


@dataclass(frozen=True)
class Headline:
    """A campaign's results in words, one sentence an outcome.

    tone: good, bad: clear and proven; open: not clear; careful: no proof of cause; missing: not measured.
    """

    sentences: tuple[str, ...]
    tone: Tone
    label: str


@dataclass(frozen=True)
class Tile:
    """One figure of the overview."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class OutcomeRow:
    """One outcome of a campaign in the table; `effect` and others are words where nothing was measured."""

    outcome: str
    per: str
    note: str
    effect: str
    effect_range: str
    total: str
    total_range: str
    check: str
    check_range: str
    has_failed_check: bool


@dataclass(frozen=True)
class CampaignBlock:
    """One campaign of the table with its facts; its outcomes are the rows; `page`: path of its own page."""

    name: str
    period: str
    design: str
    design_words: str
    tone: Tone
    took_part: str
    compared: str
    cost: str
    claimed: str
    page: str
    outcomes: tuple[OutcomeRow, ...]


@dataclass(frozen=True)
class TierRow:
    """One tier of the people who may be listed. share: of all listed people, 0 to 100."""

    tier: str
    people: str
    share: float
    published: str
    bought: str
    contact: str
    scored: str


@dataclass(frozen=True)
class Group:
    """One group of people by what contact does: start and width in percent of the bar."""

    label: str
    style: str
    people: str
    share: str
    start: float
    width: float


@dataclass(frozen=True)
class GroupBar:
    """All people scored for one campaign and outcome, by group."""

    title: str
    description: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Coverage:
    """How much of a metric is reported; share in percent, NULL where there are no rows at all."""

    subject: str
    metric: str
    text: str
    share: float | None


@dataclass(frozen=True)
class SourceRow:
    """One stream of a source: its rows and how fresh they are."""

    source: str
    basis: str
    stream: str
    read: str
    accepted: str
    refused: str
    repeated: str
    last_day: str
    stale: str


@dataclass(frozen=True)
class CheckRow:
    """A gate or model: how it stands, in words."""

    name: str
    status: Literal["ok", "attention", "missing", "failed"]
    words: str
    detail: str


@dataclass(frozen=True)
class FairnessRow:
    """One comparison of people: how it stands, in words."""

    name: str
    outcome: str
    design: str
    status: Literal["ok", "attention", "failed"]
    verdict: str
    words: str


@dataclass(frozen=True)
class PastScores:
    """How the scores of one day, list and comparison did: a sentence for everybody and for each group."""

    title: str
    status: Literal["ok", "attention", "missing"]
    label: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class FileRow:
    """One export with its relative link without extension."""

    title: str
    purpose: str
    rows: str
    href: str
    missing: str


@dataclass(frozen=True)
class ReportContext:
    """The whole page; its charts by section are not drawn yet."""

    brand: str
    as_of: str
    timezone: str
    basis: str
    tiers_note: str
    simulated: str
    lead: str
    headlines: tuple[Headline, ...]
    unmeasured: tuple[str, ...]
    tiles: tuple[Tile, ...]
    forests: tuple[Forest, ...]
    campaigns: tuple[CampaignBlock, ...]
    ledger: tuple[LedgerRow, ...]
    stores: tuple[StoreRow, ...]
    reviews: ReviewsBlock
    talk: tuple[TalkBlock, ...]
    reach: ReachBlock
    fairness: tuple[FairnessRow, ...]
    texts: TextsBlock
    tiers: tuple[TierRow, ...]
    group_bars: tuple[GroupBar, ...]
    quality: tuple[QualityBlock, ...]
    past_scores: tuple[PastScores, ...]
    held_out: str
    left_out: tuple[tuple[str, str], ...]
    coverage: tuple[Coverage, ...]
    sources: tuple[SourceRow, ...]
    gates: tuple[CheckRow, ...]
    models: tuple[CheckRow, ...]
    changes: tuple[CheckRow, ...]
    files: tuple[FileRow, ...]
    notes: tuple[str, ...]
    dictionary_href: str
    workbook_href: str
    translations: tuple[Translation, ...]
    charts: Mapping[str, Charts]
