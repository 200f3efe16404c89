"""The bakery of the landing's tests, and a landing with people to be erased or told what is held about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.reliability_canaries import toml, write
from benchmarks.reliability_nights import new_workspace
from benchmarks.reliability_privacy import land
from tests.unit.connectors.conftest import _parse_here, bakery

__all__ = ["_parse_here", "aviary", "bakery"]


@pytest.fixture
def aviary(tmp_path: Path) -> Path:
    """A workspace that has landed two canaries and their bystanders, and published nothing."""
    root = new_workspace(tmp_path / "aviary", more=toml())
    write(root / "in", 2)
    land(root, 1)
    return root
