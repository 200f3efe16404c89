"""The report's words and table about campaigns, from the campaign_results export.

Belongs here: headlines, the sentence above all, the campaign table. Does not: interval charts (forest.py), figures of
its own: all are the export's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import polars as pl

from orchestration.exports.language import ENGLISH, Language, mark
from orchestration.exports.report.figures import Row, effect, name_of, per_words, span, tone_of
from orchestration.exports.report.slugs import slugs
from orchestration.exports.report.view import CampaignBlock, Headline, OutcomeRow
from orchestration.exports.report.view_forest import Tone
from orchestration.exports.retelling import label, note
from orchestration.exports.sentences import amount
from orchestration.exports.words import DESIGN_WORDS, outcome_of

_PROVEN_SHOWN = 6
_OTHERS_SHOWN = 3
# So many campaigns that cannot be measured for the same reason are named, more are counted.
_NAMED = 4
_TONE_ORDER: dict[Tone, int] = {"good": 0, "bad": 1, "careful": 2, "open": 3, "missing": 4}
_TONE_LABELS: dict[Tone, str] = {
    "good": mark("Proven gain"),
    "bad": mark("Proven loss"),
    "careful": mark("No proof of cause"),
    "open": mark("Not clear"),
    "missing": mark("Not measured"),
}


def _by_campaign(results: pl.DataFrame) -> list[list[Row]]:
    """The export's rows, one list a campaign, in the export's order."""
    return [part.to_dicts() for part in results.partition_by("campaign_id", maintain_order=True)]


def _by_first_day(results: pl.DataFrame) -> pl.DataFrame:
    return results.sort("starts_on", "campaign_id", "outcome", nulls_last=True)


def _strongest(rows: list[Row]) -> Tone:
    """The tone of a campaign: that of its surest outcome."""
    return min((tone_of(row) for row in rows), key=_TONE_ORDER.__getitem__)


def headlines(results: pl.DataFrame, language: Language = ENGLISH) -> tuple[Headline, ...]:
    """The measured campaigns in words, by first day: every proven one up to six, then up to three of the others."""
    measured = [rows for rows in _by_campaign(_by_first_day(results)) if _strongest(rows) != "missing"]
    ranked = sorted(measured, key=lambda rows: _TONE_ORDER[_strongest(rows)])
    proven = [rows for rows in ranked if _strongest(rows) in ("good", "bad")]
    others = [rows for rows in ranked if _strongest(rows) not in ("good", "bad")]
    return tuple(
        Headline(
            tuple(row["headline"] for row in rows if row["status"] == "measured"),
            _strongest(rows),
            label(_TONE_LABELS[_strongest(rows)], language),
        )
        for rows in (*proven[:_PROVEN_SHOWN], *others[:_OTHERS_SHOWN])
    )


def own_headline(results: pl.DataFrame, language: Language = ENGLISH) -> Headline:
    """One campaign in words: its measured outcomes, else why nothing could be measured."""
    rows = _by_campaign(results)[0]
    tone = _strongest(rows)
    told = [row for row in rows if row["status"] == "measured"] or rows[:1]
    return Headline(tuple(row["headline"] for row in told), tone, label(_TONE_LABELS[tone], language))


def beyond_headlines(results: pl.DataFrame, language: Language = ENGLISH) -> tuple[str, ...]:
    """How many measured campaigns are not among the headlines, and which of the others cannot be measured, and why."""
    campaigns = _by_campaign(results)
    unmeasured = [rows for rows in campaigns if _strongest(rows) == "missing"]
    more = len(campaigns) - len(unmeasured) - len(headlines(results))
    named: dict[str, list[str]] = {}
    for rows in unmeasured:
        named.setdefault(rows[0]["note"], []).append(name_of(rows[0], language))
    return (
        *(
            [
                language.say_many(
                    "%(number)s more campaign is in the table below.",
                    "%(number)s more campaigns are in the table below.",
                    more,
                )
            ]
            if more > 0
            else []
        ),
        *(
            language.say(
                "%(campaigns)s cannot be measured: %(why)s.",
                campaigns=", ".join(names) if len(names) <= _NAMED else _campaigns(len(names), language),
                why=note(reason, language),
            )
            for reason, names in sorted(named.items(), key=lambda each: -len(each[1]))
        ),
    )


def _campaigns(count: int, language: Language) -> str:
    return language.say_many("%(number)s campaign", "%(number)s campaigns", count)


def lead(results: pl.DataFrame, language: Language = ENGLISH) -> str:
    """The sentence above all: how many campaigns, how many measured, what is proven."""
    tones = Counter(_strongest(rows) for rows in _by_campaign(results))
    every, measured = tones.total(), tones.total() - tones["missing"]
    if not every:
        return language.say("No campaign is known yet. What is known about people and data stands below.")
    if not measured:
        return language.say("No campaign can be measured yet.")
    proven = [
        *(
            [language.say_many("%(number)s proven gain", "%(number)s proven gains", tones["good"])]
            if tones["good"]
            else []
        ),
        *(
            [language.say_many("%(number)s proven loss", "%(number)s proven losses", tones["bad"])]
            if tones["bad"]
            else []
        ),
    ]
    return language.say(
        "%(number)s of %(campaigns)s could be measured: %(proven)s.",
        number=language.number(measured),
        campaigns=_campaigns(every, language),
        proven=", ".join(proven) or language.say("none is proven"),
    )


def campaign_blocks(results: pl.DataFrame, language: Language = ENGLISH) -> tuple[CampaignBlock, ...]:
    """The campaign table, by first day."""
    names = slugs(results["campaign_id"])
    return tuple(_block(rows, names, language) for rows in _by_campaign(_by_first_day(results)))


def _block(rows: list[Row], names: Mapping[str, str], language: Language) -> CampaignBlock:
    first = rows[0]
    took_part = first["treated_count"] if first["status"] == "measured" else first["treatment_count"]
    return CampaignBlock(
        name=name_of(first, language),
        period=language.range(language.day(first["starts_on"]), language.day(first["ends_on"]))
        if first["starts_on"]
        else "",
        design=label(first["design"] or "not measured", language),
        design_words=label(DESIGN_WORDS.get(first["design"] or ""), language),
        tone=_strongest(rows),
        took_part=language.number(took_part),
        compared=language.number(first["compared_count"]),
        cost=language.minor(first["cost_minor"], first["cost_currency"]),
        claimed=language.minor(first["claimed_sales_minor"], first["claimed_currency"]),
        page=f"campaigns/{names[first['campaign_id']]}.html",
        outcomes=tuple(_outcome(row, language) for row in rows),
    )


def _outcome(row: Row, language: Language) -> OutcomeRow:
    why = note(row["note"], language)
    title = label(outcome_of(row["outcome"]).title, language) if row["outcome"] else language.say("Nothing measured")
    if row["status"] != "measured":
        missing = label("not measured", language)
        return OutcomeRow(title, "", why, missing, "", missing, "", missing, "", False)
    low, high = (amount(row[f"total_effect_{end}"], row["unit"], True, True, language) for end in ("low", "high"))
    verdict = row["placebo_check"]
    return OutcomeRow(
        outcome=title,
        per=per_words(row, language),
        note=why,
        effect=effect(row, "effect", language=language),
        effect_range=span(row, "effect_low", "effect_high", language),
        total=amount(row["total_effect"], row["unit"], True, language=language),
        total_range=language.range(low, high) if row["total_effect_low"] is not None else language.not_reported,
        check=label(verdict, language) or language.say("no check possible"),
        check_range=span(row, "placebo_low", "placebo_high", language) if verdict else "",
        has_failed_check=verdict == "failed",
    )
