"""A look at a source before anything is landed: does it let us in, what does it show, does the mapping fit?

Belongs here: reading a little of each stream and mapping it, in a private folder. Does not: landing (landing.py), the
words for a person (orchestration/connect.py).
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from orchestration.connectors.base import FILE_REASON
from orchestration.connectors.extract import Extraction, Past, Place, extract
from orchestration.connectors.files import SourceFile
from orchestration.connectors.landing_frames import frames_of
from orchestration.connectors.mapping import Mapped, apply_mapping
from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.connectors.parse_run import Parsed, arrived, parse_files, unparsed
from orchestration.errors import NanoliftError, SourceError
from orchestration.settings import Source

# A page of most services; enough to see a column that fits nowhere.
RECORDS = 100


@dataclass(frozen=True)
class Look:
    """What a stream showed.

    Attributes:
        stream: canonical stream.
        shown: where it was looked at; None: it could not be entered.
        rows: rows looked at; of a database a batch, of files the whole last file.
        fitting: rows that the mapping can type.
        reasons: why others cannot, with their counts.
        unmapped: columns that the mapping does not read.
        notes: what the extractor had to say.
        problem: why nothing was seen; None: something was.
    """

    stream: str
    shown: str | None = None
    rows: int = 0
    fitting: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    unmapped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str | None = None


def look_at(source: Source, mappings: Sequence[StreamMapping], extraction: Extraction) -> list[Look]:
    """A little of every stream of a source; one that fails does not hide the others."""
    looks = []
    for mapping in mappings:
        with tempfile.TemporaryDirectory(dir=extraction.folder) as folder, extraction.closing:
            each = replace(extraction, folder=Path(folder), at_most=RECORDS)
            try:
                looks.append(_look(source, mapping, each))
            except NanoliftError as error:
                looks.append(Look(mapping.stream, problem=str(error)))
    return looks


def _look(source: Source, mapping: StreamMapping, extraction: Extraction) -> Look:
    found = extract(source, [(Place(mapping, 0), Past())], extraction)
    if not found:
        return Look(mapping.stream, problem="it lets us in, but shows no whole file yet")
    file, _ = found[-1]
    parsed = _parsed(file, mapping, extraction.folder)
    with closing(frames_of(arrived(parsed))[-1]()) as frames:
        frame = next(frames)
    mapped = _mapped(frame, mapping, parsed)
    reasons = Counter(mapped.rejected.get_column(FILE_REASON).to_list()) if mapped.rejected.height else Counter()
    if parsed.malformed:
        reasons["records that cannot be read"] = parsed.malformed
    return Look(
        stream=mapping.stream,
        shown=file.shown,
        rows=frame.height + parsed.malformed - mapped.skipped,
        fitting=mapped.rows.height,
        reasons=dict(reasons.most_common()),
        unmapped=tuple(sorted(set(parsed.columns_found) - _read_by(mapping))),
        notes=file.notes,
    )


def _parsed(file: SourceFile, mapping: StreamMapping, folder: Path) -> Parsed:
    return unparsed(file) if file.rows is not None else parse_files([(file, mapping)], folder)[0]


def _mapped(frame: pl.DataFrame, mapping: StreamMapping, parsed: Parsed) -> Mapped:
    try:
        return apply_mapping(frame, mapping, parsed.missing)
    except pl.exceptions.PolarsError as error:
        raise SourceError(f"the mapping does not fit the source's types ({error})") from error


def _read_by(mapping: StreamMapping) -> set[str]:
    """Columns the mapping reads, and the objects that its dotted paths lead through."""
    return {part for name in mapping.source_columns for part in (name, name.split(".")[0])}
