"""Product pages: views, what they display, and the orders that follow, with the true effect of reviews.

Belongs here: the page model and the stream product_page_daily. Does not: writing reviews (reviews.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.demo.baskets import NOBODY, ONLINE, basket_frame, day_weights
from orchestration.demo.campaigns import Campaign, products_with_pages
from orchestration.demo.clock import DAY, Clock, waking_hours
from orchestration.demo.columns import named
from orchestration.demo.lifts import BURST_DAYS, ORDER_OFFSETS
from orchestration.demo.people import People
from orchestration.demo.places import Catalogue
from orchestration.demo.randomness import Floats, Ints, Randomness, pick_share, pick_weighted
from orchestration.demo.reviews import SHOP, ReviewEvents
from orchestration.demo.world_parameters import WorldParameters

NEW_VISITORS_CONVERT, OTHERS_CONVERT = 0.7, 1.35  # times the page's conversion
MEMORY_OF_BURST = 7.0  # days in which the rise of visits falls to a third


@dataclass(frozen=True)
class Pages:
    """Arrays page × day. products: the product of each page; displayed_*: as the page shows them that day."""

    products: Ints
    launched: Ints
    displayed: Ints
    rating: Floats
    new_views: Ints
    other_views: Ints
    market_views: Ints
    market_orders: Ints
    new_orders: Ints
    other_orders: Ints


def review_curve(parameters: WorldParameters, displayed: Floats) -> Floats:
    """True log rise of conversion at so many displayed reviews: smooth in log(1 + n), and a step at 50 if any."""
    effects = parameters.effects
    smooth = np.log1p(effects.reviews_at_50) * np.log1p(displayed) / np.log(51)
    return np.asarray(smooth + np.log1p(effects.review_step_at_50) * (displayed >= 50))


def make_pages(
    parameters: WorldParameters,
    catalogue: Catalogue,
    campaigns: tuple[Campaign, ...],
    events: ReviewEvents,
    burst_days: dict[int, list[int]],
    randomness: Randomness,
) -> Pages:
    """Views and orders of every page and day. burst_days: campaign number → days of its influencers' posts."""
    rng, wanted, days = randomness.part("pages"), parameters.pages, parameters.time.days
    products = products_with_pages(parameters, catalogue)
    displayed, rating = _displayed(products, catalogue, events, days)
    launched = np.zeros(len(products), dtype=np.int64)
    burst, synergy = np.zeros((len(products), days)), np.zeros((len(products), days))
    for campaign in campaigns:
        on_page = np.isin(products, campaign.products)
        if campaign.plan.is_tested_on_people:
            launched[on_page] = max(0, campaign.start_day - parameters.time.launch_lead_days)
        for day in burst_days.get(campaign.number, []):
            after = np.arange(days) - day
            burst[on_page] += parameters.effects.burst_views * np.exp(-after / MEMORY_OF_BURST) * (after >= 0)
        if campaign.plan.unit == "area":
            # The crowd of an influencer who comes after the neighbours' opinions converts differently.
            first = campaign.start_day + ORDER_OFFSETS[-1]
            synergy[on_page, first : first + BURST_DAYS] += (
                parameters.effects.synergy + parameters.effects.synergy_order
            )
    is_live = np.arange(days) >= launched[:, None]
    popularity = np.exp(0.5 * rng.standard_normal(len(products)))
    views = wanted.views_per_day * popularity[:, None] * day_weights(parameters, randomness) * is_live
    base = wanted.conversion * np.exp(0.3 * rng.standard_normal(len(products)))
    curve = review_curve(parameters, displayed.astype(float)) + parameters.effects.rating * (rating - 4)
    conversion = np.minimum(base[:, None] * np.exp(curve), 0.5)
    new_views = rng.poisson(views * wanted.new_visitor_share * np.exp(burst))
    other_views = rng.poisson(views * (1 - wanted.new_visitor_share))
    market_views = rng.poisson(views * wanted.marketplace_views_factor)
    new_share = np.minimum(conversion * NEW_VISITORS_CONVERT * np.exp(synergy), 0.6)
    return Pages(
        products,
        launched,
        displayed,
        rating,
        new_views,
        other_views,
        market_views,
        rng.binomial(market_views, conversion),
        rng.binomial(new_views, new_share),
        rng.binomial(other_views, np.minimum(conversion * OTHERS_CONVERT, 0.6)),
    )


def _displayed(products: Ints, catalogue: Catalogue, events: ReviewEvents, days: int) -> tuple[Ints, Floats]:
    """Reviews of the shop shown on every page and day (those of the days before), and their mean rating."""
    place = np.full(catalogue.count + 1, -1, dtype=np.int64)
    place[products] = np.arange(len(products))
    shown = (events.site == SHOP) & ~events.is_undated & (events.product >= 0) & (place[events.product] >= 0)
    page, day = place[events.product[shown]], events.seconds[shown] // DAY + 1
    inside = day < days
    count, stars = np.zeros((len(products), days), np.int64), np.zeros((len(products), days))
    np.add.at(count, (page[inside], day[inside]), 1)
    np.add.at(stars, (page[inside], day[inside]), events.rating[shown][inside])
    initial = events.initial[products][:, None]
    displayed = initial + count.cumsum(axis=1)
    rating = (4 * initial + stars.cumsum(axis=1)) / np.maximum(displayed, 1)
    return displayed, np.where(displayed > 0, rating, 4.0)


