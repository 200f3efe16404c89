"""`nanolift deliver`, and what `nanolift status` says of targets.

Belongs here: holding the workspace, words for the terminal. Does not: delivering (exports/delivery).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.exports.delivery.record import due, read_records
from orchestration.exports.delivery.run import Courier, not_delivered, told
from orchestration.generations import current, generations
from orchestration.lock import workspace_lock
from orchestration.privacy.pending import refuse_while_pending
from orchestration.settings import Settings, load_settings
from orchestration.workspace import Workspace


@dataclass(frozen=True)
class DeliveryRequest:
    """What `nanolift deliver` is asked; None: every target, everything that is missing."""

    workspace: Path
    target: str | None = None
    generation: str | None = None
    wait_seconds: int = 0


def naive_utc() -> datetime:
    """Now, for records of deliveries."""
    return datetime.now(UTC).replace(tzinfo=None)


def deliver_missing(request: DeliveryRequest) -> tuple[str, bool]:
    """Deliver what is missing; what was done, and whether all of it arrived.

    Raises:
        ConfigurationError: nanolift.toml is not right, or names no such target; no such generation.
        WorkspaceBusyError: a run holds the workspace.
    """
    workspace = Workspace.at(request.workspace)
    settings = load_settings(workspace.configuration)
    with workspace_lock(workspace, "deliver", wait_seconds=request.wait_seconds):
        refuse_while_pending(workspace, "delivery")
        outcomes = Courier(workspace, settings, naive_utc).deliver(request.target, request.generation)
    if not settings.delivery:
        return "No [[delivery]] is configured: docs/delivery.md shows how.", True
    if not outcomes:
        return "Nothing to deliver: every target has every generation it is to get.", True
    return told(outcomes).replace("  ", "", 1).replace("\n  ", "\n"), not not_delivered(outcomes)


def describe_targets(workspace: Workspace, settings: Settings) -> list[str]:
    """A line a target: what it has, what it lacks, and why."""
    found, now = generations(workspace), current(workspace)
    lines = []
    for spec in settings.delivery:
        records = read_records(workspace, spec.name)
        arrived = [record for record in records.values() if record.is_delivered]
        latest = max(arrived, key=lambda record: (record.as_of, record.published_sequence), default=None)
        has = "nothing yet" if latest is None else f"{len(arrived)} generations, latest {latest.generation}"
        lines.append(f"delivery    {spec.name} ({spec.kind}, {spec.shown}): {has}")
        kept = {each.name for each in found}
        waiting = {each.name for each in due(found, records, now)}
        lost = {name for name, record in records.items() if not record.is_settled and name not in kept}
        for name in sorted(waiting | lost):
            record = records.get(name)
            why = "not tried yet" if record is None else record.why
            gone = "; it is no longer kept" if name in lost else ""
            lines.append(f"            {name} not delivered: {why}{gone}")
    return lines
