"""What is worth telling somebody: pure functions of what is known of a workspace.

Belongs here: the kinds of alerts and when each is one. Each has a section of its name in docs/operations.md, which says
what it means, what to look at, what to do and how one knows that it is over. Does not: reading (facts.py), sending
(alerts.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from orchestration.observe.facts import Facts
from orchestration.observe.record import RunRecord
from orchestration.observe.spec import Alerts

GATE_FAILED, RUN_FAILED, NO_PUBLISH, NO_ROOM = "gate_failed", "run_failed", "no_publish", "no_room"
SOURCE_STALE, DRIFT, DELIVERY_FAILED = "source_stale", "drift", "delivery_failed"
KINDS = (GATE_FAILED, RUN_FAILED, NO_PUBLISH, NO_ROOM, SOURCE_STALE, DRIFT, DELIVERY_FAILED)
# What only a run that has ended can say.
_OF_A_RUN = frozenset({GATE_FAILED, RUN_FAILED, SOURCE_STALE})
_STALE = ("stale", "absent")
NAMES_SHOWN = 3


@dataclass(frozen=True)
class Cause:
    """Something to be told.

    Attributes:
        kind: one of KINDS.
        subject: what it is about: a gate, a source, a target, a model; "" for the workspace.
        instance: which time: the generation, the day since when, the model's day. The same cause is told once of each.
        summary: one sentence, with counts and names; never a person's value.
    """

    kind: str
    subject: str
    instance: str
    summary: str

    @property
    def key(self) -> str:
        """What makes two causes the same one at different times."""
        return f"{self.kind} {self.subject}".strip()

    @property
    def anchor(self) -> str:
        """The section of docs/operations.md."""
        return f"#{self.kind}"


def causes_of(facts: Facts, alerts: Alerts) -> tuple[Cause, ...]:
    """Everything that is wrong now, in the order of KINDS."""
    found = [*_of_run(facts), *_no_publish(facts, alerts), *_no_room(facts)]
    found += [*_stale(facts.record), *_drift(facts, alerts)]
    found += [
        Cause(DELIVERY_FAILED, target, generation, f"{generation} did not arrive at {target}: {_line(why)}")
        for target, generation, why in facts.undelivered
    ]
    newest: dict[str, Cause] = {}
    for cause in sorted(found, key=lambda each: (KINDS.index(each.kind), each.subject, each.instance)):
        newest[cause.key] = cause
    return tuple(newest.values())


def undecided(facts: Facts) -> frozenset[str]:
    """Kinds of which nothing can be said now: the run is under way, or ended before it had looked."""
    record = facts.record
    if record is None or record.outcome == "under way":
        return _OF_A_RUN
    return frozenset() if record.sources else frozenset({SOURCE_STALE})


def failed_run(record: RunRecord | None) -> str | None:
    """Why the last run counts as failed, in one line; None: it does not, or is under way."""
    if record is None or record.outcome in ("succeeded", "under way"):
        return None
    if record.outcome == "killed":
        last = f" after {record.steps[-1].step}" if record.steps else ""
        return f"the run for {record.as_of} was killed{last}: its process is gone"
    said = [*(gate.says for gate in record.gates if gate.failures), *record.errors]
    ended = "is published, but not all of it went well" if record.is_published else "published nothing"
    return f"the run for {record.as_of} {ended}: {_line('; '.join(said) or 'no step says why')}"


def _of_run(facts: Facts) -> Iterator[Cause]:
    record = facts.record
    why = failed_run(record)
    if record is None or why is None:
        return
    gates = [gate for gate in record.gates if gate.failures]
    for gate in gates:
        yield Cause(GATE_FAILED, gate.name, record.name, _line(gate.says))
    # What did not arrive is told by target.
    told_otherwise = gates or (record.is_published and facts.undelivered)
    if not told_otherwise or record.outcome == "killed":
        yield Cause(RUN_FAILED, "", record.name, why)


def _no_publish(facts: Facts, alerts: Alerts) -> Iterator[Cause]:
    hours = facts.hours_without_publish
    if not facts.is_study and hours > alerts.no_publish_hours:
        last = "nothing was ever published" if facts.newest is None else f"the last is {facts.newest.name}"
        instance = "" if facts.newest is None else facts.newest.name
        yield Cause(NO_PUBLISH, "", instance, f"nothing was published for {hours:.0f} hours; {last}")


def _no_room(facts: Facts) -> Iterator[Cause]:
    if facts.free_bytes < facts.needed_bytes:
        free, needed = facts.free_bytes / 1e9, facts.needed_bytes / 1e9
        yield Cause(NO_ROOM, "", "", f"{free:.1f} GB free and a run may need {needed:.1f} GB: none will begin")


def _stale(record: RunRecord | None) -> Iterator[Cause]:
    for source in () if record is None else record.sources:
        if source.status in _STALE:
            since = "it has never been landed" if source.since is None else f"stale since {source.since}"
            yield Cause(SOURCE_STALE, source.name, source.since or "", f"source {source.name} is down, {since}")


def _drift(facts: Facts, alerts: Alerts) -> Iterator[Cause]:
    def place(row: dict[str, object]) -> tuple[str, str]:
        return str(row["model"]), str(row["subject"])

    for (model, subject), group in groupby(sorted(facts.drift, key=place), key=place):
        rows = list(group)
        moved = sorted(
            (row for row in rows if row["psi"] is not None and row["psi"] >= alerts.drift_psi),
            key=lambda row: -row["psi"],
        )
        if moved:
            day: date = moved[0]["model_as_of"]
            shown = ", ".join(f"{row['name']} {row['psi']:.2f}" for row in moved[:NAMES_SHOWN])
            what = f"{len(moved)} of {len(rows)} {'features' if subject == 'people' else 'score lists'}"
            yield Cause(
                DRIFT, f"{model} {subject}", day.isoformat(), f"{what} of {model} moved since {day} (PSI {shown})"
            )


def _line(text: str) -> str:
    return " ".join(text.split())
