"""What a source has, brought to this machine as files: the one door between the landing and every kind of source.

Belongs here: what an extractor is given, and which one reads a source. Does not: reading one kind (files.py, sql.py,
rest.py), what follows: parsing, mapping, duplicates, commit (landing*.py).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration.connectors.files import REMOTE, SourceFile, find_files
from orchestration.connectors.files_spec import FileServer
from orchestration.connectors.loads import Load, from_iso
from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.settings import Source


@dataclass(frozen=True)
class Place:
    """A mapping of a source, and its slot: which of the source's mappings of that stream it is, from 0."""

    mapping: StreamMapping
    slot: int


@dataclass(frozen=True)
class Past:
    """What was landed of a place under its present mapping.

    Attributes:
        cursor: how far the last load had read; None: nothing yet, read everything.
        last_complete_at: when everything was last read, naive UTC; None: never.
        files: place (SourceFile.shown) → what `_load.json` says of the file that was last landed from there.
    """

    cursor: dict[str, Any] | None = None
    last_complete_at: datetime | None = None
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Extraction:
    """What every extractor is told of the run.

    Attributes:
        folder: private folder to write into; the landing removes it.
        workspace_root: what relative paths start from.
        real_data: what ${NANOLIFT_REAL_DATA} stands for.
        brand_timezone: IANA zone of the brand's days.
        loaded_at: the landing's instant, naive UTC; an extractor knows no other present.
        at_most: a look before anything is landed: so many records of a service, one file, one batch of a database.
        closing: what the landing closes when all is landed: connections whose rows come as they are landed.
    """

    folder: Path
    workspace_root: Path
    real_data: Path
    brand_timezone: str
    loaded_at: datetime
    at_most: int | None = None
    closing: ExitStack = field(default_factory=ExitStack)


Work = tuple[SourceFile, Place]


def past_of(place: Place, version: str, active: Sequence[Load]) -> Past:
    """What the active loads of a source say of a place.

    Args:
        version: the place's present mapping version: loads of another one leave no cursor.
        active: the source's active loads.
    """
    own = sorted(
        (
            load
            for load in active
            if (load.stream, load.mapping_slot, load.mapping_version) == (place.mapping.stream, place.slot, version)
        ),
        key=lambda load: load.sequence,
    )
    cursors = [load.cursor for load in own if load.cursor is not None]
    complete = [from_iso(load.loaded_at) for load in own if load.is_complete]
    files = {str(load.source_files[0]["path"]): load.source_files[0] for load in own}
    return Past(cursors[-1] if cursors else None, complete[-1] if complete else None, files)


def extract(source: Source, places: Sequence[tuple[Place, Past]], extraction: Extraction) -> list[Work]:
    """The files of a source's places, in landing order; no place's rows are older than another's read after it.

    Raises:
        SourceUnavailableError: the source is down.
        SourceError: it gives what cannot be right, or its configuration cannot.
    """
    if source.kind == "sql":
        from orchestration.connectors.sql import extract_sql  # only databases pay for their imports

        return extract_sql(source, places, extraction)
    if source.kind == "rest":
        from orchestration.connectors.rest import extract_rest  # only REST sources pay for their imports

        return [(extract_rest(source, place.mapping, past, extraction), place) for place, past in places]
    return [
        (replace(file, is_complete=place.mapping.snapshot), place)
        for place, past in places
        for file in _files(source, place.mapping, past, extraction)
    ]


def _files(source: Source, mapping: StreamMapping, past: Past, extraction: Extraction) -> list[SourceFile]:
    assert mapping.path is not None  # Source checks that a file's stream has one
    if not REMOTE.match(mapping.path):
        found = find_files(mapping.path, source.kind, extraction.workspace_root, extraction.real_data)
        return found if extraction.at_most is None else found[-1:]
    from orchestration.connectors.remote_files import remote_files  # only remote sources pay for fsspec

    folder = Path(tempfile.mkdtemp(prefix="fetched_", dir=extraction.folder))
    server = source.server or FileServer()
    root, now = extraction.workspace_root, extraction.loaded_at
    files = 1 if extraction.at_most is not None else None
    return remote_files(mapping.path, source.kind, server, past.files, folder, root, now, files)
