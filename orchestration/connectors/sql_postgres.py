"""PostgreSQL through ADBC: one read-only snapshot, batches of Arrow, errors in words.

Belongs here: the connection and its statements. Does not: the text of queries and the form of columns
(sql_postgres_query.py), which rows are due (sql_window.py), the way of a source (sql.py).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as postgres
import polars as pl
import pyarrow as pa
from pydantic import SecretStr

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.row_stream import NotQuickError
from orchestration.connectors.sql_control import Asked
from orchestration.connectors.sql_postgres_query import (
    PostgresColumn,
    address,
    all_query,
    check_times,
    column_of,
    digits_in,
    digits_query,
    highest_query,
    totals_query,
    with_decimals,
)
from orchestration.connectors.sql_spec import SqlConnection, SqlStream
from orchestration.errors import SourceError

logger = logging.getLogger(__name__)

# What ADBC puts into a batch, about 32,000 till lines; the landing takes several at once.
BATCH_BYTES = 4 * 1024 * 1024
# Classes of SQLSTATE that say "not now": connection, resources, an operator, the system, conflicts on a standby.
_NOT_NOW = ("08", "53", "57", "58", "40")
# Classes of a value that a cast cannot carry: data exception, feature not supported (NaN to bigint).
_VALUE = ("22", "0A")
_MEANING = {
    "42P01": "there is no such table",
    "42703": "there is no such column",
    "42501": "the user may not read it: grant SELECT",
    "42601": "the query is not SQL",
    "57014": "it took longer than statement_timeout_seconds, or was cancelled",
    "25006": "the query would write",
    "3F000": "there is no such schema",
}


class PostgresSession:
    """One transaction: every statement sees the same rows."""

    def __init__(self, connection: Any, shown: str, reopen: Callable[[str], PostgresSession] | None = None) -> None:
        self._connection = connection
        self._shown = shown
        self._reopen = reopen
        self._aside = ExitStack()

    @classmethod
    def opened(cls, spec: SqlConnection, password: SecretStr | None, snapshot: str | None = None) -> PostgresSession:
        """Connect and take the snapshot, or one that another session exported.

        Raises:
            SourceUnavailableError: the server does not answer, or answers "not now".
            SourceError: it refuses the user, the password, or a connection that is not encrypted.
        """
        try:
            connection = postgres.connect(address(spec, password), autocommit=True)
        except adbc_driver_manager.Error as error:
            raise refused(str(error), spec, password) from None
        session = cls(connection, spec.shown, None if snapshot else partial(cls.opened, spec, password))
        # Not the driver's own transactions: after a failed statement it takes no ROLLBACK TO SAVEPOINT any more.
        session._do("begin isolation level repeatable read, read only")
        if snapshot is not None:
            session._do(f"set transaction snapshot '{snapshot}'")
        session._do(f"set local statement_timeout = {spec.statement_timeout_seconds * 1000}")
        session._do("set local timezone = 'UTC'")
        # Else a scan joins one that is under way somewhere in the middle of the table, and rows come in another order.
        session._do("set local synchronize_seqscans = off")
        session.snapshot()  # the first query takes it, BEGIN does not
        return session

    def close(self) -> None:
        """End the transaction, and what is still asked beside it."""
        self._aside.close()
        self._connection.close()

    def snapshot(self) -> str:
        """What names this state of the database."""
        return str(self._ask("select pg_current_snapshot()::text").column(0)[0].as_py())

    def columns(self, stream: SqlStream) -> list[PostgresColumn]:
        """What a table has, in its order.

        Raises:
            SourceError: there is no such table, or it may not be read.
        """
        with self._connection.cursor() as cursor:
            try:
                schema = cursor.adbc_execute_schema(all_query(stream))
            except adbc_driver_manager.Error as error:
                raise self._failed(error, stream.shown) from None
        return [column_of(each) for each in schema]

    def measured(self, stream: SqlStream, columns: Sequence[PostgresColumn], where: str) -> list[PostgresColumn]:
        """The columns, with the decimals that numerics without declared ones have in these rows."""
        loose = [each.name for each in columns if each.kind == "numeric" and each.digits is None]
        if not loose:
            return list(columns)
        found = self._table(digits_query(stream, loose, where), stream.shown).row(0, named=True)
        digits = {name: digits_in(found[f"scale_{at}"], found[f"size_{at}"]) for at, name in enumerate(loose)}
        return [PostgresColumn(each.name, each.kind, digits.get(each.name, each.digits)) for each in columns]

    def highest(self, stream: SqlStream, kind: str, ceiling: datetime) -> object:
        """The highest value of the cursor column; times after `ceiling` (naive UTC) are left out."""
        return self._ask(highest_query(stream, kind, ceiling), stream.shown).column(0)[0].as_py()

    def totals(self, stream: SqlStream, asked: Asked, where: str) -> Callable[[], pl.DataFrame]:
        """store, day, rows, amount by cell (sql_control.Control.totals), asked while rows are read.

        A server that gives no second connection to the same snapshot is asked before.
        """
        query = totals_query(stream, asked, where)
        beside = self._beside()
        if beside is None:
            found = self._table(query, stream.shown)
            return lambda: found
        asking = ThreadPoolExecutor(1, "totals")
        self._aside.enter_context(suppress(adbc_driver_manager.Error))
        self._aside.callback(beside.close)  # last of the three
        self._aside.callback(asking.shutdown)
        self._aside.callback(beside._connection.adbc_cancel)  # the answer is not needed any more
        return asking.submit(beside._table, query, stream.shown).result

    def _beside(self) -> PostgresSession | None:
        """A session of its own that sees the same rows."""
        if self._reopen is None:
            return None
        try:
            beside = self._reopen(str(self._ask("select pg_export_snapshot()").column(0)[0].as_py()))
            # Half a million store-days fit; the server's own 4 MB go through its disk, at a third more work.
            beside._do("set local work_mem = '64MB'")
            return beside
        except SourceError as error:
            logger.info("%s: totals are asked before the rows, not beside them (%s)", self._shown, error)
        return None

    def _table(self, query: str, shown: str) -> pl.DataFrame:
        return pl.DataFrame(pl.from_arrow(self._ask(query, shown)))

    def batches(self, query: str, digits: Mapping[str, int], shown: str) -> Iterator[Any]:
        """All rows of a query as Arrow record batches; the columns of `digits` as decimals with so many digits.

        Raises:
            NotQuickError: a value that this form cannot carry; the snapshot stays.
            SourceUnavailableError, SourceError: the server ended the statement.
        """
        self._do("savepoint reading")
        with self._connection.cursor() as cursor:
            cursor.adbc_statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)})
            reader = None
            try:
                cursor.execute(query)
                reader = cursor.fetch_record_batch()
                none = pa.RecordBatch.from_pylist([], schema=reader.schema)
                for batch in chain(reader, (none,)):
                    check_times(batch)
                    yield with_decimals(batch, digits)
            except NotQuickError:
                for _ in reader or ():
                    pass  # the protocol wants every row taken before the next statement
                self._do("rollback to savepoint reading")
                raise
            except adbc_driver_manager.Error as error:
                if str(error.sqlstate or "").startswith(_VALUE) and digits:
                    self._do("rollback to savepoint reading")
                    raise NotQuickError from None
                raise self._failed(error, shown) from None
            except OSError:
                # How pyarrow tells an error in the middle of an answer, without its code. Where the connection still
                # works, the statement failed: at a value that an integer cannot hold, or else the next form tells.
                if digits and self._is_alive():
                    raise NotQuickError from None
                raise SourceUnavailableError(
                    f"{self._shown}: {shown}: the server ended the statement while it was read: "
                    "statement_timeout_seconds, an operator, or the server went down"
                ) from None

    def _is_alive(self) -> bool:
        with self._connection.cursor() as cursor:
            try:
                cursor.execute("rollback to savepoint reading")
            except adbc_driver_manager.Error:
                return False
        return True

    def _do(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(statement)
            except adbc_driver_manager.Error as error:
                raise self._failed(error, "") from None

    def _ask(self, query: str, shown: str = "") -> Any:
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(query)
                return cursor.fetch_arrow_table()
            except adbc_driver_manager.Error as error:
                raise self._failed(error, shown) from None

    def _failed(self, error: Any, shown: str) -> SourceError:
        """The server's own message may hold values of rows, so only its code is told, and what that means."""
        where = f"{self._shown}: {shown}" if shown else self._shown
        state = str(error.sqlstate or "")
        if not state:
            return SourceUnavailableError(f"{where}: the connection broke while it was read")
        kind = SourceUnavailableError if state.startswith(_NOT_NOW) else SourceError
        meaning = _MEANING.get(state, "PostgreSQL's manual lists the codes")
        return kind(f"{where}: the server refused the statement ({state}: {meaning})")


def refused(message: str, spec: SqlConnection, password: SecretStr | None) -> SourceError:
    """Why there is no connection. libpq's message names host, port and user, and never a password; still, none goes."""
    if password is not None and password.get_secret_value():
        message = message.replace(password.get_secret_value(), "***")
    said = " ".join(message.removeprefix("IO: [libpq] Failed to connect: ").split())
    if "password authentication failed" in said or "no password supplied" in said:
        return SourceError(f"{spec.shown}: the server refuses user and password: look at user and password_env")
    if "SSL" in said and "required" in said:
        return SourceError(
            f"{spec.shown}: the server offers no encryption. Switch it on there; on a network of your own, "
            'sslmode = "disable" does without'
        )
    if "invalid URI" in said or "invalid sslmode" in said or ("role" in said and "does not exist" in said):
        return SourceError(f"{spec.shown}: {said}")
    return SourceUnavailableError(f"{spec.shown}: no connection ({said})")
