"""The report: one page, no script, nothing fetched, every figure the export's, NULL in words."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from orchestration.exports.context import ExportContext
from orchestration.exports.contract import OUTPUTS
from orchestration.exports.facade import build_exports
from orchestration.exports.report.axis import axis_for
from orchestration.exports.report.build import build_report
from orchestration.exports.report.render import render

SCRIPTS = (
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title></svg><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7*7 }}",
    "<svg/onload=alert(1)>",
    "&lt;script&gt;",
)


class Page(HTMLParser):
    """Tags, attributes and visible text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._in_style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if not self._in_style:
            self.text += " " + data


def page_of(frames: dict[str, pl.DataFrame], context: ExportContext) -> tuple[Page, str]:
    html = render(build_report(build_exports(frames, context), context, "../exports"))
    return Page(html), html


def test_the_page_holds_no_script_handler_or_foreign_address(frames, context) -> None:
    page, _ = page_of(frames, context)
    assert not [
        tag for tag, _ in page.tags if tag in ("script", "iframe", "object", "embed", "img", "link", "base", "form")
    ]
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        href = attributes.get("href")
        assert href is None or href.startswith(("#", "../exports/", "campaigns/"))


def test_the_policy_allows_nothing_but_the_pages_own_style(frames, context) -> None:
    page, html = page_of(frames, context)
    policy = next(a["content"] for tag, a in page.tags if tag == "meta" and "http-equiv" in a)
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@pytest.mark.parametrize("payload", SCRIPTS)
def test_no_text_from_data_becomes_markup(frames, context: ExportContext, payload: str) -> None:
    texts = ("name", "note", "reason_1", "source", "stream", "outcome")
    clean, _ = page_of(frames, context)
    poisoned = {
        name: frame.with_columns(
            (pl.lit(payload) + pl.col(text)).alias(text) for text in texts if text in frame.columns
        )
        for name, frame in frames.items()
    }
    dirty, _ = page_of(poisoned, context)
    assert {tag for tag, _ in dirty.tags} == {tag for tag, _ in clean.tags}
    assert not [a for _, attributes in dirty.tags for a in attributes if a.startswith("on")]
    assert payload + "Spring tasting" in dirty.text


def test_links_lead_to_files_that_exist(frames, context, tmp_path: Path) -> None:
    from orchestration.exports.facade import write_exports, write_report

    write_exports(frames, context, tmp_path / "exports")
    page_path = write_report(tmp_path / "exports", context, tmp_path / "report")
    page = Page(page_path.read_text(encoding="utf-8"))
    links = [a["href"] or "" for tag, a in page.tags if tag == "a"]
    # Three files an output, two of the dictionary, the workbook of all.
    assert sum(link.startswith("../exports/") for link in links) == len(OUTPUTS) * 3 + 3
    ids = {a.get("id") for _, a in page.tags}
    for link in links:
        assert (link[1:] in ids) if link.startswith("#") else (page_path.parent / link).is_file()


def test_the_page_says_what_the_campaign_caused_and_what_cannot_be_measured(frames, context) -> None:
    page, _ = page_of(frames, context)
    text = " ".join(page.text.split())
    assert "1 of 3 campaigns could be measured: 1 proven gain." in text
    assert "Spring tasting caused 10 extra first-time buyers (90 % range 4 to 16)." in text.replace("\u202f", " ")
    assert "Nobody came cannot be measured: nobody is known to have taken part (campaign_members)." in text


def test_every_chart_has_a_title_and_a_description(frames, context) -> None:
    page, html = page_of(frames, context)
    charts = [a for tag, a in page.tags if tag == "svg" and a.get("role") == "img"]
    ids = {a.get("id") for tag, a in page.tags if tag in ("title", "desc")}
    assert len(charts) >= 2
    for chart in charts:
        assert set((chart["aria-labelledby"] or "").split()) <= ids
    assert "+5.0 per 100 people, range +2.0 to +8.0; randomised; check before the campaign passed" in html


def test_a_metric_nobody_reports_is_not_reported_and_never_zero(frames, context) -> None:
    report = build_report(build_exports(frames, context), context, "../exports")
    views = next(row for row in report.coverage if row.metric == "views")
    assert views.text == "not reported"
    block = next(block for block in report.campaigns if block.name == "Campaign lone")
    assert (block.cost, block.claimed) == ("not reported", "not reported")


def test_the_same_exports_give_the_same_page(frames, context) -> None:
    assert page_of(frames, context)[1] == page_of(frames, context)[1]


def test_a_workspace_with_nothing_in_it_has_a_page_that_says_so(context) -> None:
    page, _ = page_of({}, context)
    assert "No campaign is known yet." in page.text and "Nobody may be listed yet." in page.text


def test_an_axis_has_round_marks_and_holds_zero() -> None:
    axis = axis_for([(2.0, 5.0, 8.0)])
    assert (axis.low, axis.high, axis.step) == (0.0, 8.0, 2.0)
    assert axis.marks() == [0, 2, 4, 6, 8]
    assert (axis.percent(0), axis.percent(5), axis.percent(99)) == (0, 62.5, 100)


def test_one_very_wide_range_does_not_set_the_axis() -> None:
    # Five times the median width of 2 around a middle of 0: the wide one is cut at 10, not drawn to 1,000.
    axis = axis_for([(-1.0, 0.0, 1.0), (-1.0, 0.0, 1.0), (-1000.0, 0.0, 1000.0)])
    assert (axis.low, axis.high) == (-10.0, 10.0)
