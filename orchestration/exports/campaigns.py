"""campaign_results: measured effects beside the facts of each campaign.

Belongs here: joining measurements with campaign facts and saying the result in words. Does not: measuring
(ml/measurement), counting (dbt marts).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_campaigns import CAMPAIGN_RESULTS
from orchestration.exports.inputs import take
from orchestration.exports.language import mark
from orchestration.exports.pieces import beside, pieces_and_people
from orchestration.exports.retelling import as_note, filled
from orchestration.exports.review_effect import pointing_to_pages
from orchestration.exports.scores import to_outcome_unit, unit_of
from orchestration.exports.sentences import Result, result_sentence
from orchestration.exports.store_lift import without_stores

ARMS = ("treatment", "control", "holdout", "comparison")
STEPS = ("invited", "accepted", "delivered", "published")
FIGURES = ("control_mean", "effect", "effect_low", "effect_high", "placebo_effect", "placebo_low", "placebo_high")


def _one_currency(frame: pl.DataFrame, amount: str, name: str) -> pl.DataFrame:
    """Per campaign: the total of `amount` where all of it is in one currency; several currencies are never added."""
    known = frame.drop_nulls([amount, "currency"])
    return known.group_by("campaign_id").agg(
        pl.when(pl.col("currency").n_unique() == 1).then(pl.col(amount).sum()).alias(f"{name}_minor"),
        pl.when(pl.col("currency").n_unique() == 1).then(pl.col("currency").first()).alias(f"{name}_currency"),
        pl.when(pl.col("currency").n_unique() > 1)
        .then(pl.col("currency").unique().sort().str.join(" and "))
        .alias(f"{name}_currencies"),
    )


def _member_facts(members: pl.DataFrame) -> pl.DataFrame:
    """Per campaign with members: units by arm, treated members by step, whether anything can be compared.

    A step that no campaign of the brand ever records is NULL, and so is every step of a campaign that records none.
    """
    treated = pl.col("arm") == "treatment"
    facts = members.group_by("campaign_id").agg(
        *((pl.col("arm") == arm).sum().cast(pl.Int64).alias(f"{arm}_count") for arm in ARMS),
        *(pl.col(f"{step}_on").filter(treated).count().cast(pl.Int64).alias(f"{step}_count") for step in STEPS),
        complete_count=(pl.col("window_status") == "complete").sum(),
    )
    counts = [f"{step}_count" for step in STEPS]
    records_any = pl.sum_horizontal(counts) > 0
    return facts.with_columns(pl.when(records_any & (pl.col(name).sum() > 0)).then(pl.col(name)) for name in counts)


def campaign_facts(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per campaign that any input names, with its members, cost and claimed sales."""
    members = take(frames, "fct_campaign_members")
    claimed = members.filter(pl.col("arm") == "treatment").select("campaign_id", "referred_net_minor", "currency")
    named = take(frames, "dim_campaigns").rename({"name": "campaign_name"})
    effects = take(frames, "campaign_effects")
    ids = pl.concat([frame.select("campaign_id") for frame in (named, members, effects)]).drop_nulls().unique()
    return (
        ids.join(named, on="campaign_id", how="left")
        .join(_member_facts(members), on="campaign_id", how="left")
        .join(_one_currency(take(frames, "fct_campaign_costs"), "amount_minor", "cost"), on="campaign_id", how="left")
        .join(_one_currency(claimed, "referred_net_minor", "claimed"), on="campaign_id", how="left")
        .rename({"claimed_minor": "claimed_sales_minor"})
        .join(take(frames, "fct_campaigns"), on="campaign_id", how="left")
        .join(_authors(frames), on="campaign_id", how="left")
    )


