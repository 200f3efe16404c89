"""The event log that keeps its connections: the same history for Dagster's own readers, in a fraction of the writes."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from orchestration import event_log
from orchestration.event_log import instance_of

CONFIGURATION = "telemetry:\n  enabled: false\n"
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dg.asset
def sold() -> int:
    return 1


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "dagster.yaml").write_text(CONFIGURATION)
    return tmp_path


def run(instance: dg.DagsterInstance) -> str:
    job = dg.Definitions(assets=[sold], jobs=[dg.define_asset_job("night", "*")]).resolve_job_def("night")
    return str(job.execute_in_process(instance=instance, run_config=QUIET).run_id)


def test_dagsters_own_storage_reads_every_event_of_every_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "ENGINES_KEPT", 2)  # the index and one run: the second run closes the first
    with instance_of(home) as instance:
        runs = [run(instance) for _ in range(2)]
        written = {each: [event.message for event in instance.all_logs(each)] for each in runs}
    with dg.DagsterInstance.from_config(str(home)) as usual:
        assert {each: [event.message for event in usual.all_logs(each)] for each in runs} == written
        assert all(written.values())
        latest = usual.get_latest_materialization_event(dg.AssetKey("sold"))
    assert latest is not None
    assert latest.run_id == runs[-1]


def test_a_closed_instance_leaves_no_journal_beside_its_files(home: Path) -> None:
    """A write-ahead log that stays behind would have to travel with a copied workspace."""
    with instance_of(home) as instance:
        run(instance)
    assert [path.name for path in home.rglob("*.db-wal")] == []


def test_what_dagster_wrote_before_is_read_and_continued(home: Path) -> None:
    with dg.DagsterInstance.from_config(str(home)) as usual:
        before = run(usual)
    with instance_of(home) as instance:
        assert instance.all_logs(before)
        assert instance.get_latest_materialization_event(dg.AssetKey("sold")) is not None
