"""A bakery for every test, and a parser in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from orchestration.connectors import parse_run
from tests.bakery import KEY, Bakery, parsed_here


@pytest.fixture(autouse=True)
def _parse_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse in this process, which saves half a second a landing; test_parse_run.py starts the real one."""
    if request.module.__name__.endswith("test_parse_run"):
        return

    monkeypatch.setattr(parse_run, "_started", parsed_here)


@pytest.fixture
def bakery(tmp_path: Path) -> Bakery:
    return Bakery(tmp_path / "bakery")


@pytest.fixture
def key() -> SecretStr:
    return KEY


@pytest.fixture
def make_bakery(tmp_path: Path) -> Callable[[str], Bakery]:
    return lambda name: Bakery(tmp_path / name)
