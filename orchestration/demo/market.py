"""A market before any stream is written: what stands, what happens by itself, what campaigns do to it.

Belongs here: the order in which the parts are drawn. Does not: any part's own rules, or streams (world.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.demo import truth
from orchestration.demo.accounts import Accounts, Consents, make_accounts, make_consents
from orchestration.demo.baskets import store_baskets
from orchestration.demo.bursts import Burst, make_bursts
from orchestration.demo.campaigns import Assignment, Campaign, assign_people, assign_places, make_campaigns
from orchestration.demo.clock import DAY, Clock
from orchestration.demo.effects import History, history_before, person_effects
from orchestration.demo.funnel import Activity, make_activity
from orchestration.demo.lifts import StoreLifts, store_lifts
from orchestration.demo.lines import make_lines, with_returns, with_store_lift
from orchestration.demo.pages import Pages, make_pages, page_baskets
from orchestration.demo.people import Friendships, People, make_friendships, make_people
from orchestration.demo.places import Catalogue, Places, make_catalogue, make_places
from orchestration.demo.posts import PostEvents, campaign_posts, make_post_events, usual_posts
from orchestration.demo.randomness import Floats, Ints, Randomness
from orchestration.demo.reviews import ReviewEvents, make_review_events
from orchestration.demo.tested import Shop, ambient_hazard, tested_baskets, usual_tested
from orchestration.demo.world_parameters import WorldParameters


@dataclass(frozen=True)
class Setting:
    """What stands before anything happens: places, people, plans and who is in which arm."""

    parameters: WorldParameters
    randomness: Randomness
    clock: Clock
    places: Places
    catalogue: Catalogue
    people: People
    friendships: Friendships
    accounts: Accounts
    consents: Consents
    campaigns: tuple[Campaign, ...]
    assignments: dict[str, Assignment]
    lifts: StoreLifts
    bursts: tuple[Burst, ...]

    @property
    def among_people(self) -> list[Campaign]:
        return [campaign for campaign in self.campaigns if campaign.plan.is_tested_on_people]


@dataclass(frozen=True)
class Untouched:
    """What happens without contact: reviews, (account, seconds) of posts, pages, lines, purchases of tested products.

    tested: campaign → (consumer, seconds) of purchases of its products.  transactions: baskets of the lines.
    """

    reviews: ReviewEvents
    talk: tuple[Ints, Ints]
    pages: Pages
    lines: pl.DataFrame
    transactions: int
    tested: dict[str, tuple[Ints, Ints]]


@dataclass(frozen=True)
class Contacted:
    """What happens in all: lines (prevented ones too), posts, members' doings; truth: a row a campaign and consumer."""

    lines: pl.DataFrame
    posts: PostEvents
    activities: dict[str, Activity]
    truth: pl.DataFrame


def make_setting(parameters: WorldParameters) -> Setting:
    """Everything that is planned or born."""
    randomness, zones = Randomness(parameters.seed), tuple(parameters.places.zones)
    clock = Clock(parameters.time, zones)
    places = make_places(parameters, randomness)
    catalogue = make_catalogue(parameters, randomness)
    people = make_people(parameters, places, randomness)
    accounts = make_accounts(parameters, people, randomness)
    consents = make_consents(parameters, people, randomness, clock)
    campaigns = make_campaigns(parameters, catalogue, randomness)
    assignments = {
        campaign.id: assign_people(campaign, people, accounts, consents, randomness)
        if campaign.plan.is_tested_on_people
        else assign_places(campaign, places, catalogue, randomness)
        for campaign in campaigns
    }
    lifts = store_lifts(parameters, campaigns, assignments, places, randomness)
    return Setting(
        parameters,
        randomness,
        clock,
        places,
        catalogue,
        people,
        make_friendships(parameters, people, randomness),
        accounts,
        consents,
        campaigns,
        assignments,
        lifts,
        make_bursts(campaigns, accounts, places, lifts, randomness),
    )


