"""What Dagster keeps and shows of the definitions holds no secret of the environment."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from benchmarks.reliability_failures import SECRETS, workspace
from orchestration.definitions import build_definitions
from orchestration.jobs import NIGHTLY
from orchestration.nightly import CONSOLE
from orchestration.settings import load_settings
from orchestration.workspace import Workspace


def test_no_definition_and_no_run_configuration_holds_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    brand = Workspace.at(workspace(tmp_path / "brand", 9))
    definitions = build_definitions(brand, load_settings(brand.configuration))
    job = definitions.resolve_job_def(NIGHTLY)
    repository = definitions.get_repository_def()
    told = [
        dg.serialize_value(job.get_job_snapshot()),
        str(job.run_config),
        str(CONSOLE),
        *(str(vars(each)) for each in repository.get_top_level_resources().values()),
        *(str(each.config_schema.as_field().config_type) for each in job.resource_defs.values()),
    ]
    assert "session" in job.resource_defs
    assert not [name for name, value in SECRETS.items() if any(value in text for text in told)]
    schedule = repository.get_schedule_def("nightly_schedule")
    asked = schedule(dg.build_schedule_context(scheduled_execution_time=_at(), instance=dg.DagsterInstance.ephemeral()))
    requests = asked if isinstance(asked, list) else [asked]
    assert all(request.run_config == {} for request in requests if isinstance(request, dg.RunRequest))
    assert not [value for value in SECRETS.values() if value in str(requests)]


def _at() -> object:
    from datetime import UTC, datetime

    return datetime(2026, 1, 2, 3, tzinfo=UTC)


def test_a_backfill_makes_one_day_a_run(tmp_path: Path) -> None:
    brand = Workspace.at(workspace(tmp_path / "brand", 9))
    definitions = build_definitions(brand, load_settings(brand.configuration))
    job = definitions.resolve_job_def(NIGHTLY)
    dated = [each for each in definitions.resolve_asset_graph().assets_defs if each.is_executable and each.keys]
    assert len(dated) > 20
    assert {each.backfill_policy for each in dated} == {job.backfill_policy}
    assert job.backfill_policy is not None and job.backfill_policy.max_partitions_per_run == 1
