"""A real PostgreSQL, from its tables to landed loads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from pydantic import SecretStr

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.landing import land_source
from orchestration.connectors.loads import Load, LoadResult, active_loads, read_loads
from orchestration.connectors.sql import opened
from orchestration.connectors.sql_postgres import PostgresSession
from orchestration.connectors.sql_postgres_query import rows_query
from orchestration.connectors.sql_spec import SqlStream
from orchestration.errors import SourceError
from orchestration.settings import Source
from orchestration.workspace import Workspace
from tests.live.servers.postgres import DATABASE, Postgres, programs, running
from tests.live.servers.till_lines import environment, fill, source_table

ROWS = 5_000_000
NIGHT = datetime(2018, 1, 3, 1)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    if programs() is None:
        pytest.skip("PostgreSQL's server is not there: install Debian's package postgresql")
    with running() as server:
        yield server


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment().items():
        monkeypatch.setenv(name, value)


class Shop:
    """A workspace that lands one source of a database."""

    def __init__(self, root: Path, server: Postgres) -> None:
        self.workspace = Workspace.at(root)
        self.server = server
        root.mkdir()

    def land(self, at: datetime = NIGHT, table: dict[str, Any] | None = None) -> list[LoadResult]:
        source = Source.model_validate(table or source_table(self.server))
        return land_source(
            source,
            source.streams,
            self.workspace,
            key=SecretStr("a-key-for-tests-only-0123456789abcdef"),
            loaded_at=at,
            real_data=self.workspace.root,
            brand_timezone="America/New_York",
        )

    def loads(self) -> list[Load]:
        return active_loads(read_loads(self.workspace.landing))

    def present(self) -> list[tuple[Any, ...]]:
        """Rows and amount in cents by store and day, of the last version of every line that was not removed."""
        files = [str(load.data) for load in self.loads()]
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(
                """
                with versions as (
                    select store_id, transaction_id, line_no,
                        max_by(net_amount_minor, load_id) as amount, max_by(sold_at, load_id) as sold_at,
                        max_by(coalesce(is_removed, false), load_id) as is_removed
                    from read_parquet($files, union_by_name = true)
                    group by all
                )
                select store_id, sold_at::date, count(*), sum(amount)::bigint
                from versions where not is_removed group by all order by all
                """,
                {"files": files},
            ).fetchall()


@pytest.fixture
def shop(server: Postgres, tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop", server)


def in_source(connection: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    """The same of the database."""
    return connection.execute(
        """
        select store_id::text collate "C", (transaction_timestamp at time zone 'UTC')::date, count(*),
            (sum(sales_value) * 100)::bigint
        from till_lines group by 1, 2 order by 1, 2
        """
    ).fetchall()


def test_five_million_lines_land_and_stay_equal_to_the_source(shop: Shop, server: Postgres) -> None:
    fill(server, ROWS)
    with psycopg.connect(server.admin, autocommit=True) as source, psycopg.connect(server.admin) as slow:
        latest = source.execute("select max(updated_at) from till_lines").fetchall()[0][0]
        copied = (
            "insert into till_lines select household_id, store_id, {basket}, product_id, quantity, sales_value, "
            "retail_disc, coupon_disc, coupon_match_disc, transaction_timestamp, %s from till_lines limit {count}"
        )
        # Open while the first run reads, and committed only after it: eight within the lag, two older than it.
        slow.execute(copied.format(basket="basket_id + 8 * 10 ^ 15", count=8), [latest - timedelta(minutes=10)])
        slow.execute(copied.format(basket="basket_id + 9 * 10 ^ 15", count=2), [latest - timedelta(hours=3)])

        (first,) = shop.land()
        assert (first.rows_read, first.rows_accepted, first.rows_quarantined) == (ROWS, ROWS, 0)
        (load,) = shop.loads()
        assert load.is_complete and load.control is not None
        assert (load.control["rows"], load.control["cells_differing"]) == (ROWS, 0)
        assert shop.present() == in_source(source)

        slow.commit()
        changed = latest + timedelta(minutes=1)
        source.execute(
            "update till_lines set sales_value = sales_value + 1, updated_at = %s where ctid in "
            "(select ctid from till_lines limit 100)",
            [changed],
        )
        source.execute(
            "delete from till_lines where ctid in (select ctid from till_lines where updated_at < %s limit 50)",
            [latest - timedelta(days=30)],
        )

        (news,) = shop.land(NIGHT + DAY)
        assert news.rows_accepted == 108 and news.rows_read < ROWS / 100
        (compared,) = shop.land(NIGHT + 8 * DAY)
        assert compared.rows_read == ROWS + 10 - 50
        assert (compared.rows_accepted, compared.rows_removed) == (2, 50)
        assert shop.loads()[-1].is_complete
        assert shop.present() == in_source(source)


def small(server: Postgres, rows: str, amount: str = "numeric(12, 2)") -> None:
    """A table of four columns that matter; the others are constants of the mapping."""
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute("set lock_timeout = '5s'")
        connection.execute("drop table if exists small")
        connection.execute(
            f"create table small (line integer, amount {amount}, sold timestamptz, id uuid default gen_random_uuid())"
        )
        connection.execute(f"insert into small (line, amount, sold) values {rows}")


def small_source(server: Postgres, **columns: Any) -> dict[str, Any]:
    table = source_table(server, table="small", cursor=None)
    mapped = {name: {"constant": "x"} for name in ("store_id", "transaction_id", "product_id", "quantity_unit")}
    table["streams"][0]["columns"] = (
        mapped
        | {"line_no": "line", "quantity": {"constant": 1}, "net_amount_minor": {"column": "amount", "decimal": True}}
        | {"currency": {"constant": "USD"}, "sold_at": "sold", "channel": {"constant": "store"}}
        | {"is_return": {"constant": False}}
        | columns
    )
    return table


def landed_cents(shop: Shop) -> list[int]:
    (load,) = shop.loads()
    return [
        cents
        for (cents,) in duckdb.execute(
            "select net_amount_minor from read_parquet(?) order by line_no", [str(load.data)]
        ).fetchall()
    ]


@pytest.mark.parametrize(
    "amount", ["numeric(12, 2)", "numeric", "numeric(12, 4)", "numeric(30, 2)", "double precision"]
)
def test_cents_are_exact_in_every_numeric_type(shop: Shop, server: Postgres, amount: str) -> None:
    small(server, "(1, 0.29, now()), (2, -1234567.89, now()), (3, 1.10, now()), (4, 0, now())", amount)
    shop.land(table=small_source(server))
    assert landed_cents(shop) == [29, -123456789, 110, 0]
    (load,) = shop.loads()
    assert load.control is not None and load.control["cells_differing"] == 0


@pytest.mark.parametrize("amount", ["numeric", "numeric(12, 4)"])
def test_more_decimals_than_the_currency_has_are_set_aside_not_rounded(
    shop: Shop, server: Postgres, amount: str
) -> None:
    small(server, "(1, 1.25, now()), (2, 1.255, now())", amount)
    (result,) = shop.land(table=small_source(server))
    assert (result.rows_accepted, result.rows_quarantined) == (1, 1)
    assert landed_cents(shop) == [125]
    assert shop.loads()[0].control is not None and shop.loads()[0].control["cells_differing"] == 0


@pytest.mark.parametrize("amount", ["numeric(12, 2)", "numeric", "double precision"])
def test_values_without_a_number_are_set_aside_and_the_rest_lands(shop: Shop, server: Postgres, amount: str) -> None:
    small(server, "(1, 1.25, now()), (2, 'NaN', now()), (3, 2.5, 'infinity')", amount)
    (result,) = shop.land(table=small_source(server))
    assert result.rows_read == 3
    assert landed_cents(shop) == [125]
    assert set(shop.loads()[0].quarantine_reasons) == {
        "net_amount_minor: not money of its currency",
        "sold_at: not a time, without zone, or skipped by the clocks",
    }


def test_identifiers_of_other_types_come_as_their_text(shop: Shop, server: Postgres) -> None:
    small(server, "(1, 1, now())")
    shop.land(table=small_source(server, transaction_id="id"))
    (load,) = shop.loads()
    ((name,),) = duckdb.execute("select transaction_id from read_parquet(?)", [str(load.data)]).fetchall()
    assert len(name) == 36 and name.count("-") == 4


def test_all_streams_of_a_source_see_one_moment(server: Postgres) -> None:
    small(server, "(1, 1, now())")
    spec = Source.model_validate(source_table(server)).sql
    assert spec is not None
    stream = SqlStream(table="small")
    with closing(opened(spec)) as session, psycopg.connect(server.admin, autocommit=True) as other:
        assert isinstance(session, PostgresSession)
        other.execute("insert into small (line) values (2), (3)")
        query = rows_query(stream, session.columns(stream)[:1], "", is_quick=True)
        assert sum(batch.num_rows for batch in session.batches(query, {}, "small")) == 1


def test_nothing_can_be_written(shop: Shop, server: Postgres) -> None:
    small(server, "(1, 1, now())")
    table = source_table(
        server, table=None, cursor=None, query="with gone as (delete from small returning *) select * from gone"
    )
    table["streams"][0]["columns"] = small_source(server)["streams"][0]["columns"]
    with pytest.raises(SourceError):
        shop.land(table=table)
    with psycopg.connect(server.admin) as other:
        assert other.execute("select count(*) from small").fetchone() == (1,)


def test_a_wrong_password_says_where_to_look_and_not_what_it_was(
    shop: Shop, server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(next(iter(environment())), "hunter22-hunter22")
    with pytest.raises(SourceError, match="look at user and password_env") as refused:
        shop.land()
    assert not isinstance(refused.value, SourceUnavailableError)
    chain = [refused.value, refused.value.__cause__, refused.value.__context__]
    assert all("hunter22" not in repr(each) for each in chain)


def test_a_server_without_encryption_is_refused_unless_told(shop: Shop, server: Postgres) -> None:
    table = source_table(server)
    del table["sql"]["sslmode"]
    with pytest.raises(SourceError, match="offers no encryption"):
        shop.land(table=table)


def test_a_missing_table_and_a_renamed_column_are_named(shop: Shop, server: Postgres) -> None:
    small(server, "(1, 1, now())")
    with pytest.raises(SourceError, match=r"nowhere.*42P01: there is no such table"):
        shop.land(table=source_table(server, table="nowhere"))
    with psycopg.connect(server.admin, autocommit=True) as other:
        other.execute("alter table small rename column amount to total")
    with pytest.raises(SourceError, match=r"no column \['amount'\].*'total'"):
        shop.land(table=small_source(server))


def test_a_table_one_may_not_read_is_said(shop: Shop, server: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    small(server, "(1, 1, now())")
    with psycopg.connect(server.admin, autocommit=True) as other:
        other.execute("drop role if exists guest")
        other.execute("create role guest login password 'guest-guest-0123'")
    monkeypatch.setenv(next(iter(environment())), "guest-guest-0123")
    table = small_source(server)
    table["sql"]["user"] = "guest"
    with pytest.raises(SourceError, match="grant SELECT"):
        shop.land(table=table)


def test_a_statement_that_takes_too_long_is_ended(shop: Shop, server: Postgres) -> None:
    small(server, "(1, 1, now())")
    table = source_table(
        server, table=None, cursor=None, query="select small.*, pg_sleep(30)::text as pause from small"
    )
    table["streams"][0]["columns"] = small_source(server, promotion_code="pause")["streams"][0]["columns"]
    table["sql"]["statement_timeout_seconds"] = 1
    with pytest.raises(SourceUnavailableError, match="statement_timeout_seconds"):
        shop.land(table=table)


def test_a_server_that_dies_while_it_is_read_leaves_nothing_behind(shop: Shop, server: Postgres) -> None:
    small(server, "(1, 1, now())")
    table = source_table(
        server, table=None, cursor=None, query="select small.*, g from small, generate_series(1, 20000000) g"
    )
    columns = small_source(server, line_no="g")["streams"][0]["columns"] | {"store_id": {"columns": ["line", "g"]}}
    table["streams"][0]["columns"] = columns | {"net_amount_minor": {"columns": ["amount"], "decimal": True}}
    with psycopg.connect(server.admin, autocommit=True) as other:

        def end_it() -> None:
            for _ in range(200):
                ended = other.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where query like 'COPY%%' and datname = %s",
                    [DATABASE],
                ).fetchall()
                if ended:
                    return
                time.sleep(0.05)

        thread = threading.Thread(target=end_it)
        thread.start()
        with pytest.raises(SourceUnavailableError):
            shop.land(table=table)
        thread.join()
    assert shop.loads() == []
