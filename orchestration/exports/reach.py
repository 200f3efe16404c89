"""reach, reach_curve, engagement: audiences in plain words.

Belongs here: units and sentences. Does not: measuring (ml/measurement/reach).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_reach import (
    ENGAGEMENT,
    HOW,
    ITSELF,
    PLATFORM_ALL,
    RATES,
    REACH,
    REACH_CURVE,
    TIER_ALL,
)
from orchestration.exports.formatting import currency_decimals
from orchestration.exports.inputs import take
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.retelling import label, note

LEVEL = 0.9  # of the ranges of engagement
_COSTS = (
    "cost_per_1000_unique",
    "cost_per_1000_unique_low",
    "cost_per_1000_unique_high",
    "cost_per_1000_effective",
    "cost_per_1000_contacts",
)


def reach_exports(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> dict[str, pl.DataFrame]:
    """The three exports by name."""
    return {
        "reach": _reach(frames, context),
        "reach_curve": _curve(frames, context),
        "engagement": _engagement(frames, context),
    }


def _names(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    return take(frames, "dim_campaigns").select("campaign_id", campaign_name="name")


def _stamped(table: pl.DataFrame, context: ExportContext) -> pl.DataFrame:
    return table.with_columns(as_of=pl.lit(context.as_of), basis=pl.lit(context.bases()))


def _how() -> pl.Expr:
    return pl.col("basis").replace_strict(HOW, default=None, return_dtype=pl.String).fill_null("not measured")


def _reach(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    table = take(frames, "reach").join(_names(frames), on="campaign_id", how="left")
    currencies = table["currency"].drop_nulls().unique().sort().to_list()
    decimals = {currency: 10.0 ** -currency_decimals(currency) for currency in currencies}
    scale = pl.col("currency").replace_strict(decimals, default=None, return_dtype=pl.Float64)
    table = table.with_columns(
        *(pl.col(name) * scale for name in _COSTS),
        how=_how(),
        platform=pl.col("platform").replace("all", PLATFORM_ALL),
        tier=pl.col("tier").replace("all", TIER_ALL),
        interval_level=pl.when(pl.col("basis") == "estimate").then("interval_level"),
    )
    words = [reach_in_words(row) for row in table.iter_rows(named=True)]
    return REACH.conform(_stamped(table.with_columns(pl.Series("in_words", words, pl.String)), context))


def _curve(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    table = take(frames, "reach_curve").join(_names(frames), on="campaign_id", how="left").with_columns(how=_how())
    return REACH_CURVE.conform(_stamped(table, context))


def _engagement(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    table = take(frames, "engagement_by_tier").with_columns(
        meaning=pl.col("rate").replace_strict(RATES, return_dtype=pl.String),
        against_tier=pl.col("against_tier").fill_null(ITSELF),
    )
    words = [engagement_in_words(row) for row in table.iter_rows(named=True)]
    return ENGAGEMENT.conform(_stamped(table.with_columns(pl.Series("in_words", words, pl.String)), context))


def reach_in_words(row: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """How many people a campaign's posts could reach, as surely as audiences are known."""
    name = language.campaign(row["campaign_name"], row["campaign_id"])
    parts = [row["platform"]] if row["platform"] != PLATFORM_ALL else []
    parts += [label(row["tier"], language)] if row["tier"] != TIER_ALL else []
    if parts:
        name = language.say("%(campaign)s (%(part)s)", campaign=name, part=", ".join(parts))
    if row["how"] == "not measured":
        why = note(row["note"], language)
        return language.say("%(campaign)s: reach cannot be measured: %(why)s.", campaign=name, why=why)
    if row["how"] == "only bounds":
        low, high = (language.number(row[end]) for end in ("bound_low", "bound_high"))
        return language.say(
            "%(campaign)s could reach between %(low)s and %(high)s different people; more cannot be told: %(why)s.",
            campaign=name,
            low=low,
            high=high,
            why=note(row["note"], language),
        )
    return " ".join(_counted(row, name, language))


def _counted(row: Mapping[str, Any], name: str, language: Language) -> list[str]:
    people = language.number(row["unique_reach"])
    if row["how"] == "estimated":
        low, high = (language.number(row[end]) for end in ("unique_low", "unique_high"))
        span = language.interval(row["interval_level"], language.range(low, high))
        people = language.say("%(people)s different people (estimated; %(range)s)", people=people, range=span)
    else:
        people = language.say("%(people)s different people", people=people)
    gross = language.number(row["gross_reach"])
    more = [
        language.say_many(
            "%(campaign)s: posts of %(number)s account could reach %(people)s.",
            "%(campaign)s: posts of %(number)s accounts could reach %(people)s; %(gross)s when those who follow "
            "several "
            "are counted each time.",
            row["sized_accounts_count"],
            campaign=name,
            people=people,
            gross=gross,
        )
    ]
    if row["effective_unique"] is not None:
        saw = language.number(row["effective_unique"])
        more.append(language.say("About %(people)s of them saw a post.", people=saw))
    return more


def engagement_in_words(row: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """A rate of one tier, or how many times another tier's it is."""
    said = {
        "platform": row["platform"],
        "rate": label(row["rate"], language),
        "tier": label(row["tier"], language),
        "against": label(row["against_tier"], language),
    }
    if row["value"] is None:
        why = note(row["note"], language)
        return language.say("%(platform)s, %(rate)s: %(tier)s against %(against)s: %(why)s.", why=why, **said)
    if row["against_tier"] == ITSELF:
        value = language.number(100 * row["value"], 1)
        if row["low"] is None:
            return language.say("%(platform)s, %(rate)s: %(value)s in 100 for %(tier)s audiences.", value=value, **said)
        low, high = (language.number(100 * row[name], 1) for name in ("low", "high"))
        span = language.interval(LEVEL, language.range(low, high))
        return language.say(
            "%(platform)s, %(rate)s: %(value)s in 100 for %(tier)s audiences (%(range)s).",
            value=value,
            range=span,
            **said,
        )
    value, low, high = (language.number(row[name], 2) for name in ("value", "low", "high"))
    said |= {"value": value, "range": language.interval(LEVEL, language.range(low, high))}
    if row["low"] > 1 or row["high"] < 1:
        return language.say(
            "%(platform)s, %(rate)s: %(tier)s audiences %(value)s times %(against)s ones in the same month and kind "
            "(%(range)s).",
            **said,
        )
    return language.say(
        "%(platform)s, %(rate)s: %(tier)s audiences %(value)s times %(against)s ones in the same month and kind "
        "(%(range)s); no difference can be told.",
        **said,
    )
