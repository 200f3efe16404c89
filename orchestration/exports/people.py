"""Who may be listed, and the facts about them: the base of every export about people.

Belongs here: basis and consent rules, facts of a person, ambassador_candidates. Does not: scores (scores.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import polars as pl

from ml.holdout import in_standing_holdout
from orchestration.exports.columns import NOT_A_PREDICTION
from orchestration.exports.context import CONSENT_BASIS, RESEARCH_BASIS, ExportContext
from orchestration.exports.contract_people import AMBASSADOR_CANDIDATES
from orchestration.exports.inputs import take
from orchestration.exports.texts import last_moments

# "In 90 days" of domain.md's ambassador_candidates.
RECENT = timedelta(days=90)


@dataclass(frozen=True)
class Listing:
    """Who may be listed and how many may not.

    Attributes:
        people: consumer_key, basis: the people exports may name.
        left_out: reason → number of people.
    """

    people: pl.DataFrame
    left_out: Mapping[str, int]


def may_be_listed(consumers: pl.DataFrame, context: ExportContext) -> Listing:
    """The people an export may name: no minor, no withdrawn scoring consent, and a basis (rule 6).

    A person's own granted consent is a basis. Without one, the research basis is, where every source declares it.
    """
    research = RESEARCH_BASIS if context.research_covers_everybody() else None
    judged = consumers.select(
        "consumer_key",
        left_out=pl.when(pl.col("is_minor"))
        .then(pl.lit("known minor"))
        .when(pl.col("consent_scoring") == "withdrawn")
        .then(pl.lit("scoring consent withdrawn"))
        .when((pl.col("consent_scoring") == "granted").fill_null(False) | pl.lit(research is not None))
        .then(None)
        .otherwise(pl.lit("no basis: scoring consent never given")),
        basis=pl.when(pl.col("consent_scoring") == "granted").then(pl.lit(CONSENT_BASIS)).otherwise(pl.lit(research)),
    )
    counts = judged.drop_nulls("left_out").group_by("left_out").len().sort("left_out")
    return Listing(
        people=judged.filter(pl.col("left_out").is_null()).select("consumer_key", "basis"),
        left_out=dict(counts.iter_rows()),
    )


def _ugc_facts(ugc: pl.DataFrame, context: ExportContext) -> pl.DataFrame:
    """Per person with any known UGC: counts of the last 90 days, latest dated piece; no deleted ones, no copies."""
    standing = pl.col("deleted_at").is_null() & pl.col("is_counted")
    recent = (
        standing & (pl.col("published_on") > context.as_of - RECENT) & (pl.col("published_on") <= context.as_of)
    ).fill_null(False)
    return (
        ugc.drop_nulls("consumer_key")
        .group_by("consumer_key")
        .agg(
            ugc_90_days_count=recent.sum().cast(pl.Int64),
            organic_ugc_90_days_count=pl.when((recent & pl.col("is_organic").is_null()).any().not_()).then(
                (recent & pl.col("is_organic")).sum().cast(pl.Int64)
            ),
            last_ugc_on=pl.col("published_on").filter(standing).max(),
        )
    )


def _states(members: pl.DataFrame, ugc: pl.DataFrame, campaigns: pl.DataFrame) -> pl.DataFrame:
    """Per person: the date of each state of domain.md (member, active, ambassador), NULL where not reached."""
    treated = members.filter(pl.col("arm") == "treatment").drop_nulls("consumer_key")
    active = treated.select(
        "campaign_id", "consumer_key", active_on=pl.min_horizontal("active_on", "published_on")
    ).drop_nulls("active_on")
    ends = active.join(campaigns.select("campaign_id", "ends_on"), on="campaign_id").drop_nulls("ends_on")
    unpaid = ugc.filter(pl.col("is_organic") & pl.col("deleted_at").is_null()).drop_nulls(
        ["consumer_key", "published_on"]
    )
    goes_on = (
        ends.group_by("consumer_key")
        .agg(ends_on=pl.col("ends_on").min())
        .join(unpaid, on="consumer_key")
        .filter(pl.col("published_on") > pl.col("ends_on"))
        .group_by("consumer_key")
        .agg(ambassador_on=pl.col("published_on").min())
    )
    return (
        treated.group_by("consumer_key")
        .agg(member_on=pl.col("accepted_on").min())
        .join(active.group_by("consumer_key").agg(pl.col("active_on").min()), on="consumer_key", how="left")
        .join(goes_on, on="consumer_key", how="left")
    )


def person_facts(frames: Mapping[str, pl.DataFrame], listing: Listing, context: ExportContext) -> pl.DataFrame:
    """One row per person who may be listed, with the facts every export about people shows, as_of and basis.

    A count of UGC is NULL, not 0, for a person of whom neither an account nor a piece of UGC is known.
    """
    consumers, ugc = take(frames, "dim_consumers"), take(frames, "fct_ugc")
    purchases = (
        take(frames, "fct_sales_lines")
        .filter(pl.col("is_return").not_() & (pl.col("business_on") <= context.as_of))
        .drop_nulls("consumer_key")
        .group_by("consumer_key")
        .agg(last_purchase_on=pl.col("business_on").max())
    )
    states = _states(take(frames, "fct_campaign_members"), ugc, take(frames, "dim_campaigns"))
    # An account that is watched and published nothing has a true 0.
    has_silent_account = (pl.col("accounts_count") > 0) & pl.col("ugc_90_days_count").is_null()
    return (
        listing.people.join(consumers, on="consumer_key", how="left")
        .join(_ugc_facts(ugc, context), on="consumer_key", how="left")
        .join(purchases, on="consumer_key", how="left")
        .join(states, on="consumer_key", how="left")
        .join(last_moments(frames, context.as_of), on="consumer_key", how="left")
        .with_columns(
            pl.when(has_silent_account).then(pl.lit(0, pl.Int64)).otherwise(pl.col(name)).alias(name)
            for name in ("ugc_90_days_count", "organic_ugc_90_days_count")
        )
        .with_columns(
            tier_preset=pl.lit(context.tier_preset),
            state=pl.when(pl.col("ambassador_on").is_not_null())
            .then(pl.lit("ambassador"))
            .when(pl.col("active_on").is_not_null())
            .then(pl.lit("active"))
            .when(pl.col("member_on").is_not_null())
            .then(pl.lit("member"))
            .otherwise(pl.lit("candidate")),
            as_of=pl.lit(context.as_of),
        )
        .with_columns(
            pl.col("consumer_key")
            .map_batches(
                partial(
                    in_standing_holdout,
                    share=context.holdout_share,
                    seed=context.holdout_seed,
                    kept=context.kept_lots,
                ),
                return_dtype=pl.Boolean,
            )
            .alias("standing_holdout")
        )
    )


def ambassador_candidates(facts: pl.DataFrame) -> pl.DataFrame:
    """The export of facts about people, labelled "not a prediction"."""
    return AMBASSADOR_CANDIDATES.conform(facts.with_columns(label=pl.lit(NOT_A_PREDICTION)))
