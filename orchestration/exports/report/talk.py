"""The report's blocks about talk, from its exports.

Belongs here: turning rows of exports into tables. Does not: verdicts and sentences (orchestration/exports/).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.contract_brand import TRUST_CHANNELS
from orchestration.exports.formatting import ENGLISH
from orchestration.exports.report.view_talk import TalkBlock, TalkRow

_LEAD_TONES = {"leads": "good", "leads by less": "open", "no lead found": "open", "not measured": "missing"}
_SYNERGY_TONES = {"more together": "good", "less together": "bad", "not clear": "open", "not measured": "missing"}
_BRAND_TONES = {"clear gain": "good", "clear loss": "bad", "not clear": "open", "not measured": "missing"}
_WOM_TONES = {"measured": "good", "in part": "open", "not measured": "missing"}


def talk_blocks(exports: Mapping[str, pl.DataFrame]) -> tuple[TalkBlock, ...]:
    """One block a study, in reading order."""
    return (
        _word_of_mouth(exports["wom_reach"]),
        _synergy(exports["synergy"]),
        _brand(exports["brand_effect"]),
        _posts(exports["posts_sell"]),
        _trust(exports["trust_sensitivity"]),
        _lead(exports["prosumer_lead"]),
    )


def _word_of_mouth(table: pl.DataFrame) -> TalkBlock:
    rows = []
    for row in table.sort("campaign_id", "step_no").iter_rows(named=True):
        if row["step_no"] == 0 or row["people"] is not None:
            rows.append(_step(row))
    return TalkBlock(
        ident="wom",
        title="Word of mouth",
        caption="People told offline, by members and by those who heard it from them",
        value_title="People told",
        rows=tuple(rows),
        remark="From surveys. A person told twice counts twice; how many different people that is stands in the words.",
        needs="No campaign has a survey of what people told. Needed: wom_surveys and campaign_members.",
    )


def _step(row: Mapping[str, Any]) -> TalkRow:
    is_all = row["step_no"] == 0
    known = row["people"] is not None
    return TalkRow(
        name=_name(row),
        what=row["step"],
        value=ENGLISH.number(row["people"]) if known else "",
        span=f"{ENGLISH.number(row['people_low'])} to {ENGLISH.number(row['people_high'])}" if known else "",
        tone=_WOM_TONES[row["status"]] if is_all else "",
        verdict=row["status"] if is_all else "",
        words=row["in_words"] or "",
    )


def _lead(table: pl.DataFrame) -> TalkBlock:
    return TalkBlock(
        ident="lead",
        title="Do prosumers lead?",
        caption="What early, socially active buyers buy, against what everybody else buys later",
        value_title="Months earlier",
        rows=tuple(_cohort(row) for row in table.head(1).iter_rows(named=True)),
        remark="A claim to test, of 6 to 18 months. Season, trend and what both do in the same month are taken out.",
        needs="No sales are known. Needed: pos_lines that name their buyers over at least 48 months.",
    )


def _cohort(row: Mapping[str, Any]) -> TalkRow:
    known = row["verdict"] in ("leads", "leads by less")
    return TalkRow(
        name=str(row["cohort"]).capitalize(),
        what="purchases by category" if row["categories_count"] else "",
        value=ENGLISH.number(row["best_months"]) if known else "",
        span=f"{ENGLISH.number(row['best_months_low'])} to {ENGLISH.number(row['best_months_high'])}" if known else "",
        tone=_LEAD_TONES[row["verdict"]],
        verdict=row["verdict"],
        words=row["in_words"],
    )


def _synergy(table: pl.DataFrame) -> TalkBlock:
    return TalkBlock(
        ident="synergy",
        title="Members together with influencers and promotions",
        caption="What both do beyond each alone, by who came first",
        value_title="On top of each alone",
        rows=tuple(_together(row) for row in table.iter_rows(named=True)),
        remark="Suggestive: nobody drew by lot where influencers and promotions came.",
        needs="No campaign of areas or stores has an influencer beside it. Needed: influencer_bursts with areas.",
    )


def _together(row: Mapping[str, Any]) -> TalkRow:
    known = row["on_top"] is not None
    return TalkRow(
        name=_name(row),
        what=f"{row['counted']}, with {row['partner']}, {row['order'].replace('nano', 'members')}",
        value=_percent(row["on_top"]) if known else "",
        span=f"{_percent(row['on_top_low'])} to {_percent(row['on_top_high'])}" if known else "",
        tone=_SYNERGY_TONES[row["verdict"]],
        verdict=row["verdict"],
        words=row["in_words"],
    )


def _brand(table: pl.DataFrame) -> TalkBlock:
    rows = []
    for row in table.iter_rows(named=True):
        value, low, high = (ENGLISH.number(row[f"effect{end}"], 2, signed=True) for end in ("", "_low", "_high"))
        known = row["effect"] is not None
        rows.append(
            TalkRow(
                name=_name(row),
                what=row["question"],
                value=value if known else "",
                span=f"{low} to {high}" if known else "",
                tone=_BRAND_TONES[row["verdict"]],
                verdict=row["verdict"],
                words=row["in_words"],
            )
        )
    return TalkBlock(
        ident="brand",
        title="Trust, recommendation, intent",
        caption="People invited against people who were not, after the campaign against before",
        value_title="Points of 10",
        rows=tuple(rows),
        remark="Counted is everybody invited, whether they took part or not.",
        needs="No campaign has a brand survey. Needed: brand_surveys and campaign_members.",
    )


def _posts(table: pl.DataFrame) -> TalkBlock:
    rows = []
    for row in table.iter_rows(named=True):
        value, low, high = (ENGLISH.share(row[f"share{end}"], 1) for end in ("", "_low", "_high"))
        known = row["share"] is not None
        rows.append(
            TalkRow(
                name=_name(row),
                what=row["measure"],
                value=value if known else "",
                span=f"{low} to {high}" if known else "",
                tone="open" if row["status"] == "measured" else "missing",
                verdict=row["status"],
                words=row["in_words"],
            )
        )
    return TalkBlock(
        ident="posts",
        title="Do posts sell?",
        caption="Purchases after a post, as people say, as codes and links show, as a holdout shows",
        value_title="Share who bought",
        rows=tuple(rows),
        remark="Three different things, not to be added up: only the holdout shows what would not have been bought.",
        needs="No campaign has posts, members' codes or such a survey. Needed: social_posts, wom_surveys.",
    )


def _trust(table: pl.DataFrame) -> TalkBlock:
    rows = []
    for row in table.filter(channel=TRUST_CHANNELS["all channels"]).iter_rows(named=True):
        known = row["weighted_share"] is not None
        year = f" ({row['published_year']})" if row["published_year"] is not None else " (no year stated)"
        rows.append(
            TalkRow(
                name=_name(row),
                what=row["source"] + year,
                value=ENGLISH.share(row["weighted_share"]) if known else "",
                span="",
                tone="open" if known else "missing",
                verdict=row["scale"] if known else "not measured",
                words=row["note"] or "every channel is in it",
            )
        )
    return TalkBlock(
        ident="trust",
        title="How much the contacts are trusted",
        caption="The same contacts under every published figure of trust",
        value_title="Trust of all contacts",
        rows=tuple(rows),
        remark="No figure is taken for true. Rows of the kind relative are ratios: compare them with each other only.",
        needs="No campaign has counted contacts. Needed: wom_surveys, or social_post_metrics with reach.",
    )


def _name(row: Mapping[str, Any]) -> str:
    return str(row["campaign_name"] or f"Campaign {row['campaign_id']}")


def _percent(ratio: float) -> str:
    return f"{ENGLISH.number(100 * ratio, 1, signed=True)} %"
