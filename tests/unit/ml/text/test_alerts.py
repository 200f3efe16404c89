"""Whose bad moments jumped, on counts worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from ml.text.alerts import TESTED_SCHEMA, daily_rates, jumps

AS_OF = date(2026, 6, 30)
RECENT = date(2026, 6, 17)  # the first of 14 days to 30 June
EARLIER = date(2026, 3, 25)  # the first of the 84 days before


def daily(*rows: tuple[str, str, str, date, int]) -> pl.DataFrame:
    schema = ["subject_kind", "subject_id", "moment", "activity_on", "bad_count"]
    return pl.DataFrame(rows, schema=schema, orient="row", schema_overrides={"bad_count": pl.Int64})


def sales(*stores: str, a_day: int = 100) -> pl.DataFrame:
    days = pl.date_range(EARLIER - timedelta(days=30), AS_OF, eager=True)
    return pl.concat(
        pl.DataFrame({"activity_on": days}).select(
            "activity_on",
            subject_kind=pl.lit("store"),
            subject_id=pl.lit(store),
            transactions_count=pl.lit(a_day, pl.Int64),
            views_count=pl.lit(None, pl.Int64),
        )
        for store in stores
    )


def test_a_jump_is_an_alert_and_a_steady_store_is_none() -> None:
    rows = [("store", "north", "wait", AS_OF - timedelta(days=n), 1) for n in range(10)]
    rows += [("store", "north", "wait", EARLIER + timedelta(days=40 * n), 1) for n in range(2)]
    rows += [("store", "south", "wait", EARLIER + timedelta(days=7 * n), 1) for n in range(14)]
    found = jumps(daily(*rows), sales("north", "south"), AS_OF)

    assert list(found.schema.items()) == list(TESTED_SCHEMA.items())
    north, south = found.row(0, named=True), found.row(1, named=True)
    assert (north["recent_count"], north["recent_opportunities"]) == (10, 1_400)
    assert (north["earlier_count"], north["earlier_opportunities"]) == (2, 8_400)
    assert north["rate_ratio"] == pytest.approx(30)  # 10 / 14 days against 2 / 84 days
    assert north["is_alert"]
    assert not south["is_alert"]


def test_the_windows_are_two_weeks_and_the_twelve_before() -> None:
    edges = [AS_OF + timedelta(days=1), AS_OF, RECENT, RECENT - timedelta(days=1), EARLIER, EARLIER - timedelta(days=1)]
    found = jumps(daily(*(("store", "north", "staff", day, 1) for day in edges)), sales("north"), AS_OF)
    assert found.select("recent_count", "earlier_count").row(0) == (2, 2)


def test_a_store_whose_sales_are_not_known_cannot_be_tested() -> None:
    rows = daily(*(("store", "silent", "wait", AS_OF, 20) for _ in range(1)))
    assert jumps(rows, sales("north"), AS_OF).is_empty()


def test_a_product_is_held_against_its_page_views() -> None:
    pages = sales("p1").with_columns(
        subject_kind=pl.lit("product"), views_count=pl.lit(50, pl.Int64), transactions_count=pl.lit(None, pl.Int64)
    )
    found = jumps(daily(("product", "p1", "product_fault", AS_OF, 9)), pages, AS_OF)
    assert found.select("opportunity", "recent_opportunities", "is_alert").row(0) == ("page views", 700, True)


def test_false_alerts_are_rare_among_many_steady_stores() -> None:
    import numpy as np

    random = np.random.default_rng(4)
    stores = [f"s{n:03}" for n in range(300)]
    days = [AS_OF - timedelta(days=n) for n in range(98)]
    counts = random.poisson(0.4, (len(stores), len(days)))
    rows = [
        ("store", store, "wait", day, int(counts[i, j])) for i, store in enumerate(stores) for j, day in enumerate(days)
    ]
    found = jumps(daily(*rows), sales(*stores), AS_OF)
    assert found.height > 290
    assert found["is_alert"].sum() <= 1


def test_rates_of_a_day_have_intervals_and_are_unknown_without_occasions() -> None:
    rows = pl.DataFrame(
        {
            "subject_kind": ["brand", "brand"],
            "subject_id": ["all", "all"],
            "moment": ["wait", "wait"],
            "activity_on": [AS_OF, AS_OF - timedelta(days=1)],
            "moments_count": [3, 0],
            "transactions_count": [1_000, 500],
            "views_count": [None, 0],
        },
        schema_overrides={"views_count": pl.Int64},
    )
    found = daily_rates(rows)
    assert found["rate_per_1000_transactions"].to_list() == [0.0, 3.0]
    # Garwood's 90 % limits of 3: .818 and 7.754; of 0: 0 and 2.996
    assert found["rate_per_1000_transactions_low"].to_list() == pytest.approx([0, 0.818], abs=1e-3)
    assert found["rate_per_1000_transactions_high"].to_list() == pytest.approx([2 * 2.996, 7.754], abs=2e-3)
    assert found["rate_per_1000_views"].to_list() == [None, None]