def page_baskets(
    parameters: WorldParameters, pages: Pages, people: People, catalogue: Catalogue, randomness: Randomness
) -> pl.DataFrame:
    """The orders of the shop's pages as baskets: of known people by taste, or of strangers."""
    rng, parts = randomness.part("page baskets"), []
    for orders, is_new in ((pages.new_orders, True), (pages.other_orders, False)):
        page, day = np.nonzero(orders)
        repeat = orders[page, day]
        product, day = np.repeat(pages.products[page], repeat), np.repeat(day, repeat)
        seconds = day * DAY + waking_hours(rng, len(day))
        consumer = np.full(len(day), NOBODY)
        known = pick_share(rng, len(day), parameters.sales.online_identified_share) & (catalogue.kept_for[product] < 0)
        for category in range(parameters.sales.categories):
            chosen = np.flatnonzero(known & (catalogue.category[product] == category))
            taste = people.purchase_rate * np.exp(0.5 * people.affinity[:, category])
            consumer[chosen] = pick_weighted(rng, taste, len(chosen))
        consumer = np.where((consumer >= 0) & (people.joined[consumer] < seconds), consumer, NOBODY)
        ones = np.ones(len(day), np.int64)
        parts.append(
            basket_frame(seconds, np.full(len(day), ONLINE), consumer, ones, product, is_new=np.full(len(day), is_new))
        )
    return pl.concat(parts)


def page_rows(
    parameters: WorldParameters,
    pages: Pages,
    catalogue: Catalogue,
    lines: pl.DataFrame,
    randomness: Randomness,
    clock: Clock,
) -> pl.DataFrame:
    """Stream product_page_daily: the shop by visitor type, its orders being the online lines; the marketplace whole."""
    rng, days = randomness.part("page rows"), parameters.time.days
    page, day = (grid.ravel() for grid in np.indices((len(pages.products), days)))
    sold = (
        lines.filter((pl.col("store") == ONLINE) & (pl.col("quantity") > 0))
        .group_by("product", pl.col("seconds") // DAY, "is_new")
        .agg(orders_count=pl.len().cast(pl.Int64), units_count=pl.col("quantity").sum().round().cast(pl.Int64))
        .rename({"seconds": "day"})
    )
    grid = pl.DataFrame(
        {
            "product": pages.products[page],
            "day": day.astype(np.int64),
            "displayed_reviews_count": pages.displayed.ravel(),
            "displayed_rating": pages.rating.ravel().round(2),
            "price_minor": catalogue.price_minor[pages.products[page]],
            "_live": day >= pages.launched[page],
        }
    )
    parts = []
    for visitor, views, is_new in (("new", pages.new_views, True), ("returning", pages.other_views, False)):
        rows = grid.with_columns(
            site=pl.lit("shop"), visitor_type=pl.lit(visitor), views_count=pl.Series(views.ravel())
        )
        rows = rows.join(
            sold.filter(pl.col("is_new") == is_new).drop("is_new"),
            on=["product", "day"],
            how="left",
            maintain_order="left",
        ).with_columns(pl.col("orders_count", "units_count").fill_null(0))  # the shop counts all its orders
        parts.append(rows.filter("_live").with_columns(views_count=pl.max_horizontal("views_count", "orders_count")))
    market = grid.with_columns(
        site=pl.lit("marketplace"),
        visitor_type=pl.lit(None, pl.String),
        views_count=pl.Series(pages.market_views.ravel()),
        displayed_reviews_count=pl.lit(None, pl.Int64),
        displayed_rating=pl.lit(None, pl.Float64),
        orders_count=pl.Series(pages.market_orders.ravel()),
        units_count=pl.lit(None, pl.Int64),
    ).filter("_live")
    columns = [
        "site",
        "product",
        "day",
        "displayed_reviews_count",
        "displayed_rating",
        "visitor_type",
        "views_count",
        "orders_count",
        "units_count",
        "price_minor",
    ]
    frame = pl.concat([part.select(columns) for part in (*parts, market)])
    spare = frame["views_count"] - frame["orders_count"]
    carts = frame["orders_count"].to_numpy() + rng.binomial(spare.to_numpy(), 0.06)
    return frame.with_columns(
        product_id=named(catalogue.ids(), frame["product"].to_numpy()),
        page_on=pl.Series(clock.dates(frame["day"].to_numpy())),
        displayed_rating=pl.when(pl.col("displayed_reviews_count") > 0).then("displayed_rating"),
        traffic_source=pl.lit(None, pl.String),
        add_to_cart_count=pl.when(pl.col("site") == "shop").then(pl.Series(carts)),
        currency=pl.lit(parameters.time.currency),
        _known_at=pl.Series(clock.instants((frame["day"].to_numpy() + 1) * DAY - 1)),
    ).drop("product", "day")
