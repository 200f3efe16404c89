"""Dagster's record of runs whose time is over: removed with their events and their files.

Belongs here: that. Does not: other files of a workspace (retention_files.py), runs that were killed (orphans.py).
"""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg

from orchestration.event_log import instance_of

_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def runs_over(home: Path, day: date, days: int, is_dry: bool) -> int:
    """Remove ended runs that were made more than `days` days before `day`; how many.

    Args:
        home: Dagster's folder of the workspace; without its configuration nothing was ever recorded.
        day: from which ages count.
    """
    if not (home / "dagster.yaml").exists():
        return 0
    begins = datetime.combine(day - timedelta(days=days), datetime.min.time(), tzinfo=UTC)
    with instance_of(home) as instance:
        records = instance.get_run_records(filters=dg.RunsFilter(statuses=_ENDED, created_before=begins))
        gone = [record.dagster_run.run_id for record in records]
        if not is_dry:
            for run_id in gone:
                instance.delete_run(run_id)
    if not is_dry:
        for run_id in gone:  # the emptied shard of its events, and what its process printed
            for path in (home / "history" / "runs").glob(f"{run_id}.db*"):
                path.unlink()
            shutil.rmtree(home / "storage" / run_id, ignore_errors=True)
    return len(gone)
