"""Which days the schedule asks for after a machine was down, and that nothing holds up the next night."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg

from orchestration.initialise import DAGSTER_YAML, prepare_dagster_home
from orchestration.jobs import MOST_NIGHTS, NIGHTLY, SCHEDULE, due_days, nightly_schedule, orphans_sensor
from orchestration.partitions import days
from orchestration.settings import Settings
from orchestration.workspace import Workspace

LAST = date(2026, 11, 10)
SETTINGS = Settings.model_validate(
    {
        "brand": {"name": "Oat", "timezone": "Europe/Paris", "currency": "EUR"},
        "sources": [{"name": "demo", "kind": "demo"}],
    }
)


def days_before(*back: int) -> list[date]:
    return [LAST - timedelta(days=each) for each in back]


def test_a_schedule_that_was_just_switched_on_asks_for_the_last_day_only() -> None:
    assert due_days(set(), LAST) == [LAST]


def test_missed_days_come_oldest_first_and_a_day_that_was_asked_for_does_not_come_again() -> None:
    assert due_days(set(days_before(1)), LAST) == [LAST]
    assert due_days(set(days_before(9, 4)), LAST) == days_before(3, 2, 1, 0)


def test_no_more_than_a_month_of_nights_is_caught_up_on() -> None:
    found = due_days(set(days_before(200)), LAST)
    assert (len(found), found[-1]) == (MOST_NIGHTS, LAST)


def test_the_schedule_counts_from_the_runs_it_asked_for_and_not_from_a_persons(tmp_path: Path) -> None:
    @dg.job(name=NIGHTLY, partitions_def=days(SETTINGS))
    def job() -> None:
        """Stands for the nightly job."""

    schedule = nightly_schedule(SETTINGS, job)  # type: ignore[arg-type]
    repository = dg.Definitions(jobs=[job], schedules=[schedule]).get_repository_def()
    with dg.DagsterInstance.from_ref(dg.DagsterInstance.local_temp(str(tmp_path)).get_ref()) as instance:
        mine = {"dagster/partition": "2026-11-07", "dagster/schedule_name": SCHEDULE}
        instance.add_run(dg.DagsterRun(NIGHTLY, run_id="a", status=dg.DagsterRunStatus.FAILURE, tags=mine))
        person = {"dagster/partition": "2026-11-09"}
        instance.add_run(dg.DagsterRun(NIGHTLY, run_id="b", status=dg.DagsterRunStatus.SUCCESS, tags=person))
        context = dg.build_schedule_context(
            instance=instance,
            scheduled_execution_time=datetime(2026, 11, 11, 2, tzinfo=UTC),
            repository_def=repository,
        )
        asked = schedule.evaluate_tick(context).run_requests
    assert [each.partition_key for each in asked] == ["2026-11-08", "2026-11-09", "2026-11-10"]
    assert all(each.run_key == each.partition_key for each in asked)


def test_nights_begin_one_at_a_time_in_a_new_workspace_and_in_one_of_an_earlier_version(tmp_path: Path) -> None:
    home = prepare_dagster_home(Workspace.at(tmp_path))
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 1
    written = home / "dagster.yaml"
    written.write_text(EARLIER, encoding="utf-8")
    prepare_dagster_home(Workspace.at(tmp_path))
    assert written.read_text(encoding="utf-8") == DAGSTER_YAML
    written.write_text(EARLIER + "# a person's own\n", encoding="utf-8")
    prepare_dagster_home(Workspace.at(tmp_path))
    assert written.read_text(encoding="utf-8").endswith("a person's own\n")


def test_the_look_for_killed_runs_starts_by_itself() -> None:
    assert orphans_sensor().default_status is dg.DefaultSensorStatus.RUNNING


EARLIER = """# Written by nanolift: this workspace's Dagster instance.
telemetry:
  enabled: false
nux:
  enabled: false
# A machine that was down catches up on a month of nights; Dagster itself would leave out all but the last five.
scheduler:
  module: dagster._core.scheduler
  class: DagsterDaemonScheduler
  config:
    max_catchup_runs: 31
"""
