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
from orchestration.exports.formatting import ENGLISH, currency_decimals
from orchestration.exports.inputs import take

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
    words = [_reach_sentence(row) for row in table.iter_rows(named=True)]
    return REACH.conform(_stamped(table.with_columns(pl.Series("in_words", words, pl.String)), context))


def _curve(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    table = take(frames, "reach_curve").join(_names(frames), on="campaign_id", how="left").with_columns(how=_how())
    return REACH_CURVE.conform(_stamped(table, context))


def _engagement(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    table = take(frames, "engagement_by_tier").with_columns(
        meaning=pl.col("rate").replace_strict(RATES, return_dtype=pl.String),
        against_tier=pl.col("against_tier").fill_null(ITSELF),
    )
    words = [_engagement_sentence(row) for row in table.iter_rows(named=True)]
    return ENGAGEMENT.conform(_stamped(table.with_columns(pl.Series("in_words", words, pl.String)), context))


def _reach_sentence(row: Mapping[str, Any]) -> str:
    label = row["campaign_name"] or f"Campaign {row['campaign_id']}"
    parts = [row[name] for name, whole in (("platform", PLATFORM_ALL), ("tier", TIER_ALL)) if row[name] != whole]
    label = f"{label} ({', '.join(parts)})" if parts else label
    if row["how"] == "not measured":
        return f"{label}: reach cannot be measured: {row['note']}."
    if row["how"] == "only bounds":
        ends = (ENGLISH.number(row[name]) for name in ("bound_low", "bound_high"))
        return f"{label} could reach between {' and '.join(ends)} different people; more cannot be told: {row['note']}."
    accounts, unique, gross = (
        ENGLISH.number(row[name]) for name in ("sized_accounts_count", "unique_reach", "gross_reach")
    )
    one = row["sized_accounts_count"] == 1
    text = f"{label}: posts of {accounts} {'account' if one else 'accounts'} could reach {unique} different people"
    if row["how"] == "estimated":
        ends = (ENGLISH.number(row[name]) for name in ("unique_low", "unique_high"))
        text += f" (estimated; {ENGLISH.share(row['interval_level'])} range {' to '.join(ends)})"
    text += "." if one else f"; {gross} when those who follow several are counted each time."
    if row["effective_unique"] is not None:
        text += f" About {ENGLISH.number(row['effective_unique'])} of them saw a post."
    return text


def _engagement_sentence(row: Mapping[str, Any]) -> str:
    where = f"{row['platform']}, {row['rate']}"
    if row["value"] is None:
        return f"{where}: {row['tier']} against {row['against_tier']}: {row['note']}."
    if row["against_tier"] == ITSELF:
        value, *ends = (
            ENGLISH.number(100 * row[name], 1) for name in ("value", "low", "high") if row[name] is not None
        )
        span = f" (90 % range {' to '.join(ends)})" if ends else ""
        return f"{where}: {value} in 100 for {row['tier']} audiences{span}."
    value, low, high = (ENGLISH.number(row[name], 2) for name in ("value", "low", "high"))
    clear = row["low"] > 1 or row["high"] < 1
    verdict = "" if clear else "; no difference can be told"
    return (
        f"{where}: {row['tier']} audiences {value} times {row['against_tier']} ones in the same month and kind "
        f"(90 % range {low} to {high}){verdict}."
    )
