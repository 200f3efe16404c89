"""Qini, AUUC and uplift@k against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ml.errors import InputError
from ml.evaluate.curves import auuc_causalml, qini_auc_scikit_uplift, qini_curve, uplift_at

# Best first: a treated buyer, an untreated non-buyer, a treated non-buyer, an untreated buyer.
T = [1, 0, 1, 0]
Y = [1, 0, 0, 1]
BEST_FIRST = [0.9, 0.8, 0.7, 0.6]
WORST_FIRST = [0.6, 0.7, 0.8, 0.9]


def test_the_qini_curve_is_treated_buyers_minus_scaled_untreated_buyers() -> None:
    # Worst first. k=1: N0=1, Y0=1, N1=0: 0 - 1·0/1 = 0; k=2: 0 - 1·1/1 = -1; k=3: 0 - 1·1/2 = -.5; k=4: 1 - 1 = 0.
    k, q = qini_curve(Y, WORST_FIRST, T)
    assert k.tolist() == [0, 1, 2, 3, 4]
    assert q.tolist() == [0, 0, -1, -0.5, 0]


def test_the_best_possible_order_has_a_qini_of_one() -> None:
    # q = 0, 1, 1, 1, 0: area .5+1+1+.5 = 3; diagonal 0; the order by y·t - y·(1-t) is the same one.
    assert qini_auc_scikit_uplift(Y, BEST_FIRST, T) == pytest.approx(1.0)


def test_the_worst_order_has_a_negative_qini() -> None:
    # Area of 0, 0, -1, -.5, 0 is -.5 - .75 - .25 = -1.5, over 3.
    assert qini_auc_scikit_uplift(Y, WORST_FIRST, T) == pytest.approx(-0.5)


def test_people_with_the_same_score_come_in_together() -> None:
    # One threshold only: the curve is the diagonal itself.
    assert qini_auc_scikit_uplift(Y, [0.5] * 4, T) == pytest.approx(0.0)
    assert qini_curve(Y, [0.5] * 4, T)[0].tolist() == [0, 4]


def test_auuc_is_the_mean_gain_over_the_last_one() -> None:
    # With the last person no buyer: lifts at k=2,3,4 are 1, .5, .5; at k=1 no untreated yet: half way from 0 to 1.
    # Gains k·lift = .5, 2, 1.5, 2; with 0 at k=0 their mean is 6/5, over |2| = .6.
    assert auuc_causalml([1, 0, 0, 0], BEST_FIRST, T) == pytest.approx(0.6)


def test_auuc_is_unknown_where_the_average_effect_is_zero() -> None:
    assert np.isnan(auuc_causalml(Y, BEST_FIRST, T))


def test_uplift_at_half_compares_the_first_two() -> None:
    assert uplift_at(Y, BEST_FIRST, T, 0.5) == 1.0
    assert uplift_at(Y, WORST_FIRST, T, 0.5) == -1.0


def test_uplift_of_a_part_with_one_arm_is_unknown() -> None:
    assert np.isnan(uplift_at(Y, BEST_FIRST, T, 0.25))


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(InputError, match="same length"):
        qini_curve([1, 0], [0.1], [1, 0])
