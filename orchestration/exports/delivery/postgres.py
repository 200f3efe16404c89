"""A PostgreSQL schema as a target: one transaction a generation, so it has all of it, and latest, or nothing.

Belongs here: the connection and the order of statements. Does not: their text (postgres_words.py).
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as postgres
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import SecretStr

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.sql_postgres import refused
from orchestration.connectors.sql_postgres_query import address
from orchestration.environment import secret
from orchestration.errors import SourceError
from orchestration.exports.delivery import postgres_words as words
from orchestration.exports.delivery.errors import DeliveryError, DeliveryUnavailableError
from orchestration.exports.delivery.package import Item, Package, as_json, is_the_same
from orchestration.exports.delivery.spec import Delivery
from orchestration.exports.delivery.target import Arrived, Step
from orchestration.exports.delivery.watch import watched

# Classes and codes of SQLSTATE that say "not now": connection, resources, an operator, the system, conflicts, locks.
_NOT_NOW = ("08", "53", "57", "58", "40", "55")
_MEANING = {
    "42501": "the user may not: it needs CREATE and USAGE on the schema, or CREATE on the database to make it",
    "42804": "a column has another type than before",
    "2BP01": "something of yours depends on a view whose columns changed: remove it, deliver, and make it again",
    "42809": "something else has the name of one of the tables or views",
}
# Beside the limits that the server itself keeps: the time in which it can still say that one was passed.
_GRACE_SECONDS = 2.0


@dataclass(frozen=True)
class Postgres:
    """A schema of a database that is nanolift's own."""

    spec: Delivery

    def deliver(self, package: Package, step: Step) -> Arrived:
        """See Target.deliver. What a left delivery still gets done is committed whole or not at all."""
        seconds = self.spec.timeout_seconds + _GRACE_SECONDS
        return watched(lambda noted: self._deliver(package, noted), step, seconds, self.spec.shown)

    def _deliver(self, package: Package, step: Step) -> Arrived:
        step("enter")
        with self._connected() as connection, connection.cursor() as cursor:
            try:
                arrived = _Transaction(cursor, self.spec, step).deliver(package)
                step("commit")
                connection.commit()
            except adbc_driver_manager.Error as error:
                raise self._failed(error) from None
            except OSError as error:
                raise DeliveryUnavailableError(f"{self.spec.shown}: the connection broke") from error
        step("delivered")
        return arrived

    def _connected(self) -> Any:
        sql = self.spec.sql
        assert sql is not None
        password: SecretStr | None = None if sql.password_env is None else secret(sql.password_env)
        limit = max(1, round(self.spec.timeout_seconds))
        sql = sql.model_copy(update={"connect_timeout_seconds": min(sql.connect_timeout_seconds, max(2, limit))})
        try:
            return postgres.connect(address(sql, password))
        except adbc_driver_manager.Error as error:
            why = refused(str(error), sql, password)
            kind = DeliveryUnavailableError if isinstance(why, SourceUnavailableError) else DeliveryError
            raise kind(str(why)) from None
        except SourceError as error:
            raise DeliveryError(str(error)) from error

    def _failed(self, error: Any) -> DeliveryError:
        """The server's own message may hold values of rows, so only its code is told, and what that means."""
        state = str(error.sqlstate or "").strip("\0")
        if not state:
            return DeliveryUnavailableError(f"{self.spec.shown}: the connection broke")
        meaning = _MEANING.get(state, "PostgreSQL's manual lists the codes")
        kind = DeliveryUnavailableError if state.startswith(_NOT_NOW) else DeliveryError
        return kind(f"{self.spec.shown}: the server refused a statement ({state}: {meaning})")


@dataclass(frozen=True)
class _Transaction:
    """One generation into the schema; the caller commits."""

    cursor: Any
    spec: Delivery
    step: Step

    def deliver(self, package: Package) -> Arrived:
        schema = self.spec.sql_schema
        self.step("begin")
        milliseconds = max(1, round(self.spec.timeout_seconds * 1000))
        self._do(f"set local statement_timeout = {milliseconds}")
        self._ask(words.ONE_AT_A_TIME, f"nanolift {schema}")
        if self._ask(words.SCHEMA_EXISTS, schema) == [(0,)]:
            self._do(words.create_schema(schema))
        self._do(words.create_deliveries(schema))
        self._do(words.create_latest(schema))
        self.step("look")
        if strangers := self._ask(words.find_stranger(schema), package.target, package.brand):
            target, brand = strangers[0]
            raise DeliveryError(
                f"{self.spec.shown} holds deliveries of {brand} to {target}: give each a schema of its own"
            )
        found = self._ask(words.find_delivery(schema), package.generation)
        manifest = json.loads(found[0][0]) if found else package.manifest()
        if found and not is_the_same(package, manifest):
            raise DeliveryError(f"{self.spec.shown} holds something else as {package.generation}")
        if not found:
            for item in package.items:
                self._fill(item, package.generation)
            self._add(package, manifest)
        latest = self._ask(words.find_latest(schema)) == [(package.generation,)]
        if latest:
            for item in package.items:
                self._show(item)
        return Arrived(manifest, latest)

    def _fill(self, item: Item, generation: str) -> None:
        rows, output, table = _opened(item)
        self.step(f"rows of {output}")
        schema = self.spec.sql_schema
        for statement in words.create_table(schema, table, words.kinds(rows.schema)):
            self._do(statement)
        self._do(f"drop table if exists pg_temp.{words.INCOMING}")
        self.cursor.adbc_ingest(words.INCOMING, _plain(rows), mode="create", temporary=True)
        self.step(f"insert {output}")
        self._do(words.fill_table(schema, table, rows.column_names), generation)
        if self._ask(words.count_rows(schema, table), generation) != [(rows.num_rows,)]:
            raise DeliveryError(
                f"{self.spec.shown}: {table} does not hold what was sent: does somebody else write there?"
            )

    def _add(self, package: Package, manifest: Mapping[str, Any]) -> None:
        self.step("add delivery")
        place = (package.generation, package.target, package.brand, package.as_of, package.published_sequence)
        self._do(words.add_delivery(self.spec.sql_schema), *place, as_json(manifest).decode())

    def _show(self, item: Item) -> None:
        rows, output, table = _opened(item)
        self.step(f"view {output}")
        present = [name for (name,) in self._ask(words.VIEW_COLUMNS, self.spec.sql_schema, output)]
        for statement in words.make_view(self.spec.sql_schema, output, table, rows.column_names, present):
            self._do(statement)

    def _do(self, statement: str, *values: object) -> None:
        self.cursor.execute(statement, values or None)

    def _ask(self, query: str, *values: object) -> Sequence[tuple[Any, ...]]:
        self.cursor.execute(query, values or None)
        return [tuple(row) for row in self.cursor.fetchall()]


def _opened(item: Item) -> tuple[Any, str, str]:
    """The rows of a Parquet item, the output's name, and the table of its version."""
    rows = pq.read_table(io.BytesIO(item.read()))
    version = (rows.schema.metadata or {}).get(b"nanolift.version", b"1").decode()
    output = PurePosixPath(item.name).stem
    return rows, output, words.table_of(output, version)


def _plain(rows: Any) -> Any:
    """Texts in the one form the driver takes."""
    kinds = words.kinds(rows.schema)
    return rows.cast(
        pa.schema(
            [pa.field(each.name, pa.string() if kinds[each.name] == "text" else each.type) for each in rows.schema]
        )
    )
