"""The range of an expected value: as wide as what is not known of it."""

from __future__ import annotations

import numpy as np
import pytest

from ml.ambassador.ranges import Z_90, TenthErrors, fit_tenths, half_range, share_held

ROWS = 20_000


def world(seed: int, truth: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """(tracked purchases, predictions): truth 1: the predictions are right."""
    rng = np.random.default_rng(seed)
    predicted = np.exp(rng.normal(-3, 1, ROWS))
    return rng.poisson(truth * predicted).astype(float), predicted


def test_right_predictions_are_off_by_the_chance_of_counts() -> None:
    ratios = []
    for seed in range(20):
        purchases, predicted = world(seed)
        errors = fit_tenths(purchases, predicted, np.arange(ROWS))
        top = predicted >= errors.edges[-1]
        ratios.append(errors.relative[-1] * np.sqrt(predicted[top].sum()))
        assert errors.relative[0] > 2 * errors.relative[-1]  # few purchases are expected of the last tenth
    assert np.median(ratios) == pytest.approx(1.0, abs=0.1)


def test_the_range_holds_what_a_tenth_brings_in_nine_times_in_ten() -> None:
    held = []
    for seed in range(40):
        purchases, predicted = world(seed)
        errors = fit_tenths(*world(1_000 + seed), np.arange(ROWS))
        for edge, after in zip((0.0, *errors.edges), (*errors.edges, np.inf), strict=True):
            mine = (predicted >= edge) & (predicted < after)
            expected = predicted[mine].sum()
            half = half_range(expected * errors.of(np.array([edge])))
            # Both the new sum and the judged one are counts: the truth of the tenth is the expected sum.
            held.append(abs(purchases[mine].sum() - expected) <= np.sqrt(half**2 + Z_90**2 * expected)[0])
    assert np.mean(held) > 0.9


def test_predictions_twice_too_high_are_known_to_be_off_by_half() -> None:
    purchases, predicted = world(3, truth=0.5)
    errors = fit_tenths(purchases, predicted, np.arange(ROWS))
    assert min(errors.relative[3:]) == pytest.approx(0.5, abs=0.1)


def test_a_person_judged_twice_counts_once() -> None:
    alone, together = [], []
    for seed in range(20):
        purchases, predicted = (np.repeat(each, 2) for each in world(seed))
        alone.append(fit_tenths(purchases, predicted, np.arange(2 * ROWS)).relative[0])
        together.append(fit_tenths(purchases, predicted, np.repeat(np.arange(ROWS), 2)).relative[0])
    assert np.median(together) > 1.2 * np.median(alone)


def test_equal_predictions_are_one_group_and_a_card_keeps_all() -> None:
    errors = fit_tenths(np.array([1.0, 0.0, 3.0, 0.0]), np.ones(4), np.arange(4))
    assert len(errors.relative) == len(errors.edges) + 1
    assert TenthErrors.from_dict(errors.as_dict()) == errors


def test_a_range_is_judged_by_groups_scored_alike() -> None:
    value = np.repeat([1.0, 2.0, 3.0, 9.0], 10)
    assert share_held(value, np.repeat([1.5, 2.0, 2.5, 3.0], 10), np.full(40, 0.5), groups=4) == 0.75
