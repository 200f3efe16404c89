"""score_results: what earlier scores were worth, in units and words of the exports.

Belongs here: units and sentences. Does not: the comparison (ml/monitoring).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_fairness import SCORE_RESULTS
from orchestration.exports.formatting import ENGLISH
from orchestration.exports.inputs import take
from orchestration.exports.scores import to_outcome_unit, unit_of
from orchestration.exports.words import SHARE_UNIT

FIGURES = ("predicted_extra", "realised_extra", "realised_low", "realised_high")


def score_results(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The export: one row per earlier score list, comparison and group; no row where nobody was ever scored."""
    results = take(frames, "score_results")
    parts = [
        part.with_columns(
            *(to_outcome_unit(name, outcome, context.currency).alias(name) for name in FIGURES),
            unit=pl.lit(unit_of(outcome, context.currency)),
            as_of=pl.lit(context.as_of),
            basis=pl.lit(context.bases()),
        )
        for (outcome,), part in results.partition_by("outcome", as_dict=True, maintain_order=True).items()
    ]
    if not parts:
        return SCORE_RESULTS.empty()
    table = pl.concat(parts)
    words = pl.Series("in_words", [in_words(row) for row in table.iter_rows(named=True)], pl.String)
    return SCORE_RESULTS.conform(table.with_columns(words))


def in_words(row: Mapping[str, Any]) -> str:
    """The result of one group in a sentence."""
    scored = f"Scores of {ENGLISH.day(row['scored_on'])}"
    if row["status"] == "not yet mature":
        return f"{scored}: not yet mature, what they were worth is known from {ENGLISH.day(row['matures_on'])} on."
    people = f"{scored}, {row['people_group']}"
    if row["status"] != "measured":
        return f"{people}: cannot be told, {row['note']}."
    low, high = row["realised_low"], row["realised_high"]
    told = "more than chance" if low > 0 else "a loss" if high < 0 else "not to be told from nothing"
    holds = "within" if low <= row["predicted_extra"] <= high else "outside"
    predicted, realised, least, most = (_extra(row, name) for name in FIGURES)
    return (
        f"{people}: expected {predicted}, brought {realised} ({ENGLISH.share(row['interval_level'])} range {least} to "
        f"{most}): {told}; what was expected lies {holds} the range."
    )


def _extra(row: Mapping[str, Any], name: str) -> str:
    value: float = row[name]
    if row["unit"] == SHARE_UNIT:
        return f"{ENGLISH.number(100 * value, 1, signed=True)} in 100"
    return ENGLISH.money(value, row["unit"], signed=True, decimals=2)
