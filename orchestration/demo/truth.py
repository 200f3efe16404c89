"""The truth of a demo world as frames: what benchmarks and trials compare with, and the pipeline never reads.

Belongs here: true effects of people, campaigns and stores, the graph, traits, owners of accounts, moments of texts.
Does not: delivered streams.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from orchestration.connectors.streams.labels import MOMENTS
from orchestration.demo.accounts import Accounts
from orchestration.demo.baskets import ONLINE, Cause
from orchestration.demo.campaigns import Assignment, Campaign
from orchestration.demo.clock import DAY
from orchestration.demo.columns import typed
from orchestration.demo.effects import PersonEffects
from orchestration.demo.funnel import Activity
from orchestration.demo.lines import DISCOUNT
from orchestration.demo.people import Friendships, People
from orchestration.demo.places import LITRE_CATEGORY, Catalogue
from orchestration.demo.posts import PostEvents
from orchestration.demo.randomness import Floats, Ints
from orchestration.demo.texts import POLARITY
from orchestration.demo.world_parameters import WorldParameters


def purchase_value(
    parameters: WorldParameters, catalogue: Catalogue, campaign: Campaign, channel_online: float, code: float
) -> float:
    """Expected net minor units of one purchase of a campaign's product: discounts and returns taken off.

    Args:
        channel_online: share bought online (returns differ).
        code: share that carries a member's code (all discounted).
    """
    sales = parameters.sales
    weight = catalogue.popularity[campaign.products]
    price = float(np.average(catalogue.price_minor[campaign.products], weights=weight))
    units = 1.2 if campaign.category == LITRE_CATEGORY else 1 + sales.extra_units_mean
    discounted = code + (1 - code) * sales.discount_share
    returned = channel_online * sales.return_share_online + (1 - channel_online) * sales.return_share_store
    return price * units * (1 - DISCOUNT * discounted) * (1 - returned)


def consumer_effects(
    parameters: WorldParameters,
    catalogue: Catalogue,
    campaign: Campaign,
    people: People,
    assigned: Assignment,
    effects: PersonEffects,
    ambient: Floats,
    last_purchase: Floats,
) -> pl.DataFrame:
    """One row per campaign among people and consumer, member or not.

    uplift: first-purchase probability within outcome_days if assigned to treatment, minus if not (acceptance included).
    spend_uplift_minor: the same for net spend on the campaign's products.  through_others_minor: expected net sales
    the person causes among friends and strangers if assigned.  Ambient: what active friends add, contact or not.
    """
    online = parameters.sales.online_share_of_tested
    own = purchase_value(parameters, catalogue, campaign, online, 0.0)
    through_friends = purchase_value(parameters, catalogue, campaign, online, parameters.effects.code_share)
    through_strangers = purchase_value(parameters, catalogue, campaign, 1.0, parameters.effects.code_share)
    untouched = effects.base_hazard + ambient
    if_accepted = np.exp(-untouched) - np.exp(-(untouched + effects.extra_hazard))
    friends = effects.accepts * effects.friends * through_friends
    audience = effects.accepts * effects.audience * through_strangers
    arm = np.full(people.count, None, dtype=object)
    arm[assigned.unit] = np.where(assigned.is_treated, "treatment", campaign.plan.untreated_arm)
    since = (campaign.start - last_purchase) / DAY
    return typed(
        {
            "campaign_id": [campaign.id] * people.count,
            "consumer_ref": people.refs(),
            "arm": arm,
            "base_probability": 1 - np.exp(-untouched),
            "accepted_probability": effects.accepts,
            "uplift": effects.accepts * if_accepted,
            "uplift_if_accepted": if_accepted,
            "spend_uplift_minor": effects.accepts * effects.extra_hazard * own,
            "through_friends_minor": friends,
            "through_audience_minor": audience,
            "through_others_minor": friends + audience,
            "incremental_minor": friends + audience + effects.accepts * effects.extra_hazard * own,
            "bought_ever_before": np.isfinite(last_purchase),
            "bought_before": np.isfinite(since) & (since <= parameters.time.outcome_days),
        }
    )


def campaign_effects(consumers: pl.DataFrame) -> pl.DataFrame:
    """One row per campaign among people: average true effects over its members, all and not yet buyers."""
    members = pl.col("arm").is_not_null()
    fresh = members & ~pl.col("bought_before")
    return (
        consumers.group_by("campaign_id", maintain_order=True)
        .agg(
            members_count=members.sum().cast(pl.Int64),
            members_not_bought_before_count=fresh.sum().cast(pl.Int64),
            average_uplift=pl.col("uplift").filter(members).mean(),
            average_uplift_not_bought_before=pl.col("uplift").filter(fresh).mean(),
            average_uplift_never_bought=pl.col("uplift").filter(members & ~pl.col("bought_ever_before")).mean(),
            average_spend_uplift_minor=pl.col("spend_uplift_minor").filter(members).mean(),
            hurt_share=(pl.col("uplift") < 0).filter(members).mean(),
            average_through_others_minor=pl.col("through_others_minor").filter(members).mean(),
        )
        .sort("campaign_id")
    )


def incremental_sales(campaigns: tuple[Campaign, ...], lines: pl.DataFrame) -> pl.DataFrame:
    """What each campaign really caused in this world: net minor units (returns taken off) by cause and channel.

    all_products_minor: with everything in the caused baskets; campaign_products_minor: the campaign's products alone.
    """
    caused = lines.filter(pl.col("campaign") >= 0)
    on_list = pl.DataFrame(
        {
            "campaign": [campaign.number for campaign in campaigns for _ in campaign.products],
            "product": [int(product) for campaign in campaigns for product in campaign.products],
            "listed": [True for campaign in campaigns for _ in campaign.products],
        }
    )
    sign = pl.when(pl.col("cause") == int(Cause.PREVENTED)).then(-1).otherwise(1)
    names = {int(cause): cause.name.lower() for cause in Cause} | {int(Cause.PREVENTED): "own"}
    return (
        caused.join(on_list, on=["campaign", "product"], how="left", maintain_order="left")
        .with_columns(signed=pl.col("net") * sign)
        .group_by(
            campaign_id=pl.col("campaign").replace_strict({c.number: c.id for c in campaigns}, return_dtype=pl.String),
            cause=pl.col("cause").replace_strict(names, return_dtype=pl.String),
            channel=pl.when(pl.col("store") == ONLINE).then(pl.lit("online")).otherwise(pl.lit("store")),
        )
        .agg(
            all_products_minor=pl.col("signed").sum(),
            campaign_products_minor=pl.col("signed").filter(pl.col("listed").is_not_null()).sum(),
            lines_count=pl.len().cast(pl.Int64),
        )
        .sort("campaign_id", "cause", "channel")
    )


def graph_edges(people: People, friendships: Friendships) -> pl.DataFrame:
    """Every friendship once."""
    refs = people.refs()
    return typed({"consumer_ref": refs[friendships.a], "friend_ref": refs[friendships.b]})


def consumer_traits(people: People, accounts: Accounts, friendships: Friendships) -> pl.DataFrame:
    """What nobody observes of everybody."""
    main = accounts.main_account
    return typed(
        {
            "consumer_ref": people.refs(),
            "loyalty": people.loyalty,
            "sociability": people.sociability,
            "is_prosumer": people.is_prosumer,
            "friends_count": friendships.degree,
            "followers_count": np.where(main >= 0, accounts.followers[main], -1),
        }
    ).with_columns(followers_count=pl.when(pl.col("followers_count") >= 0).then("followers_count"))


def account_owners(people: People, accounts: Accounts) -> pl.DataFrame:
    """Whose every account is; NULL: a stranger's."""
    refs = np.array([*people.refs(), None], dtype=object)
    return typed({"platform": accounts.platforms(), "account_id": accounts.ids(), "consumer_ref": refs[accounts.owner]})


def moments(ids: npt.NDArray[np.object_], moment: Ints, stream: str) -> pl.DataFrame:
    """What each text tells: moment and polarity (-1, 0, 1)."""
    return typed(
        {
            "stream": [stream] * len(moment),
            "external_id": ids,
            "moment": np.array(MOMENTS, dtype=object)[moment],
            "polarity": np.array(POLARITY)[moment],
        }
    )


def incremental_posts(
    campaigns: tuple[Campaign, ...], posts: PostEvents, activities: dict[str, Activity]
) -> pl.DataFrame:
    """Posts that would not be there without each campaign, and its active members."""
    return typed(
        {
            "campaign_id": [campaign.id for campaign in campaigns],
            "posts_count": [int(((posts.campaign == c.number) & ~posts.is_paid).sum()) for c in campaigns],
            "active_members_count": [
                int(activities[c.id].is_active.sum()) if c.id in activities else None for c in campaigns
            ],
        },
        posts_count=pl.Int64,
        active_members_count=pl.Int64,
    )
