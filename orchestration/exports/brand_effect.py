"""brand_effect and posts_sell: what people think and say they bought, in plain words.

Belongs here: verdicts and sentences. Does not: measuring (ml/measurement/brand_effect).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_brand import BRAND_EFFECT, BRAND_QUESTIONS, POSTS_SELL
from orchestration.exports.inputs import take
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.retelling import label, note


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
    words = pl.Series("in_words", [brand_in_words(row) for row in table.iter_rows(named=True)], pl.String)
    return BRAND_EFFECT.conform(table.with_columns(words))


def posts_sell(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The export of purchases after posts."""
    table = _labelled(frames, "posts_sell", context)
    words = pl.Series("in_words", [posts_in_words(row) for row in table.iter_rows(named=True)], pl.String)
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


def brand_in_words(row: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """What a campaign did to one question of the survey."""
    said = {
        "campaign": language.campaign(row["campaign_name"], row["campaign_id"]),
        "question": label(row["question"], language),
    }
    if row["verdict"] == "not measured":
        why = note(row["note"], language)
        return language.say("%(campaign)s, %(question)s: cannot be measured: %(why)s.", why=why, **said)
    low, value, high = (language.number(row[f"effect{end}"], 2, signed=True) for end in ("_low", "", "_high"))
    said["range"] = language.interval(row["interval_level"], language.range(low, high))
    if row["verdict"] == "not clear":
        return language.say(
            "%(campaign)s, %(question)s: no effect can be told from chance (%(range)s points of 10).", **said
        )
    if row["design"] == "randomised":
        more = [
            language.say(
                "%(campaign)s, %(question)s: changed by %(value)s points of 10 (%(range)s).", value=value, **said
            )
        ]
    else:
        more = [
            language.say(
                "%(campaign)s, %(question)s: came with a change of %(value)s points of 10 (%(range)s).",
                value=value,
                **said,
            ),
            language.say("Chance did not decide who took part: no proof of cause."),
        ]
    if row["check_low"] is not None and not row["check_low"] <= 0 <= row["check_high"]:
        more.append(language.say("The groups differed before the campaign already: do not rely on this figure."))
    return " ".join(more)


def posts_in_words(row: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """What one measure tells of purchases after posts."""
    said = {"campaign": language.campaign(row["campaign_name"], row["campaign_id"])}
    measure = row["measure"]
    if row["status"] != "measured":
        told = label(measure, language)
        why = note(row["note"], language)
        return language.say("%(campaign)s, %(measure)s: cannot be told: %(why)s.", measure=told, why=why, **said)
    people, buyers = language.number(row["people_count"]), language.number(row["buyers_count"])
    if row["share"] is None:
        return language.say(
            "%(campaign)s: %(buyers)s known people bought with a member's code or link; some would have bought "
            "without it.",
            buyers=buyers,
            **said,
        )
    share, low, high = (language.share(row[f"share{end}"], 1) for end in ("", "_low", "_high"))
    said |= {"share": share, "range": language.interval(row["interval_level"], language.range(low, high))}
    if measure == "said in a survey":
        return language.say(
            "%(campaign)s: %(share)s of %(people)s people asked say they bought after seeing a post (%(range)s).",
            people=people,
            **said,
        )
    if measure == "came by code or link":
        return language.say(
            "%(campaign)s: %(share)s of %(people)s known people who came by a code or link bought with one "
            "(%(range)s).",
            people=people,
            **said,
        )
    return language.say(
        "%(campaign)s: %(share)s of those invited bought who would not have otherwise (%(range)s), against a holdout.",
        **said,
    )
