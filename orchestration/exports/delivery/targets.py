"""From a [[delivery]] table to the target it describes. Each kind is imported only where it is configured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration.exports.delivery.errors import DeliveryError
from orchestration.exports.delivery.folder import Folder
from orchestration.exports.delivery.spec import Delivery
from orchestration.exports.delivery.target import Target
from orchestration.workspace import Workspace


def target_of(
    spec: Delivery, workspace: Workspace, latest: Mapping[str, Any] | None, clock: Callable[[], datetime]
) -> Target:
    """The target, not yet entered.

    Args:
        latest: as_of, published_sequence and generation of the newest that was delivered; a webhook cannot be asked.
        clock: naive UTC.
    """
    if spec.kind == "webhook":
        from orchestration.exports.delivery.webhook import Webhook

        return Webhook(spec, latest, clock)
    if spec.kind in ("s3", "sftp"):
        from orchestration.exports.delivery.servers import Server

        return Server(spec, workspace.root)
    if spec.kind == "postgres":
        from orchestration.exports.delivery.postgres import Postgres

        return Postgres(spec)
    return Folder(_folder(spec, workspace), owner_only=spec.audience is not None)


def _folder(spec: Delivery, workspace: Workspace) -> Path:
    """Where a folder lies; never where the workspace keeps its own, and never names of people within it."""
    assert spec.path is not None
    root = (workspace.root / spec.path).resolve()
    own = (workspace.landing, workspace.quarantine, workspace.state, workspace.generations, workspace.builds)
    if root == workspace.root or any(root.is_relative_to(each) for each in own):
        raise DeliveryError(f"{root} is the workspace's own: deliver to a folder beside it")
    if spec.audience is not None and root.is_relative_to(workspace.root):
        raise DeliveryError(f"{root} lies in the workspace, where no names are kept: deliver to a folder beside it")
    return root
