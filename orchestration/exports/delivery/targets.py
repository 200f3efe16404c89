"""From a [[delivery]] table to the target it describes. Each kind is imported only where it is configured."""

from __future__ import annotations

from orchestration.exports.delivery.folder import Folder
from orchestration.exports.delivery.spec import Delivery
from orchestration.exports.delivery.target import Target
from orchestration.workspace import Workspace


def target_of(spec: Delivery, workspace: Workspace) -> Target:
    """The target, not yet entered."""
    assert spec.path is not None
    return Folder((workspace.root / spec.path).resolve(), owner_only=spec.audience is not None)
