"""Runs whose process is gone, as Dagster's record still has them: told as failed, their pool slots freed.

Belongs here: the mark of a run's process, finding and ending orphans. Does not: the workspace's own lock, which the
kernel drops with its holder (lock.py), files that a killed run left (session.py, state.py, connectors/loads.py).
"""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

logger = logging.getLogger(__name__)

# Which process carries a run: its id and, since ids come again, when it began.
PROCESS_TAG = "nanolift/process"
# A run bears its mark from the first seconds of its process on; one that has none after so long never got that far.
UNMARKED_FOR = timedelta(minutes=15)
_UNDER_WAY = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.CANCELING]


def process_mark(process: int) -> str | None:
    """id@clock ticks from boot to its beginning; id@ where the system does not tell; None: there is no such process."""
    stat = Path("/proc", str(process), "stat")
    try:
        # The name in brackets may hold anything; state is the first field after it, the beginning the twentieth.
        fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return None if fields[0] in "ZX" else f"{process}@{fields[19]}"
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return None
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return f"{process}@"


def is_alive(mark: str) -> bool:
    """Whether the very process of a mark still runs."""
    process, _, _ = mark.partition("@")
    return process.isdigit() and process_mark(int(process)) == mark


def end_orphans(instance: dg.DagsterInstance, own_run_id: str) -> list[str]:
    """Report every run under way whose process is gone as failed, and free the pool slots it held; their run ids.

    Args:
        instance: Dagster's record of the workspace.
        own_run_id: the run that asks, which is alive whatever its tags say.
    """
    ended = []
    for record in instance.get_run_records(filters=dg.RunsFilter(statuses=_UNDER_WAY)):
        run = record.dagster_run
        mark = run.tags.get(PROCESS_TAG)
        waits = datetime.now(UTC) - record.update_timestamp.replace(tzinfo=UTC) < UNMARKED_FOR
        if run.run_id == own_run_id or (waits if mark is None else is_alive(mark)):
            continue
        instance.report_run_failed(run, "its process is gone: it was killed, or the machine stopped")
        if instance.event_log_storage.supports_global_concurrency_limits:
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        logger.warning("run %s was killed: it is told as failed", run.run_id)
        ended.append(run.run_id)
    return ended
