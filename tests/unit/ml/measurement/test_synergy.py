"""Members together with influencers: the interaction, its windows by order, new visitors, promotions, refusals."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from ml.errors import NothingToLearnError, TooFewRowsError
from ml.measurement.store_lift.panel import StorePanel
from ml.measurement.synergy.areas import order_of
from ml.measurement.synergy.interaction import Changes, interaction
from ml.measurement.synergy.measure import synergy
from ml.measurement.synergy.promotions import promotion_change
from ml.measurement.synergy.visitors import new_visitors

START = date(2026, 3, 2)
ENDS = START + timedelta(days=27)
DAYS_BEFORE = 56


def rows(per_cell: int, noise: float = 0.0, seed: int = 1) -> Changes:
    """nano .06, partner .05, both -.10 on top, one window of level .02."""
    nano, partner = (np.repeat(one, per_cell).astype(float) for one in ([0, 1, 0, 1], [0, 0, 1, 1]))
    count = 4 * per_cell
    change = 0.02 + 0.06 * nano + 0.05 * partner - 0.10 * nano * partner
    change = change + np.random.default_rng(seed).normal(0, 1, count) * noise
    ids = np.arange(count)
    return Changes(change, nano, partner, np.zeros(count, dtype=np.int64), ids, np.empty((count, 0)))


def test_coefficients_are_the_four_cells_differences_and_the_additive_reading_follows() -> None:
    found = interaction(rows(5), 0.9, np.random.default_rng(1))
    assert found.nano.value == pytest.approx(0.06)
    assert found.partner.value == pytest.approx(0.05)
    assert found.both.value == pytest.approx(-0.10)
    assert found.cells == (5, 5, 5, 5)
    # e^.01 - e^.06 - e^.05 + 1
    assert found.additive[0] == pytest.approx(1.0100502 - 1.0618365 - 1.0512711 + 1, abs=1e-6)


def test_one_window_has_hc2_errors_and_welch_freedom() -> None:
    # In four cells of two values each HC2 is the sum over cells of their variance divided by their size.
    table = rows(3, noise=0.03)
    found = interaction(table, 0.9, np.random.default_rng(1))
    cells = table.change.reshape(4, 3)
    assert found.both.error == pytest.approx(float(np.sqrt((cells.var(axis=1, ddof=1) / 3).sum())))
    assert found.both.freedom == pytest.approx(8.0)  # four cells of three: 4 · 2


def test_an_area_seen_in_two_windows_is_one_area() -> None:
    one = rows(4, noise=0.03)
    twice = Changes(
        np.tile(one.change, 2),
        np.tile(one.nano, 2),
        np.tile(one.partner, 2),
        np.repeat([0, 1], 16),
        np.tile(one.area, 2),
        np.empty((32, 0)),
    )
    single, double = (interaction(table, 0.9, np.random.default_rng(1)).both for table in (one, twice))
    assert double.value == pytest.approx(single.value)
    # Twice the same says nothing new; CR2 with equal clusters gives the same error.
    assert double.error == pytest.approx(single.error, rel=1e-6)


def test_fewer_than_three_areas_in_a_cell_are_refused_by_name() -> None:
    table = rows(3).kept(np.arange(12) != 11)
    with pytest.raises(TooFewRowsError, match="2 areas with both"):
        interaction(table, 0.9, np.random.default_rng(1))


@pytest.mark.parametrize(("days", "place"), [(-4, 0), (-3, 1), (0, 1), (3, 1), (4, 2)])
def test_the_order_of_post_and_members(days: int, place: int) -> None:
    assert order_of(START + timedelta(days=days), START) == place


def marts(interaction_size: float = 0.2, areas: list[str] | None = None, **campaign: Any) -> dict[str, pl.DataFrame]:
    """24 areas with a store each; even ones have members; every third quarter an influencer on the first day."""
    names = [f"a{number:02d}" for number in range(24)]
    nano = [number % 2 == 0 for number in range(24)]
    met = [number % 4 in (0, 1) for number in range(24)]
    lift = [0.1 * one + 0.1 * other + interaction_size * (one and other) for one, other in zip(nano, met, strict=True)]
    rng = np.random.default_rng(3)
    span = [START + timedelta(days=day) for day in range(-DAYS_BEFORE, 28)]
    sales = [
        {
            "store_id": f"s{place:02d}",
            "business_on": day,
            "transactions_count": round(
                1_000 * (1 + 0.02 * rng.standard_normal()) * np.exp((day >= START) * lift[place])
            ),
        }
        for place in range(24)
        for day in span
    ]  # fmt: skip
    days = pl.DataFrame(sales).with_columns(
        channel=pl.lit("store"),
        currency=pl.lit("EUR"),
        net_amount_minor=pl.col("transactions_count") * 100,
        lines_count=pl.col("transactions_count"),
        discounted_lines_count=pl.lit(None, pl.Int64),
    )
    aimed = [name for name, has in zip(names, met, strict=True) if has] if areas is None else areas or None
    burst = {"campaign_id": "c1", "burst_id": "b1", "published_on": START, "areas": aimed, "tier": "expert"}
    span_of = {"campaign_id": "c1", "starts_on": START, "ends_on": ENDS} | campaign
    return {
        "fct_store_days": days,
        "dim_stores": pl.DataFrame(
            {"store_id": [f"s{place:02d}" for place in range(24)], "area_id": names, "is_known": [True] * 24}
        ).with_columns(opened_on=pl.lit(None, pl.Date), closed_on=pl.lit(None, pl.Date)),
        "dim_campaigns": pl.DataFrame([span_of]),
        "fct_campaign_members": pl.DataFrame(
            {"unit_id": names, "arm": ["treatment" if has else "control" for has in nano]}
        ).with_columns(campaign_id=pl.lit("c1"), unit=pl.lit("area")),
        "fct_influencer_bursts": pl.DataFrame([burst], schema_overrides={"areas": pl.List(pl.String)}),
        "bridge_campaign_products": pl.DataFrame({"campaign_id": ["c1"], "product_id": ["p1"]}),
        "fct_page_daily": pages(0.0).clear(),
    }


def pages(rise: float) -> pl.DataFrame:
    """Ten pages, p1 to p4 of the campaign; 1 of 20 new visitors orders, from START on exp(rise) times those odds."""
    found = []
    for page in range(1, 11):
        for day in range(-DAYS_BEFORE, 28):
            odds = np.exp(rise * (page <= 4 and day >= 0)) / 19
            views = 2_000
            found.append(
                {
                    "product_id": f"p{page}",
                    "page_on": START + timedelta(days=day),
                    "visitor_type": "new",
                    "views_count": views,
                    "orders_count": round(views * odds / (1 + odds)),
                }
            )
    return pl.DataFrame(found)


def found(
    frames: dict[str, pl.DataFrame], outcome: str = "store_receipts", partner: str = "influencer"
) -> dict[str, Any]:
    table = synergy(frames, ENDS, seed=1)["synergy"]
    return table.filter(outcome=outcome, partner=partner, order="any order").row(0, named=True)


@pytest.mark.parametrize("size", [0.2, -0.2])
def test_a_campaign_with_an_interaction_shows_its_sign(size: float) -> None:
    row = found(marts(size))
    assert row["status"] == "measured"
    assert row["interaction"] == pytest.approx(size, abs=0.02)
    assert (row["interaction_low"] > 0) == (size > 0)
    assert (row["interaction_high"] < 0) == (size < 0)
    assert row["nano_effect"] == pytest.approx(0.1, abs=0.02)
    assert row["check_low"] < 0 < row["check_high"]
    assert (row["both_count"], row["reading"], row["tiers"]) == (6, "suggestive", "expert")


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        (marts(areas=[]), "aimed at everybody"),
        (marts(areas=["a00", "a01", "a02", "a04"]), "1 areas with the partner only"),
        (marts(starts_on=None), "not known"),
    ],
)
def test_what_cannot_be_told_apart_is_refused_in_words(frames: dict[str, pl.DataFrame], words: str) -> None:
    row = found(frames)
    assert row["status"] == "refused"
    assert words in row["note"]


def test_a_campaign_still_at_work_is_refused() -> None:
    table = synergy(marts(), ENDS - timedelta(days=1), seed=1)["synergy"]
    assert table["status"].unique().to_list() == ["refused"]
    assert "not over" in table.filter(outcome="store_receipts", partner="influencer")["note"][0]


def test_new_visitors_of_the_campaigns_pages_against_the_others() -> None:
    told = new_visitors(
        pages(0.3), pl.Series(["p1", "p2", "p3", "p4"]), (START, ENDS),
        (START - timedelta(days=DAYS_BEFORE), START - timedelta(days=1)), 0.9,
    )  # fmt: skip
    assert told.new.value == pytest.approx(0.3, abs=0.01)
    assert told.new.low < 0.3 < told.new.high
    assert told.returning is None
    assert (told.pages, told.others) == (4, 6)


def test_pages_that_do_not_tell_visitors_apart_are_refused() -> None:
    unsplit = pages(0.3).with_columns(visitor_type=pl.lit(None, pl.String))
    with pytest.raises(NothingToLearnError, match="does not tell new visitors"):
        new_visitors(unsplit, pl.Series(["p1"]), (START, ENDS), (START - timedelta(days=9), START), 0.9)


def test_promotion_is_the_change_of_the_share_of_discounted_lines() -> None:
    panel = StorePanel(
        ("s0", "s1"), np.ones((2, 4)), np.array([True, False]), 2, (), 1, START, START + timedelta(days=2)
    )
    days = pl.DataFrame(
        {
            "store_id": ["s0", "s0", "s1", "s1"],
            "business_on": [START - timedelta(days=1), START] * 2,
            "lines_count": [100, 100, 100, 100],
            "discounted_lines_count": [10, 30, 10, 5],
        }
    ).with_columns(channel=pl.lit("store"))
    stores = pl.DataFrame({"store_id": ["s0", "s1"], "area_id": ["a", "b"]})
    change = promotion_change(days, stores, panel, START, START, by_area=False)
    assert change == pytest.approx([0.2, -0.05])
    untold = days.with_columns(discounted_lines_count=pl.lit(None, pl.Int64))
    with pytest.raises(TooFewRowsError, match="discount_minor"):
        promotion_change(untold, stores, panel, START, START, by_area=False)


def test_tills_without_discounts_refuse_the_promotion_alone() -> None:
    assert "discount_minor" in found(marts(), partner="promotion")["note"]
