"""What a campaign's own page shows, ready to print: every figure is already text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.exports.report.charts.figure import Charts
from orchestration.exports.report.pages import Translation
from orchestration.exports.report.tables import DataTable
from orchestration.exports.report.view import FairnessRow, Headline, Tile
from orchestration.exports.report.view_forest import Forest
from orchestration.exports.report.view_ledger import LedgerRow
from orchestration.exports.report.view_reach import ReachBlock
from orchestration.exports.report.view_reviews import ReviewsBlock
from orchestration.exports.report.view_stores import StoreRow
from orchestration.exports.report.view_talk import TalkBlock


@dataclass(frozen=True)
class CampaignPage:
    """One campaign; a block it has no rows for is empty and left out of the page. `home`: path of the front page."""

    brand: str
    as_of: str
    timezone: str
    basis: str
    simulated: str
    translations: tuple[Translation, ...]
    home: str
    name: str
    about: str
    headline: Headline
    tiles: tuple[Tile, ...]
    forests: tuple[Forest, ...]
    effects: DataTable | None
    pacing: DataTable | None
    ledger: tuple[LedgerRow, ...]
    stores: tuple[StoreRow, ...]
    reviews: ReviewsBlock
    reach: ReachBlock
    talk: tuple[TalkBlock, ...]
    fairness: tuple[FairnessRow, ...]
    notes: tuple[str, ...]
    charts: Mapping[str, Charts]
