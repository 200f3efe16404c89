"""New visitors of the campaign's pages while members and influencer talk: do they order more often than before?

Belongs here: the comparison of pages. Does not: areas (areas.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from scipy import stats

from ml.arrays import FloatArray
from ml.errors import TooFewRowsError
from ml.measurement.synergy.interaction import Effect

FEWEST_PAGES = 3
FEWEST_ORDERS = 20


@dataclass(frozen=True)
class Visitors:
    """Change of the log odds of an order, campaign's pages less others: new visitors, and returning ones (check)."""

    new: Effect
    returning: Effect | None
    pages: int
    others: int


def new_visitors(
    pages: pl.DataFrame, products: pl.Series, during: tuple[date, date], before: tuple[date, date], level: float
) -> Visitors:
    """Compare pages.

    Args:
        pages: fct_page_daily: product_id, page_on, visitor_type, views_count, orders_count.
        products: product_id of the campaign.
        during, before: first and last day of both times.

    Raises:
        TooFewRowsError: no page tells new visitors, or too few pages or orders.
    """
    found = {kind: _changes(pages.filter(visitor_type=kind), products, during, before) for kind in ("new", "returning")}
    new = found["new"]
    if new is None:
        raise TooFewRowsError(
            f"page data does not tell new visitors of at least {FEWEST_PAGES} pages of the campaign and as many "
            f"others, with {FEWEST_ORDERS} orders on each side (product_page_daily by visitor_type)"
        )
    check = found["returning"]
    return Visitors(
        _difference(*new[:2], level), None if check is None else _difference(*check[:2], level), new[2], new[3]
    )


def _changes(
    pages: pl.DataFrame, products: pl.Series, during: tuple[date, date], before: tuple[date, date]
) -> tuple[FloatArray, FloatArray, int, int] | None:
    """Weighted changes (value, weight) of the campaign's pages and of the others; None: too few."""
    rows = pages.drop_nulls(["views_count", "orders_count"]).with_columns(
        time=pl.when(pl.col("page_on").is_between(*during)).then(1).when(pl.col("page_on").is_between(*before)).then(0)
    )
    sums = (
        rows.drop_nulls("time")
        .group_by("product_id", "time")
        .agg(pl.col("views_count", "orders_count").sum())
        .pivot(on="time", index="product_id", values=["views_count", "orders_count"])
        .drop_nulls()
        .sort("product_id")
    )
    wanted = [f"{name}_{time}" for name in ("views_count", "orders_count") for time in (0, 1)]
    if not set(wanted) <= set(sums.columns):
        return None
    views0, views1, orders0, orders1 = (sums[name].to_numpy().astype(np.float64) for name in wanted)
    odds = [np.log((o + 0.5) / (np.maximum(v - o, 0) + 0.5)) for v, o in ((views0, orders0), (views1, orders1))]
    weight = 1 / (1 / (orders0 + 0.5) + 1 / (orders1 + 0.5))
    own = sums["product_id"].is_in(products.implode()).to_numpy()
    table = np.column_stack([odds[1] - odds[0], weight])
    few = min(int(own.sum()), int((~own).sum())) < FEWEST_PAGES
    if few or min(orders1[own].sum(), orders1[~own].sum(), orders0[own].sum()) < FEWEST_ORDERS:
        return None
    return table[own], table[~own], int(own.sum()), int((~own).sum())


def _difference(own: FloatArray, others: FloatArray, level: float) -> Effect:
    """Weighted means with the pages as units; never less than what counting orders alone leaves open."""
    means, variances, freedoms = [], [], []
    for part in (own, others):
        share = part[:, 1] / part[:, 1].sum()
        mean = float((share * part[:, 0]).sum())
        left = ((share * (part[:, 0] - mean)) ** 2).sum() * len(part) / (len(part) - 1)
        means.append(mean)
        variances.append(max(float(left), 1 / float(part[:, 1].sum())))
        freedoms.append(len(part) - 1)
    variance = sum(variances)
    freedom = variance**2 / sum(v**2 / f for v, f in zip(variances, freedoms, strict=True))
    error, value = float(np.sqrt(variance)), means[0] - means[1]
    reach = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    return Effect(
        value, value - reach, value + reach, error, freedom, float(2 * stats.t.sf(abs(value) / error, freedom))
    )
