"""A workspace to publish into, with generations of one small file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.publishing import next_sequence, publish, write_manifest
from orchestration.settings import Retention
from orchestration.workspace import Build, Workspace

Publish = Callable[..., bool]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.at(tmp_path / "brand")


@pytest.fixture
def publish_day(workspace: Workspace) -> Publish:
    """(as_of, name, text, parent, retention) → whether `current` moved."""

    def make(
        as_of: str,
        name: str | None = None,
        text: str = "rows",
        parent: str | None = None,
        retention: Retention | None = None,
    ) -> bool:
        run_id = name or as_of
        build = Build(workspace.builds / run_id / "generation")
        build.exports.mkdir(parents=True)
        (build.exports / "scores.csv").write_text(text)
        content = {"as_of": as_of, "published_sequence": next_sequence(workspace), "parent": parent, "loads": []}
        write_manifest(build, content)
        return publish(workspace, build, run_id, retention or Retention())

    return make
