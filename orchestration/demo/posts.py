"""What people post: events by themselves and because of campaigns, and the stream social_posts.

Belongs here: posts. Does not: their figures (post_metrics.py), reviews (reviews.py), sentences (texts.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from orchestration.demo.accounts import Accounts
from orchestration.demo.bursts import Burst
from orchestration.demo.campaigns import Campaign
from orchestration.demo.clock import DAY, Clock, waking_hours
from orchestration.demo.columns import given, typed
from orchestration.demo.funnel import Activity
from orchestration.demo.people import People
from orchestration.demo.places import Catalogue
from orchestration.demo.randomness import Bools, Ints, Randomness, pick_share, pick_weighted
from orchestration.demo.texts import MOMENT_SHARES, sentences
from orchestration.demo.world_parameters import WorldParameters

BRAND_TAG = "lumen"
PUBLISHING_DAYS = 30  # after delivery
KINDS = (("photo",), ("video",), ())


@dataclass(frozen=True)
class PostEvents:
    """Arrays by post. campaign -1: not because of one; product -1: about none; is_paid: an influencer's."""

    account: Ints
    seconds: Ints
    campaign: Ints
    product: Ints
    moment: Ints
    is_paid: Bools
    ids: npt.NDArray[np.object_]

    @property
    def count(self) -> int:
        return len(self.account)


def usual_posts(
    parameters: WorldParameters, accounts: Accounts, people: People, randomness: Randomness
) -> tuple[Ints, Ints]:
    """(account, seconds) of everything posted without any campaign; sociable people post far more."""
    rng, days = randomness.part("usual posts"), parameters.time.days
    sociable = np.where(accounts.owner >= 0, people.sociability[accounts.owner], 0.3)
    rate = parameters.talk.posts_per_year * days / 365 * np.exp(0.9 * sociable - 0.4)
    account = np.repeat(np.arange(accounts.count), rng.poisson(rate))
    return account, rng.integers(0, days, len(account)) * DAY + waking_hours(rng, len(account))


