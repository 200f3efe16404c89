"""Who may be planned at all, and the lot that draws some of them whatever their score.

Belongs here: consent, rest between invitations, areas, exploration. Does not: choosing by value (recruitment.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import polars as pl

from ml.lots import lot
from ml.planning.request import PlanRequest, Product

NO_CONSENT = "no consent to be contacted"
HELD_OUT = "kept out by lot"
RESTING = "invited too recently"
ELSEWHERE = "lives in another area"
NO_PRODUCT = "no product left for this person"
REASONS = (NO_CONSENT, HELD_OUT, RESTING, ELSEWHERE, NO_PRODUCT)


def judged(people: pl.DataFrame, request: PlanRequest) -> pl.DataFrame:
    """`people` with left_out: the first reason why a person may not be planned, NULL for those who may.

    Args:
        people: consumer_key, consent_contact, standing_holdout, last_invited_on, area_id, had_product_ids (list).
    """
    earliest = request.as_of - timedelta(days=request.rest_days)
    elsewhere = (
        pl.lit(False) if request.areas is None else ~pl.col("area_id").is_in(sorted(request.areas)).fill_null(False)
    )
    open_to = [_open_to(product) for product in request.products]
    return people.with_columns(
        left_out=pl.when((pl.col("consent_contact") == "granted").not_().fill_null(True))
        .then(pl.lit(NO_CONSENT))
        .when(pl.col("standing_holdout"))
        .then(pl.lit(HELD_OUT))
        .when((pl.col("last_invited_on") > earliest).fill_null(False))
        .then(pl.lit(RESTING))
        .when(elsewhere)
        .then(pl.lit(ELSEWHERE))
        .when(~pl.any_horizontal(open_to))
        .then(pl.lit(NO_PRODUCT))
    )


def options_frame(eligible: pl.DataFrame, request: PlanRequest) -> pl.DataFrame:
    """One row per eligible person and product they may get, sorted by consumer_key and the request's order."""
    parts = [
        eligible.filter(_open_to(product)).with_columns(
            product_id=pl.lit(product.product_id),
            place=pl.lit(place),
            cost_minor=pl.lit(product.cost_minor, dtype=pl.Int64),
            factor=pl.lit(product.value_factor, dtype=pl.Float64),
        )
        for place, product in enumerate(request.products)
    ]
    return pl.concat(parts).sort("consumer_key", "place").drop("had_product_ids")


def _open_to(product: Product) -> pl.Expr:
    """Whether the person never got the product and some of it is where they live."""
    had = pl.col("had_product_ids").list.contains(product.product_id).fill_null(False)
    if product.stock == 0:
        return pl.lit(False) & had
    if product.stock_by_area is None:
        return ~had
    stocked = sorted(area for area, count in product.stock_by_area.items() if count > 0)
    return ~had & pl.col("area_id").is_in(stocked).fill_null(False)


def drawn_by_lot(options: pl.DataFrame, request: PlanRequest, fits: Mapping[str, int] | None = None) -> Sequence[int]:
    """Options in the order of the lot: people by one lot, of each person the products by another.

    Args:
        options: of options_frame.
    """
    people = {key: lot("plan exploration", request.seed, key) for key in options["consumer_key"].unique().to_list()}
    keyed = [
        (people[key], lot(f"plan product {product}", request.seed, key), place)
        for place, (key, product) in enumerate(options.select("consumer_key", "product_id").iter_rows())
    ]
    return [place for _, _, place in sorted(keyed)]
