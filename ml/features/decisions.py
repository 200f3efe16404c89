"""Decision frames: who is decided about, for which campaign, and when. Everything later is the future.

A decision frame has campaign_id (its products are what affinity is measured for), consumer_key, decision_on (local
day of the brand: facts of earlier days count) and decision_at (UTC, without zone: facts known before it count).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

import polars as pl

Marts = Mapping[str, pl.DataFrame]
Basis = Literal["consent", "research_dataset"]
DECISION_COLUMNS = ("campaign_id", "consumer_key", "decision_on", "decision_at")


def start_of_day_utc(day: pl.Expr, timezone: str) -> pl.Expr:
    """UTC instant (without zone) at which a local day begins; where that hour is skipped, an hour later."""
    midnight = day.cast(pl.Datetime("us"))
    begins = midnight.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
    skipped = (midnight + timedelta(hours=1)).dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
    return pl.coalesce(begins, skipped).dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def member_decisions(
    members: pl.DataFrame, timezone: str, *, moment: Literal["start", "before_window"] = "start"
) -> pl.DataFrame:
    """One decision per campaign and person in an arm, at the start of the outcome window.

    Args:
        members: rows of fct_campaign_members.
        timezone: the brand's.
        moment: "start": when the campaign began for the person; "before_window": when the window before it began,
            for a placebo that pretends the campaign started then.
    """
    day = "starts_on" if moment == "start" else "before_starts_on"
    return (
        members.filter(pl.col("unit") == "consumer", pl.col("consumer_key").is_not_null(), pl.col(day).is_not_null())
        .select("campaign_id", "consumer_key", pl.col(day).alias("decision_on"))
        .unique(["campaign_id", "consumer_key"], keep="first", maintain_order=True)
        .with_columns(decision_at=start_of_day_utc(pl.col("decision_on"), timezone))
        .sort("campaign_id", "consumer_key")
    )


def scoring_decisions(
    marts: Marts, as_of: date, timezone: str, *, campaign_id: str | None, basis: Basis
) -> pl.DataFrame:
    """One decision per person who may be scored, at the end of `as_of`.

    Left out: people known to be minors, people who withdrew the consent to scoring and, under basis "consent",
    everybody who never gave it.

    Args:
        campaign_id: campaign whose products affinity is measured for; None: none.
    """
    people = marts["dim_consumers"].filter(
        pl.col("is_minor").is_null() | ~pl.col("is_minor"),
        pl.col("consent_scoring").is_null() | (pl.col("consent_scoring") != "withdrawn"),
    )
    if basis == "consent":
        people = people.filter(pl.col("consent_scoring") == "granted")
    return (
        people.select(
            pl.lit(campaign_id, dtype=pl.String).alias("campaign_id"),
            "consumer_key",
            pl.lit(as_of + timedelta(days=1), dtype=pl.Date).alias("decision_on"),
        )
        .with_columns(decision_at=start_of_day_utc(pl.col("decision_on"), timezone))
        .sort("consumer_key")
    )
