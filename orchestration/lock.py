"""One writer a workspace: an flock held for the whole run, with the holder's name in the file.

The kernel drops the lock with the process, so a killed holder never blocks the next.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from orchestration.errors import WorkspaceBusyError
from orchestration.workspace import Workspace

POLL_SECONDS = 0.2


@contextmanager
def workspace_lock(workspace: Workspace, run_id: str, *, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the workspace.

    Args:
        workspace: the brand's folder.
        run_id: who holds it, for whoever has to wait.
        wait_seconds: how long to wait for another holder.

    Raises:
        WorkspaceBusyError: another run still holds it; the message names that run and its process.
    """
    workspace.root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(workspace.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _acquire(descriptor, workspace, wait_seconds)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"run_id": run_id, "pid": os.getpid()}).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, workspace: Workspace, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise WorkspaceBusyError(
                    f"{workspace.root} is held by {_holder(descriptor)}: "
                    "wait for it to end (--wait SECONDS waits for you)"
                ) from None
            time.sleep(POLL_SECONDS)


def _holder(descriptor: int) -> str:
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
        return f"run {holder['run_id']} (process {holder['pid']})"
    except (ValueError, KeyError):
        return "another run"
