"""A source that goes away and comes back: what is told, and its runbook, with the real parser process."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from orchestration.connectors.landing import land_source
from orchestration.connectors.selection import select_loads
from orchestration.environment import PSEUDONYM_KEY_VARIABLE, pseudonym_key
from orchestration.observe.record import sources_of
from orchestration.settings import load_settings
from orchestration.workspace import Workspace
from tests.runbooks import followed
from tests.unit.observe.conftest import CONFIGURATION
from tests.unit.observe.test_runbooks import OWN_KEY, nanolift, publish_day, record_of_now, told


def test_a_source_that_is_down_is_over_when_it_was_landed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path
    monkeypatch.setenv(PSEUDONYM_KEY_VARIABLE, OWN_KEY)
    demo = '[[sources]]\nname = "demo"\nkind = "demo"\n'
    source = """[[sources]]
name = "shops"
kind = "csv"
required = false
max_age_days = 3
[[sources.streams]]
stream = "stores"
path = "in/stores.csv"
[sources.streams.columns]
store_id = "shop"
"""
    (place / "nanolift.toml").write_text(CONFIGURATION.replace(demo, source))
    file = place / "in" / "stores.csv"
    file.parent.mkdir()
    file.write_text("shop\ns1\n")
    publish_day(place, "2026-11-01")
    land(place, datetime(2026, 11, 1, 3))
    file.rename(file.with_suffix(".away"))
    land(place, datetime(2026, 11, 2, 3))
    assert nanolift("alert", place=place).output.startswith(
        "source_stale shops: source shops is down, stale since 2026-11-01"
    )
    tried, status = followed("source_stale", place, SOURCE="shops")
    assert (tried.exit_code, status.exit_code) == (1, 0)
    file.with_suffix(".away").rename(file)
    assert followed("source_stale", place, SOURCE="shops")[0].exit_code == 0
    land(place, datetime(2026, 11, 3, 3))
    assert nanolift("alert", place=place).output == "Nothing is wrong.\n"
    assert "alert resolved: source_stale shops" in told(place)


def land(place: Path, at: datetime) -> None:
    """Land the workspace's source as a run does, and keep what the run would record of it."""
    workspace = Workspace.at(place)
    settings = load_settings(workspace.configuration)
    (source,) = settings.sources
    landed = land_source(
        source,
        source.streams,
        workspace,
        key=pseudonym_key(settings),
        loaded_at=at,
        real_data=place,
        brand_timezone="Europe/Paris",
    )
    record_of_now(place, sources=sources_of(landed, select_loads(workspace.landing)))
