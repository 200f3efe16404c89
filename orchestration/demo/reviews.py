"""Reviews of the demo world: when they are written, of what, by whom, and the stream reviews with its versions.

Belongs here: review events and their rows. Does not: what displayed reviews do to pages
(pages.py), sentences (texts.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from orchestration.connectors.streams.labels import MOMENTS
from orchestration.demo.accounts import review_author
from orchestration.demo.campaigns import Assignment, Campaign
from orchestration.demo.clock import DAY, Clock, waking_hours
from orchestration.demo.columns import given, typed
from orchestration.demo.people import People
from orchestration.demo.places import Catalogue, Places
from orchestration.demo.randomness import Bools, Ints, Randomness, pick_share, pick_weighted
from orchestration.demo.texts import MOMENT_RATING, MOMENT_SHARES, sentences
from orchestration.demo.world_parameters import WorldParameters

SITES = np.array(["shop", "marketplace"], dtype=object)
SHOP = 0


@dataclass(frozen=True)
class ReviewEvents:
    """Arrays by review. product or store -1; consumer -1: a stranger; campaign -1: not asked for."""

    product: Ints
    store: Ints
    site: Ints
    consumer: Ints
    seconds: Ints
    campaign: Ints
    moment: Ints
    rating: Ints
    is_undated: Bools
    initial: Ints  # reviews a page showed before the world began, by product

    @property
    def count(self) -> int:
        return len(self.product)


def make_review_events(
    parameters: WorldParameters,
    people: People,
    places: Places,
    catalogue: Catalogue,
    campaigns: tuple[Campaign, ...],
    assignments: dict[str, Assignment],
    randomness: Randomness,
) -> ReviewEvents:
    """Reviews people write by themselves, of products and a few of stores, and those of review campaigns."""
    rng, talk, days = randomness.part("reviews"), parameters.talk, parameters.time.days
    rate = talk.reviews_per_product_year * days / 365 * catalogue.popularity / catalogue.popularity.mean()
    first_day = np.zeros(catalogue.count, dtype=np.int64)
    for campaign in campaigns:
        if campaign.plan.is_tested_on_people:
            first_day[campaign.products] = max(0, campaign.start_day - parameters.time.launch_lead_days)
    count = rng.poisson(rate * (1 - first_day / days))
    product = np.repeat(np.arange(catalogue.count), count)
    day = (first_day[product] + rng.random(len(product)) * (days - first_day[product])).astype(np.int64)
    site = pick_share(rng, len(product), 0.3).astype(np.int64)
    asked = np.full(len(product), -1)
    parts = [(product, day, site, asked)]
    for campaign in campaigns:
        if campaign.plan.unit == "product":
            assigned = assignments[campaign.id]
            treated = np.repeat(
                assigned.unit[assigned.is_treated],
                rng.poisson(campaign.plan.reviews_per_product, int(assigned.is_treated.sum())),
            )
            written = campaign.start_day + 10 + rng.integers(0, max(1, campaign.plan.days - 10), len(treated))
            parts.append((treated, written, np.zeros(len(treated), np.int64), np.full(len(treated), campaign.number)))
    about_store = round(0.03 * len(product)) + 2
    store_day = rng.integers(0, days, about_store)
    parts.append((np.full(about_store, -1), store_day, np.zeros(about_store, np.int64), np.full(about_store, -1)))
    product, day, site, asked = (np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True))
    store = np.where(product < 0, rng.integers(0, places.count, len(product)), -1)
    seconds = day * DAY + waking_hours(rng, len(day))
    consumer = pick_weighted(rng, np.exp(0.8 * people.sociability), len(product))
    known = (pick_share(rng, len(product), 0.6) | (asked >= 0)) & (people.joined[consumer] < seconds)
    moment = pick_weighted(rng, MOMENT_SHARES, len(product))
    rating = (MOMENT_RATING[moment] + rng.integers(-1, 2, len(product))).clip(1, 5)
    # A fifth of the products starts with no review, the others with up to 60.
    initial = np.expm1(rng.random(catalogue.count) * np.log(60)).astype(np.int64)
    initial[pick_share(rng, catalogue.count, 0.2) | (catalogue.kept_for >= 0)] = 0
    undated = pick_share(rng, len(product), talk.undated_share) & (asked < 0)
    return ReviewEvents(
        product,
        store,
        site,
        np.where(known, consumer, -1),
        seconds,
        asked,
        moment,
        rating.astype(np.int64),
        undated,
        initial,
    )


def review_ids(events: ReviewEvents) -> npt.NDArray[np.object_]:
    return np.array([f"r{number:06d}" for number in range(1, events.count + 1)], dtype=object)


def review_rows(
    parameters: WorldParameters,
    events: ReviewEvents,
    people: People,
    places: Places,
    catalogue: Catalogue,
    randomness: Randomness,
    clock: Clock,
) -> pl.DataFrame:
    """Stream reviews: versions of rows (written, later changed or taken down), and copies on the other site."""
    rng, talk, count = randomness.part("review rows"), parameters.talk, events.count
    strangers = np.array([f"guest{number:06d}" for number in range(count)], dtype=object)
    author = np.where(events.consumer >= 0, review_author(np.maximum(events.consumer, 0)), strangers)
    author[pick_share(rng, count, 0.03)] = None
    language = np.where(events.consumer >= 0, people.language[np.maximum(events.consumer, 0)], "en")
    names = np.array([*catalogue.names, "the shop"], dtype=object)[events.product]
    asked = events.campaign >= 0
    free = asked | pick_share(rng, count, 0.03)
    incentive = np.where(free, "free_product", np.where(pick_share(rng, count, 0.05), "unknown", "none")).astype(object)
    disclosed = given(free, pick_share(rng, count, talk.incentive_disclosed_share).astype(object))
    has_body = ~pick_share(rng, count, 0.15)
    frame = typed(
        {
            "site": SITES[events.site],
            "review_id": review_ids(events),
            "product_id": given(events.product >= 0, catalogue.ids()[events.product]),
            "store_id": given(events.store >= 0, places.store_ids()[events.store]),
            "author_ref": author,
            "rating": events.rating.astype(np.float64),
            "rating_max": np.full(count, 5.0),
            "is_verified_purchase": given(events.site == SHOP, (events.consumer >= 0).astype(object)),
            "incentive": incentive,
            "is_disclosed": disclosed,
            "media_count": rng.poisson(0.3, count),
            "helpful_count": given(events.site == SHOP, rng.poisson(1.2, count).astype(object)),
            "submitted_at": clock.instants(events.seconds),
        },
        helpful_count=pl.Int64,
        is_verified_purchase=pl.Boolean,
        is_disclosed=pl.Boolean,
    )
    body = sentences(rng, events.moment, language, names, talk.personal_data_share)
    frame = frame.with_columns(
        origin_site=pl.lit(None, pl.String),
        title=pl.Series(np.array([moment.replace("_", " ") for moment in MOMENTS], dtype=object)[events.moment]),
        body=pl.when(pl.Series(has_body)).then(body),
    ).with_columns(
        title=pl.when(pl.col("body").is_not_null()).then("title"),
        submitted_at=pl.when(~pl.Series(events.is_undated)).then("submitted_at"),
    )
    return _versions(rng, parameters, _with_copies(rng, talk.syndicated_share, frame))


def _with_copies(rng: np.random.Generator, share: float, frame: pl.DataFrame) -> pl.DataFrame:
    """Some reviews of the shop are shown again on the marketplace some days later."""
    copied = (
        pl.Series(pick_share(rng, frame.height, share))
        & (pl.col("site") == "shop")
        & pl.col("submitted_at").is_not_null()
    )
    copies = frame.filter(copied & pl.col("product_id").is_not_null()).with_columns(
        site=pl.lit("marketplace"),
        origin_site=pl.lit("shop"),
        helpful_count=pl.lit(None, pl.Int64),
        is_verified_purchase=pl.lit(None, pl.Boolean),
        submitted_at=pl.col("submitted_at") + pl.duration(days=4),
    )
    return pl.concat([frame, copies])


def _versions(rng: np.random.Generator, parameters: WorldParameters, frame: pl.DataFrame) -> pl.DataFrame:
    """First versions, and for a few rows a later one: rewritten (4 %) or taken down."""
    end = int(parameters.time.days) * DAY
    fate = rng.random(frame.height)
    talk = parameters.talk
    dated = frame["submitted_at"].is_not_null()
    changed_at = frame["submitted_at"] + pl.Series(
        rng.integers(5 * DAY, max(6 * DAY, end // 6), frame.height) * 1_000_000
    ).cast(pl.Duration("us"))
    frame = frame.with_columns(
        _changes=pl.Series(fate < talk.deleted_share + 0.04) & dated,
        _goes=pl.Series(fate < talk.deleted_share) & dated,
        _changed_at=changed_at,
    )
    first = frame.with_columns(
        updated_at=pl.lit(None, pl.Datetime("us")),
        deleted_at=pl.lit(None, pl.Datetime("us")),
        _known_at=pl.col("submitted_at") + pl.duration(days=1),
        _until_at=pl.when("_changes").then("_changed_at"),
    )
    later = frame.filter("_changes").with_columns(
        rating=pl.when("_goes").then("rating").otherwise((pl.col("rating") - 1).clip(1, 5)),
        updated_at="_changed_at",
        deleted_at=pl.when("_goes").then("_changed_at"),
        _known_at="_changed_at",
        _until_at=pl.lit(None, pl.Datetime("us")),
    )
    return pl.concat([first, later.select(first.columns)]).drop("_changes", "_goes", "_changed_at")
