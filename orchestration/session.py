"""One run: which day it is for, where it builds, what its steps hand on to each other.

Belongs here: what every step of a run shares. Does not: any step's own work (assets/), publishing (publishing.py).
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import duckdb
import polars as pl
from pydantic import SecretStr

from expectations.result import GateResult
from orchestration.connectors.loads import LoadResult
from orchestration.doctor import check_room
from orchestration.dbt import cutoff_of
from orchestration.generations import Generation, starting_point
from orchestration.lock import workspace_lock
from orchestration.settings import Settings, pseudonym_key
from orchestration.state import State
from orchestration.workspace import Build, Workspace

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunOptions:
    """What a run is asked to do.

    Attributes:
        as_of: closed day in the brand's zone.
        full_refresh: build the warehouse afresh.
        replay_at: UTC instant: see only what had been landed by then (mode replay); None: mode reconstruct.
        wait_seconds: how long to wait for another run that holds the workspace.
    """

    as_of: date
    full_refresh: bool = False
    replay_at: datetime | None = None
    wait_seconds: int = 0

    @property
    def mode(self) -> str:
        return "reconstruct" if self.replay_at is None else "replay"


@dataclass
class RunSession:
    """A run under way. Frames are read from the run's own warehouse, never from the published one."""

    workspace: Workspace
    settings: Settings
    options: RunOptions
    loaded_at: datetime
    run_id: str
    build: Build
    scratch: Path
    parent: Generation | None
    state: State
    loads: list[LoadResult] = field(default_factory=list)
    gates: list[GateResult] = field(default_factory=list)
    champions: dict[str, str] = field(default_factory=dict)

    @property
    def as_of(self) -> date:
        return self.options.as_of

    @property
    def landed_root(self) -> Path:
        """Hard links to the loads this run may see, one folder a stream."""
        return self.scratch / "landed"

    @cached_property
    def cutoff(self) -> datetime:
        """End of as_of in the brand's zone, as a naive UTC instant."""
        return cutoff_of(self.as_of, self.settings.brand.timezone)

    @cached_property
    def key(self) -> SecretStr:
        return pseudonym_key(self.settings)

    def mart(self, name: str, columns: Sequence[str] = ()) -> pl.DataFrame:
        """A mart of this run (all columns, or those named), ordered by nothing: sort before use."""
        wanted = ", ".join(f'"{column}"' for column in columns) or "*"
        with duckdb.connect(str(self.build.warehouse), read_only=True) as connection:
            table = connection.sql(f'select {wanted} from marts."{name}"').to_arrow_table()
        return pl.DataFrame(pl.from_arrow(table))

    def write_table(self, schema: str, name: str, frame: pl.DataFrame) -> None:
        """Put a frame into the run's warehouse as <schema>.<name> (features, scores, measurement)."""
        with duckdb.connect(str(self.build.warehouse)) as connection:
            connection.register("frame", frame.to_arrow())
            connection.execute(f'create schema if not exists "{schema}"')
            connection.execute(f'create or replace table "{schema}"."{name}" as select * from frame')

    def record_gate(self, result: GateResult) -> None:
        """Keep a gate's result for the manifest, the report and the next run's history."""
        self.gates.append(result)
        self.build.gates.mkdir(parents=True, exist_ok=True)
        (self.build.gates / f"{result.gate}.json").write_text(json.dumps(result.to_json(), indent=2, sort_keys=True))


@contextmanager
def open_session(workspace: Workspace, settings: Settings, options: RunOptions, now: datetime) -> Iterator[RunSession]:
    """Hold the workspace for a run.

    Args:
        workspace: the brand's folder.
        settings: its configuration.
        options: what the run is asked to do.
        now: naive UTC instant of the run's start: stamps what is landed, nothing else.

    Raises:
        WorkspaceBusyError: another run holds the workspace.
        ConfigurationError: no room on the disk, or no pseudonym key.
    """
    check_room(workspace)
    run_id = f"{options.as_of:%Y%m%d}-{now:%Y%m%dT%H%M%S}"
    with workspace_lock(workspace, run_id, wait_seconds=options.wait_seconds):
        shutil.rmtree(workspace.builds, ignore_errors=True)
        scratch = workspace.builds / run_id
        build = Build(scratch / "generation")
        build.root.mkdir(parents=True)
        session = RunSession(
            workspace=workspace,
            settings=settings,
            options=options,
            loaded_at=now,
            run_id=run_id,
            build=build,
            scratch=scratch,
            parent=starting_point(workspace, options.as_of),
            state=State(workspace.state, options.as_of),
        )
        session.key  # noqa: B018 - a missing key stops the run before anything is read
        try:
            yield session
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
