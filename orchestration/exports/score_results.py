"""score_results: what earlier scores were worth, in units and words of the exports.

Belongs here: units and sentences. Does not: the comparison (ml/monitoring).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_fairness import SCORE_RESULTS
from orchestration.exports.inputs import take
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.retelling import label, note
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


def in_words(row: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """The result of one group in a sentence."""
    scored = language.say("Scores of %(day)s", day=language.day(row["scored_on"]))
    if row["status"] == "not yet mature":
        day = language.day(row["matures_on"])
        return language.say(
            "%(scores)s: not yet mature, what they were worth is known from %(day)s on.", scores=scored, day=day
        )
    said = {"scores": scored, "group": label(row["people_group"], language)}
    if row["status"] != "measured":
        return language.say("%(scores)s, %(group)s: cannot be told, %(why)s.", why=note(row["note"], language), **said)
    low, high = row["realised_low"], row["realised_high"]
    predicted, realised, least, most = (_extra(row, name, language) for name in FIGURES)
    said |= {
        "expected": predicted,
        "brought": realised,
        "range": language.interval(row["interval_level"], language.range(least, most)),
        "told": language.say("more than chance")
        if low > 0
        else language.say("a loss")
        if high < 0
        else language.say("not to be told from nothing"),
    }
    if low <= row["predicted_extra"] <= high:
        return language.say(
            "%(scores)s, %(group)s: expected %(expected)s, brought %(brought)s (%(range)s): %(told)s; what was "
            "expected "
            "lies within the range.",
            **said,
        )
    return language.say(
        "%(scores)s, %(group)s: expected %(expected)s, brought %(brought)s (%(range)s): %(told)s; what was expected "
        "lies "
        "outside the range.",
        **said,
    )


def _extra(row: Mapping[str, Any], name: str, language: Language) -> str:
    value: float = row[name]
    if row["unit"] == SHARE_UNIT:
        return language.say("%(number)s in 100", number=language.number(100 * value, 1, signed=True))
    return language.money(value, row["unit"], signed=True, decimals=2)
