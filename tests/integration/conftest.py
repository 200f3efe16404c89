"""The whole way on a tiny market, run once and shared; tests that change anything work on a copy."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from orchestration.generations import Generation, current
from orchestration.nightly import RunOutcome, RunRequest, run_nightly
from orchestration.workspace import Workspace

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "demo" / "nanolift.toml"
DAY = date(2025, 6, 30)
NEXT_DAY = DAY + timedelta(days=1)


@dataclass(frozen=True)
class Market:
    """A workspace of the tiny demo world."""

    workspace: Workspace

    def run(self, as_of: date = DAY, *, full_refresh: bool = False) -> RunOutcome:
        return run_nightly(RunRequest(self.workspace.root, as_of=as_of, full_refresh=full_refresh))

    def published(self) -> Generation:
        generation = current(self.workspace)
        assert generation is not None, "nothing is published"
        return generation

    def configure(self, old: str, new: str) -> None:
        text = self.workspace.configuration.read_text(encoding="utf-8")
        assert old in text
        self.workspace.configuration.write_text(text.replace(old, new), encoding="utf-8")

    def copy(self, place: Path) -> Market:
        shutil.copytree(self.workspace.root, place, symlinks=True, ignore=shutil.ignore_patterns(".dagster"))
        return Market(Workspace.at(place))


def exported_bytes(generation: Generation) -> dict[str, bytes]:
    """Every export and the report of a generation, byte by byte."""
    files = [file for part in ("exports", "report") for file in sorted((generation.path / part).rglob("*"))]
    return {file.relative_to(generation.path).as_posix(): file.read_bytes() for file in files if file.is_file()}


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Market:
    """The tiny market after its first published night; not to be changed."""
    root = tmp_path_factory.mktemp("market")
    market = Market(Workspace.at(root))
    market.workspace.configuration.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    market.configure('size = "default"', 'size = "tiny"')
    outcome = market.run()
    assert outcome.succeeded, outcome.message
    return market


@pytest.fixture
def market(first_night: Market, tmp_path: Path) -> Market:
    """A copy of it to work on."""
    return first_night.copy(tmp_path / "market")
