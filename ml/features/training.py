"""The frame models and measurements learn from: features at each member's start beside what happened afterwards."""

from __future__ import annotations

from typing import Literal

import polars as pl

from ml.features.build import features_at
from ml.features.decisions import Marts, member_decisions
from ml.features.tracking import campaign_tracking, tracked_purchases

# Columns of fct_campaign_members that say who was in which arm and what came of it. None is a feature.
MEMBER_COLUMNS = (
    "arm",
    "design",
    "assignment_probability",
    "cluster_id",
    "overlapping_campaigns_count",
    "outcome_basis",
    "outcome_ends_on",
    "window_status",
    "bought_before",
    "first_purchase",
    "net_spend_before_minor",
    "net_spend_after_minor",
    "net_spend_after_online_minor",
    "referred_net_minor",
    "currency",
)


def training_frame(
    marts: Marts, timezone: str, currency: str, *, moment: Literal["start", "before_window"] = "start"
) -> pl.DataFrame:
    """One row per campaign and person in an arm: decision, features, MEMBER_COLUMNS and `treatment` (0, 1).

    Nothing is learned from people known to be minors. Campaigns of which no outcome is known yet teach nothing and are
    left out. Beside each treated member of a campaign with codes or links: referred_purchases_count; beside each row of
    such a campaign: tracking.TRACKING_COLUMNS.

    Args:
        moment: "before_window": features as they stood before the window that precedes the campaign, for the placebo.
    """
    minors = marts["dim_consumers"].filter(pl.col("is_minor")).select("consumer_key")
    people = marts["fct_campaign_members"].filter(pl.col("unit") == "consumer")
    people = people.join(minors, on="consumer_key", how="anti", maintain_order="left")
    has_outcome = (pl.col("window_status") == "complete") | pl.col("referred_net_minor").is_not_null()
    members = people.filter(has_outcome.fill_null(False).any().over("campaign_id"))
    decisions = member_decisions(members, timezone, moment=moment)
    features = features_at(marts, decisions, currency=currency)
    tracked = tracked_purchases(members, marts["fct_referred_sales"])
    tracking = campaign_tracking(
        members,
        marts["fct_sales_lines"],
        marts["bridge_campaign_products"].select("campaign_id", "product_id").unique(),
        marts["dim_consumers"],
        tracked,
        marts["fct_referred_sales"],
    )
    members = (
        members.select("campaign_id", "consumer_key", *MEMBER_COLUMNS)
        .join(tracked, on=["campaign_id", "consumer_key"], how="left")
        .join(tracking, on="campaign_id", how="left")
    )
    return (
        features.join(members, on=["campaign_id", "consumer_key"], how="inner", validate="1:1")
        .with_columns(treatment=(pl.col("arm") == "treatment").cast(pl.Int8))
        .sort("campaign_id", "consumer_key")  # a join promises no order, and trees depend on it
    )
