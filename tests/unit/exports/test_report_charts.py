"""Charts: what is drawn is clean, in both schemes, for every text; what cannot be drawn says what is missing."""

from __future__ import annotations

from datetime import date
from typing import Any
from xml.etree import ElementTree

import altair as alt
import polars as pl
import pytest

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_ledger import ALL_CAMPAIGNS
from orchestration.exports.facade import build_exports
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.report.charts.assemble import report_charts
from orchestration.exports.report.charts.figure import Figure, Missing
from orchestration.exports.report.charts.funnel import all_funnels
from orchestration.exports.report.charts.ledger import ledger_figures
from orchestration.exports.report.charts.svg import svg_of

pytestmark = pytest.mark.usefixtures("every_group_is_shown")


def funnels(exports: dict[str, pl.DataFrame]) -> Figure:
    chart = all_funnels(exports, ENGLISH)
    assert isinstance(chart, Figure)
    return chart


@pytest.fixture
def exports(frames: dict[str, pl.DataFrame], context: ExportContext) -> dict[str, pl.DataFrame]:
    return build_exports(frames, context)


def test_a_drawing_holds_shapes_and_text_alone_and_colours_of_the_page(exports: dict[str, pl.DataFrame]) -> None:
    _, drawing = svg_of(funnels(exports).spec, ENGLISH)
    root = ElementTree.fromstring(f"<svg>{drawing}</svg>")
    assert {element.tag for element in root.iter()} <= {"svg", "g", "path", "text", "line", "rect", "circle", "tspan"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not attributes & {"style", "id", "class", "href", "font-family", "clip-path"}
    colours = {element.get("fill") for element in root.iter()} | {element.get("stroke") for element in root.iter()}
    assert {colour for colour in colours if colour and colour not in ("none", "transparent")} <= {
        f"var(--{name})" for name in ("ink", "quiet", "faint", "line", "chart-1", "chart-1-pale", "chart-1-palest")
    }


@pytest.mark.parametrize("name", ["</text><script>alert(1)</script>", "a\x00\x0bb", "“” & <b>", "x" * 400, "\u2028"])
def test_any_name_of_a_campaign_can_be_drawn(exports: dict[str, pl.DataFrame], name: str) -> None:
    exports["campaign_results"] = exports["campaign_results"].with_columns(campaign_name=pl.lit(name))
    _, drawing = svg_of(funnels(exports).spec, ENGLISH)
    assert "<script" not in drawing
    ElementTree.fromstring(f"<svg>{drawing}</svg>")


def test_two_campaigns_of_one_name_have_a_row_each(exports: dict[str, pl.DataFrame]) -> None:
    results = exports["campaign_results"].filter(
        pl.col("invited_count").is_not_null() | pl.col("accepted_count").is_not_null()
    )
    twin = results.with_columns(campaign_id=pl.lit("twin"))
    exports["campaign_results"] = pl.concat([results, twin]).with_columns(campaign_name=pl.lit("Type B"))
    chart = funnels(exports)
    assert {f"Type B ({one})" in chart.description for one in ("spring", "twin")} == {True}


def test_numbers_of_axes_are_written_as_the_language_does(exports: dict[str, pl.DataFrame]) -> None:
    many = exports["campaign_results"].with_columns(accepted_count=pl.lit(4_000, pl.Int64))
    chart = all_funnels(exports | {"campaign_results": many}, Language.of("fr"))
    assert isinstance(chart, Figure)
    _, drawing = svg_of(chart.spec, Language.of("fr"))
    assert "4\u202f000" in drawing and "4,000" not in drawing


def test_the_same_rows_give_the_same_drawing(exports: dict[str, pl.DataFrame]) -> None:
    assert svg_of(funnels(exports).spec, ENGLISH) == svg_of(funnels(exports).spec, ENGLISH)


def test_what_cannot_be_drawn_names_the_missing_input(context: ExportContext) -> None:
    nothing = report_charts(build_exports({}, context), ENGLISH)
    missing = [one for charts in nothing.values() for one in charts]
    assert all(isinstance(one, Missing) and one.reason for one in missing)
    assert sum("Needed: " in one.reason for one in missing if isinstance(one, Missing)) >= len(missing) - 1


def test_an_effect_that_was_not_drawn_by_lot_is_never_drawn_as_proven() -> None:
    row: dict[str, Any] = {"campaign_id": "c", "campaign_name": "C", "part_no": 0, "extra": 5.0, "extra_low": 1.0}
    row |= {"extra_high": 9.0, "claimed": None, "cost": 10.0, "currency": "EUR", "design": "observational"}
    row |= dict.fromkeys(("return_on_cost", "return_on_cost_low", "return_on_cost_high"), 0.5)
    table = pl.DataFrame([row, row | {"campaign_id": ALL_CAMPAIGNS, "campaign_name": None, "design": "randomised"}])
    amounts, _ = ledger_figures(table, ENGLISH)
    assert isinstance(amounts, Figure)
    drawn = " ".join(amounts.spec["datasets"].values())
    assert '"name": "C", "tone": "careful"' in drawn and '"name": "All campaigns", "tone": "good"' in drawn


@pytest.mark.parametrize(("tag", "month"), [("en", "1 Aug"), ("fr", "1 août")])
def test_a_chart_writes_days_as_the_reader_does(tag: str, month: str) -> None:
    days = pl.DataFrame({"on": [date(2025, 7, 15), date(2025, 8, 20)], "value": [1.0, 2.0]})
    axis = alt.Axis(format="%-d %b", values=[{"year": 2025, "month": 8, "date": 1}])
    chart = alt.Chart(alt.Data(values=days.with_columns(pl.col("on").cast(pl.String)).to_dicts()))
    spec = chart.mark_line().encode(x=alt.X("on:T", axis=axis), y="value:Q").to_dict()
    assert f">{month}</text>" in svg_of(spec, Language.of(tag))[1]
