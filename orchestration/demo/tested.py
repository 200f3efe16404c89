"""Purchases of tested products, drawn twice from the same chance: without contact, and what contact changes.

Belongs here: first purchases and repeats of tested products, what members cause among friends and strangers.
Does not: the size of effects (effects.py). Hazards add up, so the truth of every part is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.demo.baskets import NOBODY, ONLINE, Cause, basket_frame, store_of
from orchestration.demo.campaigns import Campaign
from orchestration.demo.clock import DAY, shop_hours
from orchestration.demo.effects import FULL_RATE_DAYS, TAIL, PersonEffects, base_hazard
from orchestration.demo.funnel import Activity
from orchestration.demo.people import Friendships, People
from orchestration.demo.places import Catalogue, Places
from orchestration.demo.randomness import Floats, Ints, Randomness, pick_share, pick_weighted
from orchestration.demo.world_parameters import WorldParameters

COMPANION_LINES = 0.6  # mean number of usual lines bought along with a tested product
TELLING_BEGINS, TELLING_ENDS = 3, 75  # days after delivery in which others buy because of a member


@dataclass(frozen=True)
class Shop:
    """What turning a purchase into a basket needs."""

    parameters: WorldParameters
    people: People
    places: Places
    catalogue: Catalogue

    def baskets(
        self,
        rng: np.random.Generator,
        campaign: Campaign,
        seconds: Ints,
        consumer: Ints,
        cause: Cause,
        code: Ints | None = None,
        referrer: Ints | None = None,
    ) -> pl.DataFrame:
        """One basket a purchase: in the usual store or online (strangers always), with some other lines."""
        count, day = len(seconds), seconds // DAY
        online = pick_share(rng, count, self.parameters.sales.online_share_of_tested) | (consumer < 0)
        store = store_of(rng, self.parameters, self.people, self.places, np.maximum(consumer, 0), day)
        product = campaign.products[pick_weighted(rng, self.catalogue.popularity[campaign.products], count)]
        own = int(cause) != int(Cause.USUAL)
        return basket_frame(
            seconds,
            np.where(online, ONLINE, store),
            consumer,
            1 + rng.poisson(COMPANION_LINES, count),
            product,
            np.full(count, int(cause)),
            np.full(count, campaign.number if own else -1),
            code,
            referrer,
            consumer < 0,
        )


def usual_tested(
    parameters: WorldParameters, campaign: Campaign, people: People, randomness: Randomness
) -> tuple[Ints, Ints]:
    """(consumer, seconds) of every purchase of a campaign's products that happens without any contact."""
    rng, time = randomness.part(f"tested {campaign.id}"), parameters.time
    hazard = base_hazard(parameters, people, campaign)
    launch = max(0, campaign.start_day - time.launch_lead_days)
    full_end = min(campaign.start_day + FULL_RATE_DAYS, time.days)
    parts = []
    for first, last, factor in ((launch, full_end, 1.0), (full_end, time.days, TAIL)):
        if last <= first:
            continue
        count = rng.poisson(hazard * factor * (last - first) / time.outcome_days)
        consumer = np.repeat(np.arange(people.count), count)
        day = rng.integers(first, last, len(consumer))
        parts.append((consumer, day * DAY + shop_hours(rng, len(consumer))))
    consumer = np.concatenate([part[0] for part in parts])
    seconds = np.concatenate([part[1] for part in parts])
    joined = people.joined[consumer] < seconds
    return consumer[joined], seconds[joined]


def ambient_hazard(active: Activity, effects: PersonEffects, friendships: Friendships) -> Floats:
    """Expected purchases of everybody caused by their active friends."""
    share = np.where(active.is_active, effects.friends, 0.0) / np.maximum(friendships.degree, 1)
    count = len(share)
    one = np.bincount(friendships.a, share[friendships.b], count)
    other = np.bincount(friendships.b, share[friendships.a], count)
    return (one + other).astype(np.float64)


