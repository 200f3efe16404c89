"""Takes people out of what a workspace keeps: landing, quarantine, values aside, vault, state, plans.

Belongs here: the order of these steps; each may be done twice. Does not: one load's files (rewrite.py), what is about
a person (erase_rows.py), what is published (erase_publish.py).
"""

from __future__ import annotations

import logging
import shutil
from datetime import datetime
from typing import Any

import polars as pl
from pydantic import SecretStr

from orchestration.connectors.landing_rows import row_groups
from orchestration.connectors.loads import Load, read_loads, sweep
from orchestration.connectors.streams import STREAMS
from orchestration.connectors.vault import Vault
from orchestration.privacy.erase_journal import Pending, note
from orchestration.privacy.erase_rows import OWN_IDS, forgotten, ids_of, owned
from orchestration.privacy.kept_lots import forget_lots
from orchestration.privacy.rewrite import Change, Rewritten, replace_box, rewrite_load
from orchestration.privacy.suppression import Suppression
from orchestration.state import CHAMPIONS, MODELS
from orchestration.workspace import Workspace

logger = logging.getLogger(__name__)


def take_out(workspace: Workspace, key: SecretStr, pending: Pending, at: datetime) -> dict[str, Any]:
    """Leave nothing of the people but in published generations. The caller holds the lock.

    The suppression list comes first: from then on no source brings them again, whatever happens.

    Args:
        at: naive UTC, for the vault's log.

    Returns:
        Counts for the receipt.

    Raises:
        IntegrityError: a file does not open, or is damaged.
    """
    sweep(workspace)
    listed = Suppression.of(workspace, key)
    listed.add(pending.messages)
    loads = read_loads(workspace.landing)
    if not pending.ids_listed:
        listed.add(_published_ids(loads, pending))
        note(workspace, key, [{"ids_listed": True}])
    told = Rewritten()
    for load in loads:
        told += rewrite_load(workspace, key, load, _change(load, pending, listed))
    _leave_vault(workspace, key, pending, at)
    forget_lots(workspace, key, pending.keys)
    _leave_state(workspace)
    counts = {
        "rows": withheld_since(workspace, pending.before),
        "other_rows_changed": told.changed,
    }
    note(workspace, key, [{"taken_out": counts}])
    logger.info("erasure %s: landing, quarantine, vault and state are without the people", pending.name)
    return counts


def withheld(workspace: Workspace) -> dict[str, int]:
    """source/stream → rows that its loads withhold for people who were erased."""
    found: dict[str, int] = {}
    for load in read_loads(workspace.landing):
        name = f"{load.source}/{load.stream}"
        found[name] = found.get(name, 0) + load.rows_suppressed
    return found


def withheld_since(workspace: Workspace, before: dict[str, int]) -> dict[str, int]:
    """`withheld` above what it was, where it is more."""
    more = {name: rows - before.get(name, 0) for name, rows in withheld(workspace).items()}
    return {name: rows for name, rows in sorted(more.items()) if rows}


def _published_ids(loads: list[Load], pending: Pending) -> set[str]:
    found: set[str] = set()
    for load in loads:
        if load.stream in OWN_IDS:
            stream = STREAMS[load.stream]
            for rows in row_groups(load.data):
                found.update(ids_of(rows.filter(owned(rows, stream, pending.keys)), stream))
    return found


def _change(load: Load, pending: Pending, listed: Suppression) -> Change:
    stream = STREAMS[load.stream]

    def rows(part: pl.DataFrame) -> pl.DataFrame:
        return forgotten(part, stream, pending.keys, listed)

    return Change(rows, lambda row: not listed.names(row.raw), "rows_suppressed")


def _leave_vault(workspace: Workspace, key: SecretStr, pending: Pending, at: datetime) -> None:
    if not workspace.vault.exists():
        return
    entries = Vault(workspace.vault, key).read("erasure", at)
    stay = entries.filter(~pl.col("identity_key").is_in(pl.Series(sorted(pending.keys)).implode()))
    if stay.height < entries.height:
        replace_box(workspace.vault, key, "vault", stay.to_dicts())


def _leave_state(workspace: Workspace) -> None:
    """Plans name people; models have learned from them: the next run trains anew."""
    for kind in (CHAMPIONS, MODELS):
        shutil.rmtree(workspace.state / kind, ignore_errors=True)
    shutil.rmtree(workspace.plans, ignore_errors=True)
    shutil.rmtree(workspace.builds, ignore_errors=True)
