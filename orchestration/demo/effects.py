"""What contact truly does to a person: chance of a first purchase with and without, and value through others.

Belongs here: the formulas of the truth. Does not: drawing what happens (purchases.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.demo.accounts import Accounts
from orchestration.demo.campaigns import Campaign
from orchestration.demo.people import YOUNG, Friendships, People
from orchestration.demo.randomness import Floats, Ints, Randomness, sigmoid, standardised
from orchestration.demo.world_parameters import WorldParameters

# A tested product sells at its full rate so long after its campaign's start, then at a tail of that rate.
FULL_RATE_DAYS = 150
TAIL = 0.3
# The strongest harm takes this share of a person's purchases: the days until delivery cannot be taken back.
STRONGEST_HARM = 0.85
LONGEST_RECENCY = 365.0
MOST_POSTS = 4.0  # more posts than that make nobody more convincing


@dataclass(frozen=True)
class History:
    """What is known of consumers at a campaign's start: arrays by consumer."""

    recency_days: Floats
    category_purchases: Floats
    posts: Floats


@dataclass(frozen=True)
class PersonEffects:
    """Arrays by consumer, for one campaign.

    base_hazard: expected purchases of the campaign's products within outcome_days, without contact.
    extra_hazard: added by contact if accepted; negative: contact hurts.
    accepts: probability of accepting an invitation.
    friends, audience: expected purchases caused among friends, among strangers, if active.
    """

    base_hazard: Floats
    extra_hazard: Floats
    accepts: Floats
    friends: Floats
    audience: Floats


def base_hazard(parameters: WorldParameters, people: People, campaign: Campaign) -> Floats:
    """Expected purchases within outcome_days without contact; the mean probability of one is base_purchase."""
    score = 0.45 * people.loyalty + 0.55 * people.affinity[:, campaign.category]
    low, high = -12.0, 6.0
    for _ in range(40):  # bisection of the intercept
        middle = (low + high) / 2
        low, high = (
            (middle, high) if sigmoid(middle + score).mean() < parameters.effects.base_purchase else (low, middle)
        )
    return -np.log1p(-sigmoid(low + score))


def person_effects(
    parameters: WorldParameters,
    people: People,
    accounts: Accounts,
    friendships: Friendships,
    history: History,
    campaign: Campaign,
    randomness: Randomness,
) -> PersonEffects:
    """The truth of one campaign among people, by the formulas in default.toml."""
    rng, effects = randomness.part(f"effects {campaign.id}"), parameters.effects
    modifiers, weights = effects.modifiers, effects.influence
    followers = accounts.known_followers()
    has_posted = (history.posts > 0).astype(float)
    modifier = (
        1
        + modifiers.recency * standardised(np.minimum(history.recency_days, LONGEST_RECENCY))
        + modifiers.affinity * standardised(np.log1p(history.category_purchases))
        + modifiers.past_ugc * standardised(has_posted)
        + modifiers.young * np.array(YOUNG)[people.age]
        + modifiers.followers * standardised(np.log1p(followers))
        + modifiers.unseen * rng.standard_normal(people.count)
    )
    hazard = base_hazard(parameters, people, campaign)
    chance = 1 - np.exp(-hazard)
    tau = effects.first_purchase * campaign.plan.strength * modifier
    # No effect must mean none: clipping may only move chances that contact moves.
    contacted = np.where(tau == 0, chance, np.clip(chance + tau, 0.004, 0.95))
    extra = np.where(tau == 0, 0.0, np.maximum(-np.log1p(-contacted) - hazard, -STRONGEST_HARM * hazard))
    influence = np.exp(
        weights.sociability * people.sociability
        + weights.past_ugc * standardised(np.log1p(np.minimum(history.posts, MOST_POSTS)))
        + weights.unseen * randomness.part("influence").standard_normal(people.count)  # the same in every campaign
        + weights.loyalty * people.loyalty
    )
    influence /= influence.mean()
    true_followers = np.where(accounts.main_account >= 0, accounts.followers[accounts.main_account], 0)
    audience = np.sqrt(influence) * np.where(true_followers > 0, true_followers**weights.audience_elasticity, 0.0)
    return PersonEffects(
        hazard,
        extra,
        sigmoid(1.4 + 0.3 * people.sociability),
        effects.friends * campaign.plan.strength * influence * friendships.degree / friendships.degree.mean(),
        effects.audience * campaign.plan.strength * audience / max(audience.mean(), 1e-9),
    )


def history_before(
    start: int, count: int, buyer: Ints, seconds: Ints, category: Ints, wanted: int, posts: tuple[Ints, Ints]
) -> History:
    """Recency, purchases in the category and posts of everybody before `start`, from purchases and posts so far.

    Args:
        buyer, seconds, category: one entry per purchase of a known consumer.
        posts: author and time of one entry per post or review of a consumer.
    """
    past = seconds < start
    last = np.full(count, -np.inf)
    np.maximum.at(last, buyer[past], seconds[past].astype(float))
    in_category = past & (category == wanted)
    author, posted = posts
    return History(
        np.minimum((start - last) / 86_400, LONGEST_RECENCY),
        np.bincount(buyer[in_category], minlength=count).astype(float),
        np.bincount(author[posted < start], minlength=count).astype(float),
    )
