"""Seeded products: exact where nothing is noisy, refused where the draw tells nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml.errors import NothingToLearnError
from ml.measurement.review_effect.comparison import AFTER, EARLY, LATE, SeededRows
from ml.measurement.review_effect.curve import reviews_at, share_of_reference, spline, told_knots
from ml.measurement.review_effect.regression import weighted_difference
from ml.measurement.review_effect.seeded import seeded_effect

PERIODS = np.array([EARLY] * 4 + [LATE] * 4 + [AFTER] * 8)


def world(products: int = 40, effect: float = 0.3, brought: float = 30.0, noise: float = 0.0) -> SeededRows:
    """Every second product is seeded; orders are what their page's rate and the true curve give."""
    rng = np.random.default_rng(5)
    weeks = PERIODS.size
    product = np.repeat(np.arange(products), weeks)
    period = np.tile(PERIODS, products)
    treated = np.arange(products) % 2 == 0
    start = np.repeat(rng.integers(0, 40, products), weeks)
    h = share_of_reference(start + brought * (treated[product] & (period == AFTER)))
    drift = np.exp(noise * rng.standard_normal(products))[product]
    rate = np.exp(rng.normal(0, 1, products))[product] * np.where(period == AFTER, drift, 1.0)
    exposure = np.full(product.size, 10_000.0)
    zero = np.zeros(products, dtype=np.int64)
    return SeededRows(
        orders=exposure * rate * 0.02 * (1 + effect) ** h,
        exposure=exposure,
        h=h,
        rating=np.full(product.size, np.nan),
        period=period,
        page=product,
        product=product,
        treated=treated,
        probability=np.full(products, 0.5),
        campaign=zero,
        cluster=np.arange(products),
    )


@pytest.mark.parametrize("effect", [0.3, 0.0, -0.2])
def test_without_noise_the_true_rise_at_50_reviews_is_found(effect: float) -> None:
    found = seeded_effect(world(effect=effect), 0.9)
    # The rate before is drawn to the mean by two orders in thousands: a hundredth of a point.
    assert np.expm1(found.log_effect) == pytest.approx(effect, abs=2e-3)
    assert found.before == pytest.approx(0.0, abs=2e-3)
    assert found.reviews_gained == pytest.approx(30.0)


def test_with_noise_the_range_holds_the_truth_and_is_wider_than_nothing() -> None:
    found = seeded_effect(world(noise=0.1), 0.9)
    assert np.expm1(found.log_low) < 0.3 < np.expm1(found.log_high)
    assert found.log_high - found.log_low > 0.05


def test_a_rise_of_the_rating_is_taken_out_and_its_error_widens_the_range() -> None:
    rows = world(noise=0.05)
    stars = np.where(rows.treated[rows.product] & (rows.period == AFTER), 4.5, 4.0)
    rows = replace(rows, rating=stars, orders=rows.orders * np.exp(0.2 * (stars - 4)))
    known, unsure = seeded_effect(rows, 0.9, rating=0.2), seeded_effect(rows, 0.9, rating=0.2, rating_error=0.1)
    assert known.log_effect == pytest.approx(seeded_effect(world(noise=0.05), 0.9).log_effect, abs=0.01)
    assert unsure.log_high - unsure.log_low > known.log_high - known.log_low


def test_reviews_that_did_not_come_teach_nothing() -> None:
    with pytest.raises(NothingToLearnError, match="did not gain more reviews"):
        seeded_effect(world(brought=0.0, noise=0.1), 0.9)


def test_seven_seeded_products_are_too_few() -> None:
    with pytest.raises(NothingToLearnError, match="7 products with a page before and after the start were seeded"):
        seeded_effect(world(products=14), 0.9)


def test_a_page_that_was_not_there_before_counts_for_nothing() -> None:
    rows = world()
    added = rows.period == AFTER
    late = replace(
        rows,
        orders=np.concatenate([rows.orders, 50 * rows.orders[added]]),
        exposure=np.concatenate([rows.exposure, rows.exposure[added]]),
        h=np.concatenate([rows.h, rows.h[added]]),
        rating=np.concatenate([rows.rating, rows.rating[added]]),
        period=np.concatenate([rows.period, rows.period[added]]),
        page=np.concatenate([rows.page, rows.page[added] + 40]),
        product=np.concatenate([rows.product, rows.product[added]]),
    )
    assert seeded_effect(late, 0.9).log_effect == pytest.approx(seeded_effect(rows, 0.9).log_effect, abs=1e-9)


def test_a_difference_without_other_columns_is_that_of_means_with_its_known_error() -> None:
    outcome, treated = np.array([1.0, 3.0, 6.0, 10.0]), np.array([0.0, 0.0, 1.0, 1.0])
    value, error = weighted_difference(outcome, treated, np.ones((4, 1)), np.ones(4), np.arange(4))
    assert value == pytest.approx(6.0)
    # Variances 2 and 8 of two each: sqrt(2/2 + 8/2).
    assert error == pytest.approx(np.sqrt(5.0))


def test_rows_drawn_together_count_as_one() -> None:
    outcome, treated = np.repeat([1.0, 3.0, 6.0, 10.0], 50), np.repeat([0.0, 0.0, 1.0, 1.0], 50)
    value, error = weighted_difference(outcome, treated, np.ones((200, 1)), np.ones(200), np.repeat(np.arange(4), 50))
    assert value == pytest.approx(6.0)
    assert error == pytest.approx(np.sqrt(5.0), rel=1e-6)


def test_the_spline_bends_at_its_knots_and_nowhere_jumps() -> None:
    table = spline(np.array([0.0, 1.0, 5.0, 49.999, 50.0, 101.0]))
    assert table[0].tolist() == [0.0] * 6
    assert table[1, 1:].tolist() == [0.0] * 5
    assert table[2, 1] == pytest.approx(np.log(6 / 2))
    assert np.abs(table[4] - table[3]).max() < 1e-4
    assert table[5, 5] == pytest.approx(np.log(102 / 51))
    assert reviews_at(share_of_reference(np.array([0.0, 50.0]))) == pytest.approx([0.0, 50.0])


def test_a_stretch_of_the_curve_that_few_products_move_on_has_no_knot_of_its_own() -> None:
    # Ten products go from 6 to 9 reviews and ten from 12 to 20: nobody moves below 5 or beyond 25.
    reviews = np.array([6.0, 9.0] * 10 + [12.0, 20.0] * 10)
    page = np.repeat(np.arange(20), 2)
    assert told_knots(reviews, page, page, fewest=8) == (10.0,)
    assert told_knots(reviews, page, page, fewest=11) == ()
