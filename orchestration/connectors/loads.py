"""Landed loads on disk: the record of each (`_load.json`), which of them count, how one is committed and checked.

Belongs here: the folder of a load and its life. Does not: how its rows came to be (landing*.py), which loads a run may
see (selection.py).

A load is one file of a source mapped onto one stream. It is written under a temporary name and renamed when all of it
is on disk. A later load of the same bytes (its mapping changed) supersedes the earlier ones.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterable
from dataclasses import MISSING, asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.connectors.streams import STREAMS
from orchestration.durable import sha256_of, sync
from orchestration.errors import IntegrityError
from orchestration.sealed import sealed, unsealed
from orchestration.workspace import Workspace

logger = logging.getLogger(__name__)

RECORD = "_load.json"
PARSING = ".parsing"
ARROW_TYPES: dict[str, Any] = {
    "varchar": pa.string(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "varchar[]": pa.list_(pa.string()),
    "blob": pa.binary(),
}


@dataclass(frozen=True)
class Load:
    """What `_load.json` says of a load, and where it lies.

    rows_read = rows_accepted + rows_quarantined + rows_duplicate + rows_suppressed + rows_expired. rows_suppressed: of
    people who must be forgotten, not landed or taken out since; rows_expired: taken out when their time was over.
    rows_skipped: rows of the file that the mapping says are not of the stream; they are not in rows_read. Instants are
    ISO 8601 texts, UTC. columns_new: columns of the file that the previous load of the stream did not have.
    mapping_slot: which of the source's mappings of the stream made the load (a customer file may give two kinds of
    links). cursor: how far the extractor had read; None for files.
    control: the source's own totals against what came (sql_control.compared); None: it was not asked.
    is_complete: the load saw all rows that the source had. rows_removed: rows landed before that the source no longer
    has; they stand in data.parquet once again with is_removed, beyond rows_accepted. rows_drifted: of the rows set
    aside, those whose column is not what it was, where the stream's policy is to go on. notes: what the extractor said.
    """

    source: str
    stream: str
    load_id: str
    sequence: int
    mapping_slot: int
    mapping_version: str
    source_files: list[dict[str, Any]]
    sha256: str
    rows_read: int
    rows_accepted: int
    rows_quarantined: int
    rows_duplicate: int
    conflicting_duplicates: int
    rows_skipped: int
    quarantine_reasons: dict[str, int]
    min_occurred_at: str | None
    max_occurred_at: str | None
    columns_found: list[str]
    columns_new: list[str]
    key_version: str
    loaded_at: str
    folder: Path = field(compare=False)
    cursor: dict[str, Any] | None = None
    is_complete: bool = False
    rows_removed: int = 0
    rows_drifted: int = 0
    notes: list[str] = field(default_factory=list)
    control: dict[str, Any] | None = None
    rows_suppressed: int = 0
    rows_expired: int = 0

    @property
    def data(self) -> Path:
        return self.folder / "data.parquet"

    @property
    def signals(self) -> Path:
        return self.folder / "signals.parquet"

    @property
    def moments(self) -> Path:
        return self.folder / "moments.parquet"

    @property
    def source_sha256(self) -> str:
        """Hash of the file this load was made of."""
        return str(self.source_files[0]["sha256"])

    def record(self) -> dict[str, Any]:
        """The content of `_load.json`."""
        return {name: value for name, value in asdict(self).items() if name != "folder"}


@dataclass(frozen=True)
class LoadResult:
    """What landing one file of a stream did.

    status: landed; unchanged (the file had been landed); stale (the source is down, its last loads stay); absent (it
    is down and has never been landed). Counts are 0 unless landed; they count this landing only.
    """

    source: str
    stream: str
    status: Literal["landed", "unchanged", "stale", "absent"]
    load_id: str | None = None
    rows_read: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0
    rows_duplicate: int = 0
    rows_removed: int = 0
    rows_suppressed: int = 0
    bytes: int = 0
    note: str = ""


def arrow_schema(columns: dict[str, str]) -> Any:
    """Column name → DuckDB type as an Arrow schema: the one form every landed Parquet file has."""
    return pa.schema([pa.field(name, ARROW_TYPES[kind]) for name, kind in columns.items()])


def read_loads(landing: Path, source: str = "*", stream: str = "*") -> list[Load]:
    """Every committed load of a landing root, by source, stream and sequence.

    Raises:
        IntegrityError: a record that cannot be read.
    """
    known = [each for each in fields(Load) if each.name != "folder"]
    loads = []
    for folder in landing.glob(f"{source}/{stream}/[!.]*/"):
        path = folder / RECORD
        try:
            record = unsealed(json.loads(path.read_text(encoding="utf-8")), {each.name for each in known})
            said = {each.name: record[each.name] for each in known if each.name in record or _is_required(each)}
            loads.append(Load(folder=path.parent, **said))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IntegrityError(f"{path} is damaged ({error}): restore it from a backup") from error
    return sorted(loads, key=lambda load: (load.source, load.stream, load.sequence))


def _is_required(each: Any) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def active_loads(loads: Iterable[Load]) -> list[Load]:
    """The loads that count: of loads made of the same bytes by the same mapping slot, only the latest."""
    latest: dict[tuple[str, str, int, str], Load] = {}
    for load in sorted(loads, key=lambda load: load.sequence):
        latest[load.source, load.stream, load.mapping_slot, load.source_sha256] = load
    return sorted(latest.values(), key=lambda load: (load.source, load.stream, load.sequence))


def commit(partial: Path, load: Load) -> None:
    """Make a load that was written into `partial` part of the landing, durably: record last, then one rename."""
    for file in partial.iterdir():
        sync(file)
    record = partial / RECORD
    record.write_text(json.dumps(sealed(load.record()), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    sync(record)
    sync(partial)
    partial.rename(load.folder)
    sync(load.folder.parent)


def sweep(workspace: Workspace) -> int:
    """Remove what a killed landing left: partial loads, parsed files, quarantine without its load; how many."""
    orphans = [*workspace.landing.glob(PARSING), *workspace.landing.glob("*/*/.*")]
    for file in workspace.quarantine.glob("*/*/*.enc"):
        source, stream = file.parts[-3:-1]
        if not (workspace.landing / source / stream / file.name.split(".")[0] / RECORD).exists():
            orphans.append(file)
    for orphan in orphans:
        logger.warning("removing %s, which a stopped landing left", orphan.relative_to(workspace.root))
        if orphan.is_dir():
            shutil.rmtree(orphan)
        else:
            orphan.unlink()
    return len(orphans)


def verify_load(load: Load) -> None:
    """Hold a load's bytes against its record.

    Raises:
        IntegrityError: data.parquet is absent or not what was landed.
    """
    if not load.data.exists():
        raise IntegrityError(f"{load.data} is missing: restore it from a backup, or remove its load folder")
    if sha256_of(load.data) != load.sha256:
        raise IntegrityError(f"{load.data} is damaged: its bytes are not those that were landed")


def verified(loads: Iterable[Load]) -> frozenset[Path]:
    """Their folders, each load held against its record: what new rows are compared with must be sound.

    Raises:
        IntegrityError: the first load that is damaged.
    """
    folders = set()
    for load in loads:
        verify_load(load)
        folders.add(load.folder)
    return frozenset(folders)


def write_table(path: Path, table: Any, schema: Any) -> None:
    """Write one Arrow table as Parquet in exactly `schema` (also for no rows), flushed to disk."""
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        writer.write_table(as_schema(table, schema))
    sync(path)


def as_schema(table: Any, schema: Any) -> Any:
    """An Arrow table with the columns, order and types of `schema`."""
    return table.select(schema.names).cast(schema.remove_metadata()).replace_schema_metadata(schema.metadata)


def empty_landed_table(stream: str) -> tuple[Any, Any]:
    """No rows in the landed schema of a stream, and that schema."""
    schema = arrow_schema(STREAMS[stream].landed_schema())
    return schema.empty_table(), schema


def iso(instant: datetime | None) -> str | None:
    """A naive UTC instant as it stands in a record."""
    return None if instant is None else instant.isoformat(timespec="microseconds") + "Z"


def from_iso(text: str) -> datetime:
    """The naive UTC instant of a record's text."""
    return datetime.fromisoformat(text.removesuffix("Z"))
