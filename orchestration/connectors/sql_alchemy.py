"""Any database that SQLAlchemy reads, in batches. Slower than PostgreSQL's own way, and the same rows.

Belongs here: the connection, a table's columns, rows as Arrow. Does not: which rows are due (sql_window.py), the way of
a source (sql.py), PostgreSQL (sql_postgres.py).

A value whose type the driver does not tell apart from others in its column comes as its text; the mapping types it.
"""

# ruff: noqa: S608 - identifiers are quoted, values our own; a configured query is run by who may configure it

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import polars as pl
import pyarrow as pa
import sqlalchemy as sa
from pydantic import SecretStr

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.sql_control import Asked
from orchestration.connectors.sql_spec import SqlConnection, SqlStream
from orchestration.connectors.sql_window import CursorValue
from orchestration.errors import SourceError

BATCH_ROWS = 50_000
# The first that a database knows gives one snapshot to all statements of a transaction.
_ISOLATION = ("SNAPSHOT", "REPEATABLE READ", "SERIALIZABLE")


class AlchemySession:
    """One transaction on a database that SQLAlchemy knows."""

    def __init__(self, connection: sa.Connection, shown: str) -> None:
        self._connection = connection
        self._shown = shown

    @classmethod
    def opened(cls, spec: SqlConnection, password: SecretStr | None) -> AlchemySession:
        """Connect and begin.

        Raises:
            SourceUnavailableError: the database does not answer.
            SourceError: the url is none of SQLAlchemy's, or its driver is not installed.
        """
        try:
            url = sa.make_url(spec.url)
            if spec.user is not None:
                url = url.set(username=spec.user)
            if password is not None:
                url = url.set(password=password.get_secret_value())
            engine = sa.create_engine(url, poolclass=sa.NullPool)
        except (sa.exc.ArgumentError, ImportError) as error:
            raise SourceError(
                f"{spec.shown}: {type(error).__name__}: is it SQLAlchemy's url, and its driver installed?"
            ) from None
        try:
            connection = engine.connect()
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("begin")
            else:
                raw: Any = connection.connection.dbapi_connection
                known = engine.dialect.get_isolation_level_values(raw)
                if level := next((each for each in _ISOLATION if each in known), None):
                    connection = connection.execution_options(isolation_level=level)
        except sa.exc.SQLAlchemyError as error:
            raise SourceUnavailableError(f"{spec.shown}: no connection ({_kind(error)})") from None
        return cls(connection, spec.shown)

    def close(self) -> None:
        """End the transaction."""
        self._connection.close()

    def snapshot(self) -> str:
        """A database has no common name for its state."""
        return ""

    def columns(self, stream: SqlStream) -> list[str]:
        """The names a table or query has, in its order.

        Raises:
            SourceError: there is no such table, or it may not be read.
        """
        return list(self._run(f"select * from {self._relation(stream)} where 1 = 0", stream.shown).keys())

    def highest(self, stream: SqlStream, ceiling: datetime) -> object:
        """The highest value of the cursor column; times after `ceiling` (naive UTC) are left out."""
        assert stream.cursor is not None
        called, source = self._name(stream.cursor), self._relation(stream)
        value = self._run(f"select max({called}) from {source}", stream.shown).scalar()
        if isinstance(value, str | datetime) and str(value) > str(ceiling):
            below = f"select max({called}) from {source} where {called} <= :ceiling"
            value = self._run(below, stream.shown, ceiling=self._bound(ceiling)).scalar()
        return value

    def totals(self, stream: SqlStream, asked: Asked, since: CursorValue | None) -> pl.DataFrame:
        """Rows by store (Control.totals): every dialect writes a day in its own way, and sums of floats differ."""
        store = "null" if asked.store is None else self._name(asked.store)
        where, bound = self._where(stream, since)
        found = self._run(
            f"select {store}, count(*) from {self._relation(stream)}{where} group by {store}"
            if asked.store is not None
            else f"select null, count(*) from {self._relation(stream)}{where}",
            stream.shown,
            **bound,
        )
        rows = [(None if store is None else str(store), count) for store, count in found]
        frame = pl.DataFrame(rows, schema={"store": pl.String, "rows": pl.Int64}, orient="row")
        return frame.with_columns(pl.lit(None, pl.Date).alias("day"), pl.lit(None, pl.String).alias("amount"))

    def batches(self, stream: SqlStream, names: Sequence[str], since: CursorValue | None) -> Iterator[Any]:
        """The rows of a window as Arrow record batches; a column's type may differ between batches.

        Raises:
            SourceUnavailableError: the connection broke.
        """
        where, bound = self._where(stream, since)
        picked = ", ".join(self._name(each) for each in names)
        result = self._run(f"select {picked} from {self._relation(stream)}{where}", stream.shown, **bound)
        try:
            for rows in chain(result.partitions(BATCH_ROWS), ([],)):
                columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
                yield pa.RecordBatch.from_arrays([as_arrow(values) for values in columns], names=list(names))
        except sa.exc.SQLAlchemyError as error:
            raise SourceUnavailableError(f"{self._shown}: {stream.shown}: reading broke ({_kind(error)})") from None

    def _where(self, stream: SqlStream, since: CursorValue | None) -> tuple[str, dict[str, Any]]:
        if since is None or stream.cursor is None:
            return "", {}
        called = self._name(stream.cursor)
        return f" where ({called} >= :since or {called} is null)", {"since": self._bound(since)}

    def _bound(self, value: CursorValue) -> CursorValue | str:
        """SQLite keeps times as text: a blank sorts before "T", so no row at the edge is left out."""
        if isinstance(value, datetime) and self._connection.dialect.name == "sqlite":
            return value.isoformat(sep=" ")
        return value

    def _relation(self, stream: SqlStream) -> str:
        if stream.query is not None:
            return f"({stream.query}\n) nanolift_source".replace(":", "\\:")
        assert stream.table is not None  # SqlStream gives exactly one
        return ".".join(self._name(part) for part in stream.table.split("."))

    def _name(self, identifier: str) -> str:
        return self._connection.dialect.identifier_preparer.quote_identifier(identifier).replace(":", "\\:")

    def _run(self, query: str, shown: str, **bound: Any) -> Any:
        statement = sa.text(query).execution_options(stream_results=True, max_row_buffer=BATCH_ROWS)
        try:
            return self._connection.execute(statement, bound)
        except sa.exc.SQLAlchemyError as error:
            raise SourceError(
                f"{self._shown}: {shown}: the database refused the statement ({_kind(error)}): is the table there, "
                "and may the user read it?"
            ) from None


def _kind(error: Exception) -> str:
    """The kind of an error; its message may hold values of rows, or the address."""
    inner = getattr(error, "orig", None)
    return type(inner or error).__name__


def as_arrow(values: Sequence[Any]) -> Any:
    """A column as Arrow: in its own type where all values share one, else as text."""
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array([None if value is None else str(value) for value in values], pa.string())
