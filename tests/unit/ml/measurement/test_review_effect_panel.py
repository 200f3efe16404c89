"""Pages by weeks, and what is read off them: lags, rebuilt counts, steps, refusals in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from ml.errors import NothingToLearnError
from ml.measurement.review_effect.measure import review_effects
from ml.measurement.review_effect.observed import Step, holm, observed_effect
from ml.measurement.review_effect.panel import PANEL_SCHEMA, page_weeks

MONDAY = date(2024, 1, 1)
PAGES = {
    "site": pl.String,
    "product_id": pl.String,
    "page_on": pl.Date,
    "displayed_reviews_count": pl.Int64,
    "displayed_rating": pl.Float64,
    "views_count": pl.Int64,
    "orders_count": pl.Int64,
    "units_count": pl.Int64,
    "price_minor": pl.Int64,
}
UGC = {
    "ugc_source": pl.String,
    "platform_or_site": pl.String,
    "product_id": pl.String,
    "consumer_key": pl.String,
    "published_on": pl.Date,
    "deleted_at": pl.Datetime("us"),
    "rating_share": pl.Float64,
    "is_syndicated_copy": pl.Boolean,
}
MEMBERS = {
    "campaign_id": pl.String,
    "unit": pl.String,
    "unit_id": pl.String,
    "consumer_key": pl.String,
    "arm": pl.String,
    "design": pl.String,
    "starts_on": pl.Date,
    "assignment_probability": pl.Float64,
    "cluster_id": pl.String,
}
CAMPAIGNS = {"campaign_id": pl.String, "starts_on": pl.Date, "ends_on": pl.Date}
PRODUCTS = {"campaign_id": pl.String, "product_id": pl.String}


def marts(
    pages: list[dict[str, Any]],
    ugc: list[dict[str, Any]] | None = None,
    members: list[dict[str, Any]] | None = None,
    campaigns: list[dict[str, Any]] | None = None,
    products: list[dict[str, Any]] | None = None,
) -> dict[str, pl.DataFrame]:
    tables: tuple[tuple[str, dict[str, Any], list[dict[str, Any]] | None], ...] = (
        ("fct_page_daily", PAGES, pages),
        ("fct_ugc", UGC, ugc),
        ("fct_campaign_members", MEMBERS, members),
        ("dim_campaigns", CAMPAIGNS, campaigns),
        ("bridge_campaign_products", PRODUCTS, products),
    )
    return {
        name: pl.DataFrame([dict.fromkeys(schema) | row for row in rows or []], schema=schema)
        for name, schema, rows in tables
    }


def day(number: int, **cells: Any) -> dict[str, Any]:
    base = {"site": "shop", "product_id": "p1", "views_count": 100, "orders_count": 2, "price_minor": 1000}
    return base | {"page_on": MONDAY + timedelta(days=number)} | cells


def review(number: int, **cells: Any) -> dict[str, Any]:
    written = MONDAY + timedelta(days=number)
    base = {"ugc_source": "reviews", "platform_or_site": "market", "product_id": "p1", "rating_share": 0.8}
    return base | {"published_on": written} | cells


def test_a_week_counts_with_the_reviews_and_rating_of_the_day_before_it() -> None:
    pages = [
        day(n, displayed_reviews_count=3 if n < 7 else 9, displayed_rating=4.5 if n < 7 else 2.0) for n in range(14)
    ]
    panel = page_weeks(marts(pages), MONDAY + timedelta(days=13))
    # Of the first week nobody knows what was shown before.
    assert panel["week_on"].to_list() == [MONDAY + timedelta(days=7)]
    row = panel.row(0, named=True)
    assert (row["reviews"], row["rating"], row["orders"], row["exposure"]) == (3.0, 4.5, 14.0, 700.0)
    assert row["shown"] == pytest.approx(9.0)
    assert row["log_price"] == pytest.approx(np.log(1000))


def test_visitor_types_of_a_day_are_summed_and_a_week_that_is_not_over_is_left_out() -> None:
    pages = [day(n, displayed_reviews_count=3) for n in range(16)] * 2
    panel = page_weeks(marts(pages), MONDAY + timedelta(days=15))
    assert panel["exposure"].to_list() == [1400.0]


def test_a_site_that_never_says_what_it_shows_has_its_reviews_rebuilt_from_those_written_there() -> None:
    pages = [day(n, site="market") for n in range(14)]
    written = [
        review(-5),
        review(1),
        review(2, deleted_at=datetime(2024, 1, 4)),  # taken down within the week
        review(8),  # after the second week began
        review(3, platform_or_site="shop"),
        review(3, product_id="p2"),
        review(3, published_on=None),
    ]
    panel = page_weeks(marts(pages, written), MONDAY + timedelta(days=13))
    assert panel["dose"].unique().to_list() == ["rebuilt"]
    row = panel.filter(pl.col("week_on") == MONDAY + timedelta(days=7)).row(0, named=True)
    assert row["reviews"] == 2.0
    assert row["rating"] == pytest.approx(4.0)


def test_a_day_without_known_orders_or_views_is_not_a_day_without_any() -> None:
    pages = [day(n, displayed_reviews_count=3, orders_count=None if n == 8 else 2) for n in range(14)]
    pages[9]["views_count"] = None
    row = page_weeks(marts(pages), MONDAY + timedelta(days=13)).row(0, named=True)
    assert (row["orders"], row["exposure"]) == (10.0, 500.0)


def test_days_in_a_campaign_of_the_product_are_told() -> None:
    pages = [day(n, displayed_reviews_count=3) for n in range(14)]
    campaign = {"campaign_id": "c", "starts_on": MONDAY + timedelta(days=10), "ends_on": MONDAY + timedelta(days=40)}
    found = page_weeks(
        marts(pages, campaigns=[campaign], products=[{"campaign_id": "c", "product_id": "p1"}]),
        MONDAY + timedelta(days=13),
    )
    assert found["is_promoted"].to_list() == [pytest.approx(4 / 7)]


def panel_of(products: int = 30, weeks: int = 40, step: float = 0.0, seed: int = 3) -> pl.DataFrame:
    """Pages that gain reviews at their own pace; orders as expected, to the digit: +30 % at 50, and a step there."""
    rng = np.random.default_rng(seed)
    pace, start = rng.uniform(0.5, 4, products), rng.integers(0, 30, products)
    product, week = (grid.ravel() for grid in np.indices((products, weeks)))
    reviews = np.floor(start[product] + pace[product] * week)
    level = np.exp(rng.normal(0, 1, products))[product] * (1 + 0.2 * np.sin(week / 8))
    orders = 50 * level * 1.3 ** (np.log1p(reviews) / np.log(51)) * np.where(reviews >= 50, 1 + step, 1.0)
    return pl.DataFrame(
        {
            "site": "shop",
            "product_id": [f"p{n:03d}" for n in product],
            "week_on": [MONDAY + timedelta(weeks=int(n)) for n in week],
            "orders": orders,
            "exposure": 1000.0,
            "reviews": reviews,
            "shown": reviews,
            "rating": None,
            "log_price": None,
            "is_promoted": 0.0,
            "dose": "displayed",
            "has_views": True,
        },
        schema=PANEL_SCHEMA,
    )


def test_without_noise_the_curve_and_a_step_are_found_to_the_digit() -> None:
    smooth = observed_effect(panel_of(), 0.9)
    middle, _, _ = smooth.between(np.array([0.0, 10.0]), np.array([50.0, 20.0]), 0.9)
    assert np.expm1(middle) == pytest.approx([0.3, 1.3 ** (np.log(21 / 11) / np.log(51)) - 1], abs=1e-6)
    steps = {one.at: one for one in observed_effect(panel_of(step=0.15), 0.9).steps}
    # What the other coefficients move is of second order: two hundredths of a point.
    assert steps[50].log_effect == pytest.approx(np.log(1.15), abs=5e-4)
    assert steps[25].log_effect != pytest.approx(np.log(1.15), abs=0.05)


def test_pages_that_never_pass_a_number_say_nothing_of_a_step_there() -> None:
    steps = {one.at: one for one in observed_effect(panel_of(weeks=13), 0.9).steps}
    assert steps[100].log_effect is None


@pytest.mark.parametrize(
    ("panel", "words"),
    [
        (panel_of(products=9), "9 products have a page with orders"),
        (panel_of(weeks=11), "11 weeks of pages"),
        (panel_of().with_columns(reviews=pl.lit(7.0)), "there is nothing to compare"),
        (panel_of().with_columns(orders=pl.lit(0.0)), "no page has orders"),
    ],
)
def test_a_history_that_tells_nothing_is_refused_in_words(panel: pl.DataFrame, words: str) -> None:
    with pytest.raises(NothingToLearnError, match=words):
        observed_effect(panel, 0.9)


def test_the_number_stated_beforehand_pays_nothing_for_the_others_looked_at() -> None:
    steps = tuple(Step(at, 20, 0.1, 0.0, 0.2, p) for at, p in ((5, 0.01), (10, 0.04), (25, 0.03), (50, 0.02)))
    # Holm over 5, 10, 25: .01 × 3, .03 × 2, max(.06, .04 × 1).
    assert holm(steps, 50) == pytest.approx({50: 0.02, 5: 0.03, 25: 0.06, 10: 0.06})


def seeded_marts(products: int, weeks: int = 30) -> dict[str, pl.DataFrame]:
    """Every second product gets 30 reviews in week 16; orders as expected of +30 % at 50."""
    pages: list[dict[str, Any]] = []
    members: list[dict[str, Any]] = []
    start = MONDAY + timedelta(weeks=15)
    for number in range(products):
        treated = number % 2 == 0
        members.append(
            dict[str, Any](campaign_id="c", unit="product", unit_id=f"p{number:03d}", design="randomised")
            | {"arm": "treatment" if treated else "control", "starts_on": start}
        )
        for n in range(7 * weeks):
            reviews = number % 20 + n // 10 + (30 if treated and n >= 7 * 15 else 0)
            orders = round((300 + 40 * number) * 1.3 ** (np.log1p(reviews) / np.log(51)))
            cells = {"product_id": f"p{number:03d}", "displayed_reviews_count": reviews, "views_count": 20_000}
            pages.append(day(n, orders_count=orders, **cells))
    return marts(pages, members=members)


@pytest.fixture(scope="module")
def drawn_world() -> dict[str, pl.DataFrame]:
    return seeded_marts(24)


def test_a_draw_of_products_is_measured_as_a_cause_and_the_histories_beside_it_are_not(
    drawn_world: dict[str, pl.DataFrame],
) -> None:
    found = review_effects(drawn_world, MONDAY + timedelta(weeks=30, days=-1))
    rows = {row["result_id"]: row for row in found["review_effect"].iter_rows(named=True)}
    drawn, history = rows["products_c"], rows["pages_displayed"]
    assert (drawn["status"], drawn["design"]) == ("measured", "randomised")
    assert drawn["effect_at_50"] == pytest.approx(0.3, abs=0.01)
    assert drawn["reviews_gained"] == pytest.approx(30.0, abs=0.5)
    assert drawn["placebo_effect"] == pytest.approx(0.0, abs=0.005)
    assert (history["design"], history["status"]) == ("observational", "measured")
    assert "likely upward" in history["note"]
    curve = found["review_effect_curve"].filter(result_id="products_c", kind="ten_more", reviews_from=10)
    assert curve["effect"].to_list() == [pytest.approx(1.3 ** (np.log(21 / 11) / np.log(51)) - 1, abs=0.002)]


@pytest.mark.parametrize(
    ("members", "weeks", "words"),
    [
        (pl.col("unit_id") < "p006", 30, "3 products with a page before and after the start were seeded"),
        (pl.lit(True), 17, "after its start; at least 4"),
        (pl.col("arm") == "treatment", 30, "no comparison"),
        (pl.col("unit_id") > "q", 30, "nothing"),
    ],
)
def test_a_draw_that_cannot_be_measured_is_a_row_with_its_reason(
    drawn_world: dict[str, pl.DataFrame], members: pl.Expr, weeks: int, words: str
) -> None:
    own = drawn_world["fct_campaign_members"].filter(members)
    found = review_effects(drawn_world | {"fct_campaign_members": own}, MONDAY + timedelta(weeks=weeks))
    rows = found["review_effect"].filter(method="drawn_products")
    assert rows.height == 0 if words == "nothing" else words in rows["note"][0]


def test_products_that_were_chosen_and_not_drawn_are_refused(drawn_world: dict[str, pl.DataFrame]) -> None:
    chosen = drawn_world["fct_campaign_members"].with_columns(design=pl.lit("observational"))
    found = review_effects(drawn_world | {"fct_campaign_members": chosen}, MONDAY + timedelta(weeks=30))
    assert "chance did not choose" in found["review_effect"].filter(result_id="products_c")["note"][0]


def test_without_pages_the_run_goes_on_and_names_the_missing_stream() -> None:
    nothing = review_effects(marts([]), MONDAY)["review_effect"]
    assert nothing["status"].to_list() == ["refused"]
    assert "product_page_daily" in nothing["note"][0]


def test_a_draw_of_people_tells_reviews_and_no_sales() -> None:
    people: list[dict[str, Any]] = [
        {"campaign_id": "c", "unit": "consumer", "unit_id": f"k{n}", "consumer_key": f"k{n}"}
        | dict[str, Any](design="randomised", arm="treatment" if n < 40 else "holdout", starts_on=MONDAY)
        for n in range(80)
    ]
    written = [review(n, consumer_key=f"k{n}") for n in range(20)] + [review(3, consumer_key=f"k{n}") for n in (50, 51)]
    written += [review(4, consumer_key=f"k{n}", is_syndicated_copy=True) for n in range(50, 70)]
    written += [review(-3, consumer_key="k30"), review(3, consumer_key="k31", product_id="other")]
    tables = marts([], written, people, products=[{"campaign_id": "c", "product_id": "p1"}])
    row = review_effects(tables, MONDAY + timedelta(weeks=20))["review_effect"].filter(result_id="people_c")
    # 20 of 40 against 2 of 40: 50 - 5 in 100.
    assert row["reviews_gained"][0] == pytest.approx(45.0)
    assert row["effect_at_50"][0] is None
    assert row["reviews_gained_low"][0] > 25
