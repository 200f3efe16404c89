"""A store test week by week: it adds up to the lift, and before the start nothing is found."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from ml.measurement.store_lift.adaptive import calibrate, estimate
from ml.measurement.store_lift.panel import StorePanel
from ml.measurement.store_lift.weekly import Period, periods

STARTS_ON = date(2026, 3, 2)


def panel(lift: float, stores: int = 24, treated: int = 5, before: int = 20, after: int = 6) -> StorePanel:
    rng = np.random.default_rng(1)
    level = np.exp(rng.normal(5, 0.6, stores))
    Y = level[:, None] * np.exp(rng.normal(0, 0.04, (stores, before + after)))
    is_treated = np.arange(stores) < treated
    Y[is_treated, before:] *= 1 + lift
    names = tuple(f"s{n:02}" for n in range(stores))
    return StorePanel(names, Y, is_treated, before, (), 7, STARTS_ON, date(2026, 4, 13))


def told(one: StorePanel, seed: int = 3) -> list[Period]:
    return periods(one, calibrate(one.window, one.treated, seed=3), seed=seed)


def test_weeks_after_the_start_add_up_to_nearly_the_lift_of_the_whole_time() -> None:
    one = panel(0.15)
    after = [period for period in told(one) if period.is_after]
    lift = sum(period.seen for period in after) / sum(period.without for period in after) - 1
    whole = estimate(one.window, one.treated, calibrate(one.window, one.treated, seed=3))
    assert lift == pytest.approx(whole.effect, abs=0.01)
    assert all(period.seen > period.high for period in after)


def test_weeks_before_the_start_lie_within_the_band_of_chance() -> None:
    before = [period for period in told(panel(0.15)) if not period.is_after]
    assert [period.starts_on for period in before][-1] == date(2026, 2, 23)
    assert len(before) == 12
    within = sum(period.low <= period.seen <= period.high for period in before)
    assert within >= 9  # the band holds nine in ten; fewer than nine of twelve happen once in forty


def test_seen_is_the_stores_own_total_and_a_seed_gives_one_answer() -> None:
    one = panel(0.0)
    found = told(one)
    assert found == told(one)
    assert found[-1].seen == pytest.approx(one.Y[:5, -1].sum())
    assert [period.low < period.without < period.high for period in found] == [True] * len(found)
