"""What waits while people are being erased, or the pseudonym key is being changed.

Belongs here: whether that is so, the refusal. Does not: the journals (erase_journal.py, rotation_journal.py), finishing
them.
"""

from __future__ import annotations

from orchestration.errors import ConfigurationError
from orchestration.workspace import Workspace


def unfinished(workspace: Workspace) -> list[str]:
    """A sentence for each change of the whole workspace that has begun and is not done; needs no key."""
    told = []
    if workspace.rotation.exists():
        told.append("the change of the pseudonym key is not finished: `nanolift rotate-key` finishes it")
    if workspace.erasure.exists() and workspace.erasure.stat().st_size:
        told.append(
            "an erasure is not finished, and what is published still holds people who must be forgotten: "
            "`nanolift erase --resume` finishes it"
        )
    return told


def refuse_while_pending(workspace: Workspace, what: str) -> None:
    """What hands on the published generation waits until it is without the people, and under the new key.

    Raises:
        ConfigurationError: an erasure or a rotation is not finished.
    """
    if begun := unfinished(workspace):
        raise ConfigurationError(f"{what} waits: {'; '.join(begun)}")


def refuse_while_rotating(workspace: Workspace, what: str) -> None:
    """What opens landing and vault waits until both are under one key.

    Raises:
        ConfigurationError: a rotation is not finished.
    """
    if workspace.rotation.exists():
        refuse_while_pending(workspace, what)
