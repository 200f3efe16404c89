"""From baskets to till lines: products, amounts, store lift, returns, and the stream pos_lines.

Belongs here: what is in a basket and what it costs. Does not: why the basket exists.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from orchestration.demo.baskets import ONLINE, Cause
from orchestration.demo.campaigns import Campaign
from orchestration.demo.clock import DAY, Clock
from orchestration.demo.columns import named
from orchestration.demo.lifts import StoreLifts
from orchestration.demo.people import People
from orchestration.demo.places import LITRE_CATEGORY, ONLINE_SHOP, Catalogue, Places
from orchestration.demo.randomness import Floats, Ints, Randomness, pick_share, pick_weighted_in_groups
from orchestration.demo.world_parameters import WorldParameters

DISCOUNT = 0.10  # of the price, at a promotion or with a member's code
RETURN_DAYS = (3, 21)
MARGIN_SHARE = 0.38


def tastes(parameters: WorldParameters, randomness: Randomness) -> Floats:
    """Month × category: log taste of the mainstream, an AR(1); prosumers are `lead_months` ahead."""
    rng, wanted = randomness.part("tastes"), parameters.prosumers
    months = parameters.time.days // 30 + 2 + wanted.lead_months
    taste = np.zeros((months, parameters.sales.categories))
    fresh = rng.standard_normal(taste.shape) * wanted.taste_spread
    taste[0] = fresh[0]
    for month in range(1, months):
        taste[month] = wanted.taste_memory * taste[month - 1] + np.sqrt(1 - wanted.taste_memory**2) * fresh[month]
    return taste


def make_lines(
    parameters: WorldParameters,
    people: People,
    catalogue: Catalogue,
    baskets: pl.DataFrame,
    part: str,
    first_transaction: int,
    randomness: Randomness,
) -> pl.DataFrame:
    """One row per line of the baskets, transactions numbered from first_transaction in the order of time.

    Columns: those of basket_frame without lines and first_product, and transaction, line_no, product, quantity,
    is_litre, net, discount, returned_from (transaction, -1: no return). net is in minor units.
    """
    rng, sales = randomness.part(f"lines {part}"), parameters.sales
    numbers = pl.int_range(first_transaction, first_transaction + pl.len(), dtype=pl.Int64)
    baskets = baskets.sort("seconds", maintain_order=True).with_columns(transaction=numbers)
    index = np.repeat(np.arange(baskets.height), baskets["lines"].to_numpy())
    starts = np.cumsum(baskets["lines"].to_numpy()) - baskets["lines"].to_numpy()
    line_no = np.arange(len(index)) - starts[index]
    lines = baskets.drop("lines")[index].with_columns(line_no=pl.Series(line_no + 1))
    product = lines["first_product"].to_numpy().copy()
    usual = np.flatnonzero((line_no > 0) | (product < 0))
    buyer, at = lines["consumer"].to_numpy()[usual], lines["seconds"].to_numpy()[usual]
    product[usual] = _usual_products(parameters, people, catalogue, buyer, at, tastes(parameters, randomness), rng)
    is_litre = catalogue.category[product] == LITRE_CATEGORY
    quantity = np.where(
        is_litre,
        (0.2 + rng.gamma(2.0, 0.5, len(product))).round(2),
        1.0 + rng.poisson(sales.extra_units_mean, len(product)),
    )
    with_code = (lines["code"].to_numpy() >= 0) & (line_no == 0)
    reduced = with_code | pick_share(rng, len(product), sales.discount_share)
    gross = (catalogue.price_minor[product] * quantity).round().astype(np.int64)
    discount = np.where(reduced, (gross * DISCOUNT).round().astype(np.int64), 0)
    return lines.with_columns(
        product=pl.Series(product),
        quantity=pl.Series(quantity),
        is_litre=pl.Series(is_litre),
        net=pl.Series(gross - discount),
        discount=pl.Series(discount),
        code=pl.when(pl.Series(with_code)).then("code").otherwise(-1),
        returned_from=pl.lit(-1, pl.Int64),
    ).drop("first_product")


def _usual_products(
    parameters: WorldParameters,
    people: People,
    catalogue: Catalogue,
    consumer: Ints,
    seconds: Ints,
    taste: Floats,
    rng: np.random.Generator,
) -> Ints:
    """Products by the buyer's taste for categories, in the month, and by popularity within the category."""
    known = consumer >= 0
    affinity = np.where(known[:, None], people.affinity[consumer], 0.0)
    month = seconds // (30 * DAY) + np.where(known & people.is_prosumer[consumer], parameters.prosumers.lead_months, 0)
    cumulated = np.exp(0.6 * affinity + taste[month]).cumsum(axis=1)
    drawn = rng.random(len(consumer)) * cumulated[:, -1]
    category = (cumulated <= drawn[:, None]).sum(axis=1).clip(0, parameters.sales.categories - 1)
    usual = np.flatnonzero(catalogue.kept_for < 0)
    return usual[pick_weighted_in_groups(rng, catalogue.popularity[usual], catalogue.category[usual], category)]


