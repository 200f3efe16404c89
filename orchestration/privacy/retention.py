"""Retention: what a brand no longer wants to hold goes when its time is over, class by class, with a signed receipt.

Belongs here: landed rows and quarantine, the order of the whole, the receipt. Does not: how a load is rewritten
(rewrite.py), other files (retention_files.py), generations (generations.py: they go when the next one is published).

A landed row's age is told by when it happened, or where that is not known by when it could have been known. It is
measured from the run's day, so a run is still a function of its inputs. A load whose rows are gone keeps its record: no
cursor moves back and no file is read again. What a source delivers once more is landed and goes in the same run, before
anything reads it. A warehouse that was built with rows that went since is built afresh (assets/warehouse.py).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import SecretStr

from orchestration.connectors.landing_rows import row_groups
from orchestration.connectors.loads import Load, from_iso, read_loads, verify_load
from orchestration.lock import workspace_lock
from orchestration.privacy.pending import refuse_while_rotating
from orchestration.privacy.receipt import write_receipt
from orchestration.privacy.retention_files import files_over, unused_references
from orchestration.privacy.rewrite import Change, finish_rewrites, rewrite_load
from orchestration.privacy.workspace_key import adopt_key
from orchestration.settings import Retention, load_settings
from orchestration.workspace import Workspace

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RetainRequest:
    """What `nanolift retain` is asked; now: naive UTC instant; day: from which ages count."""

    workspace: Path
    now: datetime
    day: date
    is_dry: bool = False
    wait_seconds: int = 0


def retain_now(request: RetainRequest) -> str:
    """Let go of what is over; what that was, for the terminal.

    Raises:
        ConfigurationError: nanolift.toml is not right.
        WorkspaceBusyError: a run holds the workspace.
        IntegrityError: a load, the quarantine or the vault is damaged.
    """
    workspace = Workspace.at(request.workspace)
    settings = load_settings(workspace.configuration)
    with workspace_lock(workspace, "retain", wait_seconds=request.wait_seconds):
        refuse_while_rotating(workspace, "retention")
        key = adopt_key(workspace, settings).secret
        if not request.is_dry:
            finish_rewrites(workspace)
        counts, receipt = retain(
            workspace, settings.retention, key, day=request.day, at=request.now, is_dry=request.is_dry
        )
    if not counts:
        return f"Nothing is over as of {request.day}."
    verb = "would go" if request.is_dry else "went"
    lines = [f"  {name}: {count:,}" for name, count in counts.items()]
    if receipt is not None:
        lines.append(f"receipt {receipt}\nThe next run builds its warehouse without them.")
    return "\n".join([f"As of {request.day} {verb}:", *lines])


def retain(
    workspace: Workspace, retention: Retention, key: SecretStr, *, day: date, at: datetime, is_dry: bool = False
) -> tuple[Mapping[str, int], Path | None]:
    """Let go of what is over, durably: how many of each class, and where the receipt lies.

    Killed in between, it lets go of the rest when it is called again. The caller holds the workspace's lock.

    Args:
        day: from which ages count.
        at: naive UTC instant, for records.
        is_dry: only count.

    Returns:
        Class → number, without those of which nothing was over; None where nothing was done.
    """
    counts: Counter[str] = Counter()
    for load in read_loads(workspace.landing):
        counts.update(_of_load(workspace, retention, key, load, day, is_dry))
    counts.update(files_over(workspace, retention, day, is_dry))
    if retention.unused_references == "remove":
        counts["references in the vault without a fact"] += unused_references(workspace, key, at, is_dry)
    found = {name: count for name, count in sorted(counts.items()) if count}
    if not found or is_dry:
        return found, None
    windows = retention.model_dump(mode="json", exclude={"generations_days", "generations_month_ends"})
    receipt = write_receipt(
        workspace, key, "retention", at, {"as_of": day.isoformat(), "windows": windows, "gone": found}
    )
    logger.info("retention: %s", found)
    return found, receipt


def expired_rows(loads: Iterable[Load]) -> dict[str, int]:
    """Load → rows that went when their time was over; without loads that lost none."""
    return {f"{load.source}/{load.stream}/{load.load_id}": load.rows_expired for load in loads if load.rows_expired}


def _of_load(
    workspace: Workspace, retention: Retention, key: SecretStr, load: Load, day: date, is_dry: bool
) -> dict[str, int]:
    days = retention.landing_days.get(load.stream)  # type: ignore[call-overload]
    begins = None if days is None else datetime.combine(day - timedelta(days=days), datetime.min.time())
    is_aside_over = retention.quarantine_days is not None and from_iso(load.loaded_at).date() < day - timedelta(
        days=retention.quarantine_days
    )
    holds_old = begins is not None and _may_hold(load, begins)
    if not holds_old and not (is_aside_over and _has_aside(workspace, load)):
        return {}
    verify_load(load)
    if is_dry:
        gone = sum(part.height - _kept(part, begins).height for part in row_groups(load.data)) if holds_old else 0
        return {f"landed rows: {load.stream}": gone, "quarantined rows": load.rows_quarantined if is_aside_over else 0}
    done = rewrite_load(
        workspace,
        key,
        load,
        Change(lambda rows: _kept(rows, begins), lambda _row: not is_aside_over, "rows_expired"),
    )
    return {f"landed rows: {load.stream}": done.rows, "quarantined rows": done.quarantined, "values aside": done.aside}


def _may_hold(load: Load, begins: datetime) -> bool:
    if not load.rows_accepted and not load.rows_removed:
        return False
    is_undated = load.min_occurred_at is None
    return from_iso(load.loaded_at) < begins if is_undated else from_iso(str(load.min_occurred_at)) < begins


def _has_aside(workspace: Workspace, load: Load) -> bool:
    return any((workspace.quarantine / load.source / load.stream).glob(f"{load.load_id}.*"))


def _kept(rows: pl.DataFrame, begins: datetime | None) -> pl.DataFrame:
    if begins is None:
        return rows
    told: list[Any] = [name for name in ("occurred_at", "known_at", "loaded_at") if name in rows.columns]
    return rows.filter((pl.coalesce(told) >= begins).fill_null(True))
