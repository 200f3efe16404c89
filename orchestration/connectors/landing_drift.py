"""A source whose columns changed: what is new is kept aside, what is gone or of another kind is refused or set aside.

Belongs here: telling drift from bad rows, what is said of it. Does not: reading columns (readers*.py), the rows that a
mapping cannot type (mapping.py).

Drift is told against the first load under the present mapping: its columns are those that the mapping was written for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.connectors.extract import Place
from orchestration.connectors.loads import Load
from orchestration.connectors.mapping import GONE
from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.connectors.vault_quarantine import QuarantinedRow
from orchestration.errors import SourceError

# One bad row in ten may be a bad day; nine of ten in at least twenty, for the same reason, are a changed column.
CHANGED_SHARE = 0.9
FEWEST_ROWS = 20


@dataclass(frozen=True)
class Before:
    """What is known of a place from earlier loads under its present mapping.

    known: columns of the first of them; None: there is none, so nothing can have changed.
    """

    known: tuple[str, ...] | None = None


def before(place: Place, version: str, active: Sequence[Load]) -> Before:
    """What the active loads of a source tell of a place's columns."""
    own = [
        load
        for load in active
        if (load.stream, load.mapping_slot, load.mapping_version) == (place.mapping.stream, place.slot, version)
        and load.columns_found
    ]
    first = min(own, key=lambda load: load.sequence, default=None)
    return Before(None if first is None else tuple(first.columns_found))


def drifted_rows(
    mapping: StreamMapping, past: Before, reasons: Mapping[str, int], rows: int, shown: str
) -> tuple[int, list[str]]:
    """How many rows were set aside because a column changed, and what a reader of the run should know.

    Args:
        reasons: of the rows set aside, with their counts.
        rows: read of the delivery.

    Raises:
        SourceError: a column changed, and the stream's policy is to refuse then.
    """
    gone = {reason: count for reason, count in reasons.items() if reason.endswith(GONE)}
    changed = {
        reason: count
        for reason, count in reasons.items()
        if reason not in gone and rows >= FEWEST_ROWS and count >= CHANGED_SHARE * rows
    }
    if not gone and (past.known is None or not changed):
        return 0, []
    told = "; ".join(f"{count} of {rows} rows: {reason}" for reason, count in (gone | changed).items())
    if mapping.on_drift == "refuse":
        raise SourceError(
            f"{shown}: stream {mapping.stream}: a column is not what it was ({told}). Correct the mapping, or set "
            'on_drift = "quarantine" for this stream to set such rows aside and go on'
        )
    return sum((gone | changed).values()), [f"a column is not what it was: {told}, set aside"]


def new_columns_note(columns_found: Sequence[str], past: Before) -> list[str]:
    """One sentence about columns that nobody mapped, for there were none such before."""
    if past.known is None:
        return []
    new = sorted(set(columns_found) - set(past.known))
    return [f"new columns, not mapped: {', '.join(new)}"] if new else []


def aside_rows(path: Path | None) -> Iterator[QuarantinedRow]:
    """Values of new columns that the parser process wrote down."""
    if path is None:
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield QuarantinedRow(record["row_no"], "columns that came later", record["values"])
