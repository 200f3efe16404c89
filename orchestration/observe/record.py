"""The record of the last run, logs/last_run.json: what it did, how it ended. Written when it begins and when it ends.

Belongs here: what stands in it, reading and writing. Does not: gathering it (watching.py), judging it (causes.py).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from expectations.result import GateResult
from orchestration.connectors.loads import Load, LoadResult, from_iso
from orchestration.durable import write_json
from orchestration.observe.log import Ended
from orchestration.orphans import is_alive
from orchestration.workspace import Workspace

Outcome = Literal["under way", "succeeded", "failed", "killed"]


@dataclass(frozen=True)
class SourceRecord:
    """One source in a run. status: landed, unchanged, stale or absent, the worst of its streams; since: day of the
    newest load of a stale one, ISO 8601."""

    name: str
    status: str
    rows_landed: int = 0
    rows_quarantined: int = 0
    since: str | None = None


@dataclass(frozen=True)
class GateRecord:
    """One gate in a run. failures: expectations that did not hold; says: the verdict in one line."""

    name: str
    failures: int
    says: str


@dataclass(frozen=True)
class RunRecord:
    """The last run. Instants are ISO 8601 texts, UTC.

    Attributes:
        run_id: Dagster's; "" where the run ended before Dagster knew it.
        generation: the name its generation has or would have had; None: it ended before it had one.
        process: mark of its process (orphans.process_mark).
        is_published: its generation is there.
        errors: a line a step that failed otherwise than by a gate.
    """

    run_id: str
    generation: str | None
    as_of: str
    started_at: str
    process: str
    outcome: Outcome = "under way"
    ended_at: str | None = None
    is_published: bool = False
    steps: tuple[Ended, ...] = ()
    sources: tuple[SourceRecord, ...] = ()
    gates: tuple[GateRecord, ...] = ()
    errors: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """What tells this run from others."""
        return self.generation or f"{self.as_of} at {self.started_at}"

    @property
    def seconds(self) -> float | None:
        """From its beginning to its end; None: it has none."""
        if self.ended_at is None:
            return None
        return (from_iso(self.ended_at) - from_iso(self.started_at)).total_seconds()

    def settled(self) -> RunRecord:
        """As it is now: a run that is under way by its record and whose process is gone was killed."""
        gone = self.outcome == "under way" and not is_alive(self.process)
        return replace(self, outcome="killed") if gone else self


def write_record(workspace: Workspace, record: RunRecord) -> None:
    """Replace the last run's record."""
    write_json(workspace.logs / "last_run.json", asdict(record))


def read_record(workspace: Workspace) -> RunRecord | None:
    """The last run, settled; None: there was none, or its record is damaged."""
    try:
        said: dict[str, Any] = json.loads((workspace.logs / "last_run.json").read_text(encoding="utf-8"))
        parts: dict[str, Any] = {
            "steps": tuple(Ended(**each) for each in said.pop("steps")),
            "sources": tuple(SourceRecord(**each) for each in said.pop("sources")),
            "gates": tuple(GateRecord(**each) for each in said.pop("gates")),
            "errors": tuple(said.pop("errors")),
        }
        return RunRecord(**said, **parts).settled()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def sources_of(landed: Sequence[LoadResult], selected: Sequence[Load]) -> tuple[SourceRecord, ...]:
    """What a run's landing did, by source."""
    worst = ("absent", "stale", "landed", "unchanged")
    newest: dict[str, date] = {}
    for load in selected:
        day = from_iso(load.loaded_at).date()
        newest[load.source] = max(day, newest.get(load.source, day))
    found = []
    for name in dict.fromkeys(each.source for each in landed):
        own = [each for each in landed if each.source == name]
        status = next(each for each in worst if any(result.status == each for result in own))
        since = newest.get(name) if status == "stale" else None
        found.append(
            SourceRecord(
                name,
                status,
                rows_landed=sum(each.rows_accepted for each in own),
                rows_quarantined=sum(each.rows_quarantined for each in own),
                since=None if since is None else since.isoformat(),
            )
        )
    return tuple(found)


def gates_of(results: Sequence[GateResult]) -> tuple[GateRecord, ...]:
    """What a run's gates said."""
    return tuple(GateRecord(each.gate, len(each.failures), each.one_line()) for each in results)


def iso(at: datetime) -> str:
    """A naive UTC instant as a record has it."""
    return at.isoformat(timespec="seconds") + "Z"
