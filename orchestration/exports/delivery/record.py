"""The record of deliveries: state/deliveries/<target>/<generation>.json, written before and after every attempt.

Belongs here: what stands in it, reading it, which generations are due. Does not: delivering.

A record that says "delivered" is never touched again. One that says "started" or "failed" is taken up by the next run:
the targets themselves tell whether the generation had arrived.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orchestration.durable import write_json
from orchestration.errors import IntegrityError
from orchestration.exports.delivery.package import Package
from orchestration.generations import Generation
from orchestration.workspace import Workspace

DELIVERED, STARTED, FAILED, WITHHELD = "delivered", "started", "failed", "withheld"


@dataclass(frozen=True)
class Record:
    """What became of one generation at one target. Instants are ISO 8601 texts, UTC."""

    target: str
    kind: str
    generation: str
    as_of: str
    published_sequence: int
    outcome: str
    attempts: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    bytes: int = 0
    delivered_at: str | None = None
    is_latest: bool | None = None
    people: dict[str, int] | None = None

    @property
    def is_delivered(self) -> bool:
        return self.outcome == DELIVERED

    @property
    def is_settled(self) -> bool:
        """Whether nothing is to be done any more: it arrived, or it may not be brought."""
        return self.outcome in (DELIVERED, WITHHELD)

    @property
    def why(self) -> str:
        """What the last attempt said."""
        return str(self.attempts[-1].get("error", "was stopped")) if self.attempts else ""


def read_records(workspace: Workspace, target: str) -> dict[str, Record]:
    """Generation → record of a target.

    Raises:
        IntegrityError: a record that cannot be read: delivering again could be a second time.
    """
    records = {}
    for path in sorted((workspace.deliveries / target).glob("[!.]*.json")):
        try:
            record = Record(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise IntegrityError(
                f"{path} is damaged ({type(error).__name__}): look whether {target} holds that generation; if not, "
                "remove the file"
            ) from error
        records[record.generation] = record
    return records


def write_record(workspace: Workspace, record: Record) -> None:
    """Keep a record durably."""
    write_json(workspace.deliveries / record.target / f"{record.generation}.json", vars(record))


def started(before: Record | None, package: Package, kind: str, at: datetime) -> Record:
    """The record of an attempt that begins."""
    attempts = [] if before is None else list(before.attempts)
    number = len(attempts) + 1
    return Record(
        target=package.target,
        kind=kind,
        generation=package.generation,
        as_of=package.as_of,
        published_sequence=package.published_sequence,
        outcome=STARTED,
        attempts=[*attempts, {"number": number, "started_at": _iso(at), "outcome": STARTED}],
        files=package.files(),
        bytes=package.size,
        people=None if package.people is None else dict(package.people),
    )


def delivered(record: Record, arrived: Mapping[str, Any], is_latest: bool, at: datetime) -> Record:
    """The record of an attempt that ended well. arrived: the manifest that the target holds."""
    files: dict[str, dict[str, Any]] = dict(arrived["files"])
    return Record(
        **{
            **vars(record),
            "outcome": DELIVERED,
            "attempts": _ended(record, at, {"outcome": DELIVERED}),
            "files": files,
            "bytes": sum(int(said["bytes"]) for said in files.values()),
            "people": arrived.get("people"),
            "delivered_at": _iso(at),
            "is_latest": is_latest,
        }
    )


def failed(record: Record, why: str, at: datetime, outcome: str = FAILED) -> Record:
    """The record of an attempt that did not; outcome WITHHELD: there is to be no other."""
    attempts = _ended(record, at, {"outcome": outcome, "error": why})
    return Record(**{**vars(record), "outcome": outcome, "attempts": attempts})


def due(found: Sequence[Generation], records: Mapping[str, Record], now: Generation | None) -> list[Generation]:
    """The generations a target is still to get, newest first.

    From the first one it was offered on, all that are kept; a target that was offered none begins with the current.
    None that is later than the current: those were rolled back. None that was withheld.

    Raises:
        IntegrityError: the current generation's manifest is damaged.
    """
    if now is None:
        return []
    place = {each.name: (each.as_of, int(each.manifest["published_sequence"])) for each in found}
    here = now.as_of, int(now.manifest["published_sequence"])
    first = min((record.published_sequence for record in records.values()), default=here[1])
    missing = [
        each
        for each in found
        if place[each.name][1] >= first
        and place[each.name] <= here
        and not (each.name in records and records[each.name].is_settled)
    ]
    return sorted(missing, key=lambda each: place[each.name], reverse=True)


def _ended(record: Record, at: datetime, said: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [*record.attempts[:-1], {**record.attempts[-1], **said, "ended_at": _iso(at)}]


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds") + "Z"
