"""Influencers' posts in campaigns: who, when, aimed at which areas, and the stream influencer_bursts."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from orchestration.demo.accounts import STARS, Accounts
from orchestration.demo.campaigns import Campaign
from orchestration.demo.clock import DAY, Clock
from orchestration.demo.lifts import ORDER_OFFSETS, ORDERS, StoreLifts
from orchestration.demo.places import Places
from orchestration.demo.randomness import Randomness

UNIVERSES = ("beauty", "food", None)


@dataclass(frozen=True)
class Burst:
    """One post: `areas` empty: aimed at everybody."""

    campaign: Campaign
    number: int
    account: int
    seconds: int
    areas: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"b{self.number:02d}"

    @property
    def post_id(self) -> str:
        return f"x{self.campaign.number:02d}{self.number:03d}"


def make_bursts(
    campaigns: tuple[Campaign, ...], accounts: Accounts, places: Places, lifts: StoreLifts, randomness: Randomness
) -> tuple[Burst, ...]:
    """In a mixed campaign every order of nano and influencer has its bursts, its areas dealt among them."""
    made = []
    for campaign in campaigns:
        rng = randomness.part(f"bursts {campaign.id}")
        orders = lifts.burst_orders.get(campaign.id)
        for number in range(campaign.plan.bursts):
            account = accounts.count - STARS + int(rng.integers(0, STARS))
            hour = int(rng.integers(17 * 3600, 21 * 3600))
            if orders is None:
                day = campaign.start_day + 3 + number * 7
                made.append(Burst(campaign, number, account, day * DAY + hour, ()))
                continue
            order, turn = number % len(ORDERS), number // len(ORDERS)
            turns = -(-campaign.plan.bursts // len(ORDERS))
            aimed = [area for place, area in enumerate((orders == order).nonzero()[0]) if place % turns == turn]
            if aimed:
                day = campaign.start_day + ORDER_OFFSETS[order]
                areas = tuple(places.area_ids()[aimed].tolist())
                made.append(Burst(campaign, number, account, day * DAY + hour, areas))
    return tuple(made)


def burst_rows(bursts: tuple[Burst, ...], accounts: Accounts, clock: Clock) -> pl.DataFrame:
    """Stream influencer_bursts."""
    platforms, ids = accounts.platforms(), accounts.ids()
    frame = pl.DataFrame(
        {
            "campaign_id": [burst.campaign.id for burst in bursts],
            "burst_id": [burst.id for burst in bursts],
            "platform": [platforms[burst.account] for burst in bursts],
            "account_id": [ids[burst.account] for burst in bursts],
            "tier": ["expert" if burst.number % 3 == 2 else "macro" for burst in bursts],
            "universe": [UNIVERSES[burst.number % len(UNIVERSES)] for burst in bursts],
            "post_id": [burst.post_id for burst in bursts],
            "areas": [list(burst.areas) or None for burst in bursts],
            "seconds": [burst.seconds for burst in bursts],
        },
        schema={
            **dict.fromkeys(
                ("campaign_id", "burst_id", "platform", "account_id", "tier", "universe", "post_id"), pl.String
            ),
            "areas": pl.List(pl.String),
            "seconds": pl.Int64,
        },
    )
    at = pl.Series(clock.instants(frame["seconds"].to_numpy()))
    return frame.drop("seconds").with_columns(published_at=at, _known_at=at)
