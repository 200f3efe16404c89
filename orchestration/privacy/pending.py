"""What waits while people are being erased, or the pseudonym key is being changed.

Belongs here: the refusal. Does not: the journals (erase_journal.py, rotation_journal.py), finishing them.
"""

from __future__ import annotations

from orchestration.errors import ConfigurationError
from orchestration.workspace import Workspace


def refuse_while_pending(workspace: Workspace, what: str) -> None:
    """What hands on the published generation waits until it is without the people, and under the new key.

    Raises:
        ConfigurationError: an erasure or a rotation is not finished.
    """
    refuse_while_rotating(workspace, what)
    if workspace.erasure.exists() and workspace.erasure.stat().st_size:
        raise ConfigurationError(
            f"an erasure is not finished, so {what} waits: what is published still holds people who must be forgotten. "
            "`nanolift erase --resume` finishes it"
        )


def refuse_while_rotating(workspace: Workspace, what: str) -> None:
    """What opens landing and vault waits until both are under one key.

    Raises:
        ConfigurationError: a rotation is not finished.
    """
    if workspace.rotation.exists():
        raise ConfigurationError(
            f"the change of the pseudonym key is not finished, so {what} waits. `nanolift rotate-key` finishes it"
        )
