"""What PostgreSQL is asked, and the form of what comes back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from pydantic import SecretStr

from orchestration.connectors.row_stream import NotQuickError
from orchestration.connectors.sql_control import Asked
from orchestration.connectors.sql_postgres import refused
from orchestration.connectors.sql_postgres_query import (
    PostgresColumn,
    address,
    check_times,
    column_of,
    digits_in,
    highest_query,
    quick_digits,
    rows_query,
    totals_query,
    where_since,
    with_decimals,
)
from orchestration.connectors.sql_spec import SqlConnection, SqlStream
from orchestration.errors import SourceError

LINES = SqlStream(table="shop.till_lines", cursor="updated_at")
COLUMNS = [
    PostgresColumn("amount", "numeric", 2),
    PostgresColumn("units", "numeric", 0),
    PostgresColumn("rate", "numeric", 7),
    PostgresColumn("sold", "timestamptz"),
    PostgresColumn("tags", "_text"),
    PostgresColumn("id", "uuid"),
]


def numeric(digits: int, decimals: int) -> pa.Field:
    typmod = ((digits << 16) | decimals) + 4
    return pa.field("amount", pa.string(), metadata={"POSTGRESQL:type": "numeric", "POSTGRESQL:typmod": str(typmod)})


def test_money_travels_as_an_integer_and_what_arrow_lacks_as_text() -> None:
    query = rows_query(LINES, COLUMNS, "", is_quick=True)
    assert query == (
        'select ("amount" * 100)::bigint as "amount", ("units")::bigint as "units", "rate"::text as "rate", "sold", '
        '"tags", "id"::text as "id" from "shop"."till_lines"'
    )


def test_the_careful_form_takes_every_value_as_text_but_lists() -> None:
    query = rows_query(LINES, COLUMNS[:1] + COLUMNS[3:5], "", is_quick=False)
    assert query == 'select "amount"::text as "amount", "sold"::text as "sold", "tags" from "shop"."till_lines"'


def test_names_are_quoted_whatever_is_in_them() -> None:
    stream = SqlStream(table='odd"; drop table x', cursor="c")
    query = rows_query(stream, [PostgresColumn('a"b', "text")], "", is_quick=True)
    assert query == 'select "a""b" from "odd""; drop table x"'


def test_a_window_takes_rows_without_a_cursor_too() -> None:
    condition = where_since(LINES, datetime(2026, 10, 4, 21, 15, tzinfo=UTC))
    assert condition == ' where ("updated_at" >= \'2026-10-04 21:15:00+00:00\' or "updated_at" is null)'
    assert where_since(LINES, None) == ""


def test_declared_decimals_are_known_and_too_many_are_not_moved() -> None:
    assert column_of(numeric(12, 2)).digits == 2
    assert quick_digits([column_of(numeric(12, 2)), column_of(numeric(12, 7))]) == {"amount": 2}
    assert quick_digits([column_of(numeric(30, 2))]) == {}
    assert column_of(pa.field("x", pa.string(), metadata={"POSTGRESQL:type": "numeric"})).digits is None


@pytest.mark.parametrize(
    "scale, size, moved",
    [(2, "99.5", True), (None, None, True), (7, "1", False), (2, "NaN", False), (2, "1e17", False)],
)
def test_decimals_that_were_counted_are_moved_where_they_fit(scale: int | None, size: str | None, moved: bool) -> None:
    assert (digits_in(scale, size) <= 6) is moved


def test_integers_become_decimals_of_the_same_value() -> None:
    batch = pa.RecordBatch.from_pydict({"amount": [1234, None, -5], "store": ["a", "b", "c"]}).slice(0, 3)
    back = with_decimals(batch, {"amount": 2})
    assert back.column("amount").to_pylist() == [Decimal("12.34"), None, Decimal("-0.05")]
    assert back.column("store").to_pylist() == ["a", "b", "c"]


def test_infinite_times_are_read_again_as_text() -> None:
    check_times(pa.RecordBatch.from_pydict({"on": [date(1, 1, 1), None, date(9999, 12, 31)]}))
    infinite = pa.array([2**31 - 1 - 10_957], pa.int32()).cast(pa.date32())
    with pytest.raises(NotQuickError):
        check_times(pa.RecordBatch.from_arrays([infinite], names=["on"]))
    with pytest.raises(NotQuickError):
        check_times(pa.RecordBatch.from_pydict({"at": pa.array([-(2**63) + 1], pa.timestamp("us"))}))


def test_totals_are_asked_by_store_and_day_of_utc() -> None:
    query = totals_query(LINES, Asked("store", "sold", "amount"), "")
    assert '"store" as store, "sold"::date as day, count(*)' in query
    assert 'sum("amount"::numeric)' in query
    assert "null::date as day" in totals_query(LINES, Asked(None, None, None), "")


def test_a_cursor_must_be_a_time_or_a_number() -> None:
    assert "<= '2026-10-06 01:00:00'" in highest_query(LINES, "timestamp", datetime(2026, 10, 6, 1))
    assert "<=" not in highest_query(LINES, "int8", datetime(2026, 10, 6, 1))
    with pytest.raises(SourceError, match="'updated_at' is of type text"):
        highest_query(LINES, "text", datetime(2026, 10, 6, 1))


def test_the_address_quotes_user_and_password() -> None:
    spec = SqlConnection(url="postgresql://db:5432/shop", user="a@b", sslmode="verify-full", sslrootcert="/ca.pem")
    said = address(spec, SecretStr("p@ss/word:1"))
    assert said.startswith("postgresql://a%40b:p%40ss%2Fword%3A1@db:5432/shop?")
    assert "sslmode=verify-full" in said and "sslrootcert=%2Fca.pem" in said


def test_a_refusal_says_what_to_do_and_never_the_password() -> None:
    spec = SqlConnection(url="postgresql://db/shop")
    for message in ('FATAL: password authentication failed for user "u"', "odd words with hunter22 in them"):
        assert "hunter22" not in str(refused(message, spec, SecretStr("hunter22")))
    assert "password_env" in str(refused('FATAL: password authentication failed for user "u"', spec, None))
