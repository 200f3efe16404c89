"""One parsed file to one landed load, in batches: map, pseudonymise, scrub, hash, drop duplicates, write.

Belongs here: the order of those steps and the load's counts. Does not: the steps themselves (mapping.py,
pseudonyms.py, scrub.py, landing_rows.py), which files are landed (landing.py).
"""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.connectors.extract import Place
from orchestration.connectors.files import SourceFile
from orchestration.connectors.landing_drift import Before, aside_rows, drifted_rows, new_columns_note
from orchestration.connectors.landing_removed import came_back, closed_at, removed_rows
from orchestration.connectors.landing_rows import (
    VERSIONS,
    Stamp,
    judge_duplicates,
    latest_versions,
    may_repeat,
    versions_in,
)
from orchestration.connectors.landing_settle import Settled, settle
from orchestration.connectors.landing_write import Tally, write_mapped
from orchestration.connectors.loads import Load, arrow_schema, commit, iso
from orchestration.connectors.mapping import mapping_version
from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.connectors.parse_run import Arriving, Parsed
from orchestration.connectors.pseudonyms import REFERENCE_SCHEMA, Pseudonymiser
from orchestration.connectors.sql_control import compared
from orchestration.connectors.streams import STREAMS
from orchestration.connectors.vault import Vault
from orchestration.connectors.vault_quarantine import (
    aside_file,
    malformed_rows,
    quarantine_file,
    write_quarantine,
)
from orchestration.durable import sha256_of
from orchestration.errors import IntegrityError, SourceError
from orchestration.privacy.erase_ingest import unnamed
from orchestration.privacy.suppression import Suppression
from orchestration.workspace import Workspace

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LandingContext:
    """What every file of a landing shares. loaded_at is a naive UTC instant."""

    workspace: Workspace
    pseudonymiser: Pseudonymiser
    vault: Vault
    brand_timezone: str
    loaded_at: datetime
    suppression: Suppression


def land_file(
    arriving: Arriving,
    place: Place,
    source: str,
    context: LandingContext,
    earlier: Sequence[Load],
    sequence: int,
    past: Before,
) -> Load:
    """Land one file and commit it, once the parser process has ended well.

    Args:
        arriving: the file's rows; they may still be parsed.
        place: the mapping, and its slot among the source's mappings of the stream.
        earlier: the source's loads of the stream that stay active, in landing order.
        sequence: the new load's number within the source's stream.
        past: what earlier loads under the same mapping tell of the source's columns.

    Raises:
        IntegrityError: rows read are not accepted + quarantined + duplicates.
        SourceError: the file's types can never be what the mapping says; and those of Parsing.ended.
    """
    mapping, stream = place.mapping, STREAMS[place.mapping.stream]
    load_id = f"{sequence:06d}_{arriving.file.sha256[:8]}"
    folder = context.workspace.landing / source / stream.name / load_id
    partial = folder.with_name(f".{load_id}")
    partial.mkdir(parents=True)
    stamp = Stamp(source, load_id, context.loaded_at, context.brand_timezone)
    tally, parsed = _written(arriving, mapping, stamp, context, partial)
    data, before = partial / "data.parquet", [load.data for load in earlier]
    accepted, duplicates, conflicts, removed = sum(map(len, tally.half_keys)), 0, 0, None
    if before or may_repeat(tally.half_keys):
        landed = latest_versions(before, stream)
        hashes = pl.concat([pl.DataFrame(schema=VERSIONS), *versions_in(data, stream)])
        judged = judge_duplicates(hashes, landed)
        duplicates, conflicts = judged.duplicates, judged.conflicts
        accepted -= duplicates
        if before and parsed.file.is_complete and not parsed.malformed:
            seen = pl.concat([hashes.select("key_low", "key_high"), *tally.unfit_keys])
            own = [load.data for load in earlier if load.mapping_slot == place.slot]  # another mapping's rows may stay
            there = landed if len(own) == len(before) else latest_versions(own, stream)
            removed = removed_rows(there, own, seen, stream, stamp, mapping.most_removed_share)
        back = came_back(hashes, landed)
        if duplicates or removed is not None or (back & judged.keep).any():
            settled = Settled(judged.keep, back, closed_at(stamp.loaded_at, stamp.brand_timezone), removed)
            tally.first, tally.last = settle(data, arrow_schema(stream.landed_schema()), settled)
    tally.quarantined += malformed_rows(parsed.malformed_path)
    reasons = dict(sorted(Counter(row.reason for row in tally.quarantined).items()))
    rows_read = (parsed.rows if parsed.file.rows is None else tally.rows) + parsed.malformed - tally.skipped
    drifted, drift_notes = drifted_rows(mapping, past, reasons, rows_read, parsed.file.shown)
    unlisted = _set_aside(tally, parsed, context, (source, stream.name, load_id))
    load = Load(
        source=source,
        stream=stream.name,
        load_id=load_id,
        sequence=sequence,
        mapping_slot=place.slot,
        mapping_version=mapping_version(mapping, context.brand_timezone),
        source_files=[_record(parsed.file)],
        sha256=sha256_of(data),
        rows_read=rows_read,
        rows_accepted=accepted,
        rows_quarantined=len(tally.quarantined),
        rows_duplicate=duplicates,
        conflicting_duplicates=conflicts,
        rows_skipped=tally.skipped,
        quarantine_reasons=dict(sorted(Counter(row.reason for row in tally.quarantined).items())),
        min_occurred_at=iso(tally.first),
        max_occurred_at=iso(tally.last),
        columns_found=sorted(parsed.columns_found),
        columns_new=_columns_new(parsed, place, earlier),
        key_version=context.pseudonymiser.key_version,
        loaded_at=iso(context.loaded_at) or "",
        folder=folder,
        cursor=parsed.file.cursor,
        is_complete=parsed.file.is_complete,
        rows_removed=0 if removed is None else removed.height,
        rows_drifted=drifted,
        notes=[*parsed.file.notes, *_unjudged(parsed), *drift_notes, *new_columns_note(parsed.columns_found, past)],
        control=None if tally.control is None else compared(tally.control),
        rows_suppressed=len(tally.withheld) + unlisted,
    )
    check_identity(load)
    references = pl.concat([pl.DataFrame(schema=REFERENCE_SCHEMA), *tally.references])
    if references.height:
        context.vault.add(references, f"landing {source}/{stream.name}/{load_id}", context.loaded_at)
    commit(partial, load)
    return load


