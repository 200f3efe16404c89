"""The nightly job: the whole way from sources to a published generation, in one process; when it is started.

Belongs here: the job, its schedule with the nights it missed, the look for killed runs. Does not: what an orphan is
(orphans.py), what a run does (assets/).
"""

from __future__ import annotations

from datetime import date, timedelta

import dagster as dg

from orchestration.orphans import end_orphans
from orchestration.settings import Settings

NIGHTLY = "nightly"
SCHEDULE = f"{NIGHTLY}_schedule"
PARTITION_TAG = "dagster/partition"
SCHEDULE_TAG = "dagster/schedule_name"
# A machine that was down catches up on a month of nights; what lies longer back is in the facts of the last one.
MOST_NIGHTS = 31
ORPHANS_EVERY_SECONDS = 300


def nightly_job() -> dg.UnresolvedAssetJobDefinition:
    """Every asset and every gate. One writing process per run, since DuckDB shuts every other process out."""
    return dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        description="Land, check, build, learn, measure, export and publish one closed day (as_of).",
    )


def nightly_schedule(settings: Settings, job: dg.UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """One run a closed day: the day before the tick in the brand's zone, and first those that were missed before it.

    Dagster itself starts only the last one of the ticks it missed (1.13: no schedule has what it calls a partition
    set), so the missed days are asked for here: those since the last one that this schedule has asked for.

    The run key is the date, so that an hour that comes twice (end of daylight saving) or two schedulers start one
    run; a cron hour that is skipped (start of daylight saving) is moved by Dagster to the next valid minute.
    """
    timezone = settings.schedule.timezone or settings.brand.timezone

    @dg.schedule(
        name=SCHEDULE,
        job=job,
        cron_schedule=f"0 {settings.schedule.hour} * * *",
        execution_timezone=timezone,
        default_status=(
            dg.DefaultScheduleStatus.RUNNING if settings.schedule.enabled else dg.DefaultScheduleStatus.STOPPED
        ),
    )
    def nightly_schedule_(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
        last = settings.last_closed_day(context.scheduled_execution_time)
        ran = set[date]() if context.instance_ref is None else _asked_for(context.instance)
        days = [day.isoformat() for day in due_days(ran, last)]
        return [dg.RunRequest(run_key=day, partition_key=day) for day in days]

    return nightly_schedule_


def due_days(ran: set[date], last: date) -> list[date]:
    """The days to run at a tick, oldest first: the last closed one, and those missed since the newest one before it.

    Args:
        ran: days that the schedule asked for; none: it has just been switched on.
        last: the last closed day.
    """
    newest = max((day for day in ran if day < last), default=last - timedelta(days=1))
    first = max(newest + timedelta(days=1), last - timedelta(days=MOST_NIGHTS - 1))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _asked_for(instance: dg.DagsterInstance) -> set[date]:
    """Days of the newest runs that the schedule asked for."""
    runs = instance.get_runs(dg.RunsFilter(tags={SCHEDULE_TAG: SCHEDULE}), limit=MOST_NIGHTS)
    return {date.fromisoformat(run.tags[PARTITION_TAG]) for run in runs if PARTITION_TAG in run.tags}


def orphans_sensor() -> dg.SensorDefinition:
    """Tells killed runs as failed: one run at a time is let out of the queue, and a killed one must not hold it."""

    @dg.sensor(
        name="orphans",
        minimum_interval_seconds=ORPHANS_EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells runs whose process is gone as failed, so that the next ones may begin.",
    )
    def orphans(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        ended = end_orphans(context.instance, "")
        return dg.SkipReason(f"{len(ended)} runs were killed and are told as failed" if ended else "every run is alive")

    return orphans
