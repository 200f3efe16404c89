"""The report's block on how earlier scores did, from the score_results export, and on who is kept out by lot.

Belongs here: which rows the page shows. Does not: sentences (orchestration/exports/score_results.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import polars as pl

from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.report.view import PastScores
from orchestration.exports.retelling import label
from orchestration.exports.words import outcome_of

# The newest comparisons say most; all of them stand in the file.
SHOWN = 6
_STATUS: dict[str, Literal["ok", "attention", "missing"]] = {
    "measured": "ok",
    "not measured": "attention",
    "not yet mature": "missing",
}
KEY = ("scored_on", "campaign_id", "outcome", "compared_with", "later_campaign_id")

# Everybody, then down the list; groups by their name come last.
_ORDER = {"everybody": 0, "best 10 %": 1, "next 20 %": 2, "other 70 %": 3}


def down_the_list(part: pl.DataFrame) -> pl.DataFrame:
    """Rows of one list in the order in which people read them."""
    place = pl.col("people_group").replace_strict(_ORDER, default=len(_ORDER), return_dtype=pl.Int64)
    return part.sort(place, "people_group")


def past_scores(results: pl.DataFrame, names: dict[str, str], language: Language = ENGLISH) -> tuple[PastScores, ...]:
    """The newest score lists, told ones first: one block per list and comparison, a sentence per group."""
    told = pl.col("status") != "not yet mature"
    ordered = results.with_columns(told=told).sort(
        "told", "scored_on", "campaign_id", "outcome", descending=[True, True, False, False], maintain_order=True
    )
    blocks = []
    for part in map(down_the_list, ordered.partition_by(*KEY, maintain_order=True)[:SHOWN]):
        whole = part.filter(pl.col("people_group") == "everybody").row(0, named=True)
        # Where the whole list cannot be told, each of its parts would say so again.
        is_told = (
            (part["status"] == "measured") | (part["people_group"] == "everybody") | (whole["status"] == "measured")
        )
        blocks.append(
            PastScores(
                title=list_title(whole, names, language),
                status=_STATUS[whole["status"]],
                label=label(whole["status"], language),
                sentences=tuple(part.filter(is_told)["in_words"]),
            )
        )
    return tuple(blocks)


def list_title(row: Mapping[str, Any], names: Mapping[str, str], language: Language) -> str:
    """What a list of scores is about, and by whom what came of it is told."""
    later = row["later_campaign_id"]
    noun = label(outcome_of(row["outcome"]).noun, language).capitalize()
    if later:
        return language.say("%(noun)s, told by %(campaign)s", noun=noun, campaign=names.get(later, later))
    return language.say("%(noun)s, told by people kept out by lot", noun=noun)


def held_out(candidates: pl.DataFrame, language: Language = ENGLISH) -> str:
    """How many of the people listed are kept out by lot; "" where nobody is."""
    count = int(candidates["standing_holdout"].sum())
    if not count:
        return ""
    return language.say(
        "%(people)s of the people listed are kept out by lot (column “Kept out by lot”): never contact them, and what "
        "contact is worth can be told later.",
        people=language.number(count),
    )
