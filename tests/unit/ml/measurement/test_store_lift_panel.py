"""Panels of store tests: which cells are known, which are zero, which stores are left out; and campaigns' rows."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from ml.errors import TooFewRowsError
from ml.measurement.store_lift.measure import store_lifts, store_tests
from ml.measurement.store_lift.panel import Calendar, calendar, completed, store_panel

START = date(2024, 3, 4)
FIRST = START - timedelta(weeks=12)


def store_days(stores: int = 12, weeks: int = 16, lift: float = 0.0, treated: int = 3) -> pl.DataFrame:
    """One row a store and day; sales vary a little and by store; the first stores rise by `lift` from START on."""
    rng = np.random.default_rng(4)
    rows = []
    for store in range(stores):
        for day in range(weeks * 7):
            on = FIRST + timedelta(days=day)
            size = 1000 * (1 + store) * float(np.exp(rng.normal(0, 0.05)))
            factor = 1 + lift if store < treated and on >= START else 1.0
            rows.append((f"s{store:02d}", on, round(size * factor), 10 + store))
    frame = pl.DataFrame(
        rows, schema=["store_id", "business_on", "net_amount_minor", "transactions_count"], orient="row"
    )
    return frame.with_columns(channel=pl.lit("store"), currency=pl.lit("EUR"), lines_count=pl.lit(1))


def stores(count: int = 12) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "store_id": [f"s{n:02d}" for n in range(count)],
            "area_id": [f"a{n // 2}" for n in range(count)],
            "latitude": [50.0 + n for n in range(count)],
            "longitude": [5.0] * count,
            "opened_on": [date(2020, 1, 1)] * count,
            "closed_on": [None] * count,
            "is_known": [True] * count,
        },
        schema_overrides={"closed_on": pl.Date},
    )


def marts(**changes: pl.DataFrame) -> dict[str, pl.DataFrame]:
    members = pl.DataFrame(
        {
            "campaign_id": ["c1"] * 12,
            "unit": ["store"] * 12,
            "unit_id": [f"s{n:02d}" for n in range(12)],
            "arm": ["treatment"] * 3 + ["control"] * 9,
            "design": ["randomised"] * 12,
        }
    )
    campaigns = pl.DataFrame(
        {"campaign_id": ["c1"], "starts_on": [START], "ends_on": [START + timedelta(days=27)]},
    )
    places = pl.DataFrame(schema={"campaign_id": pl.String, "place": pl.String, "place_id": pl.String})
    return {
        "fct_store_days": store_days(lift=0.3),
        "dim_stores": stores(),
        "dim_campaigns": campaigns,
        "fct_campaign_members": members,
        "bridge_campaign_areas": places,
    } | changes


WEEKS = Calendar(7, 12, 4, START)
IDS = [f"s{n:02d}" for n in range(12)]


def test_a_campaign_of_weeks_is_cut_into_weeks_and_a_short_one_into_days() -> None:
    assert calendar(START, START + timedelta(days=29), FIRST) == Calendar(7, 12, 4, START)
    assert calendar(START, START + timedelta(days=9), FIRST) == Calendar(1, 60, 10, START)


def test_cells_are_sums_of_whole_weeks() -> None:
    days = store_days()
    panel = store_panel(days, stores(), IDS[:3], IDS[3:], WEEKS, value="net_amount_minor")
    first = days.filter(store_id="s00").filter(pl.col("business_on") < FIRST + timedelta(days=7))
    assert panel.Y.shape == (12, 16)
    assert panel.Y[0, 0] == first["net_amount_minor"].sum()
    assert panel.treated.sum() == 3
    assert panel.left_out == ()


def test_an_open_store_that_sells_nothing_has_a_zero_and_a_store_not_yet_open_an_unknown() -> None:
    days = store_days().filter(
        ~((pl.col("store_id") == "s05") & pl.col("business_on").is_between(FIRST, FIRST + timedelta(days=6)))
    )
    panel = store_panel(days, stores(), IDS[:3], IDS[3:], WEEKS, value="net_amount_minor")
    assert panel.Y[5, 0] == 0
    late = stores().with_columns(
        opened_on=pl.when(pl.col("store_id") == "s05").then(FIRST + timedelta(days=3)).otherwise("opened_on")
    )
    panel = store_panel(days, late, IDS[:3], IDS[3:], WEEKS, value="net_amount_minor")
    assert panel.Y[5, 0] > 20_000  # filled at its own level, not zero


def test_a_store_that_closed_during_the_campaign_is_left_out_by_name() -> None:
    closing = stores().with_columns(
        closed_on=pl.when(pl.col("store_id") == "s07").then(START + timedelta(days=8)).otherwise("closed_on")
    )
    panel = store_panel(store_days(), closing, IDS[:3], IDS[3:], WEEKS, value="net_amount_minor")
    assert panel.left_out == ("s07",)
    assert "s07" not in panel.units


def test_areas_add_their_stores_up() -> None:
    by_store = store_panel(store_days(), stores(), IDS[:3], IDS[3:], WEEKS, value="net_amount_minor")
    areas = ["a1", "a2", "a3", "a4", "a5"]
    by_area = store_panel(store_days(), stores(), ["a0"], areas, WEEKS, value="net_amount_minor", by_area=True)
    assert by_area.Y[0] == pytest.approx(by_store.Y[0] + by_store.Y[1])
    assert by_area.units == ("a0", *areas)


def test_filling_keeps_the_level_after_the_start_and_with_it_the_effect() -> None:
    cells = np.ones((6, 8)) * np.array([1.0, 2, 3, 4, 5, 6])[:, None]
    cells[0, 4:] = 2.0
    cells[0, 7] = np.nan
    # The others do not move; the first unit's known periods after the start stand at 2.
    assert completed(cells, 4)[0, 7] == pytest.approx(2.0, rel=0.05)


def test_no_untreated_store_is_refused() -> None:
    with pytest.raises(TooFewRowsError, match="no untreated store"):
        store_panel(store_days(), stores(), IDS, [], WEEKS, value="net_amount_minor")


def test_a_lift_in_sales_is_found_and_receipts_that_did_not_move_show_none() -> None:
    found = store_lifts(marts(), date(2024, 5, 1), seed=1)
    rows = {row["outcome"]: row for row in found["store_lift"].iter_rows(named=True)}
    sales, receipts = rows["store_sales"], rows["store_receipts"]
    assert sales["status"] == "measured"
    assert sales["lift_low"] < 0.3 < sales["lift_high"]
    assert sales["currency"] == "EUR"
    # What was seen, less what was seen without the lift.
    assert sales["extra"] == pytest.approx(sales["outcome_seen"] * (1 - 1 / (1 + sales["lift"])))
    assert receipts["lift"] == pytest.approx(0, abs=1e-6)
    assert receipts["currency"] is None
    assert found["store_lift_placebo"].filter(outcome="store_sales").height == 300
    assert "default" in found["store_lift_estimates"]["estimator"].to_list()


def test_a_campaign_that_is_not_over_or_has_too_few_stores_is_refused_in_words() -> None:
    early = store_lifts(marts(), START + timedelta(days=20), seed=1)["store_lift"]
    assert early["status"].to_list() == ["refused", "refused"]
    assert early["note"][0] == "the campaign is not over: it ends on 2024-03-31"
    few = marts()["fct_campaign_members"].head(7)
    refused = store_lifts(marts(fct_campaign_members=few), date(2024, 5, 1), seed=1)["store_lift"]
    assert "4 stores to compare with" in refused["note"][0]


def test_named_areas_without_a_draw_are_compared_with_the_others_and_labelled_observational() -> None:
    members = marts()["fct_campaign_members"].clear()
    places = pl.DataFrame({"campaign_id": ["c1"], "place": ["area"], "place_id": ["a0"]})
    (test,) = store_tests(marts(fct_campaign_members=members, bridge_campaign_areas=places))
    assert test.design == "observational"
    assert test.treated == ("a0",)
    assert test.controls == ("a1", "a2", "a3", "a4", "a5")


def test_a_campaign_among_people_is_no_store_test() -> None:
    people = marts()["fct_campaign_members"].with_columns(unit=pl.lit("consumer"))
    assert store_tests(marts(fct_campaign_members=people)) == []
