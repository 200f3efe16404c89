"""What names a scheduled run, and that it publishes once whoever starts it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from benchmarks.reliability_nights import new_workspace
from benchmarks.reliability_rivals import run
from orchestration.errors import AlreadyPublishedError
from orchestration.generations import generations
from orchestration.resources import options_of
from orchestration.workspace import Workspace

DAY = date(2025, 6, 1)
TAGS = {"dagster/partition": DAY.isoformat(), "dagster/run_key": DAY.isoformat()}


def test_a_scheduled_run_publishes_once_and_a_person_may_run_the_day_again(tmp_path: Path) -> None:
    root = new_workspace(tmp_path / "brand")
    run(root, DAY, held=0, run_key="2025-06-01")

    with pytest.raises(AlreadyPublishedError, match=r"has published 20250601-20260102T030405: do two schedulers"):
        run(root, DAY, held=0, run_key="2025-06-01")
    run(root, DAY, held=0)
    run(root, date(2025, 6, 2), held=0, run_key="2025-06-02")

    assert [each.as_of.day for each in generations(Workspace.at(root))] == [1, 2]


def test_runs_begun_in_one_second_have_names_of_their_own(tmp_path: Path) -> None:
    root = new_workspace(tmp_path / "brand")
    assert run(root, DAY, held=0)["published"] == "20250601-20260102T030405"
    assert run(root, DAY, held=0)["published"] == "20250601-20260102T030405-2"


def test_a_schedules_key_names_its_run_and_not_one_that_somebody_runs_once_more() -> None:
    assert options_of(TAGS).run_key == "2025-06-01"
    assert options_of(TAGS | {"dagster/parent_run_id": "x"}).run_key is None
    assert options_of({"dagster/partition": "2025-06-01", "nanolift/replay_at": "2025-06-03T00:00:00"}).replay_at == (
        datetime(2025, 6, 3)
    )
