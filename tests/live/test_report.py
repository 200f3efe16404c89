"""The report as a marketer opens it: a file on a disk, no server, no network, light or dark."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_opens_from_disk(scheme: Literal["light", "dark"], tiny_run: Path, browser: BrowserContext) -> None:
    page = browser.new_page()
    page.emulate_media(color_scheme=scheme)
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tiny_run / "current" / "report" / "index.html").resolve().as_uri())
    page.wait_for_load_state("networkidle")
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert page.title() != ""
    assert len(page.inner_text("body")) > 500


def test_light_and_dark_differ_and_both_can_be_read(tiny_run: Path, browser: BrowserContext) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        page = browser.new_page()
        page.emulate_media(color_scheme=scheme)
        page.goto((tiny_run / "current" / "report" / "index.html").resolve().as_uri())
        grounds[scheme] = page.evaluate(
            "() => { const s = getComputedStyle(document.body); return [s.backgroundColor, s.color]; }"
        )
    assert grounds["light"] != grounds["dark"]
    assert all(ground != ink for ground, ink in grounds.values())


def test_the_report_fits_a_phone(tiny_run: Path, browser: BrowserContext) -> None:
    """The page itself does not scroll sideways; a wide table may, within its own box."""
    page = browser.new_page()
    page.set_viewport_size(PHONE)
    page.goto((tiny_run / "current" / "report" / "index.html").resolve().as_uri())
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"] + 1
