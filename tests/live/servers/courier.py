"""A courier in a process of its own that is killed at a step, or at any instant, as a power cut would.

Belongs here: what the child does, and starting it quickly. Does not: what must hold afterwards (the trials).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.exports.delivery.run import Courier
from orchestration.settings import load_settings
from orchestration.workspace import Workspace

CHILD_SECONDS = 120


def now() -> datetime:
    """Naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass
class KillAt:
    """Kills its own process before the step of this number."""

    number: int

    def __call__(self, name: str) -> None:
        if self.number == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.number -= 1


def deliver_and_die(root: Path, number: int) -> None:
    """What the child does."""
    workspace = Workspace.at(root)
    Courier(workspace, load_settings(workspace.configuration), now, at_step=KillAt(number)).deliver()


def killed_at_step(root: Path, number: int) -> bool:
    """Deliver in a child that kills itself before a step; False: it ended before that step."""
    return _ended(_started(root, number), CHILD_SECONDS) == -signal.SIGKILL


def killed_after(root: Path, seconds: float) -> bool:
    """Deliver in a child that is killed after a time; False: it had ended."""
    child = _started(root, 1_000_000)
    time.sleep(seconds)
    if child.is_alive():
        child.kill()
    return _ended(child, CHILD_SECONDS) == -signal.SIGKILL


def seconds_of_a_delivery(root: Path) -> float:
    """How long a child takes that nobody disturbs."""
    began = time.monotonic()
    _ended(_started(root, 1_000_000), CHILD_SECONDS)
    return time.monotonic() - began


def _started(root: Path, number: int) -> multiprocessing.context.ForkServerProcess:
    # One process imports everything once and is forked for each child: it has no threads, ours has.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.live.servers.courier", "paramiko", "s3fs", "requests"])
    child = context.Process(target=deliver_and_die, args=(root, number))
    child.start()
    return child


def _ended(child: multiprocessing.context.ForkServerProcess, seconds: float) -> int | None:
    child.join(seconds)
    assert child.exitcode is not None, f"the child did not end within {seconds} s"
    assert child.exitcode in (0, -signal.SIGKILL), f"the child ended with {child.exitcode}"
    return child.exitcode
