"""A demo world from its parameters: every part in its order, the streams and the truth.

Belongs here: the order of the parts. Does not: any part's own rules, or files (delivery.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.demo import campaign_rows, truth
from orchestration.demo.accounts import edge_rows, link_rows, make_accounts, make_consents, profile_rows
from orchestration.demo.baskets import Cause, store_baskets
from orchestration.demo.bursts import burst_rows, make_bursts
from orchestration.demo.campaign_events import event_rows
from orchestration.demo.campaigns import assign_people, assign_places, make_campaigns
from orchestration.demo.clock import DAY, Clock
from orchestration.demo.effects import PersonEffects, history_before, person_effects
from orchestration.demo.funnel import Activity, make_activity
from orchestration.demo.lifts import store_lifts
from orchestration.demo.lines import line_rows, make_lines, with_returns, with_store_lift
from orchestration.demo.pages import make_pages, page_baskets, page_rows
from orchestration.demo.people import consumer_rows, make_friendships, make_people, population
from orchestration.demo.places import make_catalogue, make_places, product_rows, store_rows
from orchestration.demo.post_metrics import metric_rows
from orchestration.demo.posts import campaign_posts, make_post_events, post_rows, usual_posts
from orchestration.demo.randomness import Floats, Ints, Randomness
from orchestration.demo.reviews import make_review_events, review_ids, review_rows
from orchestration.demo.surveys import brand_rows, wom_rows
from orchestration.demo.tested import Shop, ambient_hazard, tested_baskets, usual_tested
from orchestration.demo.world_parameters import WorldParameters

BRAND = "Lumen"


@dataclass(frozen=True)
class World:
    """streams: canonical columns and _known_at (NULL: always known), for changing rows _until_at. truth: by name."""

    streams: dict[str, pl.DataFrame]
    truth: dict[str, pl.DataFrame]


def build_world(parameters: WorldParameters) -> World:
    """The whole simulated time; what is delivered of it is the cut-off's business."""
    randomness = Randomness(parameters.seed)
    zones = tuple(parameters.places.zones)
    clock = Clock(parameters.time, (parameters.time.brand_zone, *(z for z in zones if z != parameters.time.brand_zone)))
    if clock.zones != zones:
        raise ValueError(f"places.zones must begin with the brand's zone {parameters.time.brand_zone}, not {zones}")
    places = make_places(parameters, randomness)
    catalogue = make_catalogue(parameters, randomness)
    people = make_people(parameters, places, randomness)
    friendships = make_friendships(parameters, people, randomness)
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
    bursts = make_bursts(campaigns, accounts, places, lifts, randomness)
    burst_days = {c.number: [b.seconds // DAY for b in bursts if b.campaign is c] for c in campaigns}

    # Without any contact: talk, pages, usual purchases, tested products bought anyway.
    reviews = make_review_events(parameters, people, places, catalogue, campaigns, assignments, randomness)
    talk = usual_posts(parameters, accounts, people, randomness)
    pages = make_pages(parameters, catalogue, campaigns, reviews, burst_days, randomness)
    usual = pl.concat(
        [
            store_baskets(parameters, people, places, randomness),
            page_baskets(parameters, pages, people, catalogue, randomness),
        ]
    )
    usual_lines = make_lines(parameters, people, catalogue, usual, "usual", 1, randomness)
    among_people = [campaign for campaign in campaigns if campaign.plan.is_tested_on_people]
    untouched = {campaign.id: usual_tested(parameters, campaign, people, randomness) for campaign in among_people}

    # What contact does, as a function of what was known at each campaign's start.
    known = usual_lines.filter(pl.col("consumer") >= 0)
    buyer = np.concatenate([known["consumer"].to_numpy(), *(untouched[c.id][0] for c in among_people)])
    bought = np.concatenate([known["seconds"].to_numpy(), *(untouched[c.id][1] for c in among_people)])
    category = np.concatenate(
        [catalogue.category[known["product"].to_numpy()]]
        + [np.full(len(untouched[c.id][0]), c.category) for c in among_people]
    )
    owner = accounts.owner[talk[0]]
    published = (
        np.concatenate([owner[owner >= 0], reviews.consumer[reviews.consumer >= 0]]),
        np.concatenate([talk[1][owner >= 0], reviews.seconds[reviews.consumer >= 0]]),
    )
    shop = Shop(parameters, people, places, catalogue)
    effects: dict[str, PersonEffects] = {}
    activities: dict[str, Activity] = {}
    tested, asked, consumer_truth = [], {}, []
    for campaign in among_people:
        history = history_before(campaign.start, people.count, buyer, bought, category, campaign.category, published)
        own = person_effects(parameters, people, accounts, friendships, history, campaign, randomness)
        active = make_activity(campaign, assignments[campaign.id], own, people.count, randomness)
        effects[campaign.id], activities[campaign.id] = own, active
        tested.append(tested_baskets(shop, campaign, untouched[campaign.id], own, active, friendships, randomness))
        asked[campaign.number] = campaign_posts(parameters, campaign, active, accounts, people, randomness)
        consumer_truth.append(
            truth.consumer_effects(
                parameters,
                catalogue,
                campaign,
                people,
                assignments[campaign.id],
                own,
                ambient_hazard(active, own, friendships),
                _last_before(campaign.start, people.count, *untouched[campaign.id]),
            )
        )
    tested_lines = make_lines(parameters, people, catalogue, pl.concat(tested), "tested", usual.height + 1, randomness)
    lines = with_store_lift(pl.concat([usual_lines, tested_lines]), lifts, randomness)
    lines = with_returns(parameters, lines, randomness)
    posts = make_post_events(parameters, catalogue, campaigns, talk, asked, bursts, randomness)
    costs = campaign_rows.cost_rows(parameters, campaigns, assignments, activities, reviews, bursts, clock)

    streams = {
        "pos_lines": line_rows(parameters, people, places, catalogue, campaigns, lines, randomness, clock),
        "stores": store_rows(places, clock, population(parameters, people, places)),
        "products": product_rows(catalogue, BRAND, randomness),
        "product_page_daily": page_rows(
            parameters,
            pages,
            catalogue,
            lines.filter(pl.col("cause") != int(Cause.PREVENTED)),
            randomness,
            clock,
        ),
        "consumers": consumer_rows(parameters, people, places, randomness, clock),
        "consumer_links": link_rows(parameters, accounts, people, randomness, clock),
        "consents": consents.rows,
        "social_profiles": profile_rows(parameters, accounts, randomness, clock),
        "social_edges": edge_rows(parameters, accounts, people, friendships, randomness, clock),
        "social_posts": post_rows(parameters, posts, campaigns, accounts, people, catalogue, randomness, clock),
        "social_post_metrics": metric_rows(parameters, posts, accounts, randomness, clock),
        "reviews": review_rows(parameters, reviews, people, places, catalogue, randomness, clock),
        "campaigns": campaign_rows.campaign_rows(campaigns, costs, parameters.time.currency, clock),
        "campaign_products": campaign_rows.product_rows(campaigns, catalogue, clock),
        "campaign_areas": campaign_rows.area_rows(campaigns, assignments, places, clock),
        "campaign_costs": costs,
        "campaign_members": campaign_rows.member_rows(campaigns, assignments, people, places, catalogue, clock),
        "campaign_events": event_rows(
            parameters, campaigns, activities, posts, reviews, lines, accounts, people, randomness, clock
        ),
        "influencer_bursts": burst_rows(bursts, accounts, clock),
        "wom_surveys": wom_rows(parameters, campaigns, activities, people, friendships, randomness, clock),
        "brand_surveys": brand_rows(parameters, campaigns, assignments, activities, people, randomness, clock),
    }
    by_consumer = pl.concat(consumer_truth)
    known_truth = {
        "consumer_effects": by_consumer,
        "campaign_effects": truth.campaign_effects(by_consumer),
        "store_effects": lifts.truth,
        "incremental_sales": truth.incremental_sales(campaigns, lines),
        "incremental_posts": truth.incremental_posts(campaigns, posts, activities),
        "graph_edges": truth.graph_edges(people, friendships),
        "consumer_traits": truth.consumer_traits(people, accounts, friendships),
        "account_owners": truth.account_owners(people, accounts),
        "moments": pl.concat(
            [
                truth.moments(posts.ids, posts.moment, "social_posts"),
                truth.moments(review_ids(reviews), reviews.moment, "reviews"),
            ]
        ),
    }
    return World(streams, known_truth)


def _last_before(start: int, count: int, consumer: Ints, seconds: Ints) -> Floats:
    """Last purchase of everybody before `start`; -inf: none."""
    last = np.full(count, -np.inf)
    past = seconds < start
    np.maximum.at(last, consumer[past], seconds[past].astype(float))
    return last