def without_contact(setting: Setting) -> Untouched:
    """Talk, pages, usual purchases, tested products bought anyway."""
    parameters, randomness, people, catalogue = (
        setting.parameters,
        setting.randomness,
        setting.people,
        setting.catalogue,
    )
    reviews = make_review_events(
        parameters, people, setting.places, catalogue, setting.campaigns, setting.assignments, randomness
    )
    burst_days = {c.number: [b.seconds // DAY for b in setting.bursts if b.campaign is c] for c in setting.campaigns}
    pages = make_pages(parameters, catalogue, setting.campaigns, reviews, burst_days, randomness)
    in_stores = store_baskets(parameters, people, setting.places, randomness)
    usual = pl.concat([in_stores, page_baskets(parameters, pages, people, catalogue, randomness)])
    return Untouched(
        reviews,
        usual_posts(parameters, setting.accounts, people, randomness),
        pages,
        make_lines(parameters, people, catalogue, usual, "usual", 1, randomness),
        usual.height,
        {campaign.id: usual_tested(parameters, campaign, people, randomness) for campaign in setting.among_people},
    )


def with_contact(setting: Setting, untouched: Untouched) -> Contacted:
    """What campaigns do, as a function of what was known at each one's start."""
    parameters, randomness, people = setting.parameters, setting.randomness, setting.people
    shop = Shop(parameters, people, setting.places, setting.catalogue)
    activities: dict[str, Activity] = {}
    tested, asked, known_truth = [], {}, []
    for campaign in setting.among_people:
        history = _history(setting, untouched, campaign)
        own = person_effects(parameters, people, setting.accounts, setting.friendships, history, campaign, randomness)
        assigned, usual = setting.assignments[campaign.id], untouched.tested[campaign.id]
        active = make_activity(campaign, assigned, own, people.count, randomness)
        activities[campaign.id] = active
        tested.append(tested_baskets(shop, campaign, usual, own, active, setting.friendships, randomness))
        asked[campaign.number] = campaign_posts(parameters, campaign, active, setting.accounts, people, randomness)
        ambient = ambient_hazard(active, own, setting.friendships)
        last = _last_before(campaign.start, people.count, *usual)
        known_truth.append(
            truth.consumer_effects(parameters, setting.catalogue, campaign, people, assigned, own, ambient, last)
        )
    first_free = untouched.transactions + 1
    more = make_lines(parameters, people, setting.catalogue, pl.concat(tested), "tested", first_free, randomness)
    lines = with_store_lift(pl.concat([untouched.lines, more]), setting.lifts, randomness)
    posts = make_post_events(
        parameters, setting.catalogue, setting.campaigns, untouched.talk, asked, setting.bursts, randomness
    )
    return Contacted(with_returns(parameters, lines, randomness), posts, activities, pl.concat(known_truth))


def _history(setting: Setting, untouched: Untouched, campaign: Campaign) -> History:
    """What purchases and posts without contact tell of everybody at a campaign's start."""
    tests = [(untouched.tested[test.id], test.category) for test in setting.among_people]
    known = untouched.lines.filter(pl.col("consumer") >= 0)
    usual = setting.catalogue.category[known["product"].to_numpy()]
    author, reviews = setting.accounts.owner[untouched.talk[0]], untouched.reviews
    return history_before(
        campaign.start,
        setting.people.count,
        np.concatenate([known["consumer"].to_numpy(), *(bought[0] for bought, _ in tests)]),
        np.concatenate([known["seconds"].to_numpy(), *(bought[1] for bought, _ in tests)]),
        np.concatenate([usual, *(np.full(len(bought[0]), category) for bought, category in tests)]),
        campaign.category,
        (
            np.concatenate([author[author >= 0], reviews.consumer[reviews.consumer >= 0]]),
            np.concatenate([untouched.talk[1][author >= 0], reviews.seconds[reviews.consumer >= 0]]),
        ),
    )


def _last_before(start: int, count: int, consumer: Ints, seconds: Ints) -> Floats:
    """Last purchase of everybody before `start`; -inf: none."""
    last = np.full(count, -np.inf)
    past = seconds < start
    np.maximum.at(last, consumer[past], seconds[past].astype(float))
    return last
