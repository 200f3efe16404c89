"""The report's block on how earlier scores did, from the score_results export, and on who is kept out by lot.

Belongs here: which rows the page shows. Does not: sentences (orchestration/exports/score_results.py).
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from orchestration.exports.formatting import ENGLISH
from orchestration.exports.report.view import PastScores
from orchestration.exports.words import outcome_of

# The newest comparisons say most; all of them stand in the file.
_SHOWN = 6
_STATUS: dict[str, Literal["ok", "attention", "missing"]] = {
    "measured": "ok",
    "not measured": "attention",
    "not yet mature": "missing",
}
_KEY = ("scored_on", "campaign_id", "outcome", "compared_with", "later_campaign_id")


def past_scores(results: pl.DataFrame, names: dict[str, str]) -> tuple[PastScores, ...]:
    """The newest score lists, told ones first: one block per list and comparison, a sentence per group."""
    told = pl.col("status") != "not yet mature"
    ordered = results.with_columns(told=told).sort(
        "told", "scored_on", "campaign_id", "outcome", descending=[True, True, False, False], maintain_order=True
    )
    blocks = []
    for part in ordered.partition_by(*_KEY, maintain_order=True)[:_SHOWN]:
        whole = part.filter(pl.col("people_group") == "everybody").row(0, named=True)
        later = whole["later_campaign_id"]
        by = f"told by {names.get(later, later)}" if later else "told by people kept out by lot"
        blocks.append(
            PastScores(
                title=f"{outcome_of(whole['outcome']).noun.capitalize()}, {by}",
                status=_STATUS[whole["status"]],
                label=whole["status"],
                sentences=tuple(part["in_words"]),
            )
        )
    return tuple(blocks)


def held_out(candidates: pl.DataFrame) -> str:
    """How many of the people listed are kept out by lot; "" where nobody is."""
    count = int(candidates["standing_holdout"].sum())
    if not count:
        return ""
    return (
        f"{ENGLISH.number(count)} of the people listed are kept out by lot (column “Kept out by lot”): never contact "
        "them, and what contact is worth can be told later."
    )
