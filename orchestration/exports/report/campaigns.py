"""The report's blocks about campaigns, from the campaign_results export.

Belongs here: headlines, interval charts, the campaign table. Does not: figures of its own: all are the export's.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl

from orchestration.exports.formatting import ENGLISH, NOT_REPORTED
from orchestration.exports.report.axis import Axis, axis_for
from orchestration.exports.report.view import CampaignRow, Forest, ForestRow, Headline, Tick, Tone
from orchestration.exports.sentences import amount
from orchestration.exports.words import DESIGN_WORDS, SHARE_UNIT, UNIT_WORDS, outcome_of

Row = dict[str, Any]

_HEADLINES_SHOWN = 6
_TONE_ORDER: dict[Tone, int] = {"good": 0, "bad": 1, "careful": 2, "open": 3, "missing": 4}
_TONE_LABELS: dict[Tone, str] = {
    "good": "Proven",
    "bad": "Proven loss",
    "careful": "No proof of cause",
    "open": "Not clear",
    "missing": "Not measured",
}


def tone_of(row: Row) -> Tone:
    """How much a result may be relied on; a clear randomised effect with a failed check is `careful`."""
    if row["status"] != "measured" or row["effect"] is None:
        return "missing"
    low, high = row["effect_low"], row["effect_high"]
    if low is None or high is None or low <= 0 <= high:
        return "open"
    if row["design"] != "randomised" or row["placebo_check"] == "failed":
        return "careful"
    return "good" if row["effect"] > 0 else "bad"


def name_of(row: Row) -> str:
    """The campaign's name, else its id."""
    return row["campaign_name"] or f"Campaign {row['campaign_id']}"


def headlines(results: pl.DataFrame) -> tuple[tuple[Headline, ...], tuple[str, ...], str]:
    """The measured campaigns in words (the surest first), the reasons of the others, and the sentence above all."""
    rows = results.to_dicts()
    measured = sorted((row for row in rows if row["status"] == "measured"), key=lambda row: _TONE_ORDER[tone_of(row)])
    shown = tuple(
        Headline(row["headline"], tone_of(row), _TONE_LABELS[tone_of(row)]) for row in measured[:_HEADLINES_SHOWN]
    )
    others = {row["campaign_id"]: row for row in rows if row["status"] != "measured"}
    for row in measured:
        others.pop(row["campaign_id"], None)
    reasons = Counter(row["note"] for row in others.values())
    unmeasured = tuple(f"{_campaigns(count)} cannot be measured: {reason}." for reason, count in reasons.most_common())
    if len(measured) > len(shown):
        unmeasured = (f"{len(measured) - len(shown)} more results stand in the table below.", *unmeasured)
    return shown, unmeasured, _lead(rows, measured)


def _campaigns(count: int) -> str:
    return "1 campaign" if count == 1 else f"{ENGLISH.number(count)} campaigns"


def _lead(rows: list[Row], measured: list[Row]) -> str:
    """One sentence: how many campaigns, how many measured, how many with a proven effect."""
    every = {row["campaign_id"] for row in rows}
    if not every:
        return "No campaign is known yet. What is known about people and data stands below."
    counted = {row["campaign_id"] for row in measured}
    proven = {row["campaign_id"] for row in measured if tone_of(row) == "good"}
    if not counted:
        return (
            f"None of {_campaigns(len(every))} can be measured yet."
            if len(every) > 1
            else "The campaign cannot be measured yet."
        )
    text = f"{ENGLISH.number(len(counted))} of {_campaigns(len(every))} could be measured"
    if not proven:
        return text + "; none has a proven effect."
    return text + f"; {ENGLISH.number(len(proven))} {'has' if len(proven) == 1 else 'have'} a proven effect."


def _scaled(row: Row, name: str) -> float | None:
    """An effect as a chart shows it: per 100 people for shares, money as it is."""
    value: float | None = row[name]
    return value if value is None or row["unit"] != SHARE_UNIT else value * 100


def _effect(row: Row, name: str, signed: bool = True) -> str:
    value = _scaled(row, name)
    if row["unit"] == SHARE_UNIT:
        return ENGLISH.number(value, 1, signed)
    return ENGLISH.money(value, row["unit"], signed) if row["unit"] else NOT_REPORTED


def per_words(row: Row) -> str:
    """What one effect is per: "per 100 people", "per person", "per store"."""
    singular, plural = UNIT_WORDS.get(row["counted_unit"] or "consumer", ("unit", "units"))
    return f"per 100 {plural}" if row["unit"] == SHARE_UNIT else f"per {singular}"


