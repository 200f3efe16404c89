"""Store tests as marketers read them: units, verdicts, words, and the rows in campaign_results."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from orchestration.exports.campaigns import campaign_results
from orchestration.exports.context import ExportContext
from orchestration.exports.report.stores import store_rows
from orchestration.exports.store_lift import store_lift
from orchestration.exports.store_lift_weeks import store_lift_weeks
from tests.unit.exports.conftest import frame

TEST: dict[str, Any] = {
    "campaign_id": "spring",
    "outcome": "store_sales",
    "unit": "store",
    "currency": "EUR",
    "treated_count": 4,
    "control_count": 20,
    "left_out_count": 0,
    "period_days": 7,
    "periods_before_count": 26,
    "periods_after_count": 6,
    "starts_on": date(2026, 3, 2),
    "ends_before": date(2026, 4, 13),
    "lift": 0.10,
    "lift_low": 0.04,
    "lift_high": 0.16,
    "p_value": 0.01,
    "placebo_p": 0.02,
    "conformal_p": 0.05,
    "outcome_seen": 1_100_000.0,
    "extra": 100_000.0,
    "extra_low": 40_000.0,
    "extra_high": 150_000.0,
    "check_lift": 0.01,
    "check_low": -0.05,
    "check_high": 0.07,
    "fit_before": 0.03,
    "smallest_lift": 0.08,
    "size_difference": 0.1,
    "trend_difference": 0.0,
    "interval_level": 0.9,
    "is_clear": True,
    "design": "randomised",
    "estimator": "placebo-weighted candidates",
    "status": "measured",
}


def exported(context: ExportContext, **changes: Any) -> dict[str, Any]:
    return store_lift({"store_lift": frame("store_lift", [TEST | changes])}, context).row(0, named=True)


def test_money_is_in_main_units_and_receipts_are_counted(context: ExportContext) -> None:
    sales = exported(context)
    assert (sales["extra"], sales["unit"], sales["counted"]) == (1000.0, "EUR", "sales")
    receipts = exported(context, outcome="store_receipts", currency=None, extra=350.0)
    assert (receipts["extra"], receipts["unit"], receipts["counted"]) == (350.0, "receipts", "receipts")


def test_the_last_day_is_the_one_before_the_end_and_days_before_are_weeks_times_seven(context: ExportContext) -> None:
    row = exported(context)
    assert row["ends_on"] == date(2026, 4, 12)
    assert row["days_before_count"] == 182


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({}, "clear gain", "changed sales of its 4 stores by +10.0\u202f%"),
        ({"design": "observational"}, "clear gain", "not chosen by chance: no proof of cause"),
        ({"lift": -0.1, "lift_low": -0.16, "lift_high": -0.04}, "clear loss", "by \u221210.0\u202f%"),
        ({"is_clear": False, "lift_low": -0.04}, "not clear", "such a test finds +8.0\u202f% 8 times in 10"),
        ({"check_low": 0.001}, "clear gain", "The check before the campaign failed"),
    ],
)
def test_the_words_are_as_careful_as_the_design(
    context: ExportContext, changes: dict[str, Any], verdict: str, words: str
) -> None:
    row = exported(context, **changes)
    assert row["verdict"] == verdict
    assert words in row["in_words"]


def test_where_the_two_tests_disagree_the_range_holds_zero_and_the_note_says_so(context: ExportContext) -> None:
    row = exported(context, is_clear=False, placebo_p=0.3)
    assert (row["lift_low"], row["extra_low"]) == (0.0, 0.0)
    assert row["verdict"] == "not clear"
    assert "widened to hold 0" in row["note"]


def test_a_refused_test_says_why(context: ExportContext) -> None:
    kept = ("campaign_id", "outcome", "unit", "design")
    refused = {name: TEST[name] for name in kept} | {"status": "refused", "note": "4 stores to compare with"}
    row = store_lift({"store_lift": frame("store_lift", [refused])}, context).row(0, named=True)
    assert row["verdict"] == "not measured"
    assert "cannot be measured: 4 stores to compare with" in row["in_words"]
    assert row["lift"] is None
    (shown,) = store_rows(store_lift({"store_lift": frame("store_lift", [refused])}, context))
    assert shown.lift == ""


def test_campaign_results_holds_the_sales_of_the_stores_and_no_longer_asks_for_a_store_test(
    frames: dict[str, pl.DataFrame], context: ExportContext
) -> None:
    by_store = frames["campaign_effects"].with_columns(
        unit=pl.lit("store"), status=pl.lit("refused"), note=pl.lit("assigned by store, not by person")
    )
    frames["campaign_effects"] = pl.concat([frames["campaign_effects"], by_store], how="vertical_relaxed")
    frames["store_lift"] = frame("store_lift", [TEST, TEST | {"outcome": "store_receipts"}])
    rows = campaign_results(frames, context).filter(campaign_id="spring", counted_unit="store")
    assert rows.height == 1
    row = rows.row(0, named=True)
    assert row["outcome"] == "store_sales"
    # 100,000 minor units over 4 stores, in main units.
    assert row["effect"] == pytest.approx(250.0)
    assert row["total_effect"] == pytest.approx(1000.0)
    assert row["compared_mean"] == pytest.approx(2500.0)
    assert row["placebo_check"] == "passed"


def test_sales_in_another_currency_than_the_brands_stay_out_of_campaign_results(
    frames: dict[str, pl.DataFrame], context: ExportContext
) -> None:
    frames["store_lift"] = frame("store_lift", [TEST | {"currency": "CHF"}])
    row = campaign_results(frames, context).filter(counted_unit="store").row(0, named=True)
    assert row["status"] == "not measured"
    assert "CHF" in row["note"]
    figures = (
        "effect",
        "effect_low",
        "effect_high",
        "total_effect",
        "compared_mean",
        "placebo_effect",
        "treated_count",
    )
    assert [row[name] for name in figures] == [None] * len(figures)


def test_sales_are_in_main_units_of_their_own_currency(context: ExportContext) -> None:
    yen = exported(context, currency="JPY")
    # A yen has no minor unit: 100,000 of them are 100,000, where as many euro cents are 1,000.
    assert (yen["extra"], yen["unit"]) == (100_000.0, "JPY")


def test_weeks_are_in_main_units_beside_what_would_have_been(context: ExportContext) -> None:
    week = {"campaign_id": "spring", "outcome": "store_sales", "currency": "EUR", "interval_level": 0.9}
    week |= {"period_days": 7, "period_starts_on": date(2026, 3, 2), "is_after": True}
    sold = {"seen": 120_000.0, "without": 100_000.0, "without_low": 90_000.0, "without_high": 110_000.0}
    receipts = {"outcome": "store_receipts", "currency": None}
    frames = {"store_lift_weeks": frame("store_lift_weeks", [week | sold, week | sold | receipts])}
    columns = ("counted", "seen", "without", "without_low", "without_high", "unit", "period_days_count")
    assert store_lift_weeks(frames, context).select(columns).rows() == [
        ("receipts", 120_000.0, 100_000.0, 90_000.0, 110_000.0, "receipts", 7),
        ("sales", 1_200.0, 1_000.0, 900.0, 1_100.0, "EUR", 7),
    ]
