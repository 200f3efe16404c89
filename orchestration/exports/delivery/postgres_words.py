"""What PostgreSQL is told of a generation. Pure text; nothing here connects.

Belongs here: tables, views, types, statements. Does not: sending them (postgres.py).

Layout of the schema: deliveries (a row a generation), latest (a view: the generation to read), and for every output a
table <output>_v<version> with the rows of all generations, each stamped with nanolift_generation, and a view <output>
with those of the latest. The version is the contract's, so a breaking change of an output never retypes a table.
"""

# ruff: noqa: S608 - identifiers are quoted, and values are bound

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from orchestration.connectors.sql_postgres_query import name as quoted
from orchestration.exports.delivery.errors import DeliveryError

STAMP = "nanolift_generation"
INCOMING = "nanolift_incoming"
SCHEMA_EXISTS = "select count(*) from pg_namespace where nspname = $1"
# One delivery at a time in a schema, whoever sends it.
ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended($1, 0))"


def create_schema(schema: str) -> str:
    """Needs a right on the database; where the schema exists, it is not asked for."""
    return f"create schema {quoted(schema)}"


def create_deliveries(schema: str) -> str:
    """A row a generation: what a complete one is known by."""
    return (
        f"create table if not exists {quoted(schema)}.deliveries (generation text primary key, target text not null, "
        "brand text not null, as_of date not null, published_sequence bigint not null, manifest text not null, "
        "delivered_at timestamptz not null default now())"
    )


def create_latest(schema: str) -> str:
    """The generation to read: of the newest day, and of that its last run."""
    return (
        f"create or replace view {quoted(schema)}.latest as select generation, as_of, published_sequence, delivered_at "
        f"from {quoted(schema)}.deliveries order by as_of desc, published_sequence desc limit 1"
    )


def find_delivery(schema: str) -> str:
    """Its manifest, where the generation has arrived."""
    return f"select manifest from {quoted(schema)}.deliveries where generation = $1"


def find_stranger(schema: str) -> str:
    """Whose deliveries the schema holds."""
    return f"select target, brand from {quoted(schema)}.deliveries where target <> $1 or brand <> $2 limit 1"


def find_latest(schema: str) -> str:
    """Its name."""
    return f"select generation from {quoted(schema)}.latest"


def add_delivery(schema: str) -> str:
    """The last row of a delivery: it makes the generation complete, and latest where it is the newest."""
    return (
        f"insert into {quoted(schema)}.deliveries (generation, target, brand, as_of, published_sequence, manifest) "
        "values ($1, $2, $3, $4::text::date, $5, $6)"
    )


def table_of(output: str, version: str) -> str:
    """The table with an output's history."""
    return f"{output}_v{version}"


def create_table(schema: str, table: str, columns: Mapping[str, str]) -> list[str]:
    """Make the table, give it columns that came since, and an index by generation."""
    place = f"{quoted(schema)}.{quoted(table)}"
    listed = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
    added = [f"alter table {place} add column if not exists {quoted(name)} {kind}" for name, kind in columns.items()]
    index = quoted(f"{table}_by_generation")
    return [
        f"create table if not exists {place} ({STAMP} text not null, {listed})",
        *added,
        f"create index if not exists {index} on {place} ({STAMP})",
    ]


def fill_table(schema: str, table: str, columns: Sequence[str]) -> str:
    """From the temporary table that the rows arrived in."""
    listed = ", ".join(quoted(column) for column in columns)
    return f"insert into {quoted(schema)}.{quoted(table)} ({STAMP}, {listed}) select $1, {listed} from {INCOMING}"


def count_rows(schema: str, table: str) -> str:
    """Of one generation."""
    return f"select count(*) from {quoted(schema)}.{quoted(table)} where {STAMP} = $1"


# A view's columns in their order; none where there is no such view.
VIEW_COLUMNS = (
    "select column_name::text from information_schema.columns where table_schema = $1 and table_name = $2 "
    "order by ordinal_position"
)


def make_view(schema: str, output: str, table: str, columns: Sequence[str], present: Sequence[str]) -> list[str]:
    """Statements that make a view show `table`'s latest rows; a view whose columns are gone is made anew."""
    view = f"{quoted(schema)}.{quoted(output)}"
    listed = ", ".join(quoted(column) for column in columns)
    create = (
        f"create or replace view {view} as select {listed} from {quoted(schema)}.{quoted(table)} "
        f"where {STAMP} = (select generation from {quoted(schema)}.latest)"
    )
    grows = list(columns[: len(present)]) == list(present)
    return [create] if grows else [f"drop view if exists {view}", create]


def kinds(schema: pa.Schema) -> dict[str, str]:
    """Column → PostgreSQL's type, for the types that exports have.

    Raises:
        DeliveryError: a column of another type.
    """
    return {column.name: _kind(column) for column in schema}


def _kind(column: pa.Field) -> str:
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return "text"
    known = {pa.int64(): "bigint", pa.float64(): "double precision", pa.bool_(): "boolean", pa.date32(): "date"}
    if kind not in known:
        raise DeliveryError(f"column {column.name} is of type {kind}, which no export has: deliver it as a file")
    return known[kind]
