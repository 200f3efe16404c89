"""Prosumers' lead: what is taken out, what is found, what is not claimed, the cohort's rule, refusals in words."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from ml.arrays import FloatArray
from ml.errors import TooFewRowsError
from ml.measurement.prosumer_lead.cohort import find_cohort, monthly_series, whole_months
from ml.measurement.prosumer_lead.lead import lead_test
from ml.measurement.prosumer_lead.measure import prosumer_lead
from ml.measurement.prosumer_lead.series import autoregression, prepare

MONTH = np.arange(60)


def leading(lag: int, seed: int = 1, noise: float = 0.5) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    signal = rng.standard_normal(60 + lag)
    return signal[lag:], signal[:60] + rng.normal(0, noise, 60)


@pytest.mark.parametrize("lag", [6, 12, 18])
def test_a_clear_lead_is_found_at_its_months(lag: int) -> None:
    found = lead_test(*leading(lag), np.random.default_rng(2), permutations=199)
    assert found.lag == lag
    assert found.lag_low <= lag <= found.lag_high
    assert found.is_lead
    assert found.p_value == pytest.approx(1 / 200)


def test_the_follower_does_not_lead() -> None:
    cohort, others = leading(12)
    assert not lead_test(others, cohort, np.random.default_rng(2), permutations=199).is_lead


def test_a_lead_of_three_months_is_not_called_one_of_six_or_more() -> None:
    found = lead_test(*leading(3), np.random.default_rng(2), permutations=199)
    assert found.lag == 3
    assert not found.is_lead


def test_a_shared_season_is_no_lead_of_twelve_months() -> None:
    rng = np.random.default_rng(5)
    december = 4.0 * (MONTH % 12 == 11)
    found = lead_test(rng.standard_normal(60) + december, rng.standard_normal(60) + december, rng, permutations=199)
    assert found.waves == 6
    assert found.p_value > 0.05


def test_several_categories_together_show_what_one_does_not() -> None:
    pairs = [leading(12, seed=seed, noise=2.5) for seed in range(8)]
    cohort, others = (np.column_stack([pair[side] for pair in pairs]) for side in (0, 1))
    found = lead_test(cohort, others, np.random.default_rng(3), permutations=199)
    assert found.is_lead
    assert found.lag == 12


def test_fewer_than_48_months_are_refused_in_words() -> None:
    cohort, others = leading(12)
    with pytest.raises(TooFewRowsError, match="47 months are known, at least 48"):
        lead_test(cohort[:47], others[:47], np.random.default_rng(1))


def test_what_both_do_in_the_same_month_is_taken_from_the_cohort() -> None:
    rng = np.random.default_rng(1)
    others = rng.standard_normal((60, 1))
    ready = prepare(2 * others + rng.standard_normal((60, 1)), others)
    assert float((ready.cohort * ready.others).sum()) == pytest.approx(0.0, abs=1e-9)


def test_a_line_and_a_wave_leave_nothing() -> None:
    series = (0.3 * MONTH + 5 * np.cos(2 * np.pi * MONTH / 12))[:, None]
    noise = np.random.default_rng(1).normal(0, 0.01, (60, 1))
    ready = prepare(series + noise, series + noise[::-1])
    assert ready.removal.has_line
    assert ready.removal.waves >= 1
    assert np.abs(ready.others).max() < 0.05


def test_memory_of_one_month_is_seen_and_none_is_not_invented() -> None:
    rng = np.random.default_rng(4)
    shocks, series = rng.standard_normal(400), np.zeros(400)
    for month in range(1, 400):
        series[month] = 0.7 * series[month - 1] + shocks[month]
    assert autoregression(series)[0] == pytest.approx(0.7, abs=0.1)
    assert np.abs(autoregression(shocks)).max() < 0.15


def purchases(rows: list[tuple[str, str, date]]) -> pl.DataFrame:
    schema = {"consumer_key": pl.String, "product_id": pl.String, "business_on": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_the_cohort_is_early_and_active_and_paid_pieces_do_not_count() -> None:
    start = date(2020, 1, 1)
    people = [f"p{number:03d}" for number in range(500)]
    rows = [(key, "old", start) for key in people]
    # The new product is bought in the order of the names: the first 80 are its first 16 %.
    rows += [(key, "new", start + timedelta(days=100 + place)) for place, key in enumerate(people)]
    ugc = pl.DataFrame(
        {
            "consumer_key": [*people[20:90] * 2, *people[:20] * 3],
            "is_organic": [True] * 140 + [False] * 60,
        }
    )
    found = find_cohort(purchases(rows), ugc)
    assert found.launched.to_list() == ["new"]
    assert found.people.to_list() == people[20:80]


def test_too_small_a_cohort_says_what_to_do() -> None:
    rows = [(f"p{number}", "old", date(2020, 1, 1)) for number in range(60)]
    ugc = pl.DataFrame({"consumer_key": ["p1"], "is_organic": [True]})
    with pytest.raises(TooFewRowsError, match="link more accounts"):
        find_cohort(purchases(rows), ugc)


def test_series_are_log_odds_of_categories_and_leave_launched_products_out() -> None:
    start = date(2020, 1, 1)
    people = [f"p{number:03d}" for number in range(400)]
    rows = [(key, "tea" if place % 2 else "soap", start) for place, key in enumerate(people)]
    rows += [(key, "new", start + timedelta(days=120)) for key in people]
    ugc = pl.DataFrame({"consumer_key": people[:64], "is_organic": [True] * 64})
    cohort = find_cohort(purchases(rows), ugc)
    category = pl.DataFrame({"product_id": ["tea", "soap", "new"], "category": ["tea", "soap", "tea"]})
    series = monthly_series(purchases(rows), cohort, category, start, 1)
    assert series.categories == ("soap", "tea")
    assert series.cohort == pytest.approx(0.0)  # 32 and 32 of the cohort's 64 purchases
    assert (series.cohort_purchases, series.others_purchases) == (64, 336)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2020, 1, 1), date(2020, 12, 31), (date(2020, 1, 1), 12)),
        (date(2020, 1, 2), date(2020, 12, 30), (date(2020, 2, 1), 10)),
        (date(2020, 1, 15), date(2020, 1, 20), (date(2020, 2, 1), 0)),
    ],
)
def test_only_whole_months_count(first: date, last: date, expected: tuple[date, int]) -> None:
    assert whole_months(first, last) == expected


def test_a_short_history_is_refused_before_any_till_line_is_read() -> None:
    days = pl.DataFrame({"business_on": [date(2024, 1, 1), date(2025, 6, 30)]})
    found = prosumer_lead({"fct_store_days": days}, date(2025, 6, 30), seed=1)
    row = found["prosumer_lead"].row(0, named=True)
    assert row["status"] == "refused"
    assert "18 whole months of sales are known, at least 48 are needed" in row["note"]
    assert found["prosumer_lead_lags"].is_empty()