def _authors(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """How many people wrote the pieces that reached each campaign."""
    pieces = take(frames, "bridge_campaign_ugc").join(take(frames, "fct_ugc"), on="ugc_key")
    counts = pieces_and_people(ugc_count=pl.lit(True))
    return pieces.group_by("campaign_id").agg(counts[name].alias(name) for name in beside("campaign_results"))


def _effects(frames: Mapping[str, pl.DataFrame], currency: str) -> pl.DataFrame:
    """The measurements in export units, with totals and the verdict of the check before the campaign."""
    effects = without_stores(take(frames, "campaign_effects"), take(frames, "store_lift"), currency)
    effects = pointing_to_pages(effects, take(frames, "review_effect"))
    parts = [
        part.with_columns(
            *(to_outcome_unit(name, outcome, currency).alias(name) for name in FIGURES),
            export_unit=pl.lit(unit_of(outcome, currency)),
        )
        for (outcome,), part in effects.partition_by("outcome", as_dict=True, maintain_order=True).items()
    ]
    table = pl.concat(parts) if parts else effects.with_columns(export_unit=pl.lit(None, pl.String))
    is_measured = pl.col("status") == "measured"
    holds_zero = (pl.col("placebo_low") <= 0) & (pl.col("placebo_high") >= 0)
    return table.rename(
        {"unit": "counted_unit", "control_count": "compared_count", "control_mean": "compared_mean"}
    ).with_columns(
        is_measured=is_measured,
        total_effect=pl.col("effect") * pl.col("treated_count"),
        total_effect_low=pl.col("effect_low") * pl.col("treated_count"),
        total_effect_high=pl.col("effect_high") * pl.col("treated_count"),
        placebo_check=pl.when(holds_zero).then(pl.lit("passed")).when(holds_zero.not_()).then(pl.lit("failed")),
    )


def _missing_for_measurement() -> pl.Expr:
    """Why a campaign without a measurement has none: the first input that is missing."""
    compared = pl.sum_horizontal("control_count", "holdout_count", "comparison_count")
    return (
        pl.when(pl.col("treatment_count").is_null() | (pl.col("treatment_count") == 0))
        .then(pl.lit(mark("nobody is known to have taken part (campaign_members)")))
        .when(compared == 0)
        .then(pl.lit(mark("there is nobody to compare with (a control or holdout arm in campaign_members)")))
        .when(pl.col("complete_count") == 0)
        .then(pl.lit(mark("no member's sales are known for the whole time before and after (pos_lines)")))
        .otherwise(pl.lit(mark("no measurement was made in this run")))
    )


def _currency_notes() -> pl.Expr:
    """Notes on amounts in several currencies, which are shown as not reported rather than added."""
    return pl.concat_str(
        pl.when(pl.col("cost_currencies").is_not_null()).then(
            filled(as_note("costs are in %(currencies)s, which are not added up"), "cost_currencies")
        ),
        pl.when(pl.col("claimed_currencies").is_not_null()).then(
            filled(as_note("claimed sales are in %(currencies)s, which are not added up"), "claimed_currencies")
        ),
        separator="; ",
        ignore_nulls=True,
    )


def campaign_results(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """What each campaign caused, or why it cannot be measured, beside its facts."""
    table = campaign_facts(frames).join(_effects(frames, context.currency), on="campaign_id", how="left")
    reason = pl.coalesce("note", _missing_for_measurement())
    table = table.with_columns(
        status=pl.when(pl.col("is_measured")).then(pl.lit("measured")).otherwise(pl.lit("not measured")),
        unit=pl.col("export_unit"),
        base_note=pl.when(pl.col("is_measured")).then(pl.col("note")).otherwise(reason),
        currency_note=_currency_notes(),
        as_of=pl.lit(context.as_of),
        basis=pl.lit(context.bases()),
    ).with_columns(
        note=pl.concat_str(
            "base_note", pl.col("currency_note").replace("", None), separator="; ", ignore_nulls=True
        ).replace("", None)
    )
    results = [Result.of(row) for row in table.select(Result.columns()).iter_rows(named=True)]
    headlines = pl.Series("headline", [result_sentence(result) for result in results], pl.String)
    return CAMPAIGN_RESULTS.conform(table.with_columns(headlines), beside("campaign_results"))
