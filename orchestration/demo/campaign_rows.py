"""The streams a campaign tool keeps: campaigns, their products, places, members and costs.

Belongs here: rows from plans and what they cost. Does not: what members did (campaign_events.py).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from orchestration.demo.bursts import Burst
from orchestration.demo.campaigns import Assignment, Campaign
from orchestration.demo.clock import DAY, Clock
from orchestration.demo.columns import typed
from orchestration.demo.funnel import Activity
from orchestration.demo.people import People
from orchestration.demo.places import Catalogue, Places
from orchestration.demo.reviews import ReviewEvents
from orchestration.demo.world_parameters import WorldParameters

PLANNED_DAYS = 30  # before a campaign's start its plan stands in the tool
SAMPLE_MINOR, SHIPPING_MINOR, REWARD_MINOR, FEE_MINOR, BURST_MINOR = 520, 410, 150, 350_000, 180_000


def _known(campaign: Campaign, clock: Clock, days_before: int) -> np.datetime64:
    known: np.datetime64 = clock.instants(np.array([(campaign.start_day - days_before) * DAY]))[0]
    return known


def campaign_rows(campaigns: tuple[Campaign, ...], costs: pl.DataFrame, currency: str, clock: Clock) -> pl.DataFrame:
    """Stream campaigns; the budget is a tenth above what will be spent."""
    spent = dict(costs.group_by("campaign_id").agg(pl.col("amount_minor").sum()).iter_rows())
    return typed(
        {
            "campaign_id": [campaign.id for campaign in campaigns],
            "name": [campaign.plan.name for campaign in campaigns],
            "kind": [campaign.plan.kind for campaign in campaigns],
            "starts_on": clock.dates(np.array([campaign.start_day for campaign in campaigns])),
            "ends_on": clock.dates(np.array([campaign.end_day for campaign in campaigns])),
            "budget_minor": [spent.get(campaign.id, 0) * 11 // 10 for campaign in campaigns],
            "currency": [currency] * len(campaigns),
            "assignment_unit": [None if campaign.plan.unit == "none" else campaign.plan.unit for campaign in campaigns],
            "hashtags": [[campaign.hashtag] for campaign in campaigns],
            "codes": [[campaign.code] if campaign.plan.is_tested_on_people else None for campaign in campaigns],
            "_known_at": np.array([_known(campaign, clock, PLANNED_DAYS) for campaign in campaigns]),
        },
        codes=pl.List(pl.String),
        hashtags=pl.List(pl.String),
        budget_minor=pl.Int64,
    )


def product_rows(campaigns: tuple[Campaign, ...], catalogue: Catalogue, clock: Clock) -> pl.DataFrame:
    """Stream campaign_products."""
    return pl.concat(
        typed({"product_id": catalogue.ids()[campaign.products]}).select(
            campaign_id=pl.lit(campaign.id),
            product_id="product_id",
            _known_at=pl.lit(_known(campaign, clock, PLANNED_DAYS)),
        )
        for campaign in campaigns
    )


def area_rows(
    campaigns: tuple[Campaign, ...], assignments: dict[str, Assignment], places: Places, clock: Clock
) -> pl.DataFrame:
    """Stream campaign_areas: treated stores and areas."""
    parts = []
    for campaign in campaigns:
        if campaign.plan.unit in ("store", "area"):
            assigned = assignments[campaign.id]
            ids = places.store_ids() if campaign.plan.unit == "store" else places.area_ids()
            parts.append(
                typed({"place_id": ids[assigned.unit[assigned.is_treated]]}).select(
                    campaign_id=pl.lit(campaign.id),
                    place=pl.lit(campaign.plan.unit),
                    place_id="place_id",
                    _known_at=pl.lit(_known(campaign, clock, 1)),
                )
            )
    empty = dict.fromkeys(("campaign_id", "place", "place_id"), pl.String) | {"_known_at": pl.Datetime("us")}
    return pl.concat([pl.DataFrame(schema=empty), *parts])


def member_rows(
    campaigns: tuple[Campaign, ...],
    assignments: dict[str, Assignment],
    people: People,
    places: Places,
    catalogue: Catalogue,
    clock: Clock,
) -> pl.DataFrame:
    """Stream campaign_members: every unit in its arm, assigned at the campaign's start."""
    refs = {
        "consumer": people.refs(), "none": people.refs(), "store": places.store_ids(), "area": places.area_ids(),
        "product": catalogue.ids(),
    }  # fmt: skip
    parts = []
    for campaign in campaigns:
        assigned, unit = assignments[campaign.id], campaign.plan.unit
        parts.append(
            typed(
                {
                    "campaign_id": [campaign.id] * len(assigned.unit),
                    "unit": ["consumer" if unit == "none" else unit] * len(assigned.unit),
                    "unit_ref": refs[unit][assigned.unit],
                    "arm": np.where(assigned.is_treated, "treatment", campaign.plan.untreated_arm),
                    "assigned_at": clock.instants(np.full(len(assigned.unit), campaign.start)),
                    "assignment_probability": assigned.probability,
                }
            ).with_columns(pl.col("assignment_probability").fill_nan(None))
        )
    return pl.concat(parts).with_columns(cluster_id=pl.lit(None, pl.String), _known_at="assigned_at")


def cost_rows(
    parameters: WorldParameters,
    campaigns: tuple[Campaign, ...],
    assignments: dict[str, Assignment],
    activities: dict[str, Activity],
    reviews: ReviewEvents,
    bursts: tuple[Burst, ...],
    clock: Clock,
) -> pl.DataFrame:
    """Stream campaign_costs: samples and their shipping, the agency's fee, rewards, influencers."""
    booked = []
    for campaign in campaigns:
        samples = 250 * int(assignments[campaign.id].is_treated.sum())
        if campaign.id in activities:
            samples = int(activities[campaign.id].is_active.sum())
        elif campaign.plan.unit == "product":
            samples = int((reviews.campaign == campaign.number).sum())
        fee = FEE_MINOR * parameters.people.consumers // 20_000
        costs = [("fee", fee, 0), ("product", samples * SAMPLE_MINOR, 10), ("reward", samples * REWARD_MINOR, 40)]
        if campaign.plan.unit not in ("store", "area"):
            costs.append(("shipping", samples * SHIPPING_MINOR, 14))
        costs += [
            ("media", BURST_MINOR, burst.seconds // DAY - campaign.start_day + 1)
            for burst in bursts
            if burst.campaign.number == campaign.number
        ]
        booked += [
            (campaign.id, f"k{campaign.number:02d}{place:02d}", kind, amount, campaign.start_day + day)
            for place, (kind, amount, day) in enumerate(costs)
            if amount > 0
        ]
    frame = pl.DataFrame(booked, schema=["campaign_id", "cost_id", "kind", "amount_minor", "day"], orient="row")
    days = frame["day"].to_numpy()
    return frame.drop("day").with_columns(
        currency=pl.lit(parameters.time.currency),
        booked_on=pl.Series(clock.dates(days)),
        _known_at=pl.Series(clock.instants((days + 1) * DAY - 1)),
    )
