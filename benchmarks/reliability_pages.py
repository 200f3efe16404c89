"""What of a report would live in a browser: every page opened in Chromium, as it is and without its policy.

Belongs here: opening, the events that betray a payload, the shapes of the pages' documents. Does not: payloads, nights.

A page's shape is the set of its elements with their attributes' names: that of a report whose data holds payloads may
hold nothing that a report without payloads does not.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# What a closed network and a root user need; without the background switches Chromium looks for its maker's hosts.
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
# Elements with their attributes, addresses, and whether anything ran; script of the test itself, in an own world.
_LOOK = """() => {
    const shape = new Set(), addresses = new Set();
    const leads = ['href', 'src', 'action', 'xlink:href', 'data', 'poster', 'ping'];
    for (const one of document.querySelectorAll('*')) {
        shape.add(one.localName);
        for (const each of one.attributes) {
            shape.add(`${one.localName}[${each.name}]`);
            if (leads.includes(each.name)) addresses.add(each.value);
        }
    }
    return {shape: [...shape], addresses: [...addresses], ran: window.canaries, title: document.title};
}"""
_TRAP = """window.canaries = [];
for (const name of ['alert', 'prompt', 'confirm', 'open', 'fetch'])
    window[name] = (...said) => { window.canaries.push(name); };"""


def chromium() -> str | None:
    """The browser's command; None: it is not installed."""
    return next((path for path in map(shutil.which, PROGRAMS) if path), None)


@dataclass
class Seen:
    """All that the pages of a report did and are."""

    shape: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    events: list[str] = field(default_factory=list)
    pages: int = 0


def looked_at(report: Path, *, with_policy: bool = True, pages: list[Path] | None = None) -> Seen:
    """Every page of a report in a browser; without its policy a copy is opened, so that escaping alone must do."""
    from playwright.sync_api import sync_playwright

    seen, command = Seen(), chromium()
    assert command is not None, "Chromium is not installed"
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        copy = Path(scratch, "report")
        if not with_policy:
            for path in sorted(report.rglob("*.html")):
                bare, found = _POLICY.subn("", path.read_text(encoding="utf-8"), count=1)
                if not found:
                    seen.events.append(f"{path.name} has no policy")
                place = copy / path.relative_to(report)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(bare, encoding="utf-8")
        context = playwright.chromium.launch_persistent_context(
            f"{scratch}/profile", executable_path=command, headless=True, args=list(FLAGS)
        )
        context.add_init_script(_TRAP)
        for path in pages or sorted((report if with_policy else copy).rglob("*.html")):
            _look_at(context, path, seen)
        context.close()
    return seen


def _look_at(context: Any, path: Path, seen: Seen) -> None:
    """One page: opened, its fields focused, the mouse moved over what may wait for it."""
    page, name, home = context.new_page(), path.name, path.resolve().as_uri()
    page.on("dialog", lambda dialog: (seen.events.append(f"{name}: dialog"), dialog.dismiss()))
    page.on("pageerror", lambda error: seen.events.append(f"{name}: script error {str(error)[:80]}"))
    page.on("popup", lambda _: seen.events.append(f"{name}: another page"))
    page.on("request", lambda request: request.url == home or seen.events.append(f"{name}: asked {request.url[:80]}"))
    page.goto(home)
    page.wait_for_timeout(50)
    page.mouse.move(200, 200)
    page.keyboard.press("Tab")
    found = page.evaluate(_LOOK)
    if page.url.split("#")[0] != home:
        seen.events.append(f"{name}: went to {page.url[:80]}")
    seen.events += [f"{name}: ran {each}" for each in found["ran"] or ()]
    seen.shape |= set(found["shape"])
    seen.addresses |= set(found["addresses"])
    seen.pages += 1
    page.close()


def findings(seen: Seen, sound: Seen) -> Iterator[str]:
    """What lives in a report, beside one without payloads."""
    yield from seen.events
    yield from (f"element or attribute {name}" for name in sorted(seen.shape - sound.shape))
    for address in sorted(seen.addresses):
        if re.match(r"\s*[a-z][a-z0-9+.-]*:|//", address, re.IGNORECASE):
            yield f"address {address[:80]!r}"
