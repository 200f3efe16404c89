"""prosumer_lead: whether early, socially active buyers lead the others, in plain words.

Belongs here: rows and sentences. Does not: measuring (ml/measurement/prosumer_lead).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_wom import PROSUMER_LEAD
from orchestration.exports.inputs import take
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.retelling import note

SIGNIFICANT = 0.04


def prosumer_lead(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The export: a row per lag, each with the whole finding; one row where it was refused."""
    is_measured = pl.col("status") == "measured"
    table = take(frames, "prosumer_lead").with_columns(
        best_months=pl.col("lag_months"),
        best_months_low=pl.col("lag_months_low"),
        best_months_high=pl.col("lag_months_high"),
        chance=pl.col("p_value"),
        chance_reversed=pl.col("reverse_p"),
        interval_level=pl.when(is_measured).then("interval_level"),
        verdict=pl.when(~is_measured)
        .then(pl.lit("not measured"))
        .when("is_lead")
        .then(pl.lit("leads"))
        .when(pl.col("p_value") <= SIGNIFICANT)
        .then(pl.lit("leads by less"))
        .otherwise(pl.lit("no lead found")),
        as_of=pl.lit(context.as_of),
        basis=pl.lit(context.bases()),
    )
    words = pl.Series("in_words", [in_words(row) for row in table.iter_rows(named=True)], pl.String)
    lags = take(frames, "prosumer_lead_lags").select("cohort", "lag_months", fit="correlation")
    rows = (
        table.with_columns(words)
        .drop("lag_months")
        .join(lags, on="cohort", how="left")
        .with_columns(is_best=pl.col("lag_months") == pl.col("best_months"))
    )
    return PROSUMER_LEAD.conform(rows)


def in_words(row: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """Whether they lead, and by how much."""
    if row["verdict"] == "not measured":
        return language.say("Whether prosumers lead cannot be said: %(why)s.", why=note(row["note"], language))
    said = {"people": language.number(row["people_count"]), "cohort": note(row["cohort"], language)}
    if row["verdict"] == "no lead found":
        return language.say(
            "The %(people)s %(cohort)s do not lead the others by 6 to 18 months, as far as %(months)s months can tell.",
            months=language.number(row["months_count"]),
            **said,
        )
    low, best, high = (language.number(row[name]) for name in ("best_months_low", "best_months", "best_months_high"))
    span = (
        language.say("about %(months)s months", months=best)
        if low == high
        else language.say("about %(months)s months (%(range)s)", months=best, range=language.range(low, high))
    )
    more = [
        language.say(
            "What the %(people)s %(cohort)s buy comes %(months)s before what everybody else buys.", months=span, **said
        )
    ]
    if row["chance_reversed"] <= SIGNIFICANT:
        more.append(language.say("The check the other way round finds something too: both may follow a third thing."))
    return " ".join([*more, language.say("Nobody was chosen by chance: it tells what comes, not why.")])
