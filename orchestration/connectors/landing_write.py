"""A delivery's frames to data.parquet: map, pseudonymise, scrub, hash, write; and what the frames add up to.

Belongs here: the order of those steps, frame by frame, and the form of the file. Does not: the steps themselves
(mapping.py, pseudonyms.py, scrub.py, landing_rows.py), what is judged afterwards and the record (landing_file.py).

While a frame is mapped, the one before is written by a thread of its own, and the next one is read (landing_frames.py).
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.connectors.landing_frames import frames_of
from orchestration.connectors.landing_rows import Stamp, half_keys, key_hashes, row_hashes, stamped
from orchestration.connectors.loads import arrow_schema
from orchestration.connectors.mapping import Mapped, apply_mapping
from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.connectors.parse_run import Arriving
from orchestration.connectors.pseudonyms import Pseudonymiser
from orchestration.connectors.row_stream import NotQuickError
from orchestration.connectors.scrub import scrub
from orchestration.connectors.sql_control import Control
from orchestration.connectors.streams import STREAMS
from orchestration.connectors.vault_quarantine import QuarantinedRow, rejected_rows
from orchestration.errors import SourceError
from orchestration.privacy.erase_ingest import admitted
from orchestration.privacy.suppression import Suppression

logger = logging.getLogger(__name__)

# Random numbers: nothing to compress or to look up.
_RANDOM = "row_hash"
# What readers filter by; statistics of the other columns cost a sixth of the writing.
_FILTERED = ("occurred_at", "known_at", "loaded_at")
# References of several batches are made one as soon as the later ones are more than the first and than this.
_FEW_NAMES = 20_000


@dataclass
class Tally:
    """What a load's frames add up to.

    Attributes:
        half_keys: half of the key's hash of every typed row, frame by frame.
        first, last: the earliest and latest occurred_at.
        unfit_keys: key_low, key_high of rows that were set aside, as far as they have them.
        withheld: row_no of rows of people who must be forgotten.
    """

    rows: int = 0
    control: Control | None = None
    skipped: int = 0
    quarantined: list[QuarantinedRow] = field(default_factory=list)
    half_keys: list[Any] = field(default_factory=list)
    first: datetime | None = None
    last: datetime | None = None
    unfit_keys: list[pl.DataFrame] = field(default_factory=list)
    references: list[pl.DataFrame] = field(default_factory=list)
    withheld: list[int] = field(default_factory=list)

    def name(self, references: pl.DataFrame) -> None:
        """Take references into account: most batches name people who were named before."""
        self.references.append(references)
        first, *later = (each.height for each in self.references)
        if sum(later) > max(first, _FEW_NAMES):
            known = pl.concat(self.references).unique(subset="identity_key", keep="first", maintain_order=True)
            self.references = [known]

    def see(self, occurred: pl.Series) -> None:
        """Take times into account."""
        times = [self.first, self.last, occurred.min(), occurred.max()]
        known = [each for each in times if isinstance(each, datetime)]
        self.first, self.last = min(known, default=None), max(known, default=None)


def parquet_writer(path: Path, schema: Any) -> Any:
    """The form every data.parquet has, whichever Arrow types hold its texts.

    Texts repeat and are looked up; whole numbers are written as differences, times and other numbers as they are: a
    dictionary of them cost twice the time and no fewer bytes.
    """
    kinds = {each.name: each.type for each in schema}
    numbers = [name for name, kind in kinds.items() if pa.types.is_integer(kind) and name != _RANDOM]
    texts = [name for name, kind in kinds.items() if _is_text(kind) or pa.types.is_date(kind)]
    lists = [f"{name}.list.element" for name, kind in kinds.items() if pa.types.is_nested(kind)]
    return pq.ParquetWriter(
        path,
        schema,
        compression={name: "none" if name == _RANDOM else "zstd" for name in schema.names},
        use_dictionary=[*texts, *lists],
        column_encoding=dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
        write_statistics=[name for name in _FILTERED if name in schema.names],
        store_schema=False,
    )


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_string_view(kind) or pa.types.is_dictionary(kind))


def write_mapped(
    arriving: Arriving,
    mapping: StreamMapping,
    stamp: Stamp,
    pseudonymiser: Pseudonymiser,
    path: Path,
    listed: Suppression | None = None,
) -> Tally:
    """Write all typed rows of a delivery; duplicates among them are judged afterwards.

    Args:
        listed: who must not be landed; None: nobody.

    Raises:
        SourceError: the types of the delivery can never be what the mapping says.
        SourceUnavailableError: the source stopped giving rows.
    """
    *quick, last = frames_of(arriving)
    for frames in quick:
        try:
            return _write_frames(frames(), arriving, mapping, stamp, pseudonymiser, path, listed)
        except NotQuickError:
            logger.info("%s: read once more, as text", arriving.file.shown)
    return _write_frames(last(), arriving, mapping, stamp, pseudonymiser, path, listed)


def _write_frames(
    frames: Generator[pl.DataFrame, None, None],
    arriving: Arriving,
    mapping: StreamMapping,
    stamp: Stamp,
    pseudonymiser: Pseudonymiser,
    path: Path,
    listed: Suppression | None,
) -> Tally:
    stream = STREAMS[mapping.stream]
    form = WrittenForm.of(mapping)
    control = arriving.file.rows.control if arriving.file.rows is not None else None
    tally = Tally(control=None if control is None else control.fresh())
    with closing(frames), parquet_writer(path, form.schema) as writer, ThreadPoolExecutor(1, "write") as writing:
        written: Future[None] | None = None
        for frame in frames:
            mapped = _mapped(frame, mapping, arriving)
            _count(tally, frame, mapped)
            rows, references = pseudonymiser.replace(mapped.rows, stream)
            if listed is not None and not listed.is_empty:
                rows, references, withheld = admitted(rows, references, stream, listed)
                tally.withheld += withheld
            rows = stamped(scrub(rows, stream), stream, stamp)
            tally.name(references)
            tally.half_keys.append(half_keys(rows, stream))
            tally.see(rows.get_column("occurred_at"))
            if arriving.file.is_complete and mapped.unfit.height:
                unfit = stamped(pseudonymiser.replace(mapped.unfit, stream)[0], stream, stamp)
                tally.unfit_keys.append(key_hashes(unfit, stream))
            if written is not None:
                written.result()
            written = writing.submit(_write, writer, rows.hstack([row_hashes(rows, stream)]), form)
        if written is not None:
            written.result()
    return tally


def _write(writer: Any, rows: pl.DataFrame, form: WrittenForm) -> None:
    writer.write_table(form.table(rows))


@dataclass(frozen=True)
class WrittenForm:
    """How landed rows are handed to the Parquet writer without copying or expanding a text.

    Attributes:
        schema: of the landed columns; texts as Polars holds them, those of `constants` as one text for all rows.
        constants: text columns that have the same value in every row.
    """

    schema: Any
    constants: frozenset[str]

    @classmethod
    def of(cls, mapping: StreamMapping) -> WrittenForm:
        """The form of a mapping's rows."""
        stream = STREAMS[mapping.stream]
        plain = arrow_schema(stream.landed_schema())
        said = {name for name, spec in mapping.columns.items() if spec.constant is not None}
        kept = {column.name for column in stream.columns if column.reference is None and not column.is_text}
        constants = frozenset(
            each.name for each in plain if each.name in (said & kept) | {"source", "load_id"} and _is_text(each.type)
        )
        fields = [pa.field(each.name, _ONE_TEXT if each.name in constants else _held(each.type)) for each in plain]
        return cls(pa.schema(fields), constants)

    def table(self, rows: pl.DataFrame) -> Any:
        """Landed rows as a table of `schema`."""
        plain = rows.select(name for name in self.schema.names if name not in self.constants)
        table = plain.to_arrow(compat_level=pl.CompatLevel.newest())
        columns = [
            _repeated(rows, each.name) if each.name in self.constants else table.column(each.name)
            for each in self.schema
        ]
        return pa.table(columns, schema=self.schema)


