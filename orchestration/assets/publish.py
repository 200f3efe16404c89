"""Layer publish: the build becomes the published generation, in one step.

Belongs here: what the manifest says of a run. Does not: how publishing is made safe (publishing.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dagster as dg

from orchestration.assets.exports import KEYS as EXPORT_KEYS
from orchestration.durable import write_json
from orchestration.fingerprint import code_fingerprint, lock_fingerprint, warehouse_fingerprint
from orchestration.privacy.erase_publish import finish as finish_erasure
from orchestration.privacy.retention import expired_rows
from orchestration.privacy.rotation_publish import finish as finish_rotation
from orchestration.progress import announce
from orchestration.publishing import next_sequence, publish, write_manifest
from orchestration.session import RunSession
from orchestration.state import STATE_FILE, adopt_generations

GROUP = "publish"
KEY = dg.AssetKey([GROUP, "generation"])


def manifest_of(session: RunSession) -> dict[str, Any]:
    """All that a reader, or the next run, must know of a generation besides its files."""
    return {
        "run_id": session.run_id,
        "as_of": session.as_of.isoformat(),
        "mode": session.options.mode,
        "run_key": session.options.run_key,
        "erasure": session.erasure.name if session.erasure else None,
        "rotation": session.rotation.name if session.rotation else None,
        "key_version": session.own_key.version,
        "replay_at": session.options.replay_at.isoformat() if session.options.replay_at else None,
        "published_sequence": next_sequence(session.workspace),
        "parent": session.parent.name if session.parent else None,
        "loads": sorted(session.selected_loads),
        "expired": expired_rows(session.selected),
        "stale_since": {source: day.isoformat() for source, day in session.stale_since.items()},
        "basis": {source.name: source.basis for source in session.settings.sources},
        "rows": session.export_rows,
        "gates": [result.to_json() for result in session.gates],
        "champions": session.champions,
        "text_models": session.text_models,
        "code_fingerprint": code_fingerprint(),
        "lock_fingerprint": lock_fingerprint(),
        "warehouse_fingerprint": warehouse_fingerprint(session.settings),
    }


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """The generation."""

    @dg.asset(key=KEY, group_name=GROUP, deps=list(EXPORT_KEYS.values()), partitions_def=partitions, kinds={"file"})
    def generation(session: dg.ResourceParam[RunSession]) -> dg.MaterializeResult[None]:
        """A folder that never changes again: warehouse, exports, report, models, manifest."""
        with announce("publish") as step:
            write_json(session.build.root / STATE_FILE, session.state_entry())
            write_manifest(session.build, manifest_of(session))
            size = sum(path.stat().st_size for path in session.build.root.rglob("*") if path.is_file())
            moved = publish(session.workspace, session.build, session.run_id, session.settings.retention)
            if session.erasure is not None:
                finish_erasure(session.workspace, session.key, session.erasure)
            if session.rotation is not None:
                finish_rotation(session.workspace, session.key, session.rotation)
            adopt_generations(session.workspace)
            step.note = session.run_id if moved else f"{session.run_id}, beside the newer one that stays current"
        return dg.MaterializeResult(metadata={"generation": session.run_id, "current": moved, "bytes": size})

    return [generation]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None: the exports gate stands before it."""
    return []
