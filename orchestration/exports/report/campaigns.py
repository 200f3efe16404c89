"""The report's words and table about campaigns, from the campaign_results export.

Belongs here: headlines, the sentence above all, the campaign table. Does not: interval charts (forest.py), figures of
its own: all are the export's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import polars as pl

from orchestration.exports.formatting import ENGLISH, NOT_REPORTED
from orchestration.exports.report.figures import Row, effect, name_of, per_words, span, tone_of
from orchestration.exports.report.slugs import slugs
from orchestration.exports.report.view import CampaignBlock, Headline, OutcomeRow
from orchestration.exports.report.view_forest import Tone
from orchestration.exports.sentences import amount
from orchestration.exports.words import DESIGN_WORDS, outcome_of

_PROVEN_SHOWN = 6
_OTHERS_SHOWN = 3
_TONE_ORDER: dict[Tone, int] = {"good": 0, "bad": 1, "careful": 2, "open": 3, "missing": 4}
_TONE_LABELS: dict[Tone, str] = {
    "good": "Proven gain",
    "bad": "Proven loss",
    "careful": "No proof of cause",
    "open": "Not clear",
    "missing": "Not measured",
}


def _by_campaign(results: pl.DataFrame) -> list[list[Row]]:
    """The export's rows, one list a campaign, in the export's order."""
    return [part.to_dicts() for part in results.partition_by("campaign_id", maintain_order=True)]


def _by_first_day(results: pl.DataFrame) -> pl.DataFrame:
    return results.sort("starts_on", "campaign_id", "outcome", nulls_last=True)


def _strongest(rows: list[Row]) -> Tone:
    """The tone of a campaign: that of its surest outcome."""
    return min((tone_of(row) for row in rows), key=_TONE_ORDER.__getitem__)


def headlines(results: pl.DataFrame) -> tuple[Headline, ...]:
    """The measured campaigns in words, by first day: every proven one up to six, then up to three of the others."""
    measured = [rows for rows in _by_campaign(_by_first_day(results)) if _strongest(rows) != "missing"]
    ranked = sorted(measured, key=lambda rows: _TONE_ORDER[_strongest(rows)])
    proven = [rows for rows in ranked if _strongest(rows) in ("good", "bad")]
    others = [rows for rows in ranked if _strongest(rows) not in ("good", "bad")]
    return tuple(
        Headline(
            tuple(row["headline"] for row in rows if row["status"] == "measured"),
            _strongest(rows),
            _TONE_LABELS[_strongest(rows)],
        )
        for rows in (*proven[:_PROVEN_SHOWN], *others[:_OTHERS_SHOWN])
    )


def own_headline(results: pl.DataFrame) -> Headline:
    """One campaign in words: its measured outcomes, else why nothing could be measured."""
    rows = _by_campaign(results)[0]
    tone = _strongest(rows)
    told = [row for row in rows if row["status"] == "measured"] or rows[:1]
    return Headline(tuple(row["headline"] for row in told), tone, _TONE_LABELS[tone])


def beyond_headlines(results: pl.DataFrame) -> tuple[str, ...]:
    """How many measured campaigns are not among the headlines, and why the others cannot be measured."""
    campaigns = _by_campaign(results)
    unmeasured = [rows for rows in campaigns if _strongest(rows) == "missing"]
    more = len(campaigns) - len(unmeasured) - len(headlines(results))
    more_words = "1 more campaign is" if more == 1 else f"{ENGLISH.number(more)} more campaigns are"
    reasons = Counter(rows[0]["note"] for rows in unmeasured)
    return (
        *([f"{more_words} in the table below."] if more > 0 else []),
        *(f"{_campaigns(count)} cannot be measured: {reason}." for reason, count in reasons.most_common()),
    )


def _campaigns(count: int) -> str:
    return "1 campaign" if count == 1 else f"{ENGLISH.number(count)} campaigns"


def lead(results: pl.DataFrame) -> str:
    """The sentence above all: how many campaigns, how many measured, what is proven."""
    tones = Counter(_strongest(rows) for rows in _by_campaign(results))
    every, measured = tones.total(), tones.total() - tones["missing"]
    if not every:
        return "No campaign is known yet. What is known about people and data stands below."
    if not measured:
        return "No campaign can be measured yet."
    counts = ((tones["good"], "gain", "gains"), (tones["bad"], "loss", "losses"))
    proven = [f"{ENGLISH.number(n)} proven {word if n == 1 else plural}" for n, word, plural in counts if n]
    return (
        f"{ENGLISH.number(measured)} of {_campaigns(every)} could be measured: {', '.join(proven) or 'none is proven'}."
    )


def campaign_blocks(results: pl.DataFrame) -> tuple[CampaignBlock, ...]:
    """The campaign table, by first day."""
    names = slugs(results["campaign_id"])
    return tuple(_block(rows, names) for rows in _by_campaign(_by_first_day(results)))


def _block(rows: list[Row], names: Mapping[str, str]) -> CampaignBlock:
    first = rows[0]
    took_part = first["treated_count"] if first["status"] == "measured" else first["treatment_count"]
    return CampaignBlock(
        name=name_of(first),
        period=f"{ENGLISH.day(first['starts_on'])} to {ENGLISH.day(first['ends_on'])}" if first["starts_on"] else "",
        design=first["design"] or "not measured",
        design_words=DESIGN_WORDS.get(first["design"] or "", ""),
        tone=_strongest(rows),
        took_part=ENGLISH.number(took_part),
        compared=ENGLISH.number(first["compared_count"]),
        cost=ENGLISH.minor(first["cost_minor"], first["cost_currency"]),
        claimed=ENGLISH.minor(first["claimed_sales_minor"], first["claimed_currency"]),
        page=f"campaigns/{names[first['campaign_id']]}.html",
        outcomes=tuple(_outcome(row) for row in rows),
    )


def _outcome(row: Row) -> OutcomeRow:
    note, title = row["note"] or "", outcome_of(row["outcome"]).title if row["outcome"] else "Nothing measured"
    if row["status"] != "measured":
        return OutcomeRow(title, "", note, "not measured", "", "not measured", "", "not measured", "", False)
    low, high = (amount(row[f"total_effect_{end}"], row["unit"], signed=True, bare=True) for end in ("low", "high"))
    verdict = row["placebo_check"]
    return OutcomeRow(
        outcome=title,
        per=per_words(row),
        note=note,
        effect=effect(row, "effect"),
        effect_range=span(row, "effect_low", "effect_high"),
        total=amount(row["total_effect"], row["unit"], signed=True),
        total_range=f"{low} to {high}" if row["total_effect_low"] is not None else NOT_REPORTED,
        check=verdict or "no check possible",
        check_range=span(row, "placebo_low", "placebo_high") if verdict else "",
        has_failed_check=verdict == "failed",
    )