_ONE_TEXT = pa.dictionary(pa.int32(), pa.string())


def _held(kind: Any) -> Any:
    """The Arrow type in which Polars gives a landed type without a copy."""
    if pa.types.is_string(kind):
        return pa.string_view()
    return pa.large_list(pa.string_view()) if pa.types.is_list(kind) else kind


def _repeated(rows: pl.DataFrame, name: str) -> Any:
    text = rows.get_column(name).head(1).to_arrow().cast(pa.string()) if rows.height else pa.nulls(1, pa.string())
    # Polars makes the array: Arrow's own way imports pandas, which costs as much as 100,000 rows.
    return pa.DictionaryArray.from_arrays(pl.zeros(rows.height, pl.Int32, eager=True).to_arrow(), text)


def _count(tally: Tally, frame: pl.DataFrame, mapped: Mapped) -> None:
    tally.rows += frame.height
    tally.skipped += mapped.skipped
    tally.quarantined += rejected_rows(mapped.rejected)
    if tally.control is not None:
        tally.control.count(frame, mapped)


def _mapped(frame: pl.DataFrame, mapping: StreamMapping, arriving: Arriving) -> Mapped:
    shown = arriving.file.shown
    try:
        return apply_mapping(frame, mapping, arriving.missing)
    except SourceError as error:
        raise SourceError(f"{shown}: stream {mapping.stream}: {error}") from error
    except pl.exceptions.PolarsError as error:
        raise SourceError(
            f"{shown}: stream {mapping.stream}: the mapping does not fit the file's types ({error})"
        ) from error
