"""Publishing is one step: readers see the old or the new generation, whole."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.errors import IntegrityError, WorkspaceBusyError
from orchestration.generations import current, generations
from orchestration.lock import workspace_lock
from orchestration.publishing import roll_back, verify
from orchestration.settings import Retention
from orchestration.workspace import Workspace

Publish = Callable[..., bool]
ROOT = Path(__file__).resolve().parents[3]


def seen(workspace: Workspace) -> str:
    return (workspace.current / "exports" / "scores.csv").read_text()


def test_the_newest_day_is_what_readers_see(workspace: Workspace, publish_day: Publish) -> None:
    assert publish_day("2026-01-01", text="first")
    assert publish_day("2026-01-02", text="second")
    assert seen(workspace) == "second"


def test_a_rerun_of_the_day_takes_its_place(workspace: Workspace, publish_day: Publish) -> None:
    publish_day("2026-01-01", name="a", text="first")
    assert publish_day("2026-01-01", name="b", text="again")
    assert seen(workspace) == "again"


def test_a_backfill_is_published_and_current_stays(workspace: Workspace, publish_day: Publish) -> None:
    publish_day("2026-01-02", text="new")
    assert not publish_day("2026-01-01", text="old")
    assert seen(workspace) == "new"
    assert len(generations(workspace)) == 2


def test_what_is_not_kept_is_gone_and_what_current_came_from_is_kept(
    workspace: Workspace, publish_day: Publish
) -> None:
    one_day = Retention(generations_days=1, generations_month_ends=0)
    publish_day("2026-01-01", retention=one_day)
    publish_day("2026-01-02", parent="2026-01-01", retention=one_day)
    publish_day("2026-01-03", parent="2026-01-02", retention=one_day)
    assert [g.name for g in generations(workspace)] == ["2026-01-02", "2026-01-03"]
    assert not list(workspace.builds.glob("removed-*"))


def test_published_bytes_are_what_the_manifest_says(workspace: Workspace, publish_day: Publish) -> None:
    publish_day("2026-01-01")
    generation = current(workspace)
    assert generation is not None
    assert verify(generation) == 1


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda folder: (folder / "exports/scores.csv").write_text("rowz"), "damaged"),
        (lambda folder: (folder / "exports/scores.csv").unlink(), "missing"),
        (lambda folder: (folder / "exports/more.csv").write_text("x"), "not in the manifest"),
    ],
)
def test_other_bytes_are_named(
    workspace: Workspace, publish_day: Publish, damage: Callable[[Path], object], says: str
) -> None:
    publish_day("2026-01-01")
    generation = current(workspace)
    assert generation is not None
    damage(generation.path)
    with pytest.raises(IntegrityError, match=rf"2026-01-01/exports/\w+\.csv is {says}"):
        verify(generation)


def test_rolling_back_shows_what_readers_saw_before(workspace: Workspace, publish_day: Publish) -> None:
    publish_day("2026-01-01", text="first")
    publish_day("2026-01-02", text="second")
    publish_day("2025-01-01", text="backfill")
    publish_day("2026-01-03", text="third")
    roll_back(workspace.root, None)
    assert seen(workspace) == "second"
    roll_back(workspace.root, None)
    assert seen(workspace) == "first"
    with pytest.raises(IntegrityError, match="no generation before the current one"):
        publish_day("2024-01-01")
        roll_back(workspace.root, "2024-01-01")
        roll_back(workspace.root, None)


def test_rolling_back_to_a_named_generation(workspace: Workspace, publish_day: Publish) -> None:
    publish_day("2026-01-01", text="first")
    publish_day("2026-01-02", text="second")
    assert "2026-01-01" in roll_back(workspace.root, "2026-01-01")
    assert seen(workspace) == "first"
    with pytest.raises(IntegrityError, match="no generation 2019-01-01; there are 2026-01-01, 2026-01-02"):
        roll_back(workspace.root, "2019-01-01")


def test_no_damaged_generation_is_rolled_back_to(workspace: Workspace, publish_day: Publish) -> None:
    publish_day("2026-01-01")
    publish_day("2026-01-02", text="second")
    (workspace.generations / "2026-01-01/exports/scores.csv").write_text("damaged")
    with pytest.raises(IntegrityError, match="is damaged"):
        roll_back(workspace.root, None)
    assert seen(workspace) == "second"


def test_no_rollback_during_a_run(workspace: Workspace, publish_day: Publish) -> None:
    publish_day("2026-01-01")
    with workspace_lock(workspace, "nightly"), pytest.raises(WorkspaceBusyError):
        roll_back(workspace.root, None)


# Publishes for ever: day after day, each generation with two files that must agree.
_PUBLISHER = """
import sys
from datetime import date, timedelta
from pathlib import Path
from orchestration.generations import starting_point
from orchestration.lock import workspace_lock
from orchestration.publishing import next_sequence, publish, write_manifest
from orchestration.settings import Retention
from orchestration.workspace import Build, Workspace
workspace = Workspace.at(Path(sys.argv[1]))
first = int(sys.argv[2])
with workspace_lock(workspace, "publisher"):
    for number in range(first, first + 10_000):
        as_of = date(2000, 1, 1) + timedelta(days=number)
        parent = starting_point(workspace, as_of)
        build = Build(workspace.builds / str(number) / "generation")
        build.exports.mkdir(parents=True)
        for name in ("a", "b"):
            (build.exports / name).write_text(str(number))
        write_manifest(build, {"as_of": as_of.isoformat(), "published_sequence": next_sequence(workspace),
                               "parent": parent.name if parent else None, "loads": []})
        publish(workspace, build, f"run-{number}", Retention(generations_days=3, generations_month_ends=0))
        print(number, flush=True)
"""


def publisher(workspace: Workspace, first: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _PUBLISHER, str(workspace.root), str(first)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    process.stdout.readline()  # the first one is published
    return process


def test_readers_never_see_half_a_generation_while_it_is_published_and_killed(workspace: Workspace) -> None:
    random.seed(7)
    first = 1
    for _ in range(2):
        process = publisher(workspace, first)
        end = time.monotonic() + random.uniform(0.05, 0.25)
        reads = 0
        while time.monotonic() < end:
            folder = workspace.current.resolve()
            assert (folder / "exports/a").read_text() == (folder / "exports/b").read_text()
            reads += 1
        process.kill()
        process.communicate()
        generation = current(workspace)
        assert generation is not None
        assert verify(generation) == 2
        for each in generations(workspace):
            assert verify(each) == 2
        assert reads > 0
        first = max(int(path.name.removeprefix("run-")) for path in workspace.generations.iterdir()) + 1
        for leftover in workspace.builds.iterdir():  # what a run does when it starts
            subprocess.run(["rm", "-r", str(leftover)], check=True)
