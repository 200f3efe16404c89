"""Areas, stores and products of the demo world.

Belongs here: what is sold where, opening and closing, zones. Does not: who buys (people.py, baskets.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from orchestration.demo.clock import DAY, Clock
from orchestration.demo.columns import typed
from orchestration.demo.randomness import Bools, Floats, Ints, Randomness, pick_share, pick_weighted
from orchestration.demo.world_parameters import WorldParameters

CATEGORIES = ("face care", "body care", "hair care", "tea", "home scents", "make-up", "kitchen", "refills")
NOUNS = (
    ("serum", "mask", "day cream", "cleanser", "toner", "eye cream", "balm", "mist", "peel", "night oil"),
    (
        "body milk",
        "scrub",
        "hand cream",
        "soap bar",
        "shower gel",
        "bath salt",
        "foot cream",
        "oil",
        "butter",
        "sun milk",
    ),
    (
        "shampoo",
        "conditioner",
        "hair mask",
        "styling cream",
        "dry shampoo",
        "comb",
        "hair oil",
        "rinse",
        "spray",
        "wax",
    ),
    ("green tea", "rooibos", "chai", "mint tea", "oolong", "fruit tea", "matcha", "iced tea", "sencha", "camomile"),
    ("candle", "diffuser", "room spray", "incense", "sachet", "wax melt", "oil blend", "lamp", "match set", "wreath"),
    ("lipstick", "mascara", "powder", "blush", "liner", "primer", "brow pen", "gloss", "palette", "brush"),
    ("spice mix", "honey", "jam", "olive oil", "vinegar", "granola", "biscuits", "syrup", "salt", "pesto"),
    ("soap", "shampoo", "cleaner", "cooking oil", "loose tea", "balm base", "gel", "body milk", "wash", "room spray"),
)
LINES = ("Aurore", "Brume", "Cime", "Dune")
ONLINE_SHOP = "online"  # what tills call it
LITRE_CATEGORY = 7  # refills are sold by the litre


@dataclass(frozen=True)
class Places:
    """Stores (arrays by store), areas, and the stream `stores` as its versions: what the system said and until when."""

    area_of_store: Ints
    zone_of_store: Ints
    weight: Floats
    opened_day: Ints
    closed_day: Ints
    always_open: Bools
    area_weight: Floats
    latitude: Floats
    longitude: Floats

    @property
    def count(self) -> int:
        return len(self.area_of_store)

    @property
    def areas(self) -> int:
        return len(self.area_weight)

    def store_ids(self) -> npt.NDArray[np.object_]:
        return np.array([f"s{number:03d}" for number in range(1, self.count + 1)], dtype=object)

    def area_ids(self) -> npt.NDArray[np.object_]:
        return np.array([f"a{number:03d}" for number in range(1, self.areas + 1)], dtype=object)

    def open_on(self, store: Ints, day: Ints) -> Bools:
        return (day >= self.opened_day[store]) & (day <= self.closed_day[store])


@dataclass(frozen=True)
class Catalogue:
    """Products by index: category, unit price, popularity, and the campaign they are kept for (-1: none)."""

    category: Ints
    price_minor: Ints
    popularity: Floats
    kept_for: Ints
    names: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.category)

    def ids(self) -> npt.NDArray[np.object_]:
        return np.array([f"p{number:03d}" for number in range(1, self.count + 1)], dtype=object)

    def of_campaign(self, number: int) -> Ints:
        return np.flatnonzero(self.kept_for == number)


def make_places(parameters: WorldParameters, randomness: Randomness) -> Places:
    """Stores of heavy-tailed size in areas and zones; some open later, some close."""
    rng, wanted, days = randomness.part("places"), parameters.places, parameters.time.days
    count = wanted.stores
    areas = max(3, round(count / wanted.stores_per_area))
    area_of_store = np.concatenate([np.arange(min(areas, count)), rng.integers(0, areas, max(0, count - areas))])
    weight = np.exp(wanted.store_spread * rng.standard_normal(count))
    zone_of_area = pick_weighted(rng, np.array(list(wanted.zones.values())), areas)
    changing = rng.permutation(count)
    later = max(1, round(count * wanted.opened_later_share))
    closing = max(1, round(count * wanted.closed_share))
    opened, closed = np.full(count, -1000, dtype=np.int64), np.full(count, 10**6, dtype=np.int64)
    opened[changing[:later]] = rng.integers(days // 4, days // 2, later)
    closed[changing[later : later + closing]] = rng.integers(days // 2, 3 * days // 4, closing)
    area_weight = np.bincount(area_of_store, weight, areas)
    return Places(
        area_of_store.astype(np.int64),
        zone_of_area[area_of_store],
        weight,
        opened,
        closed,
        (opened < 0) & (closed > days),
        np.maximum(area_weight, weight.min()),
        43.5 + 6 * rng.random(count),
        -1 + 7 * rng.random(count),
    )


def make_catalogue(parameters: WorldParameters, randomness: Randomness) -> Catalogue:
    """Products of every category, and apart from them the products that a campaign among people tests."""
    rng, sales = randomness.part("catalogue"), parameters.sales
    usual = np.repeat(np.arange(sales.categories), sales.products_per_category)
    tested = [
        (number, plan.products) for number, plan in enumerate(parameters.campaigns.values()) if plan.is_tested_on_people
    ]
    kept_for = np.concatenate(
        [np.full(len(usual), -1), *(np.full(products, number) for number, products in tested)]
    ).astype(np.int64)
    # Tested products are new ones of the first categories, one category a campaign.
    places = [np.full(products, place % (sales.categories - 1)) for place, (_, products) in enumerate(tested)]
    category = np.concatenate([usual, *places]).astype(np.int64)
    price = np.exp(sales.price_log_mean + sales.price_log_spread * rng.standard_normal(len(category)))
    price = np.where(kept_for >= 0, np.clip(price, 600, 2000), price)
    popularity = np.exp(0.6 * rng.standard_normal(len(category)))
    seen: dict[int, int] = {}
    names = []
    for kind in category.tolist():
        place = seen.get(kind, 0)
        seen[kind] = place + 1
        names.append(f"{LINES[place // len(NOUNS[kind]) % len(LINES)]} {NOUNS[kind][place % len(NOUNS[kind])]}")
    return Catalogue(category, (price / 5).round().astype(np.int64) * 5, popularity, kept_for, tuple(names))


def store_rows(places: Places, clock: Clock, population: Ints) -> pl.DataFrame:
    """Stream stores, with the closing told only on its day, as versions of a row (_known_at, _until_at)."""
    ids = places.store_ids()
    base = typed(
        {
            "store_id": ids,
            "area_id": places.area_ids()[places.area_of_store],
            "latitude": places.latitude.round(5),
            "longitude": places.longitude.round(5),
            "timezone": np.array(clock.zones, dtype=object)[places.zone_of_store],
            "opened_on": clock.dates(np.maximum(places.opened_day, -1000)),
            "closed_on": clock.dates(np.minimum(places.closed_day, clock.time.days + 400)),
            "area_population": population[places.area_of_store],
            "_opened_at": clock.instants(np.maximum(places.opened_day, 0) * DAY),
            "_closed_at": clock.instants(np.minimum(places.closed_day, clock.time.days + 300) * DAY),
        }
    )
    closes = pl.Series(places.closed_day < clock.time.days)
    until = pl.when(closes).then("_closed_at")
    standing = base.with_columns(closed_on=pl.lit(None, pl.Date), _known_at="_opened_at", _until_at=until)
    shut = base.filter(closes).with_columns(_known_at="_closed_at", _until_at=pl.lit(None, pl.Datetime("us")))
    shops = pl.concat([standing, shut]).drop("_opened_at", "_closed_at")
    # The online shop is in the brand's list of stores too: no place, never closed.
    shop = {"store_id": ONLINE_SHOP, "timezone": clock.zones[0], "opened_on": date(2019, 3, 1)}
    return pl.concat([shops, pl.DataFrame([shop], schema=shops.schema)])


def product_rows(catalogue: Catalogue, brand: str, randomness: Randomness) -> pl.DataFrame:
    """Stream products; a few without a category, as in real catalogues."""
    rng = randomness.part("products stream")
    category = np.array(CATEGORIES, dtype=object)[catalogue.category]
    category[pick_share(rng, catalogue.count, 0.02) & (catalogue.kept_for < 0)] = None
    return typed(
        {
            "product_id": catalogue.ids(),
            "brand": [brand] * catalogue.count,
            "category": category,
            "name": list(catalogue.names),
        }
    ).with_columns(_known_at=pl.lit(None, pl.Datetime("us")))
