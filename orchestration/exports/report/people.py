"""The report's blocks about people: tiers, groups, who was left out. Totals only, never a person.

Belongs here: counting rows of the exports about people. Does not: figures that are in no export.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from orchestration.exports.columns import GROUPS, TIERS
from orchestration.exports.context import ExportContext
from orchestration.exports.language import ENGLISH, Language, mark
from orchestration.exports.report.view import Group, GroupBar, TierRow
from orchestration.exports.retelling import label, note
from orchestration.exports.words import outcome_of

_RECENT = timedelta(days=90)
_BARS_SHOWN = 8
# Scores that are not tied to one campaign are made for the one to come.
NEXT_CAMPAIGN = mark("The next campaign")
_STYLES = dict(zip(GROUPS, ("helps", "anyway", "none", "hurts", "unknown"), strict=True))


def tier_rows(
    candidates: pl.DataFrame, scores: pl.DataFrame, context: ExportContext, language: Language = ENGLISH
) -> tuple[TierRow, ...]:
    """People who may be listed, by tier; a figure that no person of a tier has is "not reported"."""
    rows = []
    scored = set(scores.get_column("consumer_key").to_list())
    for tier in TIERS:
        people = candidates.filter(pl.col("tier") == tier)
        if people.is_empty():
            continue
        ugc = people.get_column("ugc_90_days_count").drop_nulls()
        bought = people.get_column("last_purchase_on").drop_nulls()
        contact = people.get_column("consent_contact").drop_nulls()
        rows.append(
            TierRow(
                tier=label(tier, language),
                people=language.number(len(people)),
                share=round(100 * len(people) / len(candidates), 3),
                published=_of_known(int((ugc > 0).sum()), len(ugc), language),
                bought=_of_known(int((bought > context.as_of - _RECENT).sum()), len(bought), language),
                contact=_of_known(int((contact == "granted").sum()), len(contact), language),
                scored=language.number(len(people.filter(pl.col("consumer_key").is_in(list(scored)))))
                if scored
                else language.not_reported,
            )
        )
    return tuple(rows)


def _of_known(count: int, known: int, language: Language) -> str:
    if not known:
        return language.not_reported
    return language.say("%(part)s of %(all)s", part=language.number(count), all=language.number(known))


def group_bars(uplift: pl.DataFrame, names: dict[str, str], language: Language = ENGLISH) -> tuple[GroupBar, ...]:
    """People per group, per campaign learned from and outcome; the bars with most people first."""
    counts = uplift.group_by("campaign_id", "outcome", "group_label").len()
    parts = counts.sort("campaign_id", "outcome").partition_by("campaign_id", "outcome", maintain_order=True)
    bars = [(int(part.get_column("len").sum()), _group_bar(part, names, language)) for part in parts]
    return tuple(bar for _, bar in sorted(bars, key=lambda item: -item[0])[:_BARS_SHOWN])


def _group_bar(part: pl.DataFrame, names: dict[str, str], language: Language) -> GroupBar:
    campaign, outcome, *_ = part.row(0)
    counted = dict(part.select("group_label", "len").iter_rows())
    total = sum(counted.values())
    groups, start = [], 0.0
    for name in GROUPS:
        count = counted.get(name, 0)
        width = round(100 * count / total, 3)
        share = language.share(count / total)
        words = label(name, language)
        groups.append(Group(words, _STYLES[name], language.number(count), share, round(start, 3), width))
        start += width
    learned_from = (
        label(NEXT_CAMPAIGN, language) if campaign == "next" else language.campaign(names.get(campaign), campaign)
    )
    noun = label(outcome_of(outcome).noun, language)
    title = language.say("%(campaign)s: %(noun)s", campaign=learned_from, noun=noun)
    description = "; ".join(f"{group.label} {group.people} ({group.share})" for group in groups)
    return GroupBar(title, description, tuple(groups))


def left_out(quality: pl.DataFrame, language: Language = ENGLISH) -> tuple[tuple[str, str], ...]:
    """Reasons and numbers of people and scores that are not exported; nobody left out: nothing."""
    rows = quality.filter((pl.col("area") == "people") & (pl.col("item") != "people listed") & (pl.col("value") > 0))
    return tuple(
        (
            f"{note(row['item'], language)} ({label(row['value_unit'], language)})",
            language.number(row["value"]),
        )
        for row in rows.iter_rows(named=True)
    )