def tested_baskets(
    shop: Shop,
    campaign: Campaign,
    usual: tuple[Ints, Ints],
    effects: PersonEffects,
    active: Activity,
    friendships: Friendships,
    randomness: Randomness,
) -> pl.DataFrame:
    """All baskets with a campaign's products: usual, prevented, own, through friends, through strangers."""
    rng = randomness.part(f"contact {campaign.id}")
    parameters, people = shop.parameters, shop.people
    members = np.flatnonzero(active.is_active)
    delivered_day = active.delivered // DAY
    end_day = campaign.start_day + parameters.time.outcome_days
    in_effect = 1 - (delivered_day - campaign.start_day) / parameters.time.outcome_days

    consumer, seconds = usual
    keep_share = np.ones(people.count)
    harmed = members[effects.extra_hazard[members] < 0]
    keep_share[harmed] = 1 + effects.extra_hazard[harmed] / (effects.base_hazard[harmed] * in_effect[harmed])
    touched = active.is_active[consumer] & (seconds >= active.delivered[consumer]) & (seconds < end_day * DAY)
    prevented = touched & (rng.random(len(consumer)) >= keep_share[consumer])

    gained = np.where(active.is_active, np.maximum(effects.extra_hazard, 0), 0.0)
    own = np.repeat(np.arange(people.count), rng.poisson(gained))
    own_day = delivered_day[own] + 1 + (rng.random(len(own)) * (end_day - delivered_day[own] - 1)).astype(np.int64)

    code, referrer = _codes_of_usual(shop, rng, campaign, active, friendships, consumer, seconds)
    parts = [
        shop.baskets(
            rng,
            campaign,
            seconds[~prevented],
            consumer[~prevented],
            Cause.USUAL,
            code[~prevented],
            referrer[~prevented],
        ),
        shop.baskets(rng, campaign, seconds[prevented], consumer[prevented], Cause.PREVENTED),
        shop.baskets(rng, campaign, own_day * DAY + shop_hours(rng, len(own)), own, Cause.OWN),
    ]
    for cause, expected in ((Cause.FRIENDS, effects.friends), (Cause.AUDIENCE, effects.audience)):
        teller = np.repeat(members, rng.poisson(expected[members]))
        span = TELLING_ENDS - TELLING_BEGINS
        latest = np.minimum(delivered_day[teller] + TELLING_BEGINS + span, end_day - 1)
        begins = delivered_day[teller] + TELLING_BEGINS
        day = begins + (rng.random(len(teller)) * (latest - begins)).astype(np.int64)
        at = day * DAY + shop_hours(rng, len(teller))
        buyer = (
            _friend_of(rng, friendships, people.count, teller)
            if cause == Cause.FRIENDS
            else np.full(len(teller), NOBODY)
        )
        buyer = np.where((buyer >= 0) & (people.joined[np.maximum(buyer, 0)] < at), buyer, NOBODY)
        with_code = pick_share(rng, len(teller), parameters.effects.code_share)
        parts.append(
            shop.baskets(
                rng,
                campaign,
                at,
                buyer,
                cause,
                np.where(with_code, campaign.number, -1),
                np.where(with_code, teller, -1),
            )
        )
    baskets = pl.concat(parts)
    return baskets.filter(pl.col("seconds") < parameters.time.days * DAY)


def _codes_of_usual(
    shop: Shop,
    rng: np.random.Generator,
    campaign: Campaign,
    active: Activity,
    friendships: Friendships,
    consumer: Ints,
    seconds: Ints,
) -> tuple[Ints, Ints]:
    """Friends of members who would have bought anyway, and use the code all the same."""
    friend = np.full(shop.people.count, -1, dtype=np.int64)
    for one, other in ((friendships.a, friendships.b), (friendships.b, friendships.a)):
        is_teller = active.is_active[one]
        friend[other[is_teller]] = one[is_teller]
    teller = friend[consumer]
    begins = active.delivered[np.maximum(teller, 0)] + TELLING_BEGINS * DAY
    day = seconds // DAY
    may = (teller >= 0) & (seconds > begins) & (day < campaign.start_day + shop.parameters.time.outcome_days)
    uses = may & pick_share(rng, len(consumer), shop.parameters.effects.code_without_cause_share)
    return np.where(uses, campaign.number, -1), np.where(uses, teller, -1)


def _friend_of(rng: np.random.Generator, friendships: Friendships, count: int, teller: Ints) -> Ints:
    """A friend of each teller by chance; -1 where there are none."""
    source = np.concatenate([friendships.a, friendships.b])
    order = np.argsort(source, kind="stable")
    target = np.concatenate([friendships.b, friendships.a])[order]
    bounds = np.searchsorted(source[order], np.arange(count + 1))
    low, width = bounds[teller], bounds[teller + 1] - bounds[teller]
    position = low + (rng.random(len(teller)) * width).astype(np.int64)
    return np.where(width > 0, target[np.minimum(position, len(target) - 1)], NOBODY)
