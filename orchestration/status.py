"""`nanolift status`: what is published, how the last runs ended, whether that is as it should be.

Belongs here: words and JSON for it. Does not: what counts as wrong (observe/causes.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration.delivering import describe_targets
from orchestration.generations import current, generations
from orchestration.observe.causes import NO_PUBLISH, NO_ROOM, causes_of, failed_run
from orchestration.observe.facts import Facts, gather
from orchestration.observe.record import iso
from orchestration.privacy.pending import unfinished
from orchestration.settings import Settings, load_settings
from orchestration.workspace import Workspace

RUNS_SHOWN = 5
PARTITION_TAG = "dagster/partition"


@dataclass(frozen=True)
class Status:
    """text: for the terminal.  content: for machines.

    is_well: published in time, the last run did not fail, there is room for the next, no erasure or change of the key
    is left undone.
    """

    text: str
    content: dict[str, Any]
    is_well: bool


def status_of(directory: Path, now: datetime) -> Status:
    """The workspace's state.

    Args:
        now: naive UTC instant.

    Raises:
        ConfigurationError: nanolift.toml is missing or not right.
        IntegrityError: the published generation's manifest, or a record, is damaged.
    """
    workspace = Workspace.at(directory)
    settings = load_settings(workspace.configuration)
    facts = gather(workspace, settings, now)
    problems = [*unfinished(workspace), *_problems(facts, settings)]
    lines = [*_published(workspace), *describe_targets(workspace, settings), *_last_runs(workspace)]
    lines += [f"wrong       {problem}" for problem in problems]
    return Status("\n".join(lines), _content(facts, settings, problems), not problems)


def _problems(facts: Facts, settings: Settings) -> Iterator[str]:
    yield from (cause.summary for cause in causes_of(facts, settings.alerts) if cause.kind in (NO_PUBLISH, NO_ROOM))
    failed = failed_run(facts.record)
    if failed is not None:
        yield failed


def _content(facts: Facts, settings: Settings, problems: list[str]) -> dict[str, Any]:
    newest, record = facts.newest, facts.record
    return {
        "is_well": not problems,
        "problems": problems,
        "published": None
        if newest is None
        else {"generation": newest.name, "as_of": newest.as_of.isoformat(), "published_at": iso(newest.at)},
        "hours_without_publish": round(facts.hours_without_publish, 2),
        "no_publish_hours": None if facts.is_study else settings.alerts.no_publish_hours,
        "last_run": None
        if record is None
        else {
            "run_id": record.run_id,
            "as_of": record.as_of,
            "outcome": record.outcome,
            "started_at": record.started_at,
            "ended_at": record.ended_at,
            "errors": list(record.errors),
            "gates": {gate.name: gate.failures for gate in record.gates},
            "sources": {source.name: source.status for source in record.sources},
        },
        "alerts": [
            {"alert": cause.kind, "subject": cause.subject, "summary": cause.summary, "runbook": cause.anchor}
            for cause in causes_of(facts, settings.alerts)
        ],
    }


def _published(workspace: Workspace) -> list[str]:
    now = current(workspace)
    if now is None:
        return ["published   nothing yet: nanolift run"]
    gates = now.manifest["gates"]
    return [
        f"published   {now.name}, as of {now.as_of} ({now.manifest['mode']})",
        f"exports     {now.path / 'exports'}",
        f"gates       {sum(gate['passed'] for gate in gates)} of {len(gates)} passed",
        *(f"stale       {source} since {day}" for source, day in sorted(now.manifest["stale_since"].items())),
        f"kept        {len(generations(workspace))} generations",
    ]


def _last_runs(workspace: Workspace) -> list[str]:
    """The newest runs by Dagster's own record, newest first."""
    if not (workspace.dagster_home / "dagster.yaml").exists():
        return []
    import dagster as dg
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with dg.DagsterInstance.from_config(str(workspace.dagster_home)) as instance:
            records = instance.get_run_records(limit=RUNS_SHOWN)
    except SQLAlchemyError as error:  # reading takes room too: SQLite's locks, and tables where there are none yet
        return [f"run         Dagster's record cannot be read: {getattr(error, 'orig', None) or type(error).__name__}"]
    runs = [(record.create_timestamp, record.dagster_run) for record in records]
    return [
        f"run         {at:%Y-%m-%d %H:%M} UTC for {run.tags.get(PARTITION_TAG, '?')}: {run.status.value.lower()}"
        for at, run in runs
    ]