def _range(low: str, high: str) -> str:
    return f"{low} to {high}"


def forests(results: pl.DataFrame) -> tuple[Forest, ...]:
    """One interval chart per outcome, unit and kind of unit compared; campaigns by their first day."""
    measured = results.filter(
        (pl.col("status") == "measured")
        & pl.all_horizontal(pl.col("effect", "effect_low", "effect_high").is_not_null())
    ).sort("outcome", "unit", "counted_unit", "starts_on", "campaign_id", nulls_last=True)
    groups = measured.partition_by("outcome", "unit", "counted_unit", maintain_order=True)
    return tuple(_forest(group.to_dicts()) for group in groups)


def _forest(rows: list[Row]) -> Forest:
    ranges = [tuple(_scaled(row, name) or 0.0 for name in ("effect_low", "effect", "effect_high")) for row in rows]
    axis = axis_for([(low, mid, high) for low, mid, high in ranges])
    first = rows[0]
    unit = "" if first["unit"] == SHARE_UNIT else f"{first['unit']} "
    decimals = axis.decimals()
    outcome = outcome_of(first["outcome"])
    return Forest(
        title=outcome.title,
        axis=f"extra {outcome.noun}, {unit}{per_words(first)}",
        zero=axis.percent(0),
        ticks=tuple(Tick(axis.percent(mark), ENGLISH.number(mark, decimals)) for mark in axis.marks()),
        rows=tuple(_forest_row(row, axis) for row in rows),
    )


def _forest_row(row: Row, axis: Axis) -> ForestRow:
    low, mid, high = (_scaled(row, name) or 0.0 for name in ("effect_low", "effect", "effect_high"))
    check_low, check_high = _scaled(row, "placebo_low"), _scaled(row, "placebo_high")
    value = f"{_effect(row, 'effect')} ({_range(_effect(row, 'effect_low'), _effect(row, 'effect_high'))})"
    return ForestRow(
        name=name_of(row),
        detail=row["design"] or "",
        value=value,
        tone=tone_of(row),
        low=axis.percent(low),
        mid=axis.percent(mid),
        high=axis.percent(high),
        cut_low=low < axis.low,
        cut_high=high > axis.high,
        check_low=None if check_low is None else axis.percent(check_low),
        check_high=None if check_high is None else axis.percent(check_high),
        description=f"{name_of(row)}: {value} {per_words(row)}, {row['design']}; {check_words(row)}",
    )


def check_words(row: Row) -> str:
    """The check before the campaign in words."""
    if row["placebo_check"] is None:
        return "no check possible"
    return f"check {row['placebo_check']}"


def campaign_rows(results: pl.DataFrame) -> tuple[CampaignRow, ...]:
    """The campaign table in the export's order."""
    return tuple(_campaign_row(row) for row in results.to_dicts())


def _campaign_row(row: Row) -> CampaignRow:
    measured = row["status"] == "measured"
    tone = tone_of(row)
    return CampaignRow(
        name=name_of(row),
        period=_range(ENGLISH.day(row["starts_on"]), ENGLISH.day(row["ends_on"])) if row["starts_on"] else NOT_REPORTED,
        outcome=outcome_of(row["outcome"]).title if row["outcome"] else "nothing measured",
        design=f"{row['design']}: {DESIGN_WORDS[row['design']]}" if row["design"] else "not measured",
        tone=tone,
        took_part=ENGLISH.number(row["treated_count"] if measured else row["treatment_count"]),
        compared=ENGLISH.number(row["compared_count"]),
        effect=f"{_effect(row, 'effect')} {per_words(row)}" if measured else "not measured",
        effect_range=_range(_effect(row, "effect_low"), _effect(row, "effect_high")) if measured else "",
        total=amount(row["total_effect"], row["unit"], signed=True) if measured else "not measured",
        total_range=_range(
            amount(row["total_effect_low"], row["unit"], signed=True),
            amount(row["total_effect_high"], row["unit"], signed=True),
        )
        if measured
        else "",
        check=_check(row) if measured else "not measured",
        check_tone="bad" if row["placebo_check"] == "failed" else "open",
        cost=ENGLISH.minor(row["cost_minor"], row["cost_currency"]),
        claimed=ENGLISH.minor(row["claimed_sales_minor"], row["claimed_currency"]),
        note=row["note"] or "",
    )


def _check(row: Row) -> str:
    if row["placebo_check"] is None:
        return "no check possible"
    low, high = _effect(row, "placebo_low"), _effect(row, "placebo_high")
    return f"{row['placebo_check']}: {_effect(row, 'placebo_effect')} ({_range(low, high)})"
