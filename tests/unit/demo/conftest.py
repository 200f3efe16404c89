"""Worlds that several tests look at, each simulated once."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.demo.parameter_files import load_parameters
from orchestration.demo.world import World, build_world
from orchestration.settings import Source
from orchestration.workspace import Workspace


@pytest.fixture(scope="session")
def tiny() -> World:
    return build_world(load_parameters(size="tiny"))


@pytest.fixture(scope="session")
def town() -> World:
    """3,000 people: enough for averages."""
    return build_world(load_parameters(size=3000))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.at(tmp_path)


@pytest.fixture
def source() -> Source:
    return Source(name="demo", kind="demo", size="tiny")
