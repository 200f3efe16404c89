"""What reading till lines costs PostgreSQL itself: forms of the cast of money to cents, and of the control totals.

Belongs here: queries that were candidates, timed by the server (EXPLAIN ANALYZE; nothing is sent).
Does not: the whole way of a row (extract_postgres.py). Figures are seconds for all rows, the best of the turns; the
candidates take turns. `cast_bigint` and `totals_by_session_day` are what nanolift asks.
"""

# ruff: noqa: S608 - queries of our own

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from benchmarks.extract_postgres import QUICK_ROWS, ROWS
from benchmarks.figures import Figure
from tests.live.servers.postgres import running
from tests.live.servers.till_lines import MONEY, fill

TURNS, QUICK_TURNS = 5, 1
OTHERS = "household_id, store_id, basket_id, product_id, quantity, transaction_timestamp"
CASTS = {
    "numeric": "{0}",
    "cast_bigint": "({0} * 100)::bigint",
    "cast_zero_apart": "case when {0} = 0 then 0 else ({0} * 100)::bigint end",
    "cast_trunc": "trunc({0} * 100)::bigint",
    "cast_money": "{0}::money",
    "cast_float": "{0}::float8",
    "cast_text": "replace({0}::text, '.', '')::bigint",
    "cast_binary": "numeric_send({0})",
}
DAYS = {
    "totals_by_session_day": "transaction_timestamp::date",
    "totals_by_zoned_day": "(transaction_timestamp at time zone 'UTC')::date",
    "totals_by_truncated_day": "date_trunc('day', transaction_timestamp)",
    "totals_without_day": "null::date",
}


def _queries() -> dict[str, str]:
    rows = {
        name: f"select {OTHERS}, {', '.join(form.format(money) for money in MONEY)} from till_lines"
        for name, form in CASTS.items()
    }
    totals = {
        name: f"select store_id, {day}, count(*), sum(sales_value) from till_lines group by 1, 2"
        for name, day in DAYS.items()
    }
    return rows | totals


def figures(quick: bool) -> Iterable[Figure]:
    """The figures of the part."""
    best: dict[str, float] = {}
    with running() as server:
        fill(server, QUICK_ROWS if quick else ROWS)
        with psycopg.connect(server.admin, autocommit=True) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute("set work_mem = '64MB'")
            for _ in range(QUICK_TURNS if quick else TURNS):
                for name, query in _queries().items():
                    told = connection.execute(f"explain (analyze, timing off) {query}".encode()).fetchall()
                    seconds = float(told[-1][0].split()[2]) / 1000  # "Execution Time: 2601.3 ms"
                    best[name] = min(seconds, best.get(name, seconds))
    for name, seconds in best.items():
        yield Figure(f"server_{name}_seconds", seconds)
