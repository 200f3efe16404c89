"""The interval charts: every campaign's effect and range on one axis, from the campaign_results export.

Belongs here: rows and axis of the charts. Does not: arithmetic of an axis (axis.py), drawing (_campaigns.html).
"""

from __future__ import annotations

import polars as pl

from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.report.axis import Axis, axis_for
from orchestration.exports.report.figures import Row, effect, name_of, per_words, scaled, span, tone_of
from orchestration.exports.report.view_forest import Forest, ForestRow, Tick
from orchestration.exports.retelling import label
from orchestration.exports.words import SHARE_UNIT, outcome_of

_FIGURES = ("effect_low", "effect", "effect_high")


def forests(results: pl.DataFrame, language: Language = ENGLISH) -> tuple[Forest, ...]:
    """One interval chart per outcome, unit and kind of unit compared; campaigns by their first day."""
    measured = results.filter(
        (pl.col("status") == "measured") & pl.all_horizontal(pl.col(*_FIGURES).is_not_null())
    ).sort("outcome", "unit", "counted_unit", "starts_on", "campaign_id", nulls_last=True)
    groups = measured.partition_by("outcome", "unit", "counted_unit", maintain_order=True)
    return tuple(_forest(group.to_dicts(), language) for group in groups)


def _ends(row: Row) -> tuple[float, float, float]:
    """Low, middle, high of a row that has all three."""
    low, mid, high = (scaled(row, name) for name in _FIGURES)
    assert low is not None and mid is not None and high is not None
    return low, mid, high


def _check(row: Row) -> tuple[float, float, float] | None:
    """Low, middle, high of the check before, which the axis must hold: it should be seen to lie over zero."""
    low, high = scaled(row, "placebo_low"), scaled(row, "placebo_high")
    return None if low is None or high is None else (low, (low + high) / 2, high)


def _forest(rows: list[Row], language: Language) -> Forest:
    axis = axis_for([_ends(row) for row in rows] + [check for row in rows if (check := _check(row))])
    first = rows[0]
    said = {"noun": label(outcome_of(first["outcome"]).noun, language), "per": per_words(first, language)}
    if first["unit"] == SHARE_UNIT:
        told = language.say("extra %(noun)s, %(per)s", **said)
    else:
        told = language.say("extra %(noun)s, %(currency)s %(per)s", currency=language.currency(first["unit"]), **said)
    return Forest(
        title=label(outcome_of(first["outcome"]).title, language),
        axis=told,
        zero=axis.percent(0),
        ticks=tuple(Tick(axis.percent(mark), language.number(mark, axis.decimals())) for mark in axis.marks()),
        rows=tuple(_forest_row(row, axis, language) for row in rows),
    )


def _forest_row(row: Row, axis: Axis, language: Language) -> ForestRow:
    low, mid, high = _ends(row)
    check_low, check_high = scaled(row, "placebo_low"), scaled(row, "placebo_high")
    check = (
        language.say("check before the campaign %(verdict)s", verdict=label(row["placebo_check"], language))
        if row["placebo_check"]
        else language.say("no check possible")
    )
    written, design = span(row, "effect_low", "effect_high", language), label(row["design"], language)
    return ForestRow(
        name=name_of(row, language),
        detail=design,
        value=effect(row, "effect", True, language),
        range=written,
        tone=tone_of(row),
        low=axis.percent(low),
        mid=axis.percent(mid),
        high=axis.percent(high),
        cut_low=low < axis.low,
        cut_high=high > axis.high,
        check_low=None if check_low is None else axis.percent(check_low),
        check_high=None if check_high is None else axis.percent(check_high),
        description=language.say(
            "%(effect)s %(per)s, range %(range)s; %(design)s; %(check)s",
            effect=effect(row, "effect", language=language),
            per=per_words(row, language),
            range=written,
            design=design,
            check=check,
        ),
    )
