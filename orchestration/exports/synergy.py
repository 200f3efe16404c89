"""synergy: members together with influencers and promotions, in plain words.

Belongs here: ratios and sentences. Does not: measuring (ml/measurement/synergy).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_synergy import SYNERGY, SYNERGY_COUNTED, SYNERGY_PARTNERS
from orchestration.exports.inputs import take
from orchestration.exports.language import ENGLISH, Language, mark
from orchestration.exports.retelling import label, note

MEMBERS_FIRST = mark("members first")

# Export name → measurement on the log scale.
_LOGS = {"on_top": "interaction", "members_alone": "nano_effect", "partner_alone": "partner_effect", "check": "check"}
_ENDS = ("", "_low", "_high")


def synergy(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The export: log effects as ratios, with verdict and sentence."""
    names = take(frames, "dim_campaigns").select("campaign_id", campaign_name="name")
    is_measured = pl.col("status") == "measured"
    table = (
        take(frames, "synergy")
        .join(names, on="campaign_id", how="left")
        .with_columns(
            *(
                (pl.col(f"{theirs}{end}").exp() - 1).alias(f"{ours}{end}")
                for ours, theirs in _LOGS.items()
                for end in _ENDS
            ),
            *(pl.col(f"additive{end}").alias(f"on_top_added{end}") for end in _ENDS),
            counted=pl.col("outcome").replace_strict(SYNERGY_COUNTED, return_dtype=pl.String),
            partner=pl.col("partner").replace_strict(SYNERGY_PARTNERS, return_dtype=pl.String),
            members_count=pl.col("nano_count"),
            interval_level=pl.when(is_measured).then("interval_level"),
            verdict=pl.when(~is_measured)
            .then(pl.lit("not measured"))
            .when(pl.col("interaction_low") > 0)
            .then(pl.lit("more together"))
            .when(pl.col("interaction_high") < 0)
            .then(pl.lit("less together"))
            .otherwise(pl.lit("not clear")),
            as_of=pl.lit(context.as_of),
            basis=pl.lit(context.bases()),
        )
    )
    words = pl.Series("in_words", [in_words(row) for row in table.iter_rows(named=True)], pl.String)
    return SYNERGY.conform(table.with_columns(words))


def in_words(row: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """What both do together, as careful as places that nobody drew allow."""
    pair = language.say("members and %(partner)s", partner=label(row["partner"], language))
    if row["order"] != "any order":
        pair = language.say("%(pair)s (%(order)s)", pair=pair, order=order_in_words(row["order"], language))
    said = {"campaign": language.campaign(row["campaign_name"], row["campaign_id"])}
    if row["verdict"] == "not measured":
        why = note(row["note"], language)
        return language.say(
            "%(campaign)s: what %(pair)s do together cannot be told: %(why)s.", pair=pair, why=why, **said
        )
    low, value, high = (_percent(row[f"on_top{end}"], language) for end in ("_low", "", "_high"))
    said["range"] = language.interval(row["interval_level"], language.range(low, high))
    counted = label(row["counted"], language)
    is_of_visitors = row["counted"] == SYNERGY_COUNTED["new_visitor_orders"]
    if row["verdict"] == "not clear":
        if is_of_visitors:
            return language.say(
                "%(campaign)s: no change of how often new visitors order can be told while both were at work "
                "(%(range)s).",
                **said,
            )
        return language.say(
            "%(campaign)s: %(pair)s: no difference from the two added up can be told in %(sales)s (%(range)s).",
            pair=pair,
            sales=counted,
            **said,
        )
    if is_of_visitors:
        text = language.say(
            "%(campaign)s: while both were at work the share of new visitors of its pages who order changed by "
            "%(value)s "
            "(%(range)s).",
            value=value,
            **said,
        )
    else:
        said |= {"pair": pair, "sales": counted, "value": value}
        text = (
            language.say(
                "%(campaign)s: %(pair)s together came with more %(sales)s than each alone: %(value)s (%(range)s).",
                **said,
            )
            if row["verdict"] == "more together"
            else language.say(
                "%(campaign)s: %(pair)s together came with less %(sales)s than each alone: %(value)s (%(range)s).",
                **said,
            )
        )
    more = [text]
    if row["check_low"] is not None and not row["check_low"] <= 0 <= row["check_high"]:
        more.append(language.say("The check found a difference where none can be: do not rely on this figure."))
    return " ".join([*more, language.say("Suggestive: the places were not drawn by lot for both.")])


def order_in_words(order: str, language: Language) -> str:
    """Who came first, in a marketer's words."""
    return label(order.replace("nano", "members"), language)


def _percent(ratio: float, language: Language) -> str:
    return language.share(ratio, 1, signed=True)
