"""What PostgreSQL is asked, and the form its columns come in. Pure text and Arrow; nothing here connects.

Belongs here: quoting, the queries, decimals as integers and back. Does not: sending them (sql_postgres.py).

ADBC turns `numeric` into text, which halves its speed (115 k rows/s against 202 k, measured on 5 M till lines). A
number of known decimals is therefore moved to an integer by the server and given its decimals back here, exactly:
12.34 travels as 1234 and is a decimal with two digits again. Which currency it is, and whether that has so many
decimals, is the mapping's business. What an integer cannot carry (NaN, infinity) is read as text instead.
"""

# ruff: noqa: S608 - identifiers are quoted, values our own; a configured query is run by who may configure it

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import SecretStr

from orchestration.connectors.row_stream import NotQuickError
from orchestration.connectors.sql_control import Asked
from orchestration.connectors.sql_spec import SqlConnection, SqlStream
from orchestration.connectors.sql_window import CursorValue
from orchestration.errors import SourceError

TIMES = frozenset({"date", "timestamp", "timestamptz"})
_WHOLE = frozenset({"int2", "int4", "int8", "numeric"})
NUMBERS = _WHOLE | {"float4", "float8"}
_LISTS = frozenset({"_text", "_varchar", "_int4", "_int8"})
# Types that Arrow has as they are. All others but numeric come as their text.
_NATIVE = TIMES | _LISTS | frozenset({"bool", "int2", "int4", "int8", "float4", "float8", "text", "varchar"})
# With more decimals, or more digits in all, a number might not fit 64 bits: it comes as text.
_MOST_DECIMALS, _MOST_DIGITS = 6, 18
_TYPMOD_OFFSET = 4
_MICROSECONDS_A_DAY = 86_400_000_000
# Years 1 to 9999, in days and microseconds from 1970: outside lie PostgreSQL's infinities, and dates B.C.
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896


@dataclass(frozen=True)
class PostgresColumn:
    """A column as the server describes it. digits: decimals of a numeric, where so many are known to be enough."""

    name: str
    kind: str
    digits: int | None = None


def address(spec: SqlConnection, password: SecretStr | None) -> str:
    """libpq's address, with the password: never to be shown."""
    parts = urlsplit(spec.url)
    user = spec.user or parts.username
    entry = "" if user is None else quote(user, safe="")
    if password is not None:
        entry += ":" + quote(password.get_secret_value(), safe="")
    options = dict(parse_qsl(parts.query)) | {
        "sslmode": spec.sslmode,
        "connect_timeout": str(spec.connect_timeout_seconds),
        "application_name": "nanolift",
    }
    if spec.sslrootcert is not None:
        options["sslrootcert"] = spec.sslrootcert
    host = parts.netloc.rpartition("@")[2]
    return f"postgresql://{entry}{'@' if entry else ''}{host}{parts.path}?{urlencode(options, quote_via=quote)}"


def name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def relation(stream: SqlStream) -> str:
    """What stands after FROM."""
    if stream.query is not None:
        return f"({stream.query}\n) as nanolift_source"
    assert stream.table is not None  # SqlStream gives exactly one
    return ".".join(name(part) for part in stream.table.split("."))


def all_query(stream: SqlStream) -> str:
    """All columns; only described, never run."""
    return f"select * from {relation(stream)}"


def where_since(stream: SqlStream, since: CursorValue | None) -> str:
    """The condition of a window; a row without a cursor is always read."""
    if since is None or stream.cursor is None:
        return ""
    return f" where ({name(stream.cursor)} >= {_literal(since)} or {name(stream.cursor)} is null)"


def column_of(described: Any) -> PostgresColumn:
    """A column from ADBC's description of a result."""
    meta = {key.decode(): value.decode() for key, value in (described.metadata or {}).items()}
    kind = meta.get("POSTGRESQL:type", "unknown")
    typmod = int(meta.get("POSTGRESQL:typmod", "-1"))
    if kind != "numeric" or typmod < _TYPMOD_OFFSET:
        return PostgresColumn(described.name, kind)
    digits_in_all, decimals = (typmod - _TYPMOD_OFFSET) >> 16, (typmod - _TYPMOD_OFFSET) & 0x7FF
    fits = decimals <= _MOST_DECIMALS and digits_in_all <= _MOST_DIGITS
    return PostgresColumn(described.name, kind, decimals if fits else _MOST_DECIMALS + 1)


def digits_query(stream: SqlStream, loose: Sequence[str], where: str) -> str:
    """How many decimals numerics without declared ones have, and how large they are."""
    parts = [
        f"max(min_scale({name(each)})) as scale_{at}, max(abs({name(each)}))::text as size_{at}"
        for at, each in enumerate(loose)
    ]
    return f"select {', '.join(parts)} from {relation(stream)}{where}"


