"""A database as a source: one snapshot for all its streams, each as rows to land.

Belongs here: the order of a reading, the columns a mapping needs against those a table has. Does not: the databases
(sql_postgres.py, sql_alchemy.py), which rows are due (sql_window.py), totals (sql_control.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import SecretStr

from orchestration.connectors.extract import Extraction, Past, Place, Work
from orchestration.connectors.files import SourceFile
from orchestration.connectors.row_stream import RowStream
from orchestration.connectors.sql_control import Control, asked_of
from orchestration.connectors.sql_postgres import PostgresSession
from orchestration.connectors.sql_postgres_query import NUMBERS, TIMES, quick_digits, rows_query, where_since
from orchestration.connectors.sql_spec import SqlConnection, SqlStream
from orchestration.connectors.sql_window import Window, ceiling, cursor_of, window_of
from orchestration.environment import secret
from orchestration.errors import SourceError
from orchestration.settings import Source

if TYPE_CHECKING:
    from orchestration.connectors.sql_alchemy import AlchemySession

Session: TypeAlias = "PostgresSession | AlchemySession"


def extract_sql(source: Source, places: Sequence[tuple[Place, Past]], extraction: Extraction) -> list[Work]:
    """What a database's streams have to land. Rows are read when the landing takes them, all from one snapshot.

    Raises:
        SourceUnavailableError: the database does not answer.
        SourceError: a table or a column is not there, or may not be read.
        ConfigurationError: password_env names a variable that is not set.
    """
    assert source.sql is not None  # Source checks that kind = "sql" has it
    session = opened(source.sql)
    extraction.closing.callback(session.close)
    return [(_read(session, source, place, past, extraction), place) for place, past in places]


def opened(spec: SqlConnection) -> Session:
    """A session with the configured user and password.

    Raises:
        SourceUnavailableError, SourceError, ConfigurationError: as extract_sql.
    """
    password: SecretStr | None = None if spec.password_env is None else secret(spec.password_env)
    if spec.is_postgres:
        return PostgresSession.opened(spec, password)
    from orchestration.connectors.sql_alchemy import AlchemySession  # 25 MB that PostgreSQL does without

    return AlchemySession.opened(spec, password)


def _read(session: Session, source: Source, place: Place, past: Past, extraction: Extraction) -> SourceFile:
    stream = place.mapping.sql
    assert stream is not None and source.sql is not None  # Source checks that each stream has one
    window = window_of(stream, past.cursor, past.last_complete_at, extraction.loaded_at)
    if isinstance(session, PostgresSession):
        rows, highest = _of_postgres(session, stream, place, window, extraction)
    else:
        rows, highest = _of_alchemy(session, stream, place, window, extraction)
    cursor = cursor_of(stream, highest, past.cursor)
    shown = f"{source.sql.shown}: {stream.shown}"
    # Every reading is a delivery of its own, whatever its rows: it is named by what it was asked for, and when.
    asked = [shown, place.slot, extraction.loaded_at.isoformat(), cursor, session.snapshot()]
    name = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    notes = () if window.since is None else (f"rows since {window.since} of {stream.cursor} were read",)
    return SourceFile(
        shown, Path(), "rows", name, 0, cursor=cursor, is_complete=window.is_complete, notes=notes, rows=rows
    )


def _of_postgres(
    session: PostgresSession, stream: SqlStream, place: Place, window: Window, extraction: Extraction
) -> tuple[RowStream, object]:
    columns = session.columns(stream)
    known = {each.name: each for each in columns}
    names = needed(place, tuple(known), stream)
    where = where_since(stream, window.since)
    picked = session.measured(stream, [known[name] for name in names], where)
    digits = quick_digits(picked)
    shown = stream.shown
    readings: list[Callable[[], Iterator[Any]]] = [
        partial(session.batches, rows_query(stream, picked, where, is_quick=True), digits, shown),
        partial(session.batches, rows_query(stream, picked, where, is_quick=False), {}, shown),
    ]
    control = None
    if (asked := asked_of(place.mapping)) is not None:
        kinds = {each.name: each.kind for each in columns}
        times = [name for name, kind in kinds.items() if kind in TIMES]
        asked = asked.only(times, [name for name, kind in kinds.items() if kind in NUMBERS])
        control = Control(asked, session.totals(stream, asked, where))
    highest = None
    if stream.cursor is not None:
        highest = session.highest(stream, known[stream.cursor].kind, ceiling(extraction.loaded_at))
    return RowStream(tuple(known), tuple(readings), control), highest


def _of_alchemy(
    session: AlchemySession, stream: SqlStream, place: Place, window: Window, extraction: Extraction
) -> tuple[RowStream, object]:
    known = tuple(session.columns(stream))
    names = needed(place, known, stream)
    control = None
    if (asked := asked_of(place.mapping)) is not None:
        # Every dialect writes a day in its own way, and sums of floats differ: rows are counted.
        asked = asked.only((), ())
        totals = session.totals(stream, asked, window.since)
        control = Control(asked, lambda: totals)
    highest = None if stream.cursor is None else session.highest(stream, ceiling(extraction.loaded_at))
    return RowStream(known, (partial(session.batches, stream, names, window.since),), control), highest


def needed(place: Place, found: tuple[str, ...], stream: SqlStream) -> list[str]:
    """The columns to read.

    Raises:
        SourceError: the table lacks one that the mapping or the cursor names.
    """
    wanted = set(place.mapping.source_columns) | ({stream.cursor} if stream.cursor is not None else set())
    if missing := sorted(wanted - set(found)):
        raise SourceError(
            f"{stream.shown}: no column {missing}; it has {sorted(found)}. Was one renamed? Correct the mapping of "
            f"{place.mapping.stream}"
        )
    return list(place.mapping.source_columns)
