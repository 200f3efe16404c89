"""The report's block on how good each model is, from the model_quality export: its worth at a budget, and
what that says.

Belongs here: positions and sentences. Does not: the figures (ml/evaluate/quality.py), curves (charts/scores.py).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from orchestration.exports.contract_quality import FIGURE_WORDS, ORDER_WORDS, PART_WORDS
from orchestration.exports.formatting import ENGLISH
from orchestration.exports.report.axis import Axis, axis_for
from orchestration.exports.report.view_forest import Forest, ForestRow, Tick
from orchestration.exports.report.view_quality import QualityBlock
from orchestration.exports.words import SHARE_UNIT, outcome_of

_MODEL, _BUYERS, _RANDOM = (ORDER_WORDS[name] for name in ("candidate", "response model", "random"))
_STYLES = {_MODEL: "helps", _BUYERS: "anyway", _RANDOM: "none"}
_CHECKS = ("shuffled_treatment", "spend_before")
Row = dict[str, Any]


def quality_blocks(quality: pl.DataFrame) -> tuple[QualityBlock, ...]:
    """Every model that ranks people by effect, in the order of their names; others stand in the file alone."""
    drawn = quality.filter(pl.col("part") == PART_WORDS["toc"])["model"].unique().to_list()
    parts = quality.filter(pl.col("model").is_in(drawn)).partition_by("model", maintain_order=True)
    return tuple(_block(part) for part in parts)


def _block(part: pl.DataFrame) -> QualityBlock:
    first = part.row(0, named=True)
    budgets = _rows(part.filter(pl.col("figure") == FIGURE_WORDS["value"]))
    return QualityBlock(
        ident=first["model"],
        name=outcome_of(first["outcome"]).title,
        status="ok" if first["status"] == "used" else "attention",
        label=first["status"],
        sentences=(_worth(budgets, first["outcome"]), *_checks(part)),
        budgets=_budgets(budgets, first["outcome"]),
    )


def _rows(part: pl.DataFrame) -> list[Row]:
    """Rows with figures as the page shows them: shares per 100 people, money per person."""
    factor = pl.when(pl.col("unit") == SHARE_UNIT).then(100.0).otherwise(1.0)
    return part.with_columns(pl.col(name) * factor for name in ("value", "low", "high")).to_dicts()


def _unit(rows: list[Row]) -> str:
    return "per 100 people" if rows[0]["unit"] == SHARE_UNIT else f"{rows[0]['unit']} per person"


def _written(row: Row) -> str:
    places = 1 if row["unit"] == SHARE_UNIT else 2
    value, low, high = (ENGLISH.number(row[name], places, signed=True) for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def _worth(rows: list[Row], outcome: str) -> str:
    most = max(row["position"] for row in rows if row["ranked_by"] == _MODEL)
    found = {row["ranked_by"]: _written(row) for row in rows if row["position"] in (most, 1.0)}
    return (
        f"Extra {outcome_of(outcome).noun}, {_unit(rows)} on the list, if the best {ENGLISH.share(most)} are "
        f"contacted: {found[_MODEL]} by this model, {found[_BUYERS]} by likely buyers, {found[_RANDOM]} at random; "
        f"everybody contacted: {found['everybody']}."
    )


def _checks(part: pl.DataFrame) -> list[str]:
    sentences = []
    for name in _CHECKS:
        own = part.filter(pl.col("figure") == FIGURE_WORDS[name], pl.col("ranked_by") == _MODEL)
        for row in own.iter_rows(named=True):
            holds = row["low"] <= 0 <= row["high"]
            told = "holds zero, as it should" if holds else "does not hold zero; by luck alone, one in ten does not"
            sentences.append(f"Check, {FIGURE_WORDS[name]}: its range {told}.")
    return sentences


def _budgets(rows: list[Row], outcome: str) -> Forest:
    shown = [row for row in rows if row["ranked_by"] in _STYLES or row["ranked_by"] == "everybody"]
    place = {name: n for n, name in enumerate((*_STYLES, "everybody"))}
    shown.sort(key=lambda row: (row["position"], place[row["ranked_by"]]))
    axis = axis_for([(row["low"], row["value"], row["high"]) for row in shown])
    return Forest(
        title="Worth at a budget",
        axis=f"extra {outcome_of(outcome).noun}, {_unit(rows)} on the list",
        zero=axis.percent(0),
        ticks=tuple(Tick(axis.percent(mark), ENGLISH.number(mark, axis.decimals())) for mark in axis.marks()),
        rows=tuple(_budget_row(row, axis) for row in shown),
    )


def _budget_row(row: Row, axis: Axis) -> ForestRow:
    written = _written(row)
    value, span = written.split(" (")
    is_everybody = row["ranked_by"] == "everybody"
    name = "Everybody" if is_everybody else f"Best {ENGLISH.share(row['position'])}"
    return ForestRow(
        name=name,
        detail="" if is_everybody else row["ranked_by"],
        value=value,
        range=span.removesuffix(")"),
        tone="good" if row["ranked_by"] == _MODEL and row["low"] > 0 else "open",
        low=axis.percent(row["low"]),
        mid=axis.percent(row["value"]),
        high=axis.percent(row["high"]),
        cut_low=row["low"] < axis.low,
        cut_high=row["high"] > axis.high,
        check_low=None,
        check_high=None,
        description=f"{name}, {row['ranked_by']}: {written}",
    )
