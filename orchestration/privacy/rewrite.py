"""Rewrites a landed load without some of its rows, or with other cells: the one way in which landing is ever changed.

Belongs here: data.parquet, quarantine and values kept aside of a load, its record and hash, what a kill left of that.
Does not: what changes and why (erase*.py, retention*.py, rotation*.py), the records' form (connectors/loads.py).

A load's new data.parquet and _load.json are written beside the old ones and take their places one after the other; the
staged record comes last, so whoever holds the lock next can tell a rewriting that was complete (and finish it) from one
that was not (and drop it). All counts of the new record are told by the new files, so doing it twice does no harm.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pyarrow.parquet as pq
from pydantic import SecretStr

from orchestration.connectors.landing_rows import row_groups
from orchestration.connectors.landing_write import Tally, parquet_writer
from orchestration.connectors.loads import RECORD, Load, as_schema, iso
from orchestration.connectors.signals import HASHES
from orchestration.connectors.vault_box import Box
from orchestration.connectors.vault_quarantine import QuarantinedRow, aside_file, quarantine_file
from orchestration.durable import sha256_of, sync, write_json
from orchestration.sealed import sealed
from orchestration.workspace import Workspace

logger = logging.getLogger(__name__)

STAGED = ".rewritten"
Counted = Literal["rows_suppressed", "rows_expired"]


@dataclass(frozen=True)
class Change:
    """What becomes of a load.

    Attributes:
        rows: landed rows of a part of the file, in their order → those that stay, maybe with other values in cells.
        keeps: whether a row that was set aside, or a value of a column that came later, stays.
        counted_as: where the record counts rows that go.
        record: what else the record says from now on.
    """

    rows: Callable[[pl.DataFrame], pl.DataFrame]
    keeps: Callable[[QuarantinedRow], bool]
    counted_as: Counted
    record: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rewritten:
    """How many rows of data.parquet went and how many others changed, how many quarantined rows and values aside went.

    All 0: nothing was to be done, no byte changed.
    """

    rows: int = 0
    changed: int = 0
    quarantined: int = 0
    aside: int = 0

    def __add__(self, other: Rewritten) -> Rewritten:
        return Rewritten(*(getattr(self, name) + getattr(other, name) for name in vars(self)))


def rewrite_load(workspace: Workspace, key: SecretStr, load: Load, change: Change) -> Rewritten:
    """Apply a change to a load, durably. The caller holds the workspace's lock and called `finish_rewrites` before.

    What texts of the load said is removed where rows change: the next run reads the texts again.

    Raises:
        IntegrityError: the quarantine does not open.
    """
    staged = load.folder / f".data.parquet{STAGED}"
    gone, changed, tally = _stage(load, change, staged)
    numbers = set(gone.to_list())
    place = (load.source, load.stream, load.load_id)
    quarantined, stay = _filtered(quarantine_file(workspace.quarantine, *place), key, change.keeps)
    aside, _ = _filtered(
        aside_file(workspace.quarantine, *place), key, lambda row: row.row_no not in numbers and change.keeps(row)
    )
    if not (len(gone) or changed):
        staged.unlink()
        if quarantined or len(stay) != load.rows_quarantined or change.record:
            _put_record(load, _recorded(load, change, load, stay))
        return Rewritten(0, 0, quarantined, aside)
    counts = replace(
        load,
        sha256=sha256_of(staged),
        rows_accepted=tally.rows - tally.skipped,
        rows_removed=tally.skipped,
        min_occurred_at=iso(tally.first),
        max_occurred_at=iso(tally.last),
    )
    sync(staged)
    _put_record(load, _recorded(load, change, counts, stay), staged)
    return Rewritten(len(gone), changed, quarantined, aside)


def finish_rewrites(workspace: Workspace) -> int:
    """Finish or drop what a kill left half rewritten; how many loads that were. The caller holds the lock."""
    for unused in (*workspace.root.glob(f".*{STAGED}"), *workspace.quarantine.glob(f"*/*/.*{STAGED}")):
        unused.unlink()
    left = {path.parent for path in workspace.landing.glob(f"*/*/*/.*{STAGED}")}
    for folder in sorted(left):
        logger.warning("%s was being rewritten when a command was killed: put right", folder)
        data, record = folder / f".data.parquet{STAGED}", folder / f".{RECORD}{STAGED}"
        if record.exists():
            _take_places(folder, data, record)
        else:
            data.unlink()
    return len(left)


def _stage(load: Load, change: Change, staged: Path) -> tuple[pl.Series, int, Tally]:
    """Write the changed file beside the load's own: row_no of rows that go, how many changed, and what stays.

    Of the tally: rows counts all that stay, skipped those of them that are removals.
    """
    schema = pq.read_schema(load.data)
    tally, changed = Tally(), 0
    gone = [pl.Series("row_no", [], pl.Int64)]
    with parquet_writer(staged, schema) as writer:
        for rows in row_groups(load.data):
            kept = change.rows(rows)
            gone.append(rows.join(kept, on="row_no", how="anti", nulls_equal=True).get_column("row_no"))
            same = rows.join(kept.select("row_no"), on="row_no", how="semi", maintain_order="left", nulls_equal=True)
            changed += 0 if same.equals(kept) else _differing(same, kept)
            tally.rows += kept.height
            tally.skipped += int(kept.get_column("is_removed").fill_null(False).sum()) if _tells(kept) else 0
            tally.see(kept.get_column("occurred_at"))
            if kept.height:
                writer.write_table(as_schema(kept.to_arrow(), schema))
    return pl.concat(gone), changed, tally


def _tells(rows: pl.DataFrame) -> bool:
    return "is_removed" in rows.columns  # a load of an earlier nanolift may lack it


def _differing(before: pl.DataFrame, after: pl.DataFrame) -> int:
    differ = [before.get_column(name).ne_missing(after.get_column(name)).alias(name) for name in before.columns]
    return int(pl.DataFrame(differ).select(pl.any_horizontal(pl.all())).to_series().sum())


def _filtered(path: Path, key: SecretStr, keeps: Callable[[QuarantinedRow], bool]) -> tuple[int, list[QuarantinedRow]]:
    """Write an encrypted file anew without some rows: how many went, and those that stay."""
    if not path.exists():
        return 0, []
    rows = [QuarantinedRow(each["row_no"], each["reason"], each["raw"]) for each in Box(path, key, "quarantine").read()]
    stay = [row for row in rows if keeps(row)]
    if len(stay) == len(rows):
        return 0, stay
    replace_box(path, key, "quarantine", [{"row_no": r.row_no, "reason": r.reason, "raw": r.raw} for r in stay])
    return len(rows) - len(stay), stay


def replace_box(path: Path, key: SecretStr, purpose: str, entries: Collection[dict[str, Any]]) -> None:
    """Put a new encrypted file with these entries in the place of an old one, in one step; none: without a file."""
    if not entries:
        path.unlink(missing_ok=True)
        sync(path.parent)
        return
    fresh = path.with_name(f".{path.name}{STAGED}")
    fresh.unlink(missing_ok=True)
    Box(fresh, key, purpose).append(entries)
    fresh.replace(path)
    sync(path.parent)


def _recorded(load: Load, change: Change, counts: Load, quarantined: Collection[QuarantinedRow]) -> Load:
    """The load's new record: what is no longer there is counted where the change says."""
    reasons = dict(sorted(Counter(row.reason for row in quarantined).items()))
    there = counts.rows_accepted + len(quarantined) + load.rows_duplicate
    other = load.rows_expired if change.counted_as == "rows_suppressed" else load.rows_suppressed
    said: dict[str, Any] = {change.counted_as: load.rows_read - there - other, **change.record}
    return replace(counts, rows_quarantined=len(quarantined), quarantine_reasons=reasons, **said)


def _put_record(load: Load, new: Load, data: Path | None = None) -> None:
    staged = load.folder / f".{RECORD}{STAGED}"
    write_json(staged, sealed(new.record()))
    _take_places(load.folder, data, staged)


def _take_places(folder: Path, data: Path | None, record: Path) -> None:
    if data is not None and data.exists():
        for name in ("signals.parquet", "moments.parquet", HASHES):
            (folder / name).unlink(missing_ok=True)
        data.replace(folder / "data.parquet")
        sync(folder)
    record.replace(folder / RECORD)
    sync(folder)
