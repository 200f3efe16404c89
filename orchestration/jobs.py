"""The nightly job: the whole way from sources to a published generation, in one process."""

from __future__ import annotations

import dagster as dg

from orchestration.settings import Settings

NIGHTLY = "nightly"


def nightly_job(partitions: dg.PartitionsDefinition[str]) -> dg.UnresolvedAssetJobDefinition:
    """Every asset and every gate. One writing process per run, since DuckDB shuts every other process out."""
    return dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all(),
        partitions_def=partitions,
        executor_def=dg.in_process_executor,
        description="Land, check, build, learn, measure, export and publish one closed day (as_of).",
    )


def nightly_schedule(settings: Settings, job: dg.UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """One run a closed day: the day before the tick in the brand's zone.

    The run key is the date, so that an hour that comes twice (end of daylight saving) or two schedulers start one
    run; a cron hour that is skipped (start of daylight saving) is moved by Dagster to the next valid minute.
    """
    timezone = settings.schedule.timezone or settings.brand.timezone

    @dg.schedule(
        name=f"{NIGHTLY}_schedule",
        job=job,
        cron_schedule=f"0 {settings.schedule.hour} * * *",
        execution_timezone=timezone,
        default_status=(
            dg.DefaultScheduleStatus.RUNNING if settings.schedule.enabled else dg.DefaultScheduleStatus.STOPPED
        ),
    )
    def nightly_schedule_(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        as_of = settings.last_closed_day(context.scheduled_execution_time).isoformat()
        return dg.RunRequest(run_key=as_of, partition_key=as_of)

    return nightly_schedule_
