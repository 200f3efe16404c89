"""prosumer_lead: whether early, socially active buyers lead the others, in plain words.

Belongs here: rows and sentences. Does not: measuring (ml/measurement/prosumer_lead).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_wom import PROSUMER_LEAD
from orchestration.exports.formatting import ENGLISH
from orchestration.exports.inputs import take

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
    words = pl.Series("in_words", [_sentence(row) for row in table.iter_rows(named=True)], pl.String)
    lags = take(frames, "prosumer_lead_lags").select("cohort", "lag_months", fit="correlation")
    rows = (
        table.with_columns(words)
        .drop("lag_months")
        .join(lags, on="cohort", how="left")
        .with_columns(is_best=pl.col("lag_months") == pl.col("best_months"))
    )
    return PROSUMER_LEAD.conform(rows)


def _sentence(row: Mapping[str, Any]) -> str:
    if row["verdict"] == "not measured":
        return f"Whether prosumers lead cannot be said: {row['note']}."
    who = f"The {ENGLISH.number(row['people_count'])} {row['cohort']}"
    months = ENGLISH.number(row["months_count"])
    if row["verdict"] == "no lead found":
        return f"{who} do not lead the others by 6 to 18 months, as far as {months} months can tell."
    low, best, high = (ENGLISH.number(row[name]) for name in ("best_months_low", "best_months", "best_months_high"))
    span = f"about {best} months" if low == high else f"about {best} months ({low} to {high})"
    text = f"What {who.lower()} buy comes {span} before what everybody else buys."
    if row["chance_reversed"] <= SIGNIFICANT:
        text += " The check the other way round finds something too: both may follow a third thing."
    return text + " Nobody was chosen by chance: it tells what comes, not why."
