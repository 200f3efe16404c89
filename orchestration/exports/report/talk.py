"""The report's blocks about talk, from its exports.

Belongs here: turning rows of exports into tables. Does not: verdicts and sentences (orchestration/exports/).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.contract_brand import TRUST_CHANNELS
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.report.view_talk import TalkBlock, TalkRow
from orchestration.exports.retelling import label, note
from orchestration.exports.synergy import order_in_words

_LEAD_TONES = {"leads": "good", "leads by less": "open", "no lead found": "open", "not measured": "missing"}
_SYNERGY_TONES = {"more together": "good", "less together": "bad", "not clear": "open", "not measured": "missing"}
_BRAND_TONES = {"clear gain": "good", "clear loss": "bad", "not clear": "open", "not measured": "missing"}
_WOM_TONES = {"measured": "good", "in part": "open", "not measured": "missing"}


def talk_blocks(exports: Mapping[str, pl.DataFrame], language: Language = ENGLISH) -> tuple[TalkBlock, ...]:
    """One block a study, in reading order."""
    return (
        _word_of_mouth(exports["wom_reach"], language),
        _synergy(exports["synergy"], language),
        _brand(exports["brand_effect"], language),
        _posts(exports["posts_sell"], language),
        _trust(exports["trust_sensitivity"], language),
        _lead(exports["prosumer_lead"], language),
    )


def _word_of_mouth(table: pl.DataFrame, language: Language) -> TalkBlock:
    rows = []
    for row in table.sort("campaign_id", "step_no").iter_rows(named=True):
        if row["step_no"] == 0 or row["people"] is not None:
            rows.append(_step(row, language))
    return TalkBlock(
        ident="wom",
        title=language.say("Word of mouth"),
        caption=language.say("People told offline, by members and by those who heard it from them"),
        value_title=language.say("People told"),
        rows=tuple(rows),
        remark=language.say(
            "From surveys. A person told twice counts twice; how many different people that is stands in the words."
        ),
        needs=language.say("No campaign has a survey of what people told. Needed: wom_surveys and campaign_members."),
    )


def _step(row: Mapping[str, Any], language: Language) -> TalkRow:
    is_all = row["step_no"] == 0
    known = row["people"] is not None
    return TalkRow(
        name=language.campaign(row["campaign_name"], row["campaign_id"]),
        what=label(row["step"], language),
        value=language.number(row["people"]) if known else "",
        span=language.range(language.number(row["people_low"]), language.number(row["people_high"])) if known else "",
        tone=_WOM_TONES[row["status"]] if is_all else "",
        verdict=label(row["status"], language) if is_all else "",
        words=row["in_words"] or "",
    )


def _lead(table: pl.DataFrame, language: Language) -> TalkBlock:
    return TalkBlock(
        ident="lead",
        title=language.say("Do prosumers lead?"),
        caption=language.say("What early, socially active buyers buy, against what everybody else buys later"),
        value_title=language.say("Months earlier"),
        rows=tuple(_cohort(row, language) for row in table.head(1).iter_rows(named=True)),
        remark=language.say(
            "A claim to test, of 6 to 18 months. Season, trend and what both do in the same month are taken out."
        ),
        needs=language.say("No sales are known. Needed: pos_lines that name their buyers over at least 48 months."),
    )


def _cohort(row: Mapping[str, Any], language: Language) -> TalkRow:
    known = row["verdict"] in ("leads", "leads by less")
    return TalkRow(
        name=note(row["cohort"], language).capitalize(),
        what=language.say("purchases by category") if row["categories_count"] else "",
        value=language.number(row["best_months"]) if known else "",
        span=language.range(language.number(row["best_months_low"]), language.number(row["best_months_high"]))
        if known
        else "",
        tone=_LEAD_TONES[row["verdict"]],
        verdict=label(row["verdict"], language),
        words=row["in_words"],
    )


def _synergy(table: pl.DataFrame, language: Language) -> TalkBlock:
    return TalkBlock(
        ident="synergy",
        title=language.say("Members together with influencers and promotions"),
        caption=language.say("What both do beyond each alone, by who came first"),
        value_title=language.say("On top of each alone"),
        rows=tuple(_together(row, language) for row in table.iter_rows(named=True)),
        remark=language.say("Suggestive: nobody drew by lot where influencers and promotions came."),
        needs=language.say(
            "No campaign of areas or stores has an influencer beside it. Needed: influencer_bursts with areas."
        ),
    )


def _together(row: Mapping[str, Any], language: Language) -> TalkRow:
    known = row["on_top"] is not None
    return TalkRow(
        name=language.campaign(row["campaign_name"], row["campaign_id"]),
        what=language.say(
            "%(counted)s, with %(partner)s, %(order)s",
            counted=label(row["counted"], language),
            partner=label(row["partner"], language),
            order=order_in_words(row["order"], language),
        ),
        value=_percent(row["on_top"], language) if known else "",
        span=language.range(_percent(row["on_top_low"], language), _percent(row["on_top_high"], language))
        if known
        else "",
        tone=_SYNERGY_TONES[row["verdict"]],
        verdict=label(row["verdict"], language),
        words=row["in_words"],
    )


def _brand(table: pl.DataFrame, language: Language) -> TalkBlock:
    rows = []
    for row in table.iter_rows(named=True):
        value, low, high = (language.number(row[f"effect{end}"], 2, signed=True) for end in ("", "_low", "_high"))
        known = row["effect"] is not None
        rows.append(
            TalkRow(
                name=language.campaign(row["campaign_name"], row["campaign_id"]),
                what=label(row["question"], language),
                value=value if known else "",
                span=language.range(low, high) if known else "",
                tone=_BRAND_TONES[row["verdict"]],
                verdict=label(row["verdict"], language),
                words=row["in_words"],
            )
        )
    return TalkBlock(
        ident="brand",
        title=language.say("Trust, recommendation, intent"),
        caption=language.say("People invited against people who were not, after the campaign against before"),
        value_title=language.say("Points of 10"),
        rows=tuple(rows),
        remark=language.say("Counted is everybody invited, whether they took part or not."),
        needs=language.say("No campaign has a brand survey. Needed: brand_surveys and campaign_members."),
    )


def _posts(table: pl.DataFrame, language: Language) -> TalkBlock:
    rows = []
    for row in table.iter_rows(named=True):
        value, low, high = (language.share(row[f"share{end}"], 1) for end in ("", "_low", "_high"))
        known = row["share"] is not None
        rows.append(
            TalkRow(
                name=language.campaign(row["campaign_name"], row["campaign_id"]),
                what=label(row["measure"], language),
                value=value if known else "",
                span=language.range(low, high) if known else "",
                tone="open" if row["status"] == "measured" else "missing",
                verdict=label(row["status"], language),
                words=row["in_words"],
            )
        )
    return TalkBlock(
        ident="posts",
        title=language.say("Do posts sell?"),
        caption=language.say("Purchases after a post, as people say, as codes and links show, as a holdout shows"),
        value_title=language.say("Share who bought"),
        rows=tuple(rows),
        remark=language.say(
            "Three different things, not to be added up: only the holdout shows what would not have been bought."
        ),
        needs=language.say(
            "No campaign has posts, members' codes or such a survey. Needed: social_posts, wom_surveys."
        ),
    )


def _trust(table: pl.DataFrame, language: Language) -> TalkBlock:
    rows = []
    for row in table.filter(channel=TRUST_CHANNELS["all channels"]).iter_rows(named=True):
        known = row["weighted_share"] is not None
        year = row["published_year"] if row["published_year"] is not None else language.say("no year stated")
        rows.append(
            TalkRow(
                name=language.campaign(row["campaign_name"], row["campaign_id"]),
                what=f"{label(row['source'], language)} ({year})",
                value=language.share(row["weighted_share"]) if known else "",
                span="",
                tone="open" if known else "missing",
                verdict=label(row["scale"] if known else "not measured", language),
                words=row["note"] or language.say("every channel is in it"),
            )
        )
    return TalkBlock(
        ident="trust",
        title=language.say("How much the contacts are trusted"),
        caption=language.say("The same contacts under every published figure of trust"),
        value_title=language.say("Trust of all contacts"),
        rows=tuple(rows),
        remark=language.say(
            "No figure is taken for true. Rows of the kind relative are ratios: compare them with each other only."
        ),
        needs=language.say("No campaign has counted contacts. Needed: wom_surveys, or social_post_metrics with reach."),
    )


def _percent(ratio: float, language: Language) -> str:
    return language.share(ratio, 1, signed=True)
