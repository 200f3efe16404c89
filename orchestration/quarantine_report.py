"""`nanolift quarantine`: which rows were set aside, and why; the raw rows only on request."""

from __future__ import annotations

import json
from pathlib import Path

from orchestration.connectors.loads import Load
from orchestration.connectors.selection import select_loads
from orchestration.connectors.vault_quarantine import read_quarantine
from orchestration.privacy.pending import refuse_while_rotating
from orchestration.privacy.workspace_key import workspace_key
from orchestration.settings import load_settings
from orchestration.workspace import Workspace


def describe(directory: Path, *, with_rows: bool) -> str:
    """Counts by source, stream and reason; with_rows: each row as the source wrote it, which is personal data.

    Raises:
        ConfigurationError: nanolift.toml or the key is not right.
        IntegrityError: a quarantine file is damaged or of another key.
    """
    workspace = Workspace.at(directory)
    settings = load_settings(workspace.configuration)
    loads = [load for load in select_loads(workspace.landing) if load.rows_quarantined]
    if not loads:
        return "no row is in quarantine"
    lines: list[str] = []
    for load in loads:
        lines += _counts(load)
        if with_rows:
            refuse_while_rotating(workspace, "showing rows")
            key = workspace_key(workspace, settings).secret
            rows = read_quarantine(workspace.quarantine, key, load.source, load.stream, load.load_id)
            lines += [f"    row {row.row_no}: {row.reason}: {json.dumps(row.raw, ensure_ascii=False)}" for row in rows]
    return "\n".join(lines)


def _counts(load: Load) -> list[str]:
    head = f"{load.source}/{load.stream} {load.load_id}: {load.rows_quarantined:,} of {load.rows_read:,} rows"
    reasons = sorted(load.quarantine_reasons.items(), key=lambda item: (-item[1], item[0]))
    return [head, *(f"  {count:>8,}  {reason}" for reason, count in reasons)]
