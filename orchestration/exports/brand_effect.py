"""brand_effect and posts_sell: what people think and say they bought, in plain words.

Belongs here: verdicts and sentences. Does not: measuring (ml/measurement/brand_effect).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_brand import BRAND_EFFECT, BRAND_QUESTIONS, POSTS_SELL
from orchestration.exports.formatting import ENGLISH
from orchestration.exports.inputs import take


def brand_effect(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The export of brand surveys."""
    is_measured = pl.col("status") == "measured"
    table = _labelled(frames, "brand_effect", context).with_columns(
        question=pl.col("question").replace_strict(BRAND_QUESTIONS, return_dtype=pl.String),
        verdict=pl.when(~is_measured)
        .then(pl.lit("not measured"))
        .when(pl.col("effect_low") > 0)
        .then(pl.lit("clear gain"))
        .when(pl.col("effect_high") < 0)
        .then(pl.lit("clear loss"))
        .otherwise(pl.lit("not clear")),
    )
    words = pl.Series("in_words", [_on_brand(row) for row in table.iter_rows(named=True)], pl.String)
    return BRAND_EFFECT.conform(table.with_columns(words))


def posts_sell(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The export of purchases after posts."""
    table = _labelled(frames, "posts_sell", context)
    words = pl.Series("in_words", [_on_sales(row) for row in table.iter_rows(named=True)], pl.String)
    status = pl.when(pl.col("status") == "measured").then(pl.lit("measured")).otherwise(pl.lit("not measured"))
    return POSTS_SELL.conform(table.with_columns(words, status=status))


def _labelled(frames: Mapping[str, pl.DataFrame], name: str, context: ExportContext) -> pl.DataFrame:
    names = take(frames, "dim_campaigns").select("campaign_id", campaign_name="name")
    return (
        take(frames, name)
        .join(names, on="campaign_id", how="left")
        .with_columns(
            interval_level=pl.when(pl.col("status") == "measured").then("interval_level"),
            as_of=pl.lit(context.as_of),
            basis=pl.lit(context.bases()),
        )
    )


def _on_brand(row: Mapping[str, Any]) -> str:
    label = row["campaign_name"] or f"Campaign {row['campaign_id']}"
    question = row["question"]
    if row["verdict"] == "not measured":
        return f"{label}, {question}: cannot be measured: {row['note']}."
    low, value, high = (ENGLISH.number(row[f"effect{end}"], 2, signed=True) for end in ("_low", "", "_high"))
    span = f"{ENGLISH.share(row['interval_level'])} range {low} to {high}"
    if row["verdict"] == "not clear":
        return f"{label}, {question}: no effect can be told from chance ({span} points of 10)."
    verb = "changed by" if row["design"] == "randomised" else "came with a change of"
    text = f"{label}, {question}: {verb} {value} points of 10 ({span})."
    if row["design"] != "randomised":
        text += " Chance did not decide who took part: no proof of cause."
    if row["check_low"] is not None and not row["check_low"] <= 0 <= row["check_high"]:
        text += " The groups differed before the campaign already: do not rely on this figure."
    return text


def _on_sales(row: Mapping[str, Any]) -> str:
    label = row["campaign_name"] or f"Campaign {row['campaign_id']}"
    if row["status"] != "measured":
        return f"{label}, {row['measure']}: cannot be told: {row['note']}."
    people, buyers = ENGLISH.number(row["people_count"]), ENGLISH.number(row["buyers_count"])
    if row["share"] is None:
        return f"{label}: {buyers} known people bought with a member's code or link; some would have bought without it."
    share, low, high = (ENGLISH.share(row[f"share{end}"], 1) for end in ("", "_low", "_high"))
    span = f"{ENGLISH.share(row['interval_level'])} range {low} to {high}"
    if row["measure"] == "said in a survey":
        return f"{label}: {share} of {people} people asked say they bought after seeing a post ({span})."
    if row["measure"] == "came by code or link":
        return f"{label}: {share} of {people} known people who came by a code or link bought with one ({span})."
    return f"{label}: {share} of those invited bought who would not have otherwise ({span}), against a holdout."
