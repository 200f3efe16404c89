"""Features of a person's past with the brand: campaigns, codes, referrals, survey answers, joining."""

from __future__ import annotations

import polars as pl

from ml.features.visible import visible_facts

COUNTED_EVENTS = {
    "accepted_before_count": "accepted",
    "tasks_before_count": "task_submitted",
    "codes_redeemed_before_count": "code_redeemed",
}


def membership_facts(members: pl.DataFrame) -> pl.DataFrame:
    """One row per campaign and person who was treated in it, on the day it began for them."""
    return members.filter(
        pl.col("consumer_key").is_not_null(), pl.col("arm") == "treatment", pl.col("starts_on").is_not_null()
    ).select("consumer_key", on=pl.col("starts_on"), known=pl.col("assigned_at"))


def event_facts(events: pl.DataFrame, person: str) -> pl.DataFrame:
    """One row per campaign event; `person` is the column of whom it is counted for (member or referrer)."""
    return events.filter(pl.col(person).is_not_null()).select(
        pl.col(person).alias("consumer_key"), "kind", on=pl.col("happened_on"), known=pl.col("known_at")
    )


def survey_facts(answers: pl.DataFrame) -> pl.DataFrame:
    """One row per survey answer of a known person."""
    return answers.filter(pl.col("consumer_key").is_not_null()).select(
        "consumer_key",
        "people_told_count",
        "recommend",
        on=pl.col("surveyed_on"),
        known=pl.col("known_at"),
    )


def history_features(
    decisions: pl.DataFrame,
    memberships: pl.DataFrame,
    events: pl.DataFrame,
    referrals: pl.DataFrame,
    surveys: pl.DataFrame,
    consumers: pl.DataFrame,
) -> pl.DataFrame:
    """One row per decision of one campaign: consumer_key and the history features.

    Counts of events are 0 for a person without any, where there are campaign events at all; else NULL.
    """
    past = (
        visible_facts(decisions, memberships)
        .group_by("consumer_key")
        .agg(campaigns_before_count=pl.len().cast(pl.Int64), last_campaign_age_days=pl.col("age_days").min())
    )
    done = (
        visible_facts(decisions, events)
        .group_by("consumer_key")
        .agg((pl.col("kind") == kind).sum().cast(pl.Int64).alias(name) for name, kind in COUNTED_EVENTS.items())
    )
    referred = (
        visible_facts(decisions, referrals)
        .group_by("consumer_key")
        .agg(referrals_365d_count=(pl.col("age_days") <= 365).sum().cast(pl.Int64))
    )
    answered = (
        visible_facts(decisions, surveys)
        .sort("known", "on", "recommend")
        .group_by("consumer_key", maintain_order=True)
        .agg(
            people_told_mean_count=pl.col("people_told_count").mean(),
            recommend_last_points=pl.col("recommend").drop_nulls().last(),
        )
    )
    joined = decisions.select("consumer_key", "decision_on", "decision_at")
    for part in (past, done, referred, answered):
        joined = joined.join(part, on="consumer_key", how="left")
    joined = joined.join(consumers.select("consumer_key", "joined_at"), on="consumer_key", how="left")
    has_events = pl.lit(events.height + referrals.height > 0)

    def none_is_zero(name: str, where: pl.Expr) -> pl.Expr:
        return pl.when(pl.col(name).is_null() & where).then(0).otherwise(pl.col(name)).alias(name)

    return joined.select(
        "consumer_key",
        none_is_zero("campaigns_before_count", pl.lit(True)),
        "last_campaign_age_days",
        *(none_is_zero(name, has_events) for name in (*COUNTED_EVENTS, "referrals_365d_count")),
        "people_told_mean_count",
        "recommend_last_points",
        joined_age_days=pl.when(pl.col("joined_at") < pl.col("decision_at")).then(
            (pl.col("decision_at") - pl.col("joined_at")).dt.total_days()
        ),
    )
