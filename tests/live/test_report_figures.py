"""Every figure of the report of a whole run stands in the exports beside it, in text and in charts."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from orchestration.exports.contract import OUTPUTS
from orchestration.exports.language import ENGLISH
from orchestration.exports.report.charts.assemble import campaign_charts, report_charts
from orchestration.exports.report.charts.figure import Figure
from tests.report_figures import Reader, figures_of, strangers, told_by


@pytest.fixture(scope="module")
def exports(tiny_run: Path) -> dict[str, pl.DataFrame]:
    folder = tiny_run / "current" / "exports"
    return {name: pl.read_parquet(folder / f"{name}.parquet") for name in OUTPUTS}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_figure_a_reader_sees_is_an_exports_or_a_count_of_its_rows(
    language: str, exports: dict[str, pl.DataFrame], tiny_run: Path
) -> None:
    report = tiny_run / "current" / "report"
    folder = report if language == "en" else report / language
    pages = [*sorted(folder.glob("*.html")), *sorted((folder / "campaigns").glob("*.html"))]
    assert len(pages) > 5
    notes = (tiny_run / "nanolift.toml").read_text(encoding="utf-8")
    reader = Reader(language)
    told = told_by(exports, (notes, "nano below 1,000, micro to 100,000"), reader)
    looked_at = 0
    for page in pages:
        figures = figures_of(page.read_text(encoding="utf-8"), reader)
        looked_at += len(figures)
        assert sorted(figures - told) == [], page.name
    assert looked_at > 500


def test_every_chart_draws_rows_of_its_export_and_nothing_else(exports: dict[str, pl.DataFrame]) -> None:
    sections = [report_charts(exports, ENGLISH)]
    sections += [campaign_charts(exports, one, ENGLISH) for one in exports["campaign_results"]["campaign_id"].unique()]
    charts = [chart for section in sections for own in section.values() for chart in own if isinstance(chart, Figure)]
    assert len(charts) > 20
    for chart in charts:
        assert strangers(chart, exports) == [], chart.title
