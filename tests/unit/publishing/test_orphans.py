"""Runs whose process was killed are told as failed and give back their pool slots; living ones are left alone."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration import orphans
from orchestration.orphans import PROCESS_TAG, end_orphans, is_alive, process_mark


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_ref(dg.DagsterInstance.local_temp(str(tmp_path)).get_ref()) as made:
        yield made


@pytest.fixture
def killed() -> str:
    """The mark of a process that was killed."""
    process = subprocess.Popen(["sleep", "60"])
    mark = process_mark(process.pid)
    assert mark is not None
    process.kill()
    process.wait()
    return mark


def add(instance: dg.DagsterInstance, run_id: str, tags: dict[str, str]) -> None:
    instance.add_run(dg.DagsterRun("nightly", run_id=run_id, status=dg.DagsterRunStatus.STARTED, tags=tags))


def status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def test_a_killed_run_is_told_as_failed_and_a_living_one_is_not(instance: dg.DagsterInstance, killed: str) -> None:
    add(instance, "dead", {PROCESS_TAG: killed})
    add(instance, "alive", {PROCESS_TAG: process_mark(os.getpid()) or ""})
    add(instance, "before there were marks", {})

    assert end_orphans(instance, "own") == ["dead"]

    assert status(instance, "dead") is dg.DagsterRunStatus.FAILURE
    assert status(instance, "alive") is dg.DagsterRunStatus.STARTED
    assert status(instance, "before there were marks") is dg.DagsterRunStatus.STARTED


def test_the_pool_slots_of_a_killed_run_are_free_again(instance: dg.DagsterInstance, killed: str) -> None:
    add(instance, "dead", {PROCESS_TAG: killed})
    storage = instance.event_log_storage
    storage.set_concurrency_slots("warehouse", 1)
    assert storage.claim_concurrency_slot("warehouse", "dead", "step").is_claimed
    assert not storage.claim_concurrency_slot("warehouse", "next", "step").is_claimed

    end_orphans(instance, "own")

    assert storage.claim_concurrency_slot("warehouse", "next", "step").is_claimed


def test_another_process_under_a_known_id_is_not_the_one_that_ran(killed: str) -> None:
    own = process_mark(os.getpid())
    assert own is not None
    assert is_alive(own)
    assert not is_alive(f"{os.getpid()}@1")
    assert not is_alive(killed)
    assert not is_alive("")


def test_a_run_that_never_got_its_mark_is_told_as_failed_after_a_while(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(instance, "never began", {})
    monkeypatch.setattr(orphans, "UNMARKED_FOR", timedelta(0))

    assert end_orphans(instance, "") == ["never began"]
