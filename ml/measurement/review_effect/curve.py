"""The curve of orders per view over the number of reviews: a linear spline of log1p(reviews), and what is read off it.

Belongs here: the columns of the spline and the contrasts of it. Does not: fitting (poisson.py).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ml.arrays import FloatArray, IntArray

KNOTS = (1.0, 5.0, 10.0, 25.0, 50.0)
# Where a page is said to be "well reviewed": effects are told as 50 reviews against none.
REFERENCE = 50.0


def spline(reviews: FloatArray, knots: tuple[float, ...] = KNOTS) -> FloatArray:
    """(n, 1 + knots): log1p(reviews), and how far it lies beyond each knot; slopes change at knots, levels do not."""
    u = np.log1p(np.asarray(reviews, dtype=np.float64))
    return np.column_stack([u, *(np.maximum(u - np.log1p(knot), 0.0) for knot in knots)])


def told_knots(reviews: FloatArray, page: IntArray, product: IntArray, fewest: int) -> tuple[float, ...]:
    """The knots between which enough products move: a stretch that fewer move on shares its neighbour's slope.

    Args:
        reviews: (n,) of every page and week; page, product: (n,) codes.
        fewest: products that must move between two knots.
    """
    u, size = np.log1p(reviews), np.bincount(page)
    knots = list(KNOTS)
    while knots:
        ends = [0.0, *(float(np.log1p(knot)) for knot in knots), np.inf]
        moving = []
        for low, high in pairwise(ends):
            part = np.clip(u, low, high)
            moved = np.abs(part - (np.bincount(page, part) / size)[page]) > 1e-9
            moving.append(int(np.unique(product[moved]).size))
        weak = int(np.argmin(moving))
        if moving[weak] >= fewest:
            break
        # Its neighbour with fewer moving products takes it in.
        left = weak > 0 and (weak == len(knots) or moving[weak - 1] <= moving[weak + 1])
        knots.pop(weak - 1 if left else weak)
    return tuple(knots)


def share_of_reference(reviews: FloatArray) -> FloatArray:
    """log1p(reviews) / log1p(50): 0 at none, 1 at 50 reviews."""
    return np.asarray(np.log1p(reviews) / np.log1p(REFERENCE))


def reviews_at(share: FloatArray) -> FloatArray:
    """The number of reviews whose share_of_reference this is."""
    return np.asarray(np.expm1(np.asarray(share) * np.log1p(REFERENCE)))
