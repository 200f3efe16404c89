"""The report's block about fairness, from the design_quality export.

Belongs here: turning its rows into a table. Does not: verdicts and sentences (orchestration/exports/design.py).
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from orchestration.exports.language import ENGLISH, Language, mark
from orchestration.exports.report.view import FairnessRow
from orchestration.exports.retelling import label
from orchestration.exports.words import DESIGN_WORDS, outcome_of

_STATUS: dict[str, Literal["ok", "attention", "failed"]] = {
    "passed": "ok",
    "attention": "attention",
    "failed": "failed",
}
_VERDICTS = {"passed": mark("alike"), "attention": mark("nearly"), "failed": mark("not alike")}


def fairness_rows(quality: pl.DataFrame, language: Language = ENGLISH) -> tuple[FairnessRow, ...]:
    """Every comparison; the ones that failed first."""
    order = pl.col("verdict").replace_strict({"failed": 0, "attention": 1, "passed": 2})
    rows = quality.sort(order, "compared_for", "subject_id", "outcome", nulls_last=True)
    return tuple(
        FairnessRow(
            name=_name(row["compared_for"], row["campaign_name"], row["subject_id"], language),
            outcome=label(outcome_of(row["outcome"]).title, language)
            if row["outcome"]
            else language.say("every outcome"),
            design=label(DESIGN_WORDS[row["design"]], language),
            status=_STATUS[row["verdict"]],
            verdict=label(_VERDICTS[row["verdict"]], language),
            words=row["in_words"],
        )
        for row in rows.iter_rows(named=True)
    )


def _name(compared_for: str, campaign_name: str | None, subject_id: str, language: Language) -> str:
    if compared_for == "scores":
        return language.say("Scores of people")
    return language.campaign(campaign_name, subject_id)