def with_store_lift(lines: pl.DataFrame, lifts: StoreLifts, randomness: Randomness) -> pl.DataFrame:
    """Every basket in a lifted store and day comes again with the lift's probability, as a stranger's."""
    rng = randomness.part("store lift")
    store, day = lines["store"].to_numpy(), lines["seconds"].to_numpy() // DAY
    inside = (store >= 0) & (lines["cause"].to_numpy() != int(Cause.PREVENTED)) & (day < lifts.log_lift.shape[1])
    day = day.clip(0, lifts.log_lift.shape[1] - 1)
    chance = np.where(inside, np.expm1(np.maximum(lifts.log_lift[store, day], 0.0)), 0.0)
    transaction = lines["transaction"].to_numpy()
    chosen = rng.random(int(transaction.max()) + 1)[transaction] < chance
    later = rng.integers(0, 1800, int(transaction.max()) + 1)[transaction[chosen]]
    extra = lines.filter(pl.Series(chosen)).with_columns(
        seconds=pl.col("seconds") + pl.Series(later),
        consumer=pl.lit(-1, pl.Int64),
        code=pl.lit(-1, pl.Int64),
        referrer=pl.lit(-1, pl.Int64),
        cause=pl.lit(int(Cause.STORE_LIFT), pl.Int64),
        campaign=pl.Series(lifts.campaign[store[chosen], day[chosen]]),
        transaction=pl.col("transaction") + int(transaction.max()) + 1,
    )
    return pl.concat([lines, extra])


def with_returns(parameters: WorldParameters, lines: pl.DataFrame, randomness: Randomness) -> pl.DataFrame:
    """Some lines come back some days later, whole, as negative lines of a transaction of their own."""
    rng, sales = randomness.part("returns"), parameters.sales
    share = np.where(lines["store"].to_numpy() == ONLINE, sales.return_share_online, sales.return_share_store)
    returned = lines.filter(pl.Series(rng.random(lines.height) < share))
    wait = rng.integers(*RETURN_DAYS, returned.height) * DAY
    first_free = int(lines["transaction"].to_numpy().max()) + 1
    back = returned.with_columns(
        seconds=pl.col("seconds") + pl.Series(wait),
        returned_from="transaction",
        transaction=pl.Series(np.arange(first_free, first_free + returned.height)),
        line_no=pl.lit(1, pl.Int64),
        quantity=-pl.col("quantity"),
        net=-pl.col("net"),
        discount=pl.lit(0, pl.Int64),
        code=pl.lit(-1, pl.Int64),
    )
    return pl.concat([lines, back]).filter(pl.col("seconds") < parameters.time.days * DAY)


def transaction_ids(numbers: pl.Series) -> pl.Series:
    return pl.select(pl.format("t{}", numbers.cast(pl.String).str.zfill(8))).to_series()


def line_rows(
    parameters: WorldParameters,
    people: People,
    places: Places,
    catalogue: Catalogue,
    campaigns: tuple[Campaign, ...],
    lines: pl.DataFrame,
    randomness: Randomness,
    clock: Clock,
) -> pl.DataFrame:
    """Stream pos_lines; a few lines reach the office one to three days late."""
    rng = randomness.part("pos stream")
    lines = lines.filter(pl.col("cause") != int(Cause.PREVENTED))
    store, consumer = lines["store"].to_numpy(), lines["consumer"].to_numpy()
    zone = np.where(store >= 0, places.zone_of_store[store], 0)
    sold_at = pl.Series(clock.instants(lines["seconds"].to_numpy(), zone))
    late = pl.Series(pick_share(rng, lines.height, parameters.sales.late_lines_share))
    wait = pl.Series(rng.integers(DAY, 3 * DAY, lines.height) * 1_000_000).cast(pl.Duration("us"))
    untold = pl.Series(pick_share(rng, lines.height, 0.1))
    has_margin = pl.Series(catalogue.category[lines["product"].to_numpy()] != 1)
    is_return = lines["returned_from"] >= 0
    return (
        lines.select(
            store_id=named(places.store_ids(), store).fill_null(ONLINE_SHOP),
            transaction_id=transaction_ids(lines["transaction"]),
            line_no=pl.col("line_no").cast(pl.String),
            product_id=named(catalogue.ids(), lines["product"].to_numpy()),
            consumer_ref=named(people.refs(), consumer),
            quantity="quantity",
            quantity_unit=pl.when("is_litre").then(pl.lit("litre")).otherwise(pl.lit("piece")),
            net_amount_minor="net",
            margin_minor=pl.when(has_margin).then((pl.col("net") * MARGIN_SHARE).round().cast(pl.Int64)),
            discount_minor="discount",
            currency=pl.lit(parameters.time.currency),
            sold_at=sold_at,
            updated_at=pl.when(late).then(sold_at + wait),
            channel=pl.when(pl.col("store") == ONLINE).then(pl.lit("online")).otherwise(pl.lit("store")),
            is_return=is_return,
            return_of_transaction_id=pl.when(is_return & ~untold).then(transaction_ids(lines["returned_from"].clip(0))),
            promotion_code=named([campaign.code for campaign in campaigns], lines["code"].to_numpy()),
        )
        .with_columns(_known_at=pl.coalesce("updated_at", "sold_at"))
        .sort("_known_at", "transaction_id", "line_no")
    )
