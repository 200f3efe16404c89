"""A database read through SQLAlchemy, from table to landed load (SQLite; PostgreSQL: tests/live/test_postgres.py)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.loads import read_loads
from orchestration.errors import ConfigurationError, SourceError

NIGHT = datetime(2026, 10, 5, 1)
DAY = timedelta(days=1)
COLUMNS: dict[str, Any] = {
    "quantity": "qty",
    "sold_at": {"column": "sold", "zone": "UTC"},
    "updated_at": {"column": "changed", "zone": "UTC"},
}
Bakery = Any
Shop = tuple[Bakery, sqlite3.Connection, Callable[..., Any]]


@pytest.fixture
def shop(bakery: Bakery, tmp_path: Path) -> Shop:
    """A till's database with three lines, and how it is landed."""
    path = tmp_path / "till.db"
    database = sqlite3.connect(path, isolation_level=None)
    database.execute(
        "create table lines (shop text, receipt text, line integer, sku text, card text, amount text, qty real, "
        "sold text, changed text)"
    )
    for line in (1, 2, 3):
        insert(database, line, "2026-10-03 09:14:00")

    def land(at: datetime = NIGHT, columns: dict[str, Any] | None = None, **sql: Any) -> Any:
        stream = {"table": "lines", "cursor": "changed"} | sql
        return bakery.land(
            at,
            COLUMNS | (columns or {}),
            mapping={"path": None, "sql": stream},
            kind="sql",
            sql={"url": f"sqlite:///{path}"},
        )

    return bakery, database, land


def insert(database: sqlite3.Connection, line: int, changed: str | None, amount: str = "5.80") -> None:
    row = ("north", "R-1", line, "oat", "C-77", amount, 1.0, "2026-10-03 09:14:00", changed)
    database.execute("insert into lines values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def landed(bakery: Bakery) -> dict[str, Any]:
    """The present amount by line."""
    present: dict[str, Any] = {}
    for row in bakery.rows().iter_rows(named=True):
        present.pop(row["line_no"], None)
        if not row["is_removed"]:
            present[row["line_no"]] = row["net_amount_minor"]
    return present


def test_a_table_is_landed_with_its_cursor_and_totals(shop: Shop) -> None:
    bakery, _, land = shop
    (result,) = land()
    (load,) = read_loads(bakery.workspace.landing)
    assert (result.status, result.rows_read, result.rows_accepted) == ("landed", 3, 3)
    assert load.cursor == {"column": "changed", "value": "2026-10-03T09:14:00"} and load.is_complete
    assert load.control is not None and (load.control["rows"], load.control["cells_differing"]) == (3, 0)
    assert load.columns_found == sorted(["shop", "receipt", "line", "sku", "card", "amount", "qty", "sold", "changed"])
    assert landed(bakery) == {"1": 580, "2": 580, "3": 580}


def test_the_next_night_reads_news_and_the_hour_before(shop: Shop) -> None:
    bakery, database, land = shop
    land()
    insert(database, 4, "2026-10-03 08:30:00")  # committed late: older than the cursor, younger than the lag
    insert(database, 5, "2026-10-03 08:00:00")  # committed later still
    insert(database, 6, None)  # never stamped
    database.execute("update lines set amount = '6.00', changed = '2026-10-04 10:00:00' where line = 1")
    (result,) = land(NIGHT + DAY)
    assert (result.rows_read, result.rows_accepted, result.rows_duplicate) == (5, 3, 2)
    assert landed(bakery) == {"1": 600, "2": 580, "3": 580, "4": 580, "6": 580}
    load = read_loads(bakery.workspace.landing)[-1]
    assert not load.is_complete and load.cursor == {"column": "changed", "value": "2026-10-04T10:00:00"}


def test_a_full_comparison_finds_what_came_too_late_and_what_was_deleted(shop: Shop) -> None:
    bakery, database, land = shop
    land()
    insert(database, 5, "2026-10-01 00:00:00")
    database.execute("delete from lines where line = 2")
    land(NIGHT + DAY)
    assert landed(bakery) == {"1": 580, "2": 580, "3": 580}
    land(NIGHT + 7 * DAY)
    assert landed(bakery) == {"1": 580, "3": 580, "5": 580}


def test_a_night_without_news_keeps_the_cursor(shop: Shop) -> None:
    bakery, _, land = shop
    land()
    (result,) = land(NIGHT + DAY)
    first, second = read_loads(bakery.workspace.landing)
    assert (result.rows_read, result.rows_accepted) == (3, 0) and first.cursor == second.cursor


def test_a_clock_in_the_future_does_not_move_the_cursor(shop: Shop) -> None:
    bakery, database, land = shop
    insert(database, 4, "2999-01-01 00:00:00")
    land()
    (load,) = read_loads(bakery.workspace.landing)
    assert load.cursor is not None and load.cursor["value"] == "2026-10-03T09:14:00"
    assert load.rows_accepted == 4


def test_money_with_more_decimals_than_the_currency_is_set_aside(shop: Shop) -> None:
    bakery, database, land = shop
    insert(database, 4, "2026-10-03 10:00:00", amount="5.805")
    (result,) = land()
    (load,) = read_loads(bakery.workspace.landing)
    assert (result.rows_accepted, result.rows_quarantined) == (3, 1)
    assert load.quarantine_reasons == {"net_amount_minor: not money of its currency": 1}


def test_a_renamed_column_is_named(shop: Shop) -> None:
    _, database, land = shop
    database.execute("alter table lines rename column amount to total")
    with pytest.raises(SourceError, match=r"no column \['amount'\].*'total'"):
        land()


def test_a_new_column_is_noticed(shop: Shop) -> None:
    bakery, database, land = shop
    land()
    database.execute("alter table lines add column voucher text")
    land(NIGHT + DAY)
    assert read_loads(bakery.workspace.landing)[-1].columns_new == ["voucher"]


def test_a_query_is_read_as_a_table(shop: Shop) -> None:
    bakery, _, land = shop
    query = "select * from lines where line < 3 and sold like '%09:14%'"
    (result,) = land(table=None, query=query)
    assert result.rows_accepted == 2 and landed(bakery) == {"1": 580, "2": 580}


def test_an_empty_table_lands_as_an_empty_load(shop: Shop) -> None:
    bakery, database, land = shop
    database.execute("delete from lines")
    (result,) = land()
    assert (result.status, result.rows_read) == ("landed", 0)
    assert bakery.rows().height == 0


def test_a_missing_table_is_said_and_nothing_is_left(shop: Shop) -> None:
    bakery, _, land = shop
    with pytest.raises(SourceError, match="nowhere: the database refused"):
        land(table="nowhere")
    assert not list(bakery.workspace.landing.glob("*/*/*"))


def test_a_password_variable_that_is_not_set_is_named(bakery: Bakery) -> None:
    with pytest.raises(ConfigurationError, match="TILL_PASSWORD"):
        bakery.land(
            mapping={"path": None, "sql": {"table": "lines"}},
            kind="sql",
            sql={"url": "sqlite:///x.db", "password_env": "TILL_PASSWORD"},
        )


def test_a_server_that_is_down_is_unavailable(bakery: Bakery) -> None:
    with pytest.raises(SourceUnavailableError, match=r"postgresql://127\.0\.0\.1:1/shop: no connection"):
        bakery.land(
            mapping={"path": None, "sql": {"table": "lines"}},
            kind="sql",
            sql={"url": "postgresql://127.0.0.1:1/shop", "user": "reader"},
        )
