"""The report's block on how good each model is, from the model_quality export: its worth at a budget, and
what that says.

Belongs here: positions and sentences. Does not: the figures (ml/evaluate/quality.py), curves (charts/scores.py).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from orchestration.exports.contract_quality import FIGURE_WORDS, ORDER_WORDS, PART_WORDS
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.report.axis import Axis, axis_for
from orchestration.exports.report.view_forest import Forest, ForestRow, Tick
from orchestration.exports.report.view_quality import QualityBlock
from orchestration.exports.retelling import label
from orchestration.exports.words import SHARE_UNIT, outcome_of

_MODEL, _BUYERS, _RANDOM = (ORDER_WORDS[name] for name in ("candidate", "response model", "random"))
_STYLES = {_MODEL: "helps", _BUYERS: "anyway", _RANDOM: "none"}
_CHECKS = ("shuffled_treatment", "spend_before")
Row = dict[str, Any]


def quality_blocks(quality: pl.DataFrame, language: Language = ENGLISH) -> tuple[QualityBlock, ...]:
    """Every model that ranks people by effect, in the order of their names; others stand in the file alone."""
    drawn = quality.filter(pl.col("part") == PART_WORDS["toc"])["model"].unique().to_list()
    parts = quality.filter(pl.col("model").is_in(drawn)).partition_by("model", maintain_order=True)
    return tuple(_block(part, language) for part in parts)


def _block(part: pl.DataFrame, language: Language) -> QualityBlock:
    first = part.row(0, named=True)
    budgets = _rows(part.filter(pl.col("figure") == FIGURE_WORDS["value"]))
    return QualityBlock(
        ident=first["model"],
        name=label(outcome_of(first["outcome"]).title, language),
        status="ok" if first["status"] == "used" else "attention",
        label=label(first["status"], language),
        sentences=(_worth(budgets, first["outcome"], language), *_checks(part, language)),
        budgets=_budgets(budgets, first["outcome"], language),
    )


def _rows(part: pl.DataFrame) -> list[Row]:
    """Rows with figures as the page shows them: shares per 100 people, money per person."""
    factor = pl.when(pl.col("unit") == SHARE_UNIT).then(100.0).otherwise(1.0)
    return part.with_columns(pl.col(name) * factor for name in ("value", "low", "high")).to_dicts()


def _unit(rows: list[Row], language: Language) -> str:
    if rows[0]["unit"] == SHARE_UNIT:
        return language.say("per 100 people")
    return language.say("%(currency)s per person", currency=language.currency(rows[0]["unit"]))


def _written(row: Row, language: Language) -> tuple[str, str]:
    """Figure and range."""
    places = 1 if row["unit"] == SHARE_UNIT else 2
    value, low, high = (language.number(row[name], places, signed=True) for name in ("value", "low", "high"))
    return value, language.range(low, high)


def _in_brackets(row: Row, language: Language) -> str:
    value, span = _written(row, language)
    return f"{value} ({span})"


def _worth(rows: list[Row], outcome: str, language: Language) -> str:
    most = max(row["position"] for row in rows if row["ranked_by"] == _MODEL)
    found = {row["ranked_by"]: _in_brackets(row, language) for row in rows if row["position"] in (most, 1.0)}
    return language.say(
        "Extra %(noun)s, %(unit)s on the list, if the best %(share)s are contacted: %(model)s by this model, "
        "%(buyers)s by "
        "likely buyers, %(random)s at random; everybody contacted: %(everybody)s.",
        noun=label(outcome_of(outcome).noun, language),
        unit=_unit(rows, language),
        share=language.share(most),
        model=found[_MODEL],
        buyers=found[_BUYERS],
        random=found[_RANDOM],
        everybody=found["everybody"],
    )


def _checks(part: pl.DataFrame, language: Language) -> list[str]:
    sentences = []
    for name in _CHECKS:
        own = part.filter(pl.col("figure") == FIGURE_WORDS[name], pl.col("ranked_by") == _MODEL)
        for row in own.iter_rows(named=True):
            holds = row["low"] <= 0 <= row["high"]
            figure = label(FIGURE_WORDS[name], language)
            sentences.append(
                language.say("Check, %(figure)s: its range holds zero, as it should.", figure=figure)
                if holds
                else language.say(
                    "Check, %(figure)s: its range does not hold zero; by luck alone, one in ten does not.",
                    figure=figure,
                )
            )
    return sentences


def _budgets(rows: list[Row], outcome: str, language: Language) -> Forest:
    shown = [row for row in rows if row["ranked_by"] in _STYLES or row["ranked_by"] == "everybody"]
    place = {name: n for n, name in enumerate((*_STYLES, "everybody"))}
    shown.sort(key=lambda row: (row["position"], place[row["ranked_by"]]))
    axis = axis_for([(row["low"], row["value"], row["high"]) for row in shown])
    return Forest(
        title=language.say("Worth at a budget"),
        axis=language.say(
            "extra %(noun)s, %(unit)s on the list",
            noun=label(outcome_of(outcome).noun, language),
            unit=_unit(rows, language),
        ),
        zero=axis.percent(0),
        ticks=tuple(Tick(axis.percent(mark), language.number(mark, axis.decimals())) for mark in axis.marks()),
        rows=tuple(_budget_row(row, axis, language) for row in shown),
    )


def _budget_row(row: Row, axis: Axis, language: Language) -> ForestRow:
    value, span = _written(row, language)
    is_everybody = row["ranked_by"] == "everybody"
    share = language.share(row["position"])
    name = language.say("Everybody") if is_everybody else language.say("Best %(share)s", share=share)
    order = label(row["ranked_by"], language)
    return ForestRow(
        name=name,
        detail="" if is_everybody else order,
        value=value,
        range=span,
        tone="good" if row["ranked_by"] == _MODEL and row["low"] > 0 else "open",
        low=axis.percent(row["low"]),
        mid=axis.percent(row["value"]),
        high=axis.percent(row["high"]),
        cut_low=row["low"] < axis.low,
        cut_high=row["high"] > axis.high,
        check_low=None,
        check_high=None,
        description=f"{name}, {order}: {value} ({span})",
    )
