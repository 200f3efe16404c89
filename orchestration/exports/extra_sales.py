"""extra_sales: each campaign's sum with its parts, cost and claims, in plain words.

Belongs here: rows and sentences. Does not: what is counted (ml/measurement/ledger).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_ledger import ALL_CAMPAIGNS, EXTRA_SALES
from orchestration.exports.formatting import currency_decimals
from orchestration.exports.inputs import take
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.retelling import note

_BUYERS = {
    "everybody": "everybody in its stores",
    "members": "members themselves",
    "others": "people outside the campaign",
}
_CHANNELS = {"all": "store and online"}
_AMOUNTS = (
    "extra",
    "extra_low",
    "extra_high",
    "claimed",
    "cost",
    *(f"cost_per_new_buyer{e}" for e in ("", "_low", "_high")),
)


def extra_sales(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The export: sums first, then their parts."""
    names = take(frames, "dim_campaigns").select("campaign_id", campaign_name="name")
    values, parts = take(frames, "campaign_value"), take(frames, "incremental_sales")
    channels = (
        parts.filter("is_counted")
        .group_by("campaign_id")
        .agg(
            channel=pl.when(pl.col("channel").n_unique() == 1)
            .then(pl.col("channel").first())
            .otherwise(pl.lit("all", pl.String))
        )
    )
    sums = values.join(channels, on="campaign_id", how="left").with_columns(
        part_no=pl.lit(0, pl.Int64),
        buyers=pl.lit("all together"),
        is_counted=pl.when(pl.col("status") == "measured").then(True),
        channel=pl.when(pl.col("campaign_id").is_null()).then(pl.lit("all")).otherwise("channel"),
        **{f"return_on_cost{end}": pl.col(f"iroas{end}") for end in ("", "_low", "_high")},
    )
    own = parts.with_columns(
        part_no=pl.int_range(1, pl.len() + 1).over("campaign_id"),
        buyers=pl.col("buyers").replace(_BUYERS),
        status=pl.lit("measured"),
        interval_level=pl.lit(0.9),
    )
    scale = 10 ** currency_decimals(context.currency)
    table = (
        pl.concat([sums, own], how="diagonal")
        .with_columns(
            *(pl.col(f"{name}_minor").truediv(scale).alias(name) for name in _AMOUNTS),
            channel=pl.col("channel").replace(_CHANNELS),
            status=pl.col("status").replace({"refused": "not measured"}),
            campaign_id=pl.col("campaign_id").fill_null(ALL_CAMPAIGNS),
            as_of=pl.lit(context.as_of),
            basis=pl.lit(context.bases()),
        )
        .join(names, on="campaign_id", how="left")
    )
    words = [in_words(row) if row["part_no"] == 0 else None for row in table.iter_rows(named=True)]
    return EXTRA_SALES.conform(table.with_columns(pl.Series("in_words", words, pl.String)))


def in_words(row: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """The sum as careful as its parts allow."""
    is_all = row["campaign_id"] == ALL_CAMPAIGNS
    name = (
        language.say("All campaigns together")
        if is_all
        else language.campaign(row["campaign_name"], row["campaign_id"])
    )
    if row["status"] == "not measured":
        why = note(row["note"], language)
        return language.say("%(campaign)s: extra sales cannot be told: %(why)s.", campaign=name, why=why)
    currency = row["currency"]
    low, high = (language.number(row[name], 0) for name in ("extra_low", "extra_high"))
    said = {"campaign": name, "range": language.interval(row["interval_level"], language.range(low, high))}
    size = language.money(row["extra"], currency, decimals=0)
    if row["extra_low"] <= 0 <= row["extra_high"]:
        more = [language.say("%(campaign)s: no extra sales can be told from chance (%(range)s).", **said)]
    elif row["design"] == "randomised":
        more = [language.say("%(campaign)s caused %(size)s of extra sales (%(range)s).", size=size, **said)]
    else:
        more = [
            language.say(
                "%(campaign)s came with %(size)s of extra sales (%(range)s), of which not all was left to chance: "
                "no full "
                "proof of cause.",
                size=size,
                **said,
            )
        ]
    if row["claimed"] is not None:
        claimed = language.money(row["claimed"], currency, decimals=0)
        more.append(language.say("Codes and links claim %(sales)s.", sales=claimed))
    if row["return_on_cost"] is not None:
        low, value, high = (language.number(row[f"return_on_cost{end}"], 2) for end in ("_low", "", "_high"))
        more.append(
            language.say(
                "Each %(currency)s spent came with %(value)s (%(range)s).",
                currency=language.currency(currency),
                value=value,
                range=language.range(low, high),
            )
        )
    return " ".join(more)
