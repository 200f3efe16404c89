"""Dagster's UI as a person meets it: the whole way is on the graph, a run shows what its gates said."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

pytestmark = pytest.mark.browser

GROUPS = (
    "landing",
    "signals",
    "staging",
    "intermediate",
    "marts",
    "features",
    "models",
    "measurements",
    "scores",
    "exports",
    "publish",
)
GATES = ("gate_landing", "gate_marts", "gate_features", "gate_scores", "gate_exports")
PATIENCE_MS = 60_000
# Loopback is never asked through a proxy that the machine may have.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
CHECKS = "{ assetNodes { assetKey { path } assetChecksOrError { ... on AssetChecks { checks { name } } } } }"
PERMISSIONS = "{ permissions { permission value } }"


def _ask(address: str, query: str) -> Any:
    request = urllib.request.Request(
        f"{address}/graphql", json.dumps({"query": query}).encode(), {"Content-Type": "application/json"}
    )
    with DIRECT.open(request, timeout=60) as answer:
        return json.load(answer)["data"]


def _listening_on(port: int) -> set[str]:
    """Local addresses, in the kernel's notation, on which somebody listens at `port`."""
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text(encoding="ascii").splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, _, number = local.partition(":")
            if int(number, 16) == port and state == "0A":
                found.add(address)
    return found


def test_the_graph_shows_every_layer(ui: Any, browser: BrowserContext) -> None:
    page = browser.new_page()
    outside: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(ui.address) else outside.append(request.url))
    page.goto(f"{ui.address}/asset-groups")
    for group in GROUPS:
        expect(page.get_by_text(group, exact=True).first).to_be_visible(timeout=PATIENCE_MS)
    assert [url for url in outside if not url.startswith(("data:", "blob:"))] == []


@pytest.mark.parametrize("gate", GATES)
def test_a_materialised_run_shows_what_its_gate_said(gate: str, ui: Any, browser: BrowserContext) -> None:
    guarded = [
        node["assetKey"]["path"]
        for node in _ask(ui.address, CHECKS)["assetNodes"]
        if gate in [check["name"] for check in node["assetChecksOrError"].get("checks", [])]
    ]
    assert guarded, f"no asset is guarded by {gate}"
    page = browser.new_page()
    page.goto(f"{ui.address}/assets/{'/'.join(guarded[0])}?view=checks&checkDetail={gate}")
    expect(page.get_by_text(gate, exact=True).first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("This is a blocking asset check.").first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Passed", exact=True).first).to_be_visible(timeout=PATIENCE_MS)


def test_only_this_machine_can_reach_the_ui(ui: Any) -> None:
    """127.0.0.1 in the kernel's notation; the UI has no login."""
    assert _listening_on(ui.port) == {"0100007F"}


def test_viewers_can_look_and_start_nothing(viewers_ui: Any, browser: BrowserContext) -> None:
    rights = {entry["permission"]: entry["value"] for entry in _ask(viewers_ui.address, PERMISSIONS)["permissions"]}
    assert rights["launch_pipeline_execution"] is False
    assert rights["wipe_assets"] is False
    page = browser.new_page()
    page.goto(f"{viewers_ui.address}/asset-groups")
    expect(page.get_by_text("landing", exact=True).first).to_be_visible(timeout=PATIENCE_MS)
