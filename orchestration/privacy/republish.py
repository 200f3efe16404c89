"""The run after people or keys were changed in everything that is kept: a generation from the landing alone.

Belongs here: that run, and whether another one may take its place. Does not: what an erasure or a rotation does around
it (erase_publish.py, rotation_publish.py).
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from orchestration.errors import ConfigurationError
from orchestration.generations import current
from orchestration.workspace import Workspace


def republished(workspace: Workspace, wait_seconds: int) -> str:
    """Publish the day that readers see anew, from what is landed; what the run said."""
    from orchestration.nightly import RunRequest, run_nightly  # seconds of imports

    now = current(workspace)
    as_of = now.as_of if now is not None and now.is_readable else None
    return run_nightly(RunRequest(workspace.root, as_of=as_of, wait_seconds=wait_seconds, from_landing=True)).message


def is_published(workspace: Workspace, mark: Literal["erasure", "rotation"], name: str) -> bool:
    """Whether what readers see bears the mark of that change in its manifest, or nothing was ever published."""
    now = current(workspace)
    if now is None:
        return not any(workspace.generations.glob("*"))
    return now.is_readable and now.manifest.get(mark) == name


def check_replaces(workspace: Workspace, as_of: date, is_replay: bool, what: str, first: str) -> None:
    """Hold that a run will become what readers see, as an unfinished change needs.

    Args:
        what: the change, as a sentence begins.
        first: the command that finishes it.

    Raises:
        ConfigurationError: the run would publish beside what is current.
    """
    now = current(workspace)
    if is_replay or (now is not None and now.is_readable and now.as_of > as_of):
        raise ConfigurationError(
            f"{what} is not finished, and this run would not replace what is published: {first} first"
        )
