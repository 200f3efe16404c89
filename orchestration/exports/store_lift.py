"""store_lift: what campaigns caused in stores, in plain words; and the same as rows of campaign_results.

Belongs here: units and sentences. Does not: measuring (ml/measurement/store_lift).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_stores import COUNTED, STORE_LIFT
from orchestration.exports.formatting import currency_decimals
from orchestration.exports.inputs import INPUTS, take
from orchestration.exports.language import ENGLISH, Language, mark
from orchestration.exports.retelling import as_note, filled, label, note
from orchestration.exports.words import counted

DISAGREE = mark(
    "the range lies off 0, but too many groups of untouched stores show as much: the range is widened to hold 0"
)
SALES = "store_sales"


def store_lift(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The export: one row per campaign with stores or areas and thing counted."""
    names = take(frames, "dim_campaigns").select("campaign_id", campaign_name="name")
    table = _widened(take(frames, "store_lift")).join(names, on="campaign_id", how="left")
    is_money = pl.col("outcome") == SALES
    scale = main_units(table, context.currency)
    measured = pl.col("status") == "measured"
    holds_zero = (pl.col("check_low") <= 0) & (pl.col("check_high") >= 0)
    table = table.with_columns(
        *(pl.col(name) * scale for name in ("extra", "extra_low", "extra_high")),
        counted=pl.col("outcome").replace_strict(COUNTED),
        unit=pl.when(measured).then(
            pl.when(is_money).then(pl.coalesce("currency", pl.lit(context.currency))).otherwise(pl.lit("receipts"))
        ),
        counted_unit=pl.col("unit"),
        verdict=pl.when(~measured)
        .then(pl.lit("not measured"))
        .when(~pl.col("is_clear"))
        .then(pl.lit("not clear"))
        .when(pl.col("lift") > 0)
        .then(pl.lit("clear gain"))
        .otherwise(pl.lit("clear loss")),
        interval_level=pl.when(measured).then("interval_level"),
        ends_on=pl.col("ends_before") - pl.duration(days=1),
        days_before_count=pl.col("periods_before_count") * pl.col("period_days"),
        chance_by_range=pl.col("p_value"),
        chance_among_untouched=pl.col("placebo_p"),
        chance_among_stretches=pl.col("conformal_p"),
        check=pl.when(holds_zero).then(pl.lit("passed")).when(holds_zero.not_()).then(pl.lit("failed")),
        as_of=pl.lit(context.as_of),
        basis=pl.lit(context.bases()),
    ).rename({"control_count": "compared_count"})
    words = [in_words(row) for row in table.iter_rows(named=True)]
    return STORE_LIFT.conform(table.with_columns(pl.Series("in_words", words, pl.String)))


def main_units(table: pl.DataFrame, currency: str) -> pl.Expr:
    """What an amount of a row is multiplied by: sales in main units of the row's own currency, receipts as they are.

    Args:
        table: outcome, currency (NULL: `currency`, the brand's).
    """
    decimals = {name: 10.0 ** -currency_decimals(name) for name in {currency, *table["currency"].drop_nulls()}}
    of_row = pl.col("currency").fill_null(currency).replace_strict(decimals, return_dtype=pl.Float64)
    return pl.when(pl.col("outcome") == SALES).then(of_row).otherwise(1.0)


def without_stores(effects: pl.DataFrame, lifts: pl.DataFrame, currency: str) -> pl.DataFrame:
    """campaign_effects with the store tests' own rows in place of "assigned by store, not by person".

    Args:
        currency: the brand's; campaign_results counts money in it alone.
    """
    tested = lifts["campaign_id"].unique().implode()
    people = effects.filter(~(pl.col("unit").is_in(["store", "area"]) & pl.col("campaign_id").is_in(tested)))
    return pl.concat([people, _as_effects(lifts, currency)])


