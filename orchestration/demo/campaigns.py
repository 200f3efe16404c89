"""Campaigns as they are planned: products, places and people, and who is assigned to which arm.

Belongs here: design and randomisation. Does not: what contact does to people (effects.py) or stores (lifts.py),
what members do (funnel.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.demo.accounts import Accounts, Consents
from orchestration.demo.clock import DAY
from orchestration.demo.people import People
from orchestration.demo.places import Catalogue, Places
from orchestration.demo.randomness import Bools, Floats, Ints, Randomness
from orchestration.demo.world_parameters import CampaignPlan, WorldParameters

LARGE_AUDIENCE = 500  # boundary of the two strata of a test among people
LARGEST_SEEDED = 100_000  # nobody above is seeded: those are booked as influencers


@dataclass(frozen=True)
class Campaign:
    """A campaign with its days (numbers since the world's start; end_day is the last one) and products."""

    number: int
    id: str
    plan: CampaignPlan
    start_day: int
    end_day: int
    products: Ints
    category: int

    @property
    def start(self) -> int:
        """Seconds at which it starts: members are assigned at that moment."""
        return self.start_day * DAY

    @property
    def hashtag(self) -> str:
        return self.id.split("_", 1)[-1].replace("_", "")

    @property
    def code(self) -> str:
        """Promotion code that members pass on."""
        return f"{self.hashtag.upper()[:8]}{10 + self.number}"


@dataclass(frozen=True)
class Assignment:
    """Units of a campaign in their arms. probability NaN: not randomised."""

    unit: Ints
    is_treated: Bools
    probability: Floats


def make_campaigns(parameters: WorldParameters, catalogue: Catalogue, randomness: Randomness) -> tuple[Campaign, ...]:
    """Every plan with its days and products; products are kept for tests among people, shared by the others."""
    rng, made = randomness.part("campaigns"), []
    for number, (campaign_id, plan) in enumerate(parameters.campaigns.items()):
        start_day = parameters.time.reference_day - plan.starts_before
        products = catalogue.of_campaign(number)
        if not plan.is_tested_on_people:
            paged = products_with_pages(parameters, catalogue)
            usual = paged[catalogue.kept_for[paged] < 0]
            if plan.unit == "product":
                products = np.sort(rng.choice(usual, min(plan.products, len(usual)), replace=False))
            else:
                category = int(rng.integers(0, parameters.sales.categories - 1))
                products = usual[catalogue.category[usual] == category][: plan.products]
        category = int(catalogue.category[products[0]])
        made.append(Campaign(number, campaign_id, plan, start_day, start_day + plan.days - 1, products, category))
    return tuple(made)


def products_with_pages(parameters: WorldParameters, catalogue: Catalogue) -> Ints:
    """Usual products spread over the categories, and every tested one."""
    usual = np.flatnonzero(catalogue.kept_for < 0)
    every = max(1, len(usual) // parameters.pages.products)
    return np.concatenate([usual[::every][: parameters.pages.products], np.flatnonzero(catalogue.kept_for >= 0)])


def assign_people(
    campaign: Campaign, people: People, accounts: Accounts, consents: Consents, randomness: Randomness
) -> Assignment:
    """Members among adults who joined and may be contacted; randomised within strata of audience, or chosen by it."""
    rng = randomness.part(f"assign {campaign.id}")
    may = (consents.contact_from < campaign.start) & (consents.contact_until > campaign.start)
    eligible = np.flatnonzero(may & (people.joined < campaign.start) & ~people.is_minor)
    wanted = round(campaign.plan.share * len(eligible))
    followers = accounts.known_followers()
    if campaign.plan.unit == "none":
        attraction = np.log1p(followers[eligible]) + rng.normal(0, 1, len(eligible))
        attraction[(followers[eligible] == 0) | (followers[eligible] > LARGEST_SEEDED)] = -np.inf
        chosen = np.sort(eligible[np.argsort(-attraction, kind="stable")[:wanted]])
        return Assignment(chosen, np.ones(len(chosen), bool), np.full(len(chosen), np.nan))
    members = np.sort(rng.choice(eligible, wanted, replace=False))
    stratum = (followers[members] >= LARGE_AUDIENCE).astype(np.int64) * (len(campaign.plan.treated) - 1)
    is_treated, probability = np.zeros(wanted, bool), np.zeros(wanted)
    for level, share in enumerate(campaign.plan.treated):
        within = rng.permutation(np.flatnonzero(stratum == level))
        is_treated[within[: round(share * len(within))]] = True
        probability[within] = share
    return Assignment(members, is_treated, probability)


def assign_places(campaign: Campaign, places: Places, catalogue: Catalogue, randomness: Randomness) -> Assignment:
    """Stores open all the time, areas with a store, or products, an exact share of them treated."""
    rng = randomness.part(f"assign {campaign.id}")
    units = {
        "store": np.flatnonzero(places.always_open),
        "area": np.unique(places.area_of_store),
        "product": campaign.products,
    }[campaign.plan.unit]
    share = campaign.plan.treated[0]
    is_treated = np.zeros(len(units), bool)
    is_treated[rng.permutation(len(units))[: max(1, round(share * len(units)))]] = True
    return Assignment(units.astype(np.int64), is_treated, np.full(len(units), is_treated.mean()))
