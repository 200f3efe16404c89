"""While a campaign runs: who is due, and whether it keeps the pace of earlier ones.

Belongs here: campaign_follow_up, campaign_pacing. Does not: what a campaign caused (campaigns.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_running import (
    CAMPAIGN_FOLLOW_UP,
    CAMPAIGN_PACING,
    NO_ANSWER,
    NOT_SENT,
    SILENT,
    STEPS,
    UNDISCLOSED,
)
from orchestration.exports.inputs import take

Frames = Mapping[str, pl.DataFrame]

# An invitation is read within a week; a parcel takes ten days; a product is tried and told of within two weeks.
PATIENCE_DAYS = {NO_ANSWER: 7, NOT_SENT: 10, SILENT: 14}
# Reminders still help for two weeks after a campaign's last day.
AFTER_END = timedelta(days=14)
# A tenth of the members ahead or behind is more than the day of the week explains.
PACE_SHARE = 0.1


def running_campaigns(frames: Frames, context: ExportContext) -> pl.DataFrame:
    """campaign_id, starts_on, ends_on of the campaigns that run, or ended less than two weeks ago."""
    campaigns = take(frames, "dim_campaigns").drop_nulls(["starts_on", "ends_on"])
    started = pl.col("starts_on") <= context.as_of
    return campaigns.filter(started & (pl.col("ends_on") + AFTER_END >= context.as_of)).select(
        "campaign_id", "starts_on", "ends_on"
    )


def _treated(frames: Frames) -> pl.DataFrame:
    """Members who take part, one row a campaign and person."""
    members = take(frames, "fct_campaign_members").filter(pl.col("arm") == "treatment").drop_nulls("consumer_key")
    steps = [f"{step}_on" for step in STEPS]
    return members.group_by("campaign_id", "consumer_key").agg(pl.col(*steps, "active_on").min())


def campaign_follow_up(frames: Frames, facts: pl.DataFrame, context: ExportContext) -> pl.DataFrame:
    """What is due with listed members of running campaigns.

    Args:
        facts: person_facts of the listed people.
    """
    members = _treated(frames).join(running_campaigns(frames, context).select("campaign_id"), on="campaign_id")
    told = pl.coalesce("published_on", "active_on")
    last = {
        NO_ANSWER: pl.when(pl.coalesce("accepted_on", "delivered_on", told).is_null()).then("invited_on"),
        NOT_SENT: pl.when(pl.coalesce("delivered_on", told).is_null()).then("accepted_on"),
        SILENT: pl.when(told.is_null()).then("delivered_on"),
    }
    waiting = pl.concat(
        members.select("campaign_id", "consumer_key", due=pl.lit(due), since_on=since).filter(
            pl.col("since_on") + timedelta(days=PATIENCE_DAYS[due]) <= context.as_of
        )
        for due, since in last.items()
    )
    due = pl.concat([waiting, _undisclosed(frames, members, context)])
    people = facts.select("consumer_key", "consent_contact", "as_of", "basis")
    days = (pl.lit(context.as_of) - pl.col("since_on")).dt.total_days()
    return CAMPAIGN_FOLLOW_UP.conform(due.join(people, on="consumer_key").with_columns(waiting_days=days))


def _undisclosed(frames: Frames, members: pl.DataFrame, context: ExportContext) -> pl.DataFrame:
    """Members with a standing piece of the campaign that hides what they got: the latest such piece."""
    hidden = take(frames, "fct_ugc").filter(
        pl.col("is_undisclosed_incentive") & pl.col("deleted_at").is_null() & (pl.col("published_on") <= context.as_of)
    )
    return (
        hidden.join(take(frames, "bridge_campaign_ugc"), on="ugc_key")
        .join(members.select("campaign_id", "consumer_key"), on=["campaign_id", "consumer_key"])
        .group_by("campaign_id", "consumer_key")
        .agg(since_on=pl.col("published_on").max())
        .select("campaign_id", "consumer_key", due=pl.lit(UNDISCLOSED), since_on="since_on")
    )


def campaign_pacing(frames: Frames, context: ExportContext) -> pl.DataFrame:
    """Steps of running campaigns beside the finished ones on the same day after their start."""
    members = _treated(frames)
    running = running_campaigns(frames, context).join(members.select("campaign_id").unique(), on="campaign_id")
    finished = take(frames, "dim_campaigns").filter(pl.col("ends_on") + AFTER_END < context.as_of)
    rows = []
    for campaign, starts_on, _ in running.sort("campaign_id").iter_rows():
        day = (context.as_of - starts_on).days
        own = members.filter(pl.col("campaign_id") == campaign)
        others = members.join(finished.select("campaign_id", "starts_on"), on="campaign_id")
        for step in STEPS:
            reached = own.filter(pl.col(f"{step}_on") <= context.as_of).height
            usual = _usual_share(others, step, day)
            share = reached / own.height
            rows.append(
                {
                    **{"campaign_id": campaign, "step": step, "day_number": day, "members_count": own.height},
                    **{"reached_count": reached, "reached_share": share, "usual_share": usual},
                    "pace": _pace(share, usual),
                }
            )
    if not rows:
        return CAMPAIGN_PACING.empty()
    table = pl.DataFrame(rows, infer_schema_length=None).join(_spent(frames), on="campaign_id", how="left")
    return CAMPAIGN_PACING.conform(table.with_columns(as_of=pl.lit(context.as_of), basis=pl.lit(context.bases())))


def _usual_share(members: pl.DataFrame, step: str, day: int) -> float | None:
    """Median share over the finished campaigns that took the step at all."""
    reached = (pl.col(f"{step}_on") <= pl.col("starts_on") + pl.duration(days=day)).fill_null(False)
    shares = (
        members.group_by("campaign_id")
        .agg(share=reached.mean(), is_taken=pl.col(f"{step}_on").count() > 0)
        .filter("is_taken")
        .get_column("share")
    )
    middle = shares.median()
    return float(middle) if isinstance(middle, int | float) else None


def _pace(share: float, usual: float | None) -> str:
    if usual is None:
        return "no campaign to compare with"
    return "ahead" if share > usual + PACE_SHARE else "behind" if share < usual - PACE_SHARE else "as usual"


def _spent(frames: Frames) -> pl.DataFrame:
    """campaign_id, budget_spent_share; NULL where budget and costs cannot be compared."""
    campaigns = take(frames, "fct_campaigns")
    comparable = (pl.col("budget_minor") > 0) & (pl.col("budget_currency") == pl.col("cost_currency"))
    spent = pl.when(comparable).then(pl.col("cost_minor") / pl.col("budget_minor"))
    return campaigns.select("campaign_id", budget_spent_share=spent)