def _as_effects(lifts: pl.DataFrame, currency: str) -> pl.DataFrame:
    """Sales of the stores per store that took part, over the whole time, in the columns of campaign_effects."""
    sales = _widened(lifts).filter(pl.col("outcome") == SALES)
    foreign = pl.col("currency") != currency
    sales = sales.with_columns(
        status=pl.when(foreign).then(pl.lit("refused")).otherwise("status"),
        note=pl.when(foreign)
        .then(filled(as_note("sales of the stores are in %(currency)s: see store_lift"), "currency"))
        .otherwise("note"),
    )
    without = (pl.col("outcome_seen") - pl.col("extra")) / pl.col("treated_count")
    figures = sales.with_columns(
        control_mean=without,
        effect=pl.col("extra") / pl.col("treated_count"),
        effect_low=pl.col("extra_low") / pl.col("treated_count"),
        effect_high=pl.col("extra_high") / pl.col("treated_count"),
        relative_effect=pl.col("lift"),
        placebo_effect=pl.col("check_lift") * without,
        placebo_low=pl.col("check_low") * without,
        placebo_high=pl.col("check_high") * without,
        estimator=pl.lit("store test"),
        design_check=pl.lit(None, pl.String),
    )
    schema = INPUTS["campaign_effects"]
    # Minor units of other money would read as the brand's.
    numbers = [name for name, kind in schema.items() if kind.is_numeric()]
    rows = figures.with_columns(pl.when(~foreign.fill_null(False)).then(name).alias(name) for name in numbers)
    return rows.select(list(schema)).cast(pl.Schema(schema))


def _widened(lifts: pl.DataFrame) -> pl.DataFrame:
    """Where the two tests disagree the range is made to hold 0, and the note says so."""
    measured = (pl.col("status") == "measured") & ~pl.col("is_clear")
    gain, loss = measured & (pl.col("lift_low") > 0), measured & (pl.col("lift_high") < 0)
    return lifts.with_columns(
        *(pl.when(gain).then(0.0).otherwise(pl.col(name)).alias(name) for name in ("lift_low", "extra_low")),
        *(pl.when(loss).then(0.0).otherwise(pl.col(name)).alias(name) for name in ("lift_high", "extra_high")),
        note=pl.when(gain | loss)
        .then(pl.concat_str(pl.lit(DISAGREE), "note", separator="; ", ignore_nulls=True))
        .otherwise("note"),
    )


def in_words(row: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """The result as careful as its design allows."""
    what = label(row["counted"], language)
    said = {"campaign": language.campaign(row["campaign_name"], row["campaign_id"]), "sales": what}
    if row["verdict"] == "not measured":
        return language.say(
            "%(campaign)s: %(sales)s of its stores cannot be measured: %(why)s.",
            why=note(row["note"], language),
            **said,
        )
    low, lift, high = (language.share(row[name], 1, signed=True) for name in ("lift_low", "lift", "lift_high"))
    said |= {
        "range": language.interval(row["interval_level"], language.range(low, high)),
        "stores": counted(row["counted_unit"], row["treated_count"], language),
    }
    if row["verdict"] == "not clear":
        return language.say(
            "%(campaign)s: no effect on %(sales)s of its %(stores)s can be told from chance (%(range)s); such a test "
            "finds %(smallest)s 8 times in 10.",
            smallest=language.share(row["smallest_lift"], 1, signed=True),
            **said,
        )
    if row["design"] == "randomised":
        more = [
            language.say("%(campaign)s changed %(sales)s of its %(stores)s by %(lift)s (%(range)s).", lift=lift, **said)
        ]
    else:
        more = [
            language.say(
                "%(campaign)s came with a change of %(sales)s of its %(stores)s by %(lift)s (%(range)s).",
                lift=lift,
                **said,
            ),
            language.say("Its stores were not chosen by chance: no proof of cause."),
        ]
    if row["check"] == "failed":
        more.append(language.say("The check before the campaign failed: do not rely on this figure."))
    return " ".join(more)
