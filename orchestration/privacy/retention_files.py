"""What a workspace keeps beside landing and generations, and when its time is over: plans, records, the vault.

Belongs here: finding and removing these. Does not: landed rows and the receipt (retention.py).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
from pydantic import SecretStr

from orchestration.connectors.landing_rows import row_groups
from orchestration.connectors.loads import Load, read_loads
from orchestration.connectors.streams import STREAMS
from orchestration.connectors.vault import Vault
from orchestration.durable import sync
from orchestration.privacy.kept_lots import forget_lots
from orchestration.privacy.retention_history import runs_over
from orchestration.privacy.rewrite import replace_box
from orchestration.privacy.rotation_rows import key_columns, keys_in
from orchestration.settings import Retention
from orchestration.workspace import Workspace


def files_over(workspace: Workspace, retention: Retention, day: date, is_dry: bool) -> Mapping[str, int]:
    """Remove plans, receipts, lines of vault.log and Dagster's runs whose time is over; how many of each."""
    found = {}
    if retention.plans_days is not None:
        before = day - timedelta(days=retention.plans_days)
        plans = [path for path in workspace.plans.glob("[!.]*") if (made := _planned_on(path)) and made < before]
        found["plans"] = _remove(plans, is_dry)
    if retention.receipts_days is not None:
        first = f"{day - timedelta(days=retention.receipts_days):%Y%m%d}"
        found["receipts"] = _remove([path for path in workspace.receipts.glob("*.json") if path.name < first], is_dry)
    if retention.history_days is not None:
        found["runs in Dagster"] = runs_over(workspace.dagster_home, day, retention.history_days, is_dry)
    if retention.vault_log_days is not None:
        first = (day - timedelta(days=retention.vault_log_days)).isoformat()
        found["lines of vault.log"] = _without_lines(workspace.vault.with_name("vault.log"), first, is_dry)
    return found


def unused_references(workspace: Workspace, key: SecretStr, at: datetime, is_dry: bool) -> int:
    """Remove references of the vault that no landed row names any more; how many."""
    if not workspace.vault.exists():
        return 0
    entries = Vault(workspace.vault, key).read("retention", at)
    named = pl.Series(sorted(named_keys(read_loads(workspace.landing))), dtype=pl.String)
    stay = entries.filter(pl.col("identity_key").is_in(named.implode()))
    gone = entries.height - stay.height
    if gone and not is_dry:
        forget_lots(workspace, key, set(entries.get_column("identity_key")) - set(named))
        replace_box(workspace.vault, key, "vault", stay.to_dicts())
    return gone


def named_keys(loads: Iterable[Load]) -> set[str]:
    """Every identity key that a landed row holds."""
    named: set[str] = set()
    for load in loads:
        stream = STREAMS[load.stream]
        columns = sorted(key_columns(stream))
        for rows in row_groups(load.data, columns) if columns else ():
            named |= keys_in(rows, stream)
    return named


def _planned_on(path: Path) -> date | None:
    """The day a plan is for; None: no plan of nanolift's."""
    try:
        return date.fromisoformat(json.loads((path / "plan.json").read_text(encoding="utf-8"))["as_of"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remove(paths: list[Path], is_dry: bool) -> int:
    for path in paths if not is_dry else ():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        sync(path.parent)
    return len(paths)


def _without_lines(log: Path, first: str, is_dry: bool) -> int:
    """Write a log anew without lines of earlier days; a line that cannot be read stays."""
    if not log.exists():
        return 0
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    stay = [line for line in lines if _day_of(line) is None or str(_day_of(line)) >= first]
    if len(stay) < len(lines) and not is_dry:
        fresh = log.with_name(f".{log.name}.tmp")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(stay)
        sync(fresh)
        fresh.replace(log)
        sync(log.parent)
    return len(lines) - len(stay)


def _day_of(line: str) -> str | None:
    try:
        return str(json.loads(line)["at"])[:10]
    except (ValueError, KeyError, TypeError):
        return None