def digits_in(scale: int | None, size: str | None) -> int:
    """Decimals with which all values of a column fit an integer; one more than can be where they do not."""
    if scale is None and size is None:
        return 0
    try:
        largest = Decimal(size or "NaN")
    except InvalidOperation:
        largest = Decimal("NaN")
    digits = scale or 0
    fits = largest.is_finite() and digits <= _MOST_DECIMALS and largest < Decimal(10) ** (_MOST_DIGITS - digits)
    return digits if fits else _MOST_DECIMALS + 1


def quick_digits(columns: Iterable[PostgresColumn]) -> dict[str, int]:
    """The columns that travel as integers, with their decimals."""
    return {
        each.name: each.digits
        for each in columns
        if each.kind == "numeric" and each.digits is not None and each.digits <= _MOST_DECIMALS
    }


def rows_query(stream: SqlStream, columns: Sequence[PostgresColumn], where: str, *, is_quick: bool) -> str:
    """The rows' query. Not quick: every value as PostgreSQL's own text, lists excepted."""
    quick = quick_digits(columns) if is_quick else {}
    parts = [_expression(each, quick, is_quick) for each in columns]
    return f"select {', '.join(parts)} from {relation(stream)}{where}"


def _expression(column: PostgresColumn, quick: Mapping[str, int], is_quick: bool) -> str:
    called = name(column.name)
    if column.name in quick:
        moved = f"{called} * {10 ** quick[column.name]}" if quick[column.name] else called
        return f"({moved})::bigint as {called}"
    if column.kind in _LISTS or (is_quick and column.kind in _NATIVE):
        return called
    return f"{called}::text as {called}"


def highest_query(stream: SqlStream, kind: str, ceiling: datetime) -> str:
    """The highest cursor; times after `ceiling` (naive UTC) are a wrong clock's.

    Raises:
        SourceError: the cursor's type has no order that a lag can be taken from.
    """
    assert stream.cursor is not None
    if kind not in TIMES | _WHOLE:
        raise SourceError(
            f"{stream.shown}: cursor {stream.cursor!r} is of type {kind}: it must be a time or a whole number"
        )
    below = f" where {name(stream.cursor)} <= {_literal(ceiling)}" if kind in TIMES else ""
    cast = "::bigint" if kind in _WHOLE else ""
    return f"select max({name(stream.cursor)}){cast} from {relation(stream)}{below}"


def totals_query(stream: SqlStream, asked: Asked, where: str) -> str:
    """Rows and amount by store and day, as Control.totals wants them; the day is that of the session's zone, UTC."""
    store = "null::text" if asked.store is None else name(asked.store)
    amount = "null::numeric" if asked.amount is None else f"sum({name(asked.amount)}::numeric)"
    # Every session is in UTC; "at time zone" would look the zone up once a row.
    day = "null::date" if asked.day is None else f"{name(asked.day)}::date"
    # An infinite day, and one before Christ, has no form here: its rows are counted under no day.
    calendar = "case when day between '0001-01-01' and '9999-12-31' then day end"
    return (
        f'select store::text as "store", {calendar} as "day", line_count as "rows", amount::text as "amount" from ('
        f"select {store} as store, {day} as day, count(*) as line_count, {amount} as amount "
        f"from {relation(stream)}{where} group by 1, 2) as cells"
    )


def _literal(value: CursorValue) -> str:
    """Our own numbers and times only; nothing a configuration says is ever a literal."""
    if isinstance(value, int):
        return str(value)
    return f"'{value.isoformat(sep=' ')}'"


def with_decimals(batch: Any, digits: Mapping[str, int]) -> Any:
    """A batch whose integers of `digits` are decimals with so many digits: the same bits, another type."""
    columns, fields = [], []
    for column, described in zip(batch.columns, batch.schema, strict=True):
        if described.name in digits:
            kind = pa.decimal64(_MOST_DIGITS, digits[described.name])
            column = pa.Array.from_buffers(kind, len(column), column.buffers(), offset=column.offset)
        columns.append(column)
        fields.append(pa.field(described.name, column.type))
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


def check_times(batch: Any) -> None:
    """PostgreSQL's infinities arrive as the ends of the integers: such a batch is read as text instead.

    Raises:
        NotQuickError: a date or time outside the years 1 to 9999.
    """
    for column in batch.columns:
        if pa.types.is_date32(column.type):
            unit, whole = 1, column.view(pa.int32())
        elif pa.types.is_timestamp(column.type):
            unit, whole = _MICROSECONDS_A_DAY, column.view(pa.int64())
        else:
            continue
        ends = pc.min_max(whole).as_py()
        if ends["min"] is not None and (ends["min"] < _FIRST_DAY * unit or ends["max"] >= (_LAST_DAY + 1) * unit):
            raise NotQuickError
