"""Reads the REST streams of a source into JSON Lines files, one a stream, ready to be parsed and mapped like any file.

Belongs here: one stream's way from its window to its file, cursor and notes. Does not: pages and requests
(rest_pages.py, rest_http.py), the shape of records (rest_records.py), what follows the file (landing.py).
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.files import SourceFile, source_file
from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.connectors.metrics import Presence
from orchestration.connectors.rest_cursor import Reached, Window, digest, lies_before, value_of, window, written
from orchestration.connectors.rest_http import Clock
from orchestration.connectors.rest_pages import Asked, IsPast, Service, Tally
from orchestration.connectors.rest_records import ADDED, DERIVED, shape
from orchestration.connectors.rest_reshape import reshaped
from orchestration.connectors.rest_spec import RestConnection, RestResource, RestStream
from orchestration.environment import secret
from orchestration.errors import IntegrityError, SourceError
from orchestration.settings import Source

if TYPE_CHECKING:
    from orchestration.connectors.extract import Extraction, Past

logger = logging.getLogger(__name__)

# {days_ago_30}, {date_days_ago_30}, {epoch_days_ago_30}: so long before the load.
_DAYS_AGO = re.compile(r"\{((|date_|epoch_)days_ago_(\d{1,5}))\}")

# Trials put a clock here that does not sleep.
new_clock: Callable[[], Clock] = Clock


@dataclass(frozen=True)
class Read:
    """What reading one stream is told.

    Attributes:
        folder: private folder for the file.
        loaded_at: the landing's instant, naive UTC.
        brand_timezone: IANA zone; snapshots are of the load's day there.
        cursor: of the last load of this stream under its present mapping; None: read everything.
        last_complete_at: when everything was last read; None: never.
        at_most: a look: no more records than this; None: all.
    """

    folder: Path
    loaded_at: datetime
    brand_timezone: str
    cursor: dict[str, Any] | None = None
    last_complete_at: datetime | None = None
    at_most: int | None = None


def read_stream(
    connection: RestConnection,
    mapping: StreamMapping,
    read: Read,
    read_secret: Callable[[str], SecretStr],
    clock: Clock | None = None,
) -> SourceFile:
    """Read one stream of a service into a file of the private folder.

    Returns:
        The file, with the cursor to commit and what a reader of the run should know.

    Raises:
        SourceUnavailableError: the service gave no good answer in time.
        SourceError: it answered what cannot be right, or is configured so.
        ConfigurationError: a secret or a value is missing.
    """
    stream = mapping.rest
    assert stream is not None  # the caller reads REST streams only
    over = digest([*_lists(stream, connection), *_place(connection)])
    is_whole = _is_whole(stream, read)
    asked = Window(None, None)
    if stream.incremental is not None:
        asked = window(stream.incremental, None if is_whole else read.cursor, over)
    service = Service(connection, read_secret, _placeholders(stream, read, asked), clock or new_clock())
    path = read.folder / f"rest_{len(list(read.folder.glob('rest_*'))):05d}.jsonl"
    reached = None if stream.incremental is None else Reached(stream.incremental, read.loaded_at)
    presence, tally = Presence(mapping, (*stream.optional, *(f"{DERIVED}.{name}" for name in stream.first))), Tally()
    added = {name: text for name, text in _added(read).items() if f"{ADDED}.{name}" in mapping.source_columns}
    is_past = _is_past(stream, asked.since)
    records = islice(service.read(stream, tally, is_past), read.at_most)
    answered, lines = _write(path, records, stream, presence, reached, added)
    _check(path, lines, stream, reached, answered)
    if is_whole:
        _mark_whole(path)
    file = source_file(_shown(connection, stream), path, "jsonl")
    notes = [*presence.notes(), *tally.notes()]
    logger.info("%s: %d records of %d pages, %d lines", file.shown, answered, tally.requests, lines)
    cursor = None if reached is None else reached.cursor(read.cursor, over)
    return replace(file, cursor=cursor, is_complete=is_whole, notes=tuple(notes), records=lines)


def _is_whole(stream: RestStream, read: Read) -> bool:
    """Whether this load reads all there is, so that what it lacks is gone from the service."""
    if stream.incremental is None:
        return stream.complete
    every = stream.incremental.full_compare_days
    if every is None:
        return False
    return read.last_complete_at is None or read.loaded_at - read.last_complete_at >= timedelta(days=every)


def _is_past(stream: RestStream, since: str | None) -> IsPast | None:
    spec = stream.incremental
    if spec is None or not spec.newest_first or since is None:
        return None
    return lambda record: lies_before(record, since, spec)


def _write(
    path: Path,
    records: Iterator[Asked],
    stream: RestStream,
    presence: Presence,
    reached: Reached | None,
    added: dict[str, str],
) -> tuple[int, int]:
    answered = lines = 0
    where = f"{stream.method} {stream.path}"
    with path.open("x", encoding="utf-8") as file:
        path.chmod(0o600)
        for asked in records:
            answered += 1
            if reached is not None and stream.incremental is not None:
                reached.see(value_of(asked.record, stream.incremental))
            for whole in reshaped(asked.record, stream.reshape, where):
                for record in shape(whole, stream, {**added, "each": asked.each}, where):
                    presence.see(record)
                    file.write(json.dumps(record, ensure_ascii=True, separators=(",", ":")) + "\n")
                    lines += 1
    presence.fill_in(path)
    return answered, lines


def _mark_whole(path: Path) -> None:
    """A blank line at the end, which readers pass over: the same lines read as the whole list are other news than the
    same lines read as what changed, and the landing tells news by the bytes."""
    with path.open("a", encoding="utf-8") as file:
        file.write("\n")


def _check(path: Path, lines: int, stream: RestStream, reached: Reached | None, answered: int) -> None:
    """What was answered is what lies in the file, and the cursor was there to be read."""
    with path.open("rb") as file:
        written_lines = sum(1 for _ in file)
    if written_lines != lines:
        raise IntegrityError(
            f"{stream.method} {stream.path}: {lines} lines were written, {written_lines} lie in the file"
        )
    if reached is not None and stream.incremental is not None and reached.without and answered:
        raise SourceError(
            f"{stream.method} {stream.path}: {reached.without} of {answered} records have no cursor value at "
            f"{' or '.join(map(repr, stream.incremental.field))} in format {stream.incremental.format!r}"
        )


def _placeholders(stream: RestStream, read: Read, asked: Window) -> dict[str, str | None]:
    spec = stream.incremental
    form = "iso" if spec is None or spec.format == "integer" else spec.ask or spec.format
    values: dict[str, str | None] = {
        "as_of": written(read.loaded_at, form),
        "as_of_date": written(read.loaded_at, "date"),
    }
    for name, unit, days in set(_DAYS_AGO.findall(stream.model_dump_json())):
        then = read.loaded_at - timedelta(days=int(days))
        values[name] = written(then, {"": "iso", "date_": "date", "epoch_": "epoch_seconds"}[unit])
    return values if stream.incremental is None else {**values, "since": asked.since, "cursor": asked.cursor}


def _added(read: Read) -> dict[str, str]:
    """What stands in `nanolift` of every record: when it was looked at, by the day, and to the second."""
    zone = ZoneInfo(read.brand_timezone)
    day = (
        read.loaded_at.replace(tzinfo=ZoneInfo("UTC"))
        .astimezone(zone)
        .replace(hour=0, minute=0, second=0, microsecond=0)
    )
    utc = day.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
    return {"observed_at": written(utc, "iso"), "loaded_at": written(read.loaded_at, "iso")}


def _lists(resource: RestResource, connection: RestConnection) -> Sequence[str]:
    """Everything configured that says for what a stream is read: new entries need their whole past."""
    spec = resource.for_each
    if spec is None:
        return ()
    if spec.source is not None:
        return _lists(spec.source, connection)
    return spec.values or connection.lists.get(spec.list or "", ())


def _place(connection: RestConnection) -> list[str]:
    """What else decides whose records these are: another shop at the same service has a past of its own."""
    host = urlsplit(connection.base_url).hostname or ""
    return [host, *(f"{name}={value}" for name, value in connection.values.items())]


def _shown(connection: RestConnection, stream: RestStream) -> str:
    return f"{connection.base_url.rstrip('/')}/{stream.path.lstrip('/')}"


def extract_rest(source: Source, mapping: StreamMapping, past: Past, extraction: Extraction) -> SourceFile:
    """One stream of a REST source as a file: what extract.py calls. Raises as read_stream does."""
    assert source.rest is not None  # Source checks that kind and table belong together
    read = Read(
        folder=extraction.folder,
        loaded_at=extraction.loaded_at,
        brand_timezone=extraction.brand_timezone,
        cursor=past.cursor,
        last_complete_at=past.last_complete_at,
        at_most=extraction.at_most,
    )
    try:
        return read_stream(source.rest, mapping, read, secret)
    except SourceUnavailableError as error:  # the landing names the source
        raise SourceUnavailableError(f"stream {mapping.stream}: {error}") from error
    except SourceError as error:
        raise SourceError(f"source {source.name}, stream {mapping.stream}: {error}") from error
