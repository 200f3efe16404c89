"""A workspace with generations of a few small files, and one target folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.exports.delivery.run import Courier
from orchestration.generations import Generation
from orchestration.publishing import next_sequence, publish, write_manifest
from orchestration.settings import Settings
from orchestration.workspace import Build, Workspace

NOW = datetime(2026, 1, 3, 4, 5, 6)
PublishDay = Callable[..., Generation]
MakeCourier = Callable[..., Courier]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "out").mkdir()
    return Workspace.at(tmp_path / "brand")


@pytest.fixture
def publish_day(workspace: Workspace) -> PublishDay:
    """(as_of, name, text) → the published generation."""

    def make(as_of: str, name: str | None = None, text: str = "rows") -> Generation:
        run_id = name or as_of
        build = Build(workspace.builds / run_id / "generation")
        build.exports.mkdir(parents=True)
        build.report.mkdir()
        (build.exports / "moments.csv").write_text(text)
        (build.exports / "moments.parquet").write_text(text * 2)
        (build.exports / "data_dictionary.csv").write_text("column")
        (build.report / "index.html").write_text("<html>")
        build.warehouse.write_text("never delivered")
        content = {"as_of": as_of, "published_sequence": next_sequence(workspace), "parent": None, "loads": []}
        write_manifest(build, content)
        settings = settings_with()
        publish(workspace, build, run_id, settings.retention)
        return Generation(workspace.generations / run_id)

    return make


def settings_with(*deliveries: dict[str, Any]) -> Settings:
    """The smallest configuration, with targets."""
    return Settings.model_validate(
        {
            "brand": {"name": "Oat", "timezone": "Europe/Paris", "currency": "EUR"},
            "sources": [{"name": "demo", "kind": "demo"}],
            "delivery": list(deliveries),
        }
    )


@pytest.fixture
def courier(workspace: Workspace) -> MakeCourier:
    """(*deliveries, **courier's own) → a courier; without a delivery, to the folder `out` beside the workspace."""

    def make(*deliveries: dict[str, Any], **own: Any) -> Courier:
        folder = {"name": "share", "kind": "folder", "path": "../out", "retry_seconds": 0}
        return Courier(workspace, settings_with(*(deliveries or (folder,))), lambda: NOW, **own)

    return make
