"""A preset read from a scripted service and landed into a workspace."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import SecretStr

from orchestration.connectors import rest
from orchestration.connectors.landing import land_source
from orchestration.connectors.loads import LoadResult, active_loads, read_loads
from orchestration.connectors.rest_http import Clock
from orchestration.settings import Source
from orchestration.workspace import Workspace
from tests.unit.connectors.rest_server import Asked

KEY = SecretStr("a-key-for-tests-only-0123456789abcdef")
NIGHT = datetime(2026, 10, 5, 1)


class Brand:
    """A brand whose only source is one preset; a source of its own for each address of the service."""

    def __init__(self, root: Path, preset: str, monkeypatch: Any, **variables: str) -> None:
        self.workspace, self.preset, self.at = Workspace.at(root), preset, 0.0
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(rest, "new_clock", self._clock)

    def _clock(self) -> Clock:
        def sleep(seconds: float) -> None:
            self.at += seconds

        return Clock(now=lambda: self.at, sleep=sleep, random=random.Random(1))

    def land(self, url: str, at: datetime = NIGHT, streams: Any = None, **connection: Any) -> list[LoadResult]:
        """One night; `streams` are names of the preset's streams."""
        table: dict[str, Any] = {"name": "brand", "preset": self.preset, "rest": {"base_url": url} | connection}
        table |= {} if streams is None else {"streams": streams}
        source = Source.model_validate(table)
        return land_source(
            source,
            source.streams,
            self.workspace,
            key=KEY,
            loaded_at=at,
            real_data=self.workspace.root,
            brand_timezone="Europe/Paris",
        )

    def rows(self, stream: str, *columns: str) -> list[tuple[Any, ...]]:
        """What stands after all loads, in landing order, one row a version."""
        loads = [load for load in active_loads(read_loads(self.workspace.landing)) if load.stream == stream]
        frame = pl.concat([pl.read_parquet(load.data) for load in loads])
        return frame.select(columns).rows()

    def notes(self) -> str:
        """What the loads say of themselves."""
        return "; ".join(note for load in read_loads(self.workspace.landing) for note in load.notes)


def routes(table: dict[str, Any]) -> Callable[[Asked], Any]:
    """Answers by path; a value may be a function of the request."""

    def answer(asked: Asked) -> Any:
        said = table[asked.path]
        return said(asked) if callable(said) else said

    return answer
