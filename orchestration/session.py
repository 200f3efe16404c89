"""One run: which day it is for, where it builds, what its steps hand on to each other.

Belongs here: what every step of a run shares. Does not: any step's own work (assets/), publishing (publishing.py).
"""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from pydantic import SecretStr

from expectations.result import GateResult
from ml.lots import KeptLots
from ml.registry import StoredModel
from orchestration.connectors.loads import Load, LoadResult, from_iso
from orchestration.dbt import cutoff_of
from orchestration.doctor import check_room
from orchestration.errors import AlreadyPublishedError
from orchestration.exports.context import ModelOutcome
from orchestration.generations import Generation, generations, starting_point
from orchestration.lock import workspace_lock
from orchestration.privacy.erase import resumed_by_run
from orchestration.privacy.erase_journal import Pending
from orchestration.privacy.kept_lots import read_lots
from orchestration.privacy.rewrite import finish_rewrites
from orchestration.privacy.rotation import resumed_by_run as rotation_resumed_by_run
from orchestration.privacy.rotation_journal import Rotation
from orchestration.privacy.workspace_key import WorkspaceKey, adopt_key, workspace_key
from orchestration.settings import Settings
from orchestration.state import CHAMPIONS, GATE_FIGURES, State, adopt_generations
from orchestration.workspace import Build, Workspace

# LightGBM works outside Python's lock with one thread a model: two models at a time use two cores, and which two
# changes no byte of any.
BESIDE = 2


@dataclass(frozen=True)
class RunOptions:
    """What a run is asked to do.

    Attributes:
        as_of: closed day in the brand's zone.
        full_refresh: build the warehouse afresh.
        replay_at: UTC instant: see only what had been landed by then (mode replay); None: mode reconstruct.
        wait_seconds: how long to wait for another run that holds the workspace.
        from_landing: ask no source: publish anew what is landed.
        run_key: of a scheduled run: what names it among all schedulers; it publishes once. None: asked for by a person.
    """

    as_of: date
    full_refresh: bool = False
    replay_at: datetime | None = None
    wait_seconds: int = 0
    from_landing: bool = False
    run_key: str | None = None

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
    beside: ThreadPoolExecutor
    erasure: Pending | None = None
    rotation: Rotation | None = None
    landed: list[LoadResult] = field(default_factory=list)
    selected: list[Load] = field(default_factory=list)
    streams_with_rows: frozenset[str] = frozenset()
    gates: list[GateResult] = field(default_factory=list)
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    in_use: dict[str, StoredModel | None] = field(default_factory=dict)
    models: dict[str, ModelOutcome] = field(default_factory=dict)
    champions: dict[str, Any] = field(default_factory=dict)
    text_models: dict[str, str] = field(default_factory=dict)
    export_rows: dict[str, int] = field(default_factory=dict)
    parsing: subprocess.Popen[bytes] | None = None
    training: dict[str, Future[Any]] = field(default_factory=dict)

    @property
    def as_of(self) -> date:
        return self.options.as_of

    @property
    def landed_root(self) -> Path:
        """Hard links to the loads this run may see, one folder a stream."""
        return self.scratch / "landed"

    @property
    def dbt_target(self) -> Path:
        """Where dbt keeps what it parsed and compiled in this run."""
        return self.scratch / "dbt_target"

    @cached_property
    def cutoff(self) -> datetime:
        """End of as_of in the brand's zone, as a naive UTC instant."""
        return cutoff_of(self.as_of, self.settings.brand.timezone)

    @property
    def selected_loads(self) -> frozenset[str]:
        """Names of the loads this run may see."""
        return frozenset(f"{load.source}/{load.stream}/{load.load_id}" for load in self.selected)

    @property
    def stale_since(self) -> dict[str, date]:
        """Source that is down → day of its newest load, which stands in for it."""
        down = {result.source for result in self.landed if result.status == "stale"}
        return {
            source: max(from_iso(load.loaded_at).date() for load in self.selected if load.source == source)
            for source in down
        }

    def past_figures(self, gate: str) -> dict[str, list[float]]:
        """Figure → its values in runs of earlier days, oldest first."""
        past: dict[str, list[float]] = {}
        for _, entry in self.state.entries(GATE_FIGURES):
            for name, value in entry.get(gate, {}).items():
                past.setdefault(name, []).append(value)
        return past

    @property
    def starts_anew(self) -> bool:
        """Whether nothing may be taken over from earlier generations: they name people who must be forgotten, or keys
        that are no longer in use."""
        return self.erasure is not None or self.rotation is not None

    @cached_property
    def own_key(self) -> WorkspaceKey:
        return workspace_key(self.workspace, self.settings)

    @property
    def key(self) -> SecretStr:
        return self.own_key.secret

    @cached_property
    def kept_lots(self) -> KeptLots:
        """Lots of people that were drawn before the pseudonym key changed."""
        return read_lots(self.workspace, self.key)

    def marts(self, wanted: Mapping[str, Sequence[str]], *, ordered: bool = False) -> dict[str, pl.DataFrame]:
        """Marts of this run by name, with the columns named (none named: all).

        Args:
            ordered: by all columns read, where last digits of sums would tell a fresh build from an incremental one;
                else ordered by nothing: sort before use.
        """
        with duckdb.connect(str(self.build.warehouse), read_only=True) as connection:
            return {name: _relation(connection, name, columns, ordered) for name, columns in wanted.items()}

    def keep(self, schema: str, name: str, frame: pl.DataFrame) -> None:
        """Put a frame into the run's warehouse as <schema>.<name> (features, scores, measurement), and at hand."""
        self.tables[name] = frame
        with duckdb.connect(str(self.build.warehouse)) as connection:
            connection.register("frame", frame.to_arrow())
            connection.execute(f'create schema if not exists "{schema}"')
            connection.execute(f'create or replace table "{schema}"."{name}" as from frame')

    def keep_files(self, schema: str, frames: Mapping[str, pl.DataFrame]) -> None:
        """`keep` each frame, and write it as <schema>/<name>.parquet into the generation."""
        folder = self.build.root / schema
        folder.mkdir(exist_ok=True)
        for name, frame in frames.items():
            frame.write_parquet(folder / f"{name}.parquet")
            self.keep(schema, name, frame)

    def record_gate(self, result: GateResult) -> None:
        """Keep a gate's result for the manifest, the report and the next run's history."""
        self.gates.append(result)
        self.build.gates.mkdir(parents=True, exist_ok=True)
        (self.build.gates / f"{result.gate}.json").write_text(json.dumps(result.to_json(), indent=2, sort_keys=True))

    def state_entry(self) -> dict[str, Any]:
        """What this run leaves to runs of later days, once it is published."""
        return {
            GATE_FIGURES: {result.gate: dict(result.figures) for result in self.gates},
            CHAMPIONS: self.champions,
        }


