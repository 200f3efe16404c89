"""The published end of a rotation: a generation under the new key, the old ones purged, the receipt.

Belongs here: whether it is published, the receipt's words. Does not: the run (nightly.py), putting landing under the
new key (rotation_rekey.py), purging (erase_publish.py).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from orchestration.generations import current
from orchestration.privacy.erase_publish import purge_but
from orchestration.privacy.receipt import write_receipt
from orchestration.privacy.rotation_journal import Rotation, end
from orchestration.workspace import Workspace


def finish(workspace: Workspace, key: SecretStr, rotation: Rotation) -> Path:
    """Purge what was published under the old key, write the receipt, close the journal; where the receipt lies."""
    now = current(workspace)
    if now is not None:
        purge_but(workspace, now)
    receipt = {
        "began_at": rotation.at,
        "old_key": {"id": rotation.old_id, "version": rotation.old_version},
        "new_key": {"id": rotation.new_id, "version": rotation.new_version},
        "under_the_new_key": dict(rotation.rekeyed or {}),
        "generation": None if now is None else now.name,
        "generations_purged": sorted(
            set(rotation.generations) - {path.name for path in workspace.generations.glob("*")}
        ),
        "plans_removed": sorted(rotation.plans),
        "recall": [dict(each) for each in rotation.recall],
        "not_in_our_hands": [
            "files on the recall list lie at their targets under old pseudonyms: nobody can join them to new ones",
            "copies and backups of the workspace of before open with the old key only",
        ],
    }
    began = datetime.fromisoformat(rotation.at.removesuffix("Z"))
    path = write_receipt(workspace, key, "rotation", began, receipt, rotation.new_id[:8])
    end(workspace)
    return path
