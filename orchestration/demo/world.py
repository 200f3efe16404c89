"""A demo world from its parameters: the streams of its systems and the truth behind them.

Belongs here: which part writes which stream. Does not: drawing the parts (market.py), or files (delivery.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from orchestration.demo import campaign_rows, truth
from orchestration.demo.accounts import edge_rows, link_rows, profile_rows
from orchestration.demo.baskets import Cause
from orchestration.demo.bursts import burst_rows
from orchestration.demo.campaign_events import event_rows
from orchestration.demo.lines import line_rows
from orchestration.demo.market import Contacted, Setting, Untouched, make_setting, with_contact, without_contact
from orchestration.demo.pages import page_rows
from orchestration.demo.people import consumer_rows, population
from orchestration.demo.places import product_rows, store_rows
from orchestration.demo.post_metrics import metric_rows
from orchestration.demo.posts import post_rows
from orchestration.demo.reviews import review_ids, review_rows
from orchestration.demo.surveys import brand_rows, wom_rows
from orchestration.demo.world_parameters import WorldParameters

BRAND = "Lumen"


@dataclass(frozen=True)
class World:
    """streams: canonical columns and _known_at (NULL: always known), for changing rows _until_at. truth: by name."""

    streams: dict[str, pl.DataFrame]
    truth: dict[str, pl.DataFrame]


def build_world(parameters: WorldParameters) -> World:
    """The whole simulated time; what is delivered of it is the cut-off's business."""
    setting = make_setting(parameters)
    untouched = without_contact(setting)
    contacted = with_contact(setting, untouched)
    streams = {
        **_shop_streams(setting, untouched, contacted),
        **_people_streams(setting, untouched, contacted),
        **_campaign_streams(setting, untouched, contacted),
    }
    return World(streams, _truth(setting, untouched, contacted))


def _shop_streams(setting: Setting, untouched: Untouched, contacted: Contacted) -> dict[str, pl.DataFrame]:
    parameters, randomness, clock = setting.parameters, setting.randomness, setting.clock
    places, catalogue, people, lines = setting.places, setting.catalogue, setting.people, contacted.lines
    sold = lines.filter(pl.col("cause") != int(Cause.PREVENTED))
    return {
        "pos_lines": line_rows(parameters, people, places, catalogue, setting.campaigns, lines, randomness, clock),
        "stores": store_rows(places, clock, population(parameters, people, places)),
        "products": product_rows(catalogue, BRAND, randomness),
        "product_page_daily": page_rows(parameters, untouched.pages, catalogue, sold, randomness, clock),
    }


def _people_streams(setting: Setting, untouched: Untouched, contacted: Contacted) -> dict[str, pl.DataFrame]:
    parameters, randomness, clock = setting.parameters, setting.randomness, setting.clock
    people, accounts, places, catalogue = setting.people, setting.accounts, setting.places, setting.catalogue
    posts, campaigns, activities = contacted.posts, setting.campaigns, contacted.activities
    return {
        "consumers": consumer_rows(parameters, people, places, randomness, clock),
        "consumer_links": link_rows(parameters, accounts, people, randomness, clock),
        "consents": setting.consents.rows,
        "social_profiles": profile_rows(parameters, accounts, randomness, clock),
        "social_edges": edge_rows(parameters, accounts, people, setting.friendships, randomness, clock),
        "social_posts": post_rows(parameters, posts, campaigns, accounts, people, catalogue, randomness, clock),
        "social_post_metrics": metric_rows(parameters, posts, accounts, randomness, clock),
        "reviews": review_rows(parameters, untouched.reviews, people, places, catalogue, randomness, clock),
        "wom_surveys": wom_rows(parameters, campaigns, activities, people, setting.friendships, randomness, clock),
        "brand_surveys": brand_rows(parameters, campaigns, setting.assignments, activities, people, randomness, clock),
    }


def _campaign_streams(setting: Setting, untouched: Untouched, contacted: Contacted) -> dict[str, pl.DataFrame]:
    parameters, clock, campaigns, assignments = (
        setting.parameters,
        setting.clock,
        setting.campaigns,
        setting.assignments,
    )
    people, places, catalogue = setting.people, setting.places, setting.catalogue
    reviews, activities = untouched.reviews, contacted.activities
    costs = campaign_rows.cost_rows(parameters, campaigns, assignments, activities, reviews, setting.bursts, clock)
    return {
        "campaigns": campaign_rows.campaign_rows(campaigns, costs, parameters.time.currency, clock),
        "campaign_products": campaign_rows.product_rows(campaigns, catalogue, clock),
        "campaign_areas": campaign_rows.area_rows(campaigns, assignments, places, clock),
        "campaign_costs": costs,
        "campaign_members": campaign_rows.member_rows(campaigns, assignments, people, places, catalogue, clock),
        "campaign_events": event_rows(
            parameters,
            campaigns,
            activities,
            contacted.posts,
            reviews,
            contacted.lines,
            setting.accounts,
            people,
            setting.randomness,
            clock,
        ),
        "influencer_bursts": burst_rows(setting.bursts, setting.accounts, clock),
    }


def _truth(setting: Setting, untouched: Untouched, contacted: Contacted) -> dict[str, pl.DataFrame]:
    people, accounts, campaigns = setting.people, setting.accounts, setting.campaigns
    posts, reviews = contacted.posts, untouched.reviews
    return {
        "consumer_effects": contacted.truth,
        "campaign_effects": truth.campaign_effects(contacted.truth),
        "store_effects": setting.lifts.truth,
        "incremental_sales": truth.incremental_sales(campaigns, contacted.lines),
        "incremental_posts": truth.incremental_posts(campaigns, posts, contacted.activities),
        "graph_edges": truth.graph_edges(people, setting.friendships),
        "consumer_traits": truth.consumer_traits(people, accounts, setting.friendships),
        "account_owners": truth.account_owners(people, accounts),
        "moments": pl.concat(
            [
                truth.moments(posts.ids, posts.moment, "social_posts"),
                truth.moments(review_ids(reviews), reviews.moment, "reviews"),
            ]
        ),
    }
