"""Streams of campaigns: what was run, with which products, areas and members, what it cost, what happened."""

from __future__ import annotations

from orchestration.connectors.streams.people import LOYALTY
from orchestration.connectors.streams.schema import Column, Reference, Stream
from orchestration.connectors.streams.social import ACCOUNT

ARMS = ("treatment", "control", "holdout", "comparison")

CAMPAIGNS = Stream(
    name="campaigns",
    grain="One row per campaign.",
    key=("campaign_id",),
    columns=(
        Column("campaign_id", "text", "the campaign", required=True),
        Column("name", "text", "name; NULL: not given"),
        Column(
            "kind",
            "text",
            "what was done",
            required=True,
            allowed=("product_test", "seeding", "review", "mixed", "promotion"),
        ),
        Column("starts_on", "date", "first day", required=True),
        Column("ends_on", "date", "last day", required=True),
        Column("budget_minor", "minor", "budget, minor units; NULL: unknown", minimum=0),
        Column("currency", "text", "ISO 4217 code; NULL: no money given"),
        Column(
            "assignment_unit",
            "text",
            "unit of randomisation; NULL: nobody was randomised",
            allowed=("consumer", "household", "store", "area", "product"),
        ),
        Column("hashtags", "text_list", "hashtags members use, without #, lower case; NULL: none"),
        Column("codes", "text_list", "promotion codes members pass on; NULL: none"),
    ),
)

CAMPAIGN_PRODUCTS = Stream(
    name="campaign_products",
    grain="One row per campaign and product.",
    key=("campaign_id", "product_id"),
    columns=(
        Column("campaign_id", "text", "the campaign", required=True),
        Column("product_id", "text", "a product of it", required=True),
    ),
)

CAMPAIGN_AREAS = Stream(
    name="campaign_areas",
    grain="One row per campaign and area or store.",
    key=("campaign_id", "place", "place_id"),
    columns=(
        Column("campaign_id", "text", "the campaign", required=True),
        Column("place", "text", "what place_id names", required=True, allowed=("area", "store")),
        Column("place_id", "text", "the area or store", required=True),
    ),
)

CAMPAIGN_COSTS = Stream(
    name="campaign_costs",
    grain="One row per booked cost of a campaign.",
    key=("source", "campaign_id", "cost_id"),
    occurred=("booked_on",),
    columns=(
        Column("campaign_id", "text", "the campaign", required=True),
        Column("cost_id", "text", "the booking", required=True),
        Column(
            "kind",
            "text",
            "product, shipping, fee, media, reward, other",
            required=True,
            allowed=("product", "shipping", "fee", "media", "reward", "other"),
        ),
        Column("amount_minor", "minor", "amount, minor units", required=True),
        Column("currency", "text", "ISO 4217 code", required=True),
        Column("booked_on", "date", "day of booking", required=True),
    ),
)

CAMPAIGN_MEMBERS = Stream(
    name="campaign_members",
    grain="One row per campaign and unit in an arm.",
    key=("campaign_id", "unit", "unit_ref", "unit_identity_key"),
    occurred=("assigned_at",),
    columns=(
        Column("campaign_id", "text", "the campaign", required=True),
        Column("unit", "text", "what is in the arm", required=True, allowed=("consumer", "store", "area", "product")),
        Column(
            "unit_ref",
            "text",
            "the unit; NULL where it is a consumer",
            required=True,
            reference=Reference("loyalty", "unit_identity_key", only_when=("unit", "consumer")),
        ),
        Column(
            "arm",
            "text",
            "treatment, control, holdout: randomised where a probability or assignment unit is known",
            required=True,
            allowed=ARMS,
        ),
        Column("assigned_at", "instant", "when assigned, UTC; NULL: the campaign's start"),
        Column("assignment_probability", "number", "probability of treatment; NULL: unknown", minimum=0, maximum=1),
        Column("cluster_id", "text", "cluster assigned together; NULL: each alone"),
    ),
)

CAMPAIGN_EVENTS = Stream(
    name="campaign_events",
    grain="One row per thing a member did or got in a campaign.",
    key=("source", "campaign_id", "event_id"),
    occurred=("happened_at",),
    columns=(
        Column("campaign_id", "text", "the campaign", required=True),
        Column("event_id", "text", "the event", required=True),
        Column("consumer_ref", "text", "whose event; NULL: anonymous (a link click)", reference=LOYALTY),
        Column(
            "kind",
            "text",
            "what happened",
            required=True,
            allowed=(
                "invited",
                "accepted",
                "sample_shipped",
                "sample_delivered",
                "task_submitted",
                "task_approved",
                "link_click",
                "code_redeemed",
            ),
        ),
        Column(
            "referrer_ref",
            "text",
            "the member whose code or link it was; NULL: none",
            reference=Reference("loyalty", "referrer_identity_key"),
        ),
        Column("reference", "text", "post, review, code or transaction it refers to; NULL: none"),
        Column("happened_at", "instant", "when, UTC", required=True),
    ),
)

INFLUENCER_BURSTS = Stream(
    name="influencer_bursts",
    grain="One row per post of a macro-influencer or expert in a campaign.",
    key=("source", "campaign_id", "burst_id"),
    occurred=("published_at",),
    columns=(
        Column("campaign_id", "text", "the campaign", required=True),
        Column("burst_id", "text", "the burst", required=True),
        Column("platform", "text", "social platform", required=True),
        Column("account_id", "text", "the influencer", required=True, reference=ACCOUNT),
        Column("tier", "text", "tier as booked; NULL: unknown", allowed=("nano", "micro", "macro", "expert")),
        Column("universe", "text", "field the expert is known for; NULL: none"),
        Column("post_id", "text", "the post; NULL: unknown"),
        Column("areas", "text_list", "areas it was aimed at; NULL: everywhere"),
        Column("published_at", "instant", "when, UTC", required=True),
    ),
)

CAMPAIGN_STREAMS = (
    CAMPAIGNS,
    CAMPAIGN_PRODUCTS,
    CAMPAIGN_AREAS,
    CAMPAIGN_COSTS,
    CAMPAIGN_MEMBERS,
    CAMPAIGN_EVENTS,
    INFLUENCER_BURSTS,
)
