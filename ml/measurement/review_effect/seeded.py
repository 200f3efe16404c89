"""The effect of reviews where chance decided which products were seeded: no model of why pages differ is needed.

Belongs here: the estimate and its range. Does not: the comparison (comparison.py), the rows of it (campaigns.py).

With theta the log rise of orders per view from 0 to 50 reviews and h = log1p(reviews) / log 51, orders divided by
exp(theta · (h - h before)) are what a page would have had with the reviews of its start. At the true theta these do
not depend on the draw (a structural mean model, Robins 1994; multiplicative as in Vansteelandt and Goetghebeur 2003).
The estimate is the theta at which treated and control products are alike; its range holds every theta at which they
are not told apart (Anderson and Rubin 1949), so it stays honest when the campaign moved few reviews.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import t as student

from ml.errors import NothingToLearnError
from ml.measurement.review_effect.comparison import AFTER, EARLY, LATE, Comparison, SeededRows

WIDEST = 3.0  # log rise at 50 reviews, 20-fold: beyond it nothing was learned


@dataclass(frozen=True)
class SeededEffect:
    """Log rise from 0 to 50 reviews, with what the draw itself changed.

    Attributes:
        log_effect, log_low, log_high: of orders per view at 50 reviews against none.
        gain, gain_low, gain_high: orders per view of seeded products against the others, a ratio minus 1.
        before, before_low, before_high: the same in the second half of the time before: where no effect can be.
        reviews_gained, reviews_low, reviews_high: reviews shown on a seeded product more than on the others.
    """

    log_effect: float
    log_low: float
    log_high: float
    gain: float
    gain_low: float
    gain_high: float
    before: float
    before_low: float
    before_high: float
    reviews_gained: float
    reviews_low: float
    reviews_high: float


def seeded_effect(rows: SeededRows, level: float, rating: float = 0.0, rating_error: float = 0.0) -> SeededEffect:
    """The estimate and its range.

    Args:
        level: of the range.
        rating: log rise of orders per view per star, taken out; 0: none is known.
        rating_error: its standard error, which widens the range.

    Raises:
        NothingToLearnError: too few products, or the draw moved too few reviews to tell any effect.
    """
    after = Comparison.of(rows, rows.period < AFTER, rows.period == AFTER, trend=True)
    before = Comparison.of(rows, rows.period == EARLY, rows.period == LATE, trend=False)
    after.check("before and after the start")
    before.check("in both halves of the time before the start")
    reach = float(student.ppf(0.5 + level / 2, after.freedom))
    if after.h_difference() <= 0:
        raise NothingToLearnError("seeded products did not gain more reviews than the others")

    def middle(stars: float) -> float:
        return _root(lambda theta: after.difference(theta, stars)[0])

    log_effect = middle(rating)
    low, high = (_end(lambda theta: after.difference(theta, rating), log_effect, reach, side) for side in (-1.0, 1.0))
    if rating_error > 0:
        moved = 0.5 * reach * abs(middle(rating + rating_error) - middle(rating - rating_error))
        low = log_effect - float(np.hypot(log_effect - low, moved))
        high = log_effect + float(np.hypot(high - log_effect, moved))
    gain, gain_error = after.gain()
    check, check_error = before.gain()
    moved_by, moved_error = after.reviews()
    return SeededEffect(
        log_effect, low, high,
        gain, gain - reach * gain_error, gain + reach * gain_error,
        check, check - reach * check_error, check + reach * check_error,
        moved_by, moved_by - reach * moved_error, moved_by + reach * moved_error,
    )  # fmt: skip


def _root(function: Callable[[float], float]) -> float:
    if function(-WIDEST) <= 0 or function(WIDEST) >= 0:
        raise NothingToLearnError("the campaign moved too few reviews to tell any effect of them")
    return float(brentq(function, -WIDEST, WIDEST, xtol=1e-8))


def _end(found: Callable[[float], tuple[float, float]], middle: float, reach: float, side: float) -> float:
    """The nearest theta on this side at which the groups are told apart."""

    def beyond(theta: float) -> float:
        value, error = found(theta)
        return abs(value) - reach * error

    step, near = 0.02, middle
    while abs(near) < WIDEST:
        far = near + side * step
        if beyond(far) > 0:
            return float(brentq(beyond, near, far, xtol=1e-7))
        near, step = far, step * 1.5
    raise NothingToLearnError("the campaign moved too few reviews to tell any effect of them")
