"""Old runs go from Dagster's record, with every file they had; the others and what assets are known for stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.event_log import instance_of
from orchestration.privacy.retention_history import runs_over

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dg.asset
def sold() -> int:
    return 1


@pytest.fixture
def runs(tmp_path: Path) -> list[str]:
    """Three ended runs in a record of their own."""
    (tmp_path / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    job = dg.Definitions(assets=[sold], jobs=[dg.define_asset_job("night", "*")]).resolve_job_def("night")
    with instance_of(tmp_path) as instance:
        return [str(job.execute_in_process(instance=instance, run_config=QUIET).run_id) for _ in range(3)]


def known(home: Path) -> set[str]:
    with instance_of(home) as instance:
        return {run.run_id for run in instance.get_runs()}


def named(home: Path, run_id: str) -> list[Path]:
    return [path for path in home.rglob("*") if run_id in path.name]


def in_days(days: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=days)


def test_runs_within_the_window_stay(runs: list[str], tmp_path: Path) -> None:
    assert runs_over(tmp_path, in_days(30), 30, is_dry=False) == 0
    assert known(tmp_path) == set(runs)


def test_older_runs_go_with_their_files_and_their_events(runs: list[str], tmp_path: Path) -> None:
    assert runs_over(tmp_path, in_days(31), 30, is_dry=True) == 3
    assert known(tmp_path) == set(runs) and named(tmp_path, runs[0])

    assert runs_over(tmp_path, in_days(31), 30, is_dry=False) == 3
    assert known(tmp_path) == set()
    assert [path for run_id in runs for path in named(tmp_path, run_id)] == []
    with instance_of(tmp_path) as instance:
        assert [event for run_id in runs for event in instance.all_logs(run_id)] == []


def test_a_workspace_that_never_ran_has_no_runs(tmp_path: Path) -> None:
    assert runs_over(tmp_path, in_days(400), 30, is_dry=False) == 0
    assert list(tmp_path.iterdir()) == []
