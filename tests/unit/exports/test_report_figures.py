"""The walk over the report's figures finds a figure that no export holds, and passes those that one does."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from orchestration.exports.context import ExportContext
from orchestration.exports.facade import build_exports
from orchestration.exports.language import ENGLISH
from orchestration.exports.report.build import build_report
from orchestration.exports.report.charts.assemble import report_charts
from orchestration.exports.report.charts.figure import Figure
from orchestration.exports.report.render import render
from tests.report_figures import Reader, figures_of, strangers, told_by

pytestmark = pytest.mark.usefixtures("every_group_is_shown")


def test_the_small_worlds_page_tells_nothing_that_its_exports_do_not(frames: Any, context: ExportContext) -> None:
    exports = build_exports(frames, context)
    html = render(build_report(exports, context, "../exports"))
    told = told_by(exports, (context.tier_preset, *context.design_notes))
    assert sorted(figures_of(html) - told) == []
    assert "48271" in figures_of(html.replace("</footer>", "48,271 people</footer>")) - told


def test_figures_are_read_as_their_language_writes_them() -> None:
    text = "1\u202f240,5\u00a0€ de 12\u202f345, soit +3,2\u202f% ; 5, 10 et 0,25 le 1er"
    assert list(Reader("fr").figures(text)) == ["1240.5", "12345", "3.2", "5", "10", "0.25"]
    assert list(Reader("en").figures("EUR 1,240.5 of 12,345, +3.2 %; 5, 10 and .25 of 2025-01")) == [
        "1240.5", "12345", "3.2", "5", "10", "0.25", "2025",
    ]  # fmt: skip
    # An ordinary space parts a number in two, and the reader's line may end there.
    assert list(Reader("fr").figures("Pour 1 000 ventes")) == ["1", "000"]


def test_a_chart_that_draws_something_else_is_found(frames: Any, context: ExportContext) -> None:
    exports = build_exports(frames, context)
    (chart,) = report_charts(exports, ENGLISH)["campaigns"]
    assert isinstance(chart, Figure) and strangers(chart, exports) == []
    changed = exports | {
        "campaign_results": exports["campaign_results"].with_columns(accepted_count=pl.col("accepted_count") + 1)
    }
    assert strangers(chart, changed) == ["rows that are not the export's"]
    wrong = {name: text.replace('"count": 2', '"count": 271') for name, text in chart.spec["datasets"].items()}
    assert strangers(Figure(**(vars(chart) | {"spec": chart.spec | {"datasets": wrong}})), exports) == ["count=271.0"]