def _written(
    arriving: Arriving, mapping: StreamMapping, stamp: Stamp, context: LandingContext, partial: Path
) -> tuple[Tally, Parsed]:
    """Write the rows into the load's partial folder; what they add up to, and what the parser said at its end."""
    try:
        data = partial / "data.parquet"
        tally = write_mapped(arriving, mapping, stamp, context.pseudonymiser, data, context.suppression)
        return tally, arriving.parsed()
    except SourceError:
        shutil.rmtree(partial)
        raise


def _set_aside(tally: Tally, parsed: Parsed, context: LandingContext, place: tuple[str, str, str]) -> int:
    """Write what is not landed and kept, encrypted; how many rows set aside are of people who must be forgotten.

    Args:
        place: source, stream, load_id.
    """
    listed, quarantine = context.suppression, context.workspace.quarantine
    tally.quarantined, unlisted = unnamed(tally.quarantined, listed)
    aside, _ = unnamed(aside_rows(parsed.aside_path), listed, without=tally.withheld)
    if aside:
        write_quarantine(aside_file(quarantine, *place), context.vault.key, aside)
    if tally.quarantined:
        rows = sorted(tally.quarantined, key=lambda row: row.row_no)
        write_quarantine(quarantine_file(quarantine, *place), context.vault.key, rows)
    return unlisted


def _record(file: SourceFile) -> dict[str, Any]:
    """What `_load.json` says of the file a load was made of."""
    stamp = {} if file.stamp is None else {"stamp": file.stamp}
    return {"path": file.shown, "sha256": file.sha256, "bytes": file.bytes} | stamp


def _unjudged(parsed: Parsed) -> list[str]:
    if parsed.file.is_complete and parsed.malformed:
        return [f"{parsed.malformed} rows could not be read, so it is not known which rows are gone: none was removed"]
    return []


def _columns_new(parsed: Parsed, place: Place, earlier: Sequence[Load]) -> list[str]:
    """Columns that the last load under the same mapping of the stream had not (sales have others than returns)."""
    own = [load for load in earlier if load.mapping_slot == place.slot]
    return sorted(set(parsed.columns_found) - set(own[-1].columns_found)) if own else []


def check_identity(load: Load) -> None:
    """Nothing is lost silently.

    Raises:
        IntegrityError: rows read are not accepted + quarantined + duplicates + suppressed (+ expired, of old loads).
    """
    parts = load.rows_accepted + load.rows_quarantined + load.rows_duplicate
    parts += load.rows_suppressed + load.rows_expired
    if load.rows_read != parts:
        raise IntegrityError(
            f"{load.source}/{load.stream}/{load.load_id}: {load.rows_read} rows read, but {load.rows_accepted} "
            f"accepted + {load.rows_quarantined} quarantined + {load.rows_duplicate} duplicates + "
            f"{load.rows_suppressed} suppressed = {parts}"
        )