def _relation(connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], ordered: bool) -> pl.DataFrame:
    relation = connection.table(f"marts.{name}")
    if columns:
        relation = relation.select(*(duckdb.ColumnExpression(column) for column in columns))
    if ordered:
        relation = relation.order("all")
    return pl.DataFrame(pl.from_arrow(relation.to_arrow_table()))


def _refuse_a_second_time(workspace: Workspace, options: RunOptions) -> None:
    published = [each.name for each in generations(workspace) if each.manifest.get("run_key") == options.run_key]
    if options.run_key is not None and published:
        raise AlreadyPublishedError(
            f"the scheduled run for {options.as_of} has published {published[-1]}: do two schedulers serve this "
            "workspace? To run the day once more: nanolift run --as-of"
        )


def _free_name(workspace: Workspace, wanted: str) -> str:
    """The name of a run's generation: of two runs of a day begun in one second, the later one is numbered."""
    names = itertools.chain((wanted,), (f"{wanted}-{number}" for number in itertools.count(2)))
    return next(name for name in names if not (workspace.generations / name).exists())


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
        AlreadyPublishedError: it is a scheduled run that another scheduler has started too, and that has published.
        ConfigurationError: no room on the disk, or no pseudonym key.
    """
    check_room(workspace)
    wanted = f"{options.as_of:%Y%m%d}-{now:%Y%m%dT%H%M%S}"
    with workspace_lock(workspace, wanted, wait_seconds=options.wait_seconds):
        _refuse_a_second_time(workspace, options)
        run_id = _free_name(workspace, wanted)
        finish_rewrites(workspace)
        is_replay = options.replay_at is not None
        rotation = rotation_resumed_by_run(workspace, settings, options.as_of, is_replay, now)
        key = adopt_key(workspace, settings)
        erasure = resumed_by_run(workspace, key.secret, options.as_of, is_replay, now)
        if erasure is None:
            adopt_generations(workspace)
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
            # Whoever must be forgotten, or the old key, stands in every generation there is: nothing is taken over.
            parent=None if erasure or rotation else starting_point(workspace, options.as_of),
            state=State(workspace.state, options.as_of),
            beside=ThreadPoolExecutor(BESIDE),
            erasure=erasure,
            rotation=rotation,
        )
        try:
            yield session
        finally:
            session.beside.shutdown(cancel_futures=True)  # nothing may write into a folder that goes
            shutil.rmtree(scratch, ignore_errors=True)
