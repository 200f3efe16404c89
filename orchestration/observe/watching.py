"""Watching one run: its log while it lasts, its record, and a look at the workspace when it has ended.

Belongs here: the order of that. Does not: what any of it says. Nothing here may end a run that would have gone on:
what cannot be written or sent is told in the log.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from orchestration.delivering import naive_utc
from orchestration.environment import NEW_PSEUDONYM_KEY_VARIABLE, PSEUDONYM_KEY_VARIABLE, secret
from orchestration.errors import AlreadyPublishedError, ConfigurationError, NanoliftError, WorkspaceBusyError
from orchestration.observe.alerts import Memory
from orchestration.observe.log import RunLog, logging_to, rotate, told
from orchestration.observe.look import look
from orchestration.observe.record import RunRecord, gates_of, iso, sources_of, write_record
from orchestration.orphans import process_mark
from orchestration.session import RunSession
from orchestration.settings import Settings
from orchestration.workspace import Workspace

logger = logging.getLogger(__name__)

PUBLISH = "publish"  # the step's name: its generation may be swept at once, where it is an old day's


@contextmanager
def watched(session: RunSession, run_id: str, failures: Callable[[], Sequence[str]]) -> Iterator[None]:
    """Keep log and record of a run that holds the workspace.

    Args:
        run_id: Dagster's name of the run.
        failures: a line a step that failed, asked for when the run has ended.
    """
    workspace = session.workspace
    rotate(workspace.log)
    run = {"run_id": run_id, "generation": session.run_id, "as_of": session.as_of.isoformat()}
    record = _begun(run_id, session.as_of, session.run_id)
    with logging_to(workspace, run, secret_values(session.settings)) as log:
        _write(workspace, record)
        logger.info("run for %s begins", session.as_of)
        try:
            yield
        finally:
            ended = _ended(record, session, log, failures)
            _write(workspace, ended)
            logger.info("run for %s %s", session.as_of, ended.outcome)


def _begun(run_id: str, as_of: date, generation: str | None) -> RunRecord:
    return RunRecord(run_id, generation, as_of.isoformat(), iso(naive_utc()), process_mark(os.getpid()) or "")


def _ended(record: RunRecord, session: RunSession, log: RunLog, failures: Callable[[], Sequence[str]]) -> RunRecord:
    errors = tuple(failures())
    published = any(each.step == PUBLISH and each.outcome == "ok" for each in log.ended)
    gates = gates_of(session.gates)
    failed = bool(errors) or not published or any(each.outcome == "failed" for each in log.ended)
    return replace(
        record,
        outcome="failed" if failed else "succeeded",
        ended_at=iso(naive_utc()),
        is_published=published,
        steps=tuple(log.ended),
        sources=sources_of(session.landed, session.selected),
        gates=gates,
        errors=errors,
    )


def _write(workspace: Workspace, record: RunRecord) -> None:
    try:
        write_record(workspace, record)
    except OSError as error:
        logger.warning("the run's record could not be written (%s)", type(error).__name__)


def note_refused(workspace: Workspace, as_of: date, run_id: str, error: NanoliftError) -> None:
    """Record a run that could not begin; not one that found another in charge, whose record stays."""
    if not isinstance(error, WorkspaceBusyError | AlreadyPublishedError):
        record = _begun(run_id, as_of, None)
        _write(workspace, replace(record, outcome="failed", ended_at=iso(naive_utc()), errors=(told(error),)))


def after_run(workspace: Workspace, settings: Settings) -> None:
    """Look at the workspace: metrics, alerts. Whatever goes wrong is told in the log and changes nothing else."""
    try:
        look_now(workspace, settings)
    except (NanoliftError, OSError) as error:
        logger.warning("the look after the run failed: %s", told(error))


def look_now(workspace: Workspace, settings: Settings) -> tuple[Memory, list[str]]:
    """`look`, with what it says in the workspace's log.

    Raises:
        IntegrityError: a record of the workspace that cannot be read.
    """
    with logging_to(workspace, {}, secret_values(settings)):
        return look(workspace, settings, naive_utc())


def secret_values(settings: Settings) -> list[str]:
    """What must never stand in a log: values of every environment variable that the configuration names."""
    names = {PSEUDONYM_KEY_VARIABLE, NEW_PSEUDONYM_KEY_VARIABLE, *settings.alerts.variables}
    names |= {name for target in settings.delivery for name in target.variables}
    for source in settings.sources:
        names |= set(_named(source.model_dump(mode="json")))
    return [value for name in sorted(names) if len(value := _value(name)) >= _SHORTEST]


# Shorter ones would blank ordinary words.
_SHORTEST = 6


def _value(name: str) -> str:
    try:
        return secret(name).get_secret_value()
    except ConfigurationError:
        return ""  # not set: nothing to blank


def _named(table: object) -> Iterator[str]:
    """Names of variables in a table of the configuration: what stands under keys …_env and under `secrets`."""
    if isinstance(table, list | tuple):
        for each in table:
            yield from _named(each)
    if isinstance(table, dict):
        for key, value in table.items():
            if key.endswith("_env") and isinstance(value, str):
                yield value
            elif key == "secrets" and isinstance(value, dict):
                yield from (str(each) for each in value.values())
            else:
                yield from _named(value)