def campaign_posts(
    parameters: WorldParameters,
    campaign: Campaign,
    active: Activity,
    accounts: Accounts,
    people: People,
    randomness: Randomness,
) -> tuple[Ints, Ints]:
    """(account, seconds) of what active members post because of a campaign."""
    rng = randomness.part(f"posts {campaign.id}")
    chance = np.minimum(parameters.effects.posts * campaign.plan.strength * np.exp(0.3 * people.sociability), 0.95)
    publishes = active.is_active & (accounts.main_account >= 0) & (rng.random(people.count) < chance)
    author = np.repeat(np.flatnonzero(publishes), 1 + rng.poisson(0.3, int(publishes.sum())))
    wait = 1 + rng.integers(0, PUBLISHING_DAYS, len(author))
    seconds = (active.delivered[author] // DAY + wait) * DAY + waking_hours(rng, len(author))
    return accounts.main_account[author], seconds


def make_post_events(
    parameters: WorldParameters,
    catalogue: Catalogue,
    campaigns: tuple[Campaign, ...],
    usual: tuple[Ints, Ints],
    asked: dict[int, tuple[Ints, Ints]],
    bursts: tuple[Burst, ...],
    randomness: Randomness,
) -> PostEvents:
    """All posts in the order of time, those of influencers last. asked: campaign number → posts because of it."""
    rng = randomness.part("post events")
    account = np.concatenate([usual[0], *(found[0] for found in asked.values())]).astype(np.int64)
    seconds = np.concatenate([usual[1], *(found[1] for found in asked.values())]).astype(np.int64)
    campaign = np.concatenate(
        [np.full(len(usual[0]), -1), *(np.full(len(found[0]), number) for number, found in asked.items())]
    ).astype(np.int64)
    product = pick_weighted(rng, catalogue.popularity * (catalogue.kept_for < 0), len(account))
    product[pick_share(rng, len(account), 0.3)] = -1
    for number in asked:
        own = np.flatnonzero(campaign == number)
        product[own] = rng.choice(campaigns[number].products, len(own))
    inside = np.flatnonzero(seconds < parameters.time.days * DAY)
    order = inside[np.argsort(seconds[inside], kind="stable")]
    paid = len(bursts)
    ids = [f"m{number:06d}" for number in range(1, len(order) + 1)] + [burst.post_id for burst in bursts]
    return PostEvents(
        np.concatenate([account[order], [burst.account for burst in bursts]]).astype(np.int64),
        np.concatenate([seconds[order], [burst.seconds for burst in bursts]]).astype(np.int64),
        np.concatenate([campaign[order], [burst.campaign.number for burst in bursts]]).astype(np.int64),
        np.concatenate([product[order], [burst.campaign.products[0] for burst in bursts]]).astype(np.int64),
        np.concatenate([pick_weighted(rng, MOMENT_SHARES, len(order)), np.zeros(paid)]).astype(np.int64),
        np.concatenate([np.zeros(len(order), bool), np.ones(paid, bool)]),
        np.array(ids, dtype=object),
    )


def post_rows(
    parameters: WorldParameters,
    events: PostEvents,
    campaigns: tuple[Campaign, ...],
    accounts: Accounts,
    people: People,
    catalogue: Catalogue,
    randomness: Randomness,
    clock: Clock,
) -> pl.DataFrame:
    """Stream social_posts: versions of rows (a few are deleted later)."""
    rng, talk, count = randomness.part("post rows"), parameters.talk, events.count
    owner = accounts.owner[events.account]
    language = np.where(owner >= 0, people.language[np.maximum(owner, 0)], "en")
    names = np.array([*catalogue.names, "new range"], dtype=object)[events.product]
    kind = rng.integers(0, len(KINDS), count)
    earlier = (rng.random(count) * np.arange(count)).astype(np.int64)
    alone = (events.campaign < 0) & (np.arange(count) > 0)
    is_repost = alone & pick_share(rng, count, 0.05)
    is_answer = alone & ~is_repost & pick_share(rng, count, 0.06)
    same = events.account[earlier] >= 0
    platform = accounts.platforms()[events.account]
    same &= platform == platform[earlier]
    free = (events.campaign >= 0) & ~events.is_paid
    incentive = np.where(events.is_paid, "paid", np.where(free, "free_product", "none")).astype(object)
    incentive[(incentive == "none") & pick_share(rng, count, 0.04)] = "unknown"
    disclosed = given(free | events.is_paid, pick_share(rng, count, talk.incentive_disclosed_share).astype(object))
    tags = np.array([campaign.hashtag for campaign in campaigns] + [""], dtype=object)
    codes = np.array([campaign.code for campaign in campaigns] + [""], dtype=object)
    tag = np.where(pick_share(rng, count, 0.8), tags[events.campaign], "")
    brand_tag = np.where(pick_share(rng, count, 0.35), BRAND_TAG, "")
    code = np.where(pick_share(rng, count, 0.45), codes[events.campaign], "")
    text = sentences(rng, events.moment, language, names, talk.personal_data_share)
    frame = typed(
        {
            "platform": platform,
            "post_id": events.ids,
            "account_id": accounts.ids()[events.account],
            "text": text,
            "_tag": tag,
            "_brand": brand_tag,
            "_code": code,
            "kind": kind,
            "parent_post_id": given(is_answer & same, events.ids[earlier]),
            "repost_of_post_id": given(is_repost & same, events.ids[earlier]),
            "_product": given(pick_share(rng, count, 0.5) & (events.product >= 0), catalogue.ids()[events.product]),
            "surface": ["social_network"] * count,
            "incentive": incentive,
            "is_disclosed": disclosed,
            "published_at": clock.instants(events.seconds),
            "_mention": given(pick_share(rng, count, 0.06), accounts.ids()[events.account[earlier]]),
            "_undated": pick_share(rng, count, talk.undated_share) & alone,
            "_goes": pick_share(rng, count, talk.deleted_share),
            "_days_up": rng.integers(2, 60, count),
        },
        is_disclosed=pl.Boolean,
    )
    return _versions(_texts_and_lists(frame))


def _texts_and_lists(frame: pl.DataFrame) -> pl.DataFrame:
    said = pl.concat_str(
        "text",
        pl.when(pl.col("_code") != "").then(pl.format(" Code {}", "_code")).otherwise(pl.lit("")),
        pl.when(pl.col("_tag") != "").then(pl.format(" #{}", "_tag")).otherwise(pl.lit("")),
        pl.when(pl.col("_brand") != "").then(pl.format(" #{}", "_brand")).otherwise(pl.lit("")),
    )
    return frame.with_columns(
        text=pl.when(pl.col("repost_of_post_id").is_null()).then(said),
        media_kinds=pl.when(pl.col("kind") < 2)
        .then(pl.concat_list(pl.when(pl.col("kind") == 0).then(pl.lit("photo")).otherwise(pl.lit("video"))))
        .otherwise(pl.lit([], pl.List(pl.String))),
        hashtags=pl.concat_list("_tag", "_brand").list.eval(pl.element().filter(pl.element() != "")),
        mentions=pl.when(pl.col("_mention").is_not_null())
        .then(pl.concat_list("_mention"))
        .otherwise(pl.lit([], pl.List(pl.String))),
        product_ids=pl.when(pl.col("_product").is_not_null())
        .then(pl.concat_list("_product"))
        .otherwise(pl.lit([], pl.List(pl.String))),
        published_at=pl.when(~pl.col("_undated")).then("published_at"),
    ).drop("_tag", "_brand", "_code", "kind", "_product", "_mention", "_undated")


def _versions(frame: pl.DataFrame) -> pl.DataFrame:
    gone = pl.col("published_at") + pl.duration(days=pl.col("_days_up"))
    first = frame.with_columns(
        updated_at=pl.lit(None, pl.Datetime("us")),
        deleted_at=pl.lit(None, pl.Datetime("us")),
        _known_at=pl.col("published_at") + pl.duration(hours=1),
        _until_at=pl.when("_goes").then(gone),
    )
    later = frame.filter(pl.col("_goes") & pl.col("published_at").is_not_null()).with_columns(
        updated_at=gone, deleted_at=gone, _known_at=gone, _until_at=pl.lit(None, pl.Datetime("us"))
    )
    return pl.concat([first, later]).drop("_goes", "_days_up")
