"""Effects of reviews as marketers read them: units, verdicts, words, the chart."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from orchestration.exports.campaigns import campaign_results
from orchestration.exports.context import ExportContext
from orchestration.exports.language import ENGLISH
from orchestration.exports.report.charts.figure import Figure, Missing
from orchestration.exports.report.charts.reviews import ten_more, ten_more_of
from orchestration.exports.report.reviews import reviews_block
from orchestration.exports.review_effect import review_effect
from tests.unit.exports.conftest import frame

HISTORY: dict[str, Any] = {
    "result_id": "pages_displayed",
    "method": "page_history",
    "dose": "displayed",
    "outcome": "orders_per_view",
    "design": "observational",
    "interval_level": 0.9,
    "effect_at_50": 0.36,
    "effect_low": 0.30,
    "effect_high": 0.42,
    "placebo_effect": 0.01,
    "placebo_low": -0.02,
    "placebo_high": 0.04,
    "pages_count": 40,
    "products_count": 40,
    "weeks_count": 70,
    "orders_count": 9000,
    "status": "measured",
    "note": "observational, likely upward",
}
DRAWN = HISTORY | {
    "result_id": "products_spring",
    "campaign_id": "spring",
    "method": "drawn_products",
    "design": "randomised",
    "effect_at_50": 0.28,
    "effect_low": -0.05,
    "effect_high": 0.70,
    "gain": 0.06,
    "gain_low": 0.01,
    "gain_high": 0.11,
    "reviews_gained": 34.0,
    "reviews_gained_low": 30.0,
    "reviews_gained_high": 38.0,
    "note": None,
}
POINT = {"result_id": "pages_displayed", "kind": "ten_more", "effect": 0.05, "effect_low": 0.02, "effect_high": 0.08}
STEP = {
    "result_id": "pages_displayed",
    "reviews_at": 50,
    "products_count": 20,
    "effect": 0.01,
    "effect_low": -0.02,
    "effect_high": 0.04,
    "p_value": 0.5,
    "p_adjusted": 0.5,
    "is_step": False,
    "status": "measured",
}
CLAIM = {
    "source": "PowerReviews",
    "claim": "25 to 50 reviews: +18 %",
    "reviews_from": 25,
    "reviews_to": 50,
    "effect": 0.18,
}


def exported(context: ExportContext, *effects: dict[str, Any]) -> pl.DataFrame:
    frames = {
        "review_effect": frame("review_effect", list(effects)),
        "review_effect_curve": frame(
            "review_effect_curve", [POINT | {"reviews_from": n, "reviews_to": n + 10} for n in (0, 10)]
        ),
        "review_effect_steps": frame("review_effect_steps", [STEP]),
        "review_effect_references": frame("review_effect_references", [CLAIM]),
        "dim_campaigns": frame("dim_campaigns", [{"campaign_id": "spring", "name": "Spring tasting"}]),
    }
    return review_effect(frames, context)


def row(table: pl.DataFrame, kind: str, told_by: str = "page histories") -> dict[str, Any]:
    return table.filter(kind=kind, told_by=told_by).row(0, named=True)


def test_page_histories_are_never_told_as_a_cause(context: ExportContext) -> None:
    found = row(exported(context, HISTORY), "50 reviews against none")
    assert (found["verdict"], found["caution"], found["check"]) == ("clear gain", "likely too high", "passed")
    assert "+36.0\u202f%" in found["in_words"]
    assert "no proof of cause" in found["in_words"]


def test_a_failed_check_is_in_the_sentence(context: ExportContext) -> None:
    failed = HISTORY | {"placebo_low": 0.005}
    assert "seem to sell before they are there" in row(exported(context, failed), "50 reviews against none")["in_words"]


def test_products_drawn_by_lot_tell_effect_gain_and_reviews(context: ExportContext) -> None:
    table = exported(context, HISTORY, DRAWN)
    drawn = "products drawn by lot"
    fifty = row(table, "50 reviews against none", drawn)
    assert (fifty["verdict"], fifty["caution"], fifty["campaign_name"]) == ("not clear", None, "Spring tasting")
    assert row(table, "seeded pages against others", drawn)["verdict"] == "clear gain"
    brought = row(table, "reviews a campaign brought", drawn)
    assert (brought["extra"], brought["unit"], brought["counted"]) == (34.0, "reviews", "reviews per product")
    assert "no proof" not in fifty["in_words"]


def test_the_curve_says_what_ten_more_reviews_do_at_each_number(context: ExportContext) -> None:
    table = exported(context, HISTORY).filter(kind="ten more reviews")
    assert table.select("reviews_from", "reviews_to").rows() == [(0, 10), (10, 20)]
    assert "from 10 to 20 reviews: +5.0\u202f%" in table["in_words"][1]


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({}, "no jump found", "no jump found beyond the smooth curve"),
        ({"is_step": True, "effect": 0.15}, "jump", "a jump of +15.0\u202f%"),
        (
            {"status": "refused", "effect": None, "note": "2 products were seen both below and above: too few to tell"},
            "not measured",
            "cannot be told: 2 products",
        ),
    ],
)
def test_a_jump_is_told_with_its_verdict(
    context: ExportContext, changes: dict[str, Any], verdict: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "STEP", STEP | changes)
    found = row(exported(context, HISTORY), "a jump at a number")
    assert found["verdict"] == verdict
    assert words in found["in_words"]


def test_a_refusal_says_why(context: ExportContext) -> None:
    kept = {name: DRAWN[name] for name in ("result_id", "campaign_id", "method", "design", "interval_level")}
    table = exported(context, kept | {"status": "refused", "note": "4 products with a page were seeded"})
    found = row(table, "50 reviews against none", "products drawn by lot")
    assert found["verdict"] == "not measured"
    assert found["in_words"] == "Spring tasting: not measured: 4 products with a page were seeded."
    assert found["extra"] is None


def test_published_figures_stand_apart_with_source_and_year(context: ExportContext) -> None:
    found = row(exported(context, HISTORY), "published elsewhere", "other people's figures")
    assert (found["verdict"], found["source"], found["source_year"]) == ("not ours", "PowerReviews", None)
    assert "year not stated" in found["in_words"]


def test_the_chart_draws_the_curve_and_the_published_figures(context: ExportContext) -> None:
    chart = ten_more(exported(context, HISTORY), ENGLISH)
    assert isinstance(chart, Figure)
    assert [key.label for key in chart.keys] == ["page histories", "A: PowerReviews, year not stated"]
    assert "from 10" not in chart.description and "10 to 20: +5.0" in chart.description
    # 25 to 50 reviews is log(51/26) of log1p; ten more at 25 is log(36/26): 1.18 ** (.3254/.6737) - 1 = 8.3 %.
    assert ten_more_of({"reviews_from": 25, "reviews_to": 50, "extra": 0.18}) == pytest.approx(8.32, abs=0.01)


def test_without_pages_the_section_has_nothing_to_show(context: ExportContext) -> None:
    effects = review_effect({}, context)
    assert reviews_block(effects).rows == ()
    assert isinstance(ten_more(effects, ENGLISH), Missing)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "stands in review_effect"),
        (
            {"status": "refused", "note": "4 products with a page were seeded"},
            "pages: 4 products with a page were seeded",
        ),
    ],
)
def test_campaign_results_says_where_the_result_of_a_campaign_on_products_stands(
    frames: dict[str, pl.DataFrame], context: ExportContext, changes: dict[str, Any], words: str
) -> None:
    by_product = frames["campaign_effects"].with_columns(
        unit=pl.lit("product"), status=pl.lit("refused"), note=pl.lit("assigned by product, not by person")
    )
    frames["campaign_effects"] = by_product
    frames["review_effect"] = frame("review_effect", [DRAWN | changes])
    found = campaign_results(frames, context).filter(campaign_id="spring").row(0, named=True)
    assert found["status"] == "not measured"
    assert words in found["note"]
    assert "by person" not in found["note"]
