"""The streams a campaign tool keeps: campaigns, their products, places, members, events and costs.

Belongs here: rows from plans and from what happened. Does not: drawing what happened.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from orchestration.demo.accounts import Accounts
from orchestration.demo.baskets import Cause
from orchestration.demo.bursts import Burst
from orchestration.demo.campaigns import Assignment, Campaign
from orchestration.demo.clock import DAY, Clock
from orchestration.demo.columns import named, typed
from orchestration.demo.funnel import Activity
from orchestration.demo.lines import transaction_ids
from orchestration.demo.people import People
from orchestration.demo.places import Catalogue, Places
from orchestration.demo.posts import PostEvents
from orchestration.demo.randomness import Ints, Randomness, pick_share
from orchestration.demo.reviews import ReviewEvents, review_ids
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


def _events(
    campaign: Campaign,
    kind: str,
    consumer: Ints,
    seconds: Ints,
    referrer: Ints | None = None,
    reference: npt.NDArray[np.object_] | pl.Series | None = None,
) -> pl.DataFrame:
    """Events of one kind; consumer and referrer are indices, -1: nobody known."""
    count = len(consumer)
    return typed(
        {
            "campaign_id": [campaign.id] * count,
            "kind": [kind] * count,
            "consumer": consumer.astype(np.int64),
            "seconds": seconds.astype(np.int64),
            "referrer": np.full(count, -1) if referrer is None else referrer.astype(np.int64),
            "reference": [None] * count if reference is None else reference,
        }
    )


def event_rows(
    parameters: WorldParameters,
    campaigns: tuple[Campaign, ...],
    activities: dict[str, Activity],
    posts: PostEvents,
    reviews: ReviewEvents,
    lines: pl.DataFrame,
    accounts: Accounts,
    people: People,
    randomness: Randomness,
    clock: Clock,
) -> pl.DataFrame:
    """Stream campaign_events: the funnel, tasks done, clicks on members' links, codes redeemed."""
    parts = []
    for campaign in campaigns:
        rng = randomness.part(f"events {campaign.id}")
        if campaign.plan.unit == "product":
            parts += _review_funnel(campaign, reviews, rng)
        if campaign.id not in activities:
            continue
        active = activities[campaign.id]
        invited, members = np.flatnonzero(active.is_invited), np.flatnonzero(active.is_active)
        parts += [
            _events(campaign, "invited", invited, active.invited[invited]),
            _events(campaign, "accepted", members, active.accepted[members]),
            _events(campaign, "sample_shipped", members, active.shipped[members]),
            _events(campaign, "sample_delivered", members, active.delivered[members]),
        ]
        own = np.flatnonzero((posts.campaign == campaign.number) & ~posts.is_paid)
        own = own[pick_share(rng, len(own), 0.85)]
        author = accounts.owner[posts.account[own]]
        wait = rng.integers(3600, 2 * DAY, len(own))
        parts += [
            _events(campaign, "task_submitted", author, posts.seconds[own] + wait, reference=posts.ids[own]),
            _events(campaign, "task_approved", author, posts.seconds[own] + wait + DAY, reference=posts.ids[own]),
        ]
        clicked = np.repeat(own, rng.poisson(1.5, len(own)))
        clicked_at = posts.seconds[clicked] + rng.integers(600, 5 * DAY, len(clicked))
        nobody = np.full(len(clicked), -1)
        parts.append(
            _events(campaign, "link_click", nobody, clicked_at, referrer=accounts.owner[posts.account[clicked]])
        )
        redeemed = lines.filter(
            (pl.col("code") == campaign.number) & (pl.col("line_no") == 1) & (pl.col("cause") != int(Cause.PREVENTED))
        )
        parts.append(
            _events(
                campaign,
                "code_redeemed",
                redeemed["consumer"].to_numpy(),
                redeemed["seconds"].to_numpy(),
                referrer=redeemed["referrer"].to_numpy(),
                reference=transaction_ids(redeemed["transaction"]),
            )
        )
    frame = pl.concat(parts).filter(pl.col("seconds") < parameters.time.days * DAY).sort("seconds", maintain_order=True)
    refs = people.refs()
    at = pl.Series(clock.instants(frame["seconds"].to_numpy()))
    return frame.select(
        campaign_id="campaign_id",
        event_id=pl.format("e{}", pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(7)),
        consumer_ref=named(refs, frame["consumer"].to_numpy()),
        kind="kind",
        referrer_ref=named(refs, frame["referrer"].to_numpy()),
        reference="reference",
        happened_at=at,
        _known_at=at,
    )


def _review_funnel(campaign: Campaign, reviews: ReviewEvents, rng: np.random.Generator) -> list[pl.DataFrame]:
    """Reviewers of a review campaign: a sample each, a review each."""
    asked = np.flatnonzero((reviews.campaign == campaign.number) & (reviews.consumer >= 0))
    consumer, written = reviews.consumer[asked], reviews.seconds[asked]
    ids = review_ids(reviews)[asked]
    start = campaign.start + 10 * 3600 + rng.integers(0, DAY // 2, len(asked))
    return [
        _events(campaign, "invited", consumer, start),
        _events(campaign, "accepted", consumer, start + DAY),
        _events(campaign, "sample_shipped", consumer, start + 3 * DAY),
        _events(campaign, "sample_delivered", consumer, start + 6 * DAY),
        _events(campaign, "task_submitted", consumer, written + 600, reference=ids),
        _events(campaign, "task_approved", consumer, written + DAY, reference=ids),
    ]


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
