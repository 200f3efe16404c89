"""The stream campaign_events: the funnel, tasks done, clicks on members' links, codes redeemed.

Belongs here: rows from what happened. Does not: drawing what happens (funnel.py, tested.py, posts.py).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from orchestration.demo.accounts import Accounts
from orchestration.demo.baskets import Cause
from orchestration.demo.campaigns import Campaign
from orchestration.demo.clock import DAY, Clock
from orchestration.demo.columns import named, typed
from orchestration.demo.funnel import Activity
from orchestration.demo.lines import transaction_ids
from orchestration.demo.people import People
from orchestration.demo.posts import PostEvents
from orchestration.demo.randomness import Ints, Randomness, pick_share
from orchestration.demo.reviews import ReviewEvents, review_ids
from orchestration.demo.world_parameters import WorldParameters


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
