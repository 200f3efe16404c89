"""A bakery for every test, and a parser in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from orchestration.connectors import parse, parse_run
from tests.bakery import KEY, Bakery


@pytest.fixture(autouse=True)
def _parse_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse in this process, which saves half a second a landing; test_parse_run.py starts the real one."""
    if request.module.__name__.endswith("test_parse_run"):
        return

    def run(job: Path, folder: Path, seconds: float, child: Sequence[str]) -> list[dict[str, Any]]:
        assert parse.main(job) in (0, parse.WRONG_FILE)
        results: list[dict[str, Any]] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        return results

    monkeypatch.setattr(parse_run, "_run", run)


@pytest.fixture
def bakery(tmp_path: Path) -> Bakery:
    return Bakery(tmp_path / "bakery")


@pytest.fixture
def key() -> SecretStr:
    return KEY


@pytest.fixture
def make_bakery(tmp_path: Path) -> Callable[[str], Bakery]:
    return lambda name: Bakery(tmp_path / name)
