"""One writer a workspace, and no holder that outlives its process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.errors import WorkspaceBusyError
from orchestration.lock import workspace_lock
from orchestration.workspace import Workspace

_HOLDER = """
import sys, time
from pathlib import Path
from orchestration.lock import workspace_lock
from orchestration.workspace import Workspace
with workspace_lock(Workspace.at(Path(sys.argv[1])), "nightly-7"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(workspace: Workspace) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(workspace.root)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_run_refuses_and_names_the_holder(workspace: Workspace, holder: subprocess.Popen[str]) -> None:
    with (
        pytest.raises(WorkspaceBusyError, match=rf"run nightly-7 \(process {holder.pid}\)"),
        workspace_lock(workspace, "b"),
    ):
        pass


def test_a_second_run_waits_as_long_as_it_was_told(workspace: Workspace, holder: subprocess.Popen[str]) -> None:
    started = time.monotonic()
    with pytest.raises(WorkspaceBusyError), workspace_lock(workspace, "b", wait_seconds=0.5):
        pass
    assert time.monotonic() - started >= 0.5


def test_a_killed_holder_blocks_nobody(workspace: Workspace, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    with workspace_lock(workspace, "b"):
        pass


def test_a_waiting_run_starts_when_the_holder_ends(workspace: Workspace, holder: subprocess.Popen[str]) -> None:
    holder.kill()  # a child may have inherited that SIGTERM is ignored
    with workspace_lock(workspace, "b", wait_seconds=20):
        pass


def test_children_of_a_run_do_not_hold_the_workspace(workspace: Workspace) -> None:
    with workspace_lock(workspace, "a"):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    try:
        with workspace_lock(workspace, "b"):
            pass
    finally:
        child.kill()
        child.wait()


def test_a_run_that_fails_lets_go(workspace: Workspace) -> None:
    with pytest.raises(ValueError, match="broken"), workspace_lock(workspace, "a"):
        raise ValueError("broken")
    with workspace_lock(workspace, "b"):
        pass
