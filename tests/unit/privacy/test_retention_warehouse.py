"""A warehouse that was built with rows that went since is not the start of the next one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from orchestration.assets.warehouse import start_from_parent
from orchestration.connectors.loads import Load, read_loads
from orchestration.fingerprint import warehouse_fingerprint
from orchestration.generations import Generation
from orchestration.privacy.retention import expired_rows
from orchestration.publishing import write_manifest
from orchestration.session import RunSession
from orchestration.settings import Settings
from orchestration.workspace import Build
from tests.bakery import LINES, Bakery

SETTINGS = Settings.model_validate(
    {
        "brand": {"name": "Oat", "timezone": "Europe/Paris", "currency": "EUR"},
        "sources": [{"name": "demo", "kind": "demo"}],
    }
)


def name_of(load: Load) -> str:
    return f"{load.source}/{load.stream}/{load.load_id}"


def is_built_afresh(folder: Path, then: list[Load], now: list[Load]) -> bool:
    """Whether a run with these loads builds afresh after a generation that was built with those."""
    build = Build(folder / "generation")
    build.root.mkdir(exist_ok=True)
    build.warehouse.write_bytes(b"a warehouse")
    write_manifest(
        build,
        {
            "as_of": "2026-10-04",
            "published_sequence": 1,
            "loads": [name_of(load) for load in then],
            "expired": expired_rows(then),
            "warehouse_fingerprint": warehouse_fingerprint(SETTINGS),
        },
    )
    mine = Build(folder / "build")
    mine.root.mkdir(exist_ok=True)
    session = SimpleNamespace(
        parent=Generation(build.root),
        settings=SETTINGS,
        options=SimpleNamespace(full_refresh=False, replay_at=None),
        selected=now,
        selected_loads=frozenset(map(name_of, now)),
        build=mine,
    )
    return start_from_parent(cast(RunSession, session))


def test_rows_that_went_since_are_built_away(bakery: Bakery, tmp_path: Path) -> None:
    bakery.write("a.csv", LINES)
    bakery.land()
    (load,) = read_loads(bakery.workspace.landing)
    less = replace(load, rows_expired=2)
    assert is_built_afresh(tmp_path, [load], [less])
    assert not is_built_afresh(tmp_path, [less], [less])
    assert not is_built_afresh(tmp_path, [load], [load])


def test_a_new_load_that_lost_rows_before_anything_read_it_changes_nothing(bakery: Bakery, tmp_path: Path) -> None:
    bakery.write("a.csv", LINES)
    bakery.land()
    (load,) = read_loads(bakery.workspace.landing)
    other = replace(load, load_id="000002", rows_expired=1)
    assert not is_built_afresh(tmp_path, [load], [load, other])
