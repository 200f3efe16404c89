"""The run after people or keys were changed in everything that is kept: a generation from the landing alone.

Belongs here: that call. Does not: what an erasure or a rotation does around it (erase_publish.py, rotation_publish.py).
"""

from __future__ import annotations

from orchestration.generations import current
from orchestration.workspace import Workspace


def republished(workspace: Workspace, wait_seconds: int) -> str:
    """Publish the day that readers see anew, from what is landed; what the run said."""
    from orchestration.nightly import RunRequest, run_nightly  # seconds of imports

    now = current(workspace)
    as_of = now.as_of if now is not None and now.is_readable else None
    return run_nightly(RunRequest(workspace.root, as_of=as_of, wait_seconds=wait_seconds, from_landing=True)).message
