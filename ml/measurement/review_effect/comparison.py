"""Products of a draw before and after it: what they sold against what their own past would give.

Belongs here: the rows, and treated minus control at a supposed effect of reviews. Does not: finding it (seeded.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.arrays import BoolArray, FloatArray, IntArray
from ml.errors import NothingToLearnError
from ml.measurement.review_effect.curve import reviews_at, share_of_reference
from ml.measurement.review_effect.regression import weighted_difference

EARLY, LATE, AFTER = 0, 1, 2  # halves of the time before the start, and the time after it
FEWEST_PRODUCTS = 8  # in either arm: below, a range rests on too few draws
PRIOR_ORDERS = 2.0  # a page's rate before is drawn to the mean as if it had sold so many more at the mean rate
LEAST_SPREAD = 0.05  # of a product's log rate from one half-year to the next, beyond counting noise
FEWEST_FREE = 5  # degrees of freedom


@dataclass(frozen=True)
class SeededRows:
    """Page-weeks of the products of randomised campaigns, before and after the start.

    Attributes:
        orders, exposure: (n,) counts, and views (1 where no views are known).
        h: (n,) log1p(reviews shown) / log 51.
        rating: (n,) stars; NaN: unknown.
        period: (n,) EARLY, LATE or AFTER.
        page, product: (n,) codes 0, 1, …; product is constant within a page.
        treated: (products,) chance seeded it.
        probability: (products,) of being seeded.
        campaign, cluster: (products,) codes 0, 1, …; cluster: what was drawn together.
    """

    orders: FloatArray
    exposure: FloatArray
    h: FloatArray
    rating: FloatArray
    period: IntArray
    page: IntArray
    product: IntArray
    treated: BoolArray
    probability: FloatArray
    campaign: IntArray
    cluster: IntArray


@dataclass(frozen=True)
class Comparison:
    """Products' orders of a later time against what their rate of an earlier one would give."""

    orders: FloatArray
    h_change: FloatArray
    reviews_change: FloatArray
    rating_change: FloatArray
    product: IntArray
    expected: FloatArray
    treated: FloatArray
    known: FloatArray
    weight: FloatArray
    cluster: IntArray
    promise: FloatArray
    freedom: int

    def check(self, when: str) -> None:
        """Refuse too few products.

        Raises:
            NothingToLearnError: either group is too small, or nothing is left to tell errors by.
        """
        for arm, name in ((1.0, "seeded"), (0.0, "not seeded")):
            count = int(((self.treated == arm) & (self.weight > 0)).sum())
            if count < FEWEST_PRODUCTS:
                raise NothingToLearnError(
                    f"{count} products with a page {when} were {name}; each group needs at least {FEWEST_PRODUCTS}"
                )
        if self.freedom < FEWEST_FREE:
            raise NothingToLearnError("too few products were drawn apart from each other to tell a range")

    @classmethod
    def of(cls, rows: SeededRows, base: BoolArray, later: BoolArray, *, trend: bool) -> Comparison:
        # A page that was not there before has nothing to be compared with.
        later = later & (np.bincount(rows.page[base], minlength=int(rows.page.max()) + 1) > 0)[rows.page]
        rate = _rates(rows, base)
        before, ahead = (_by_product(rows, mask, rows.exposure * rate[rows.page]) for mask in (base, later))
        # What is told of a product before the draw is all its weight and the known columns may rest on.
        weeks = later.sum() / max(base.sum(), 1)
        size = before * weeks
        known = [np.ones(before.size), *_dummies(rows.campaign), np.log(before + PRIOR_ORDERS)]
        known.append(_by_product(rows, base, rows.h) / np.maximum(_by_product(rows, base, np.ones(base.size)), 1))
        if trend:
            early, late = rows.period == EARLY, rows.period == LATE
            at_early = _by_product(rows, late, rows.exposure * _rates(rows, early)[rows.page])
            known.append(np.log((_by_product(rows, late, rows.orders) + PRIOR_ORDERS) / (at_early + PRIOR_ORDERS)))
        arm = np.where(rows.treated, rows.probability, 1 - rows.probability)
        usable = (before > 0) & (ahead > 0)
        counting = 1 / np.maximum(size, 1e-9) + 1 / np.maximum(before, 1e-9)
        ratio = _by_product(rows, later, rows.orders) / np.maximum(ahead, 1e-9)
        spread = max(
            LEAST_SPREAD**2,
            float(np.median((ratio[usable] - np.median(ratio[usable])) ** 2) / 0.455 - np.median(counting[usable]))
            if usable.any()
            else 0.0,
        )
        weight = np.where(usable, 1 / (spread + counting) / arm, 0.0)
        at = np.flatnonzero(later)
        promise = _promise(rows, base, later, arm)
        columns = np.column_stack([*known, promise])
        return cls(
            rows.orders[at],
            rows.h[at] - _last(rows, base, rows.h)[rows.page[at]],
            reviews_at(rows.h[at]) - _last(rows, base, reviews_at(rows.h))[rows.page[at]],
            np.nan_to_num(rows.rating[at] - _last(rows, base, rows.rating)[rows.page[at]]),
            rows.product[at],
            ahead,
            rows.treated.astype(np.float64),
            columns,
            weight,
            rows.cluster,
            promise,
            int(np.unique(rows.cluster[usable]).size) - columns.shape[1] - 1,
        )

    def difference(self, theta: float, rating: float) -> tuple[float, float]:
        """Treated minus control, by promise, of orders as if no review had come, over expected; its standard error."""
        return self._contrast(self._ratio(theta, rating), self.promise)

    def gain(self) -> tuple[float, float]:
        """Treated minus control of orders over expected, every product alike; its standard error."""
        return self._contrast(self._ratio(0.0, 0.0), np.ones_like(self.promise))

    def _ratio(self, theta: float, rating: float) -> FloatArray:
        left = self.orders * np.exp(-theta * self.h_change - rating * self.rating_change)
        return np.asarray(np.bincount(self.product, left, self.expected.size) / np.maximum(self.expected, 1e-9))

    def h_difference(self) -> float:
        """How much more h rose on treated products, by promise."""
        return self._contrast(self._mean(self.h_change), self.promise)[0]

    def reviews(self) -> tuple[float, float]:
        """How many more reviews came to treated products, on average over the later time; its standard error."""
        return self._contrast(self._mean(self.reviews_change), np.ones_like(self.promise))

    def _mean(self, values: FloatArray) -> FloatArray:
        count = np.maximum(np.bincount(self.product, minlength=self.expected.size), 1)
        return np.asarray(np.bincount(self.product, values, self.expected.size) / count)

    def _contrast(self, outcome: FloatArray, size: FloatArray) -> tuple[float, float]:
        return weighted_difference(outcome, self.treated * size, self.known, self.weight, self.cluster)


