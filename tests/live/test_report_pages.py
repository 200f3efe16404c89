"""The report's pages in a real browser: barriers, charts, print, a keyboard, a phone; light and dark."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

AXE = Path(__file__).with_name("axe") / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture(scope="module")
def report(tiny_run: Path) -> Path:
    return (tiny_run / "current" / "report").resolve()


@pytest.fixture(params=["index.html", "campaigns/c01_spring_serum.html", "campaigns/c02_store_sampling.html"])
def address(report: Path, request: pytest.FixtureRequest) -> str:
    return (report / request.param).as_uri()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_no_serious_barrier(scheme: Literal["light", "dark"], address: str, browser: BrowserContext) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not there: npm ci in tests/live/axe (make test-browser does)")
    page = browser.new_page()
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    # The page's policy lets no script run; the debugger's evaluation is not the page's.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    serious = [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_nothing_is_asked_for_and_nothing_complains(address: str, report: Path, browser: BrowserContext) -> None:
    page = browser.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert said == []
    assert asked == [address]


def test_every_chart_is_drawn_inside_its_box_with_words_for_who_does_not_see_it(
    address: str, browser: BrowserContext
) -> None:
    page = browser.new_page()
    page.goto(address)
    charts = page.locator("figure.chart svg[role=img]")
    # The tiny market has too few stores for its store test: that page says so instead of drawing.
    is_measured = "c02_store_sampling" not in address
    assert (charts.count() > 0) == is_measured
    assert is_measured or page.locator("p.not-drawn").count() > 0
    for place in range(charts.count()):
        chart = charts.nth(place)
        told = chart.evaluate("svg => [svg.querySelector('title').textContent, svg.querySelector('desc').textContent]")
        assert all(told), told
        assert chart.locator("text").count() > 0, told
        # Labels stay within the drawing: nothing is cut at its edges.
        beyond = chart.evaluate(
            """svg => { const box = svg.getBoundingClientRect();
                 return [...svg.querySelectorAll('text')].filter(text => { const own = text.getBoundingClientRect();
                 return own.left < box.left - 1 || own.right > box.right + 1; }).map(text => text.textContent); }"""
        )
        assert beyond == [], told


def test_labels_of_a_chart_do_not_lie_on_each_other(address: str, browser: BrowserContext) -> None:
    page = browser.new_page()
    page.goto(address)
    overlaps = page.evaluate(
        """() => [...document.querySelectorAll('figure.chart svg[role=img]')].flatMap(svg => {
             const texts = [...svg.querySelectorAll('text')], title = svg.querySelector('title').textContent;
             const boxes = texts.map(text => [text.textContent, text.getBoundingClientRect()]);
             const found = [];
             for (let a = 0; a < boxes.length; a++) for (let b = a + 1; b < boxes.length; b++) {
               const [one, p] = boxes[a], [other, q] = boxes[b];
               const across = Math.min(p.right, q.right) - Math.max(p.left, q.left);
               const down = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
               if (across > 1 && down > 4) found.push(`${title}: ${one} / ${other}`);
             }
             return found; })"""
    )
    assert overlaps == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_phone_shows_the_page_without_scrolling_sideways(
    scheme: Literal["light", "dark"], address: str, browser: BrowserContext
) -> None:
    page = browser.new_page()
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(PHONE)
    page.goto(address)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"] + 1


def test_the_keyboard_reaches_the_results_and_every_wide_table(address: str, browser: BrowserContext) -> None:
    page = browser.new_page()
    page.goto(address)
    page.keyboard.press("Tab")
    skip = page.evaluate(
        "() => [document.activeElement.getAttribute('href'), getComputedStyle(document.activeElement).left]"
    )
    assert skip[0] == "#results" and not skip[1].startswith("-")
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash === '#results'")  # a moment later: the key and the page are two processes
    wide = page.locator(".scroll")
    assert [wide.nth(n).get_attribute("tabindex") for n in range(wide.count())] == ["0"] * wide.count()
    assert page.evaluate("() => [...document.querySelectorAll('table')].every(table => table.caption)")


def _pages(page: Page, path: Path) -> int:
    page.pdf(path=path, format="A4", print_background=True)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", path.read_bytes()))


def test_print_has_every_section_and_cuts_no_table_at_the_side(
    address: str, browser: BrowserContext, tmp_path: Path
) -> None:
    page = browser.new_page()
    page.goto(address)
    sections = page.locator("main section").count()
    page.emulate_media(media="print")
    # A4 less its margins, at 96 pixels an inch.
    page.set_viewport_size({"width": 688, "height": 971})
    assert page.locator("main section:visible").count() == sections
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.scroll')].filter(box => box.scrollWidth > box.clientWidth + 1)
             .map(box => box.getAttribute('aria-label'))"""
    )
    assert cut == []
    assert _pages(page, tmp_path / "page.pdf") >= 2