def _rates(rows: SeededRows, base: BoolArray) -> FloatArray:
    """Orders per exposure of every page in these weeks, drawn to the mean rate; 0 where it was not seen."""
    pages = int(rows.page.max()) + 1
    orders = np.bincount(rows.page[base], rows.orders[base], pages)
    exposure = np.bincount(rows.page[base], rows.exposure[base], pages)
    mean = orders.sum() / max(exposure.sum(), 1e-300)
    shrunk = (orders + PRIOR_ORDERS) / (exposure + PRIOR_ORDERS / max(mean, 1e-300))
    return np.where(exposure > 0, shrunk, 0.0)


def _last(rows: SeededRows, base: BoolArray, values: FloatArray) -> FloatArray:
    """The value in the last of these weeks of every page; rows are in order of page and week."""
    found = np.zeros(int(rows.page.max()) + 1)
    found[rows.page[base]] = values[base]
    return found


def _first(rows: SeededRows, base: BoolArray, values: FloatArray) -> FloatArray:
    found = np.zeros(int(rows.page.max()) + 1)
    found[rows.page[base][::-1]] = values[base][::-1]
    return found


def _promise(rows: SeededRows, base: BoolArray, later: BoolArray, arm: FloatArray) -> FloatArray:
    """How much the campaign was bound to raise h of each product, seeded or not: most where few reviews stood.

    From what stood at the start, the growth of the time before going on, and one number for all: the reviews the
    campaign brought on average.
    """
    reviews = reviews_at(rows.h)
    ends = [_last(rows, base, reviews), _first(rows, base, reviews)]
    stood, began = (_by_product(rows, later, end[rows.page]) for end in ends)
    shown = _by_product(rows, later, reviews)
    count = np.maximum(_by_product(rows, later, np.ones(later.size)), 1)
    stood, began, shown = stood / count, began / count, shown / count
    # On average half of the growth of as many weeks again has come.
    usual = stood + 0.5 * np.maximum(stood - began, 0) * later.sum() / max(base.sum(), 1)
    mean = [
        float(np.average((shown - usual)[group], weights=1 / arm[group])) for group in (rows.treated, ~rows.treated)
    ]
    raised = share_of_reference(usual + max(mean[0] - mean[1], 1.0)) - share_of_reference(usual)
    return np.asarray(raised / raised.mean())


def _by_product(rows: SeededRows, mask: BoolArray, values: FloatArray) -> FloatArray:
    return np.bincount(rows.product[mask], values[mask], rows.treated.size).astype(np.float64)


def _dummies(code: IntArray) -> list[FloatArray]:
    return [(code == value).astype(np.float64) for value in np.unique(code)[1:]]
