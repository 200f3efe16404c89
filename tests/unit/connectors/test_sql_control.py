"""Control totals: the source's word against what came."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from orchestration.connectors.base import FILE_ROW
from orchestration.connectors.mapping import apply_mapping
from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.connectors.sql_control import Asked, Control, asked_of, compared

COLUMNS: dict[str, Any] = {
    "store_id": "shop",
    "transaction_id": "receipt",
    "line_no": "receipt",
    "product_id": "receipt",
    "quantity": {"constant": 1},
    "quantity_unit": {"constant": "each"},
    "net_amount_minor": {"column": "amount", "decimal": True},
    "currency": {"constant": "EUR"},
    "sold_at": {"column": "sold", "zone": "UTC"},
    "channel": {"constant": "store"},
    "is_return": {"constant": False},
}
SATURDAY, SUNDAY = date(2026, 10, 3), date(2026, 10, 4)


def mapping(**columns: Any) -> StreamMapping:
    return StreamMapping.model_validate(
        {"stream": "pos_lines", "sql": {"table": "lines"}, "columns": COLUMNS | columns}
    )


def came(*rows: tuple[str, str, date]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            FILE_ROW: range(1, len(rows) + 1),
            "shop": [shop for shop, _, _ in rows],
            "receipt": [f"R-{number}" for number in range(len(rows))],
            "amount": [Decimal(amount) for _, amount, _ in rows],
            "sold": [datetime(day.year, day.month, day.day, 12) for _, _, day in rows],
        },
        schema_overrides={"amount": pl.Decimal(19, 4)},
    )


ROWS = came(("north", "5.80", SATURDAY), ("north", "-3.20", SATURDAY), ("web", "17.40", SUNDAY))


def said(*cells: tuple[str, date, int, str | None]) -> pl.DataFrame:
    schema = {"store": pl.String, "day": pl.Date, "rows": pl.Int64, "amount": pl.String}
    return pl.DataFrame(cells, schema=schema, orient="row")


TRUE = said(("north", SATURDAY, 2, "2.60"), ("web", SUNDAY, 1, "17.40"))


def judged(totals: pl.DataFrame, rows: pl.DataFrame = ROWS, **columns: Any) -> dict[str, Any]:
    spec = mapping(**columns)
    asked = asked_of(spec)
    assert asked is not None
    control = Control(asked, lambda: totals)
    for part in (rows.head(1), rows.slice(1)):
        control.count(part, apply_mapping(part, spec))
    return compared(control)


def test_totals_that_agree_differ_in_no_cell() -> None:
    record = judged(TRUE)
    assert (record["rows"], record["rows_came"], record["cells"], record["cells_differing"]) == (3, 3, 2, 0)
    assert Decimal(record["amount"]) == Decimal("20.00")


def test_a_lost_row_and_a_row_of_nowhere_are_named() -> None:
    record = judged(said(("north", SATURDAY, 3, "8.40"), ("south", SUNDAY, 1, "1.00"), ("web", SUNDAY, 1, "17.40")))
    assert record["cells_differing"] == 2
    north, south = record["differing"]
    assert (north["store"], north["rows"], north["rows_came"]) == ("north", 3, 2)
    assert (south["store"], south["day"], south["rows_came"]) == ("south", "2026-10-04", 0)
    assert judged(said(("north", SATURDAY, 2, "2.60")))["cells_differing"] == 1


def test_money_landed_a_hundredfold_differs_although_every_row_came() -> None:
    wrong = judged(TRUE, rows=ROWS.with_columns(pl.col("amount") * 100))
    assert (wrong["rows"], wrong["rows_came"], wrong["cells_differing"]) == (3, 3, 2)


def test_rows_set_aside_count_with_their_raw_amounts() -> None:
    rows = came(("north", "5.80", SATURDAY), ("north", "0.125", SATURDAY))
    assert judged(said(("north", SATURDAY, 2, "5.925")), rows)["cells_differing"] == 0
    assert judged(said(("north", SATURDAY, 2, "5.80")), rows)["cells_differing"] == 1


def test_a_sum_that_is_no_number_is_not_compared_but_its_rows_are() -> None:
    rows = ROWS.head(1)
    assert judged(said(("north", SATURDAY, 1, "NaN")), rows)["cells_differing"] == 0
    assert judged(said(("north", SATURDAY, 2, "NaN")), rows)["cells_differing"] == 1


def test_columns_that_are_worked_on_are_not_broken_down_by() -> None:
    assert asked_of(mapping()) == Asked("shop", "sold", "amount")
    assert asked_of(mapping(store_id={"column": "shop", "values": {"web": "online"}})) == Asked(None, "sold", "amount")
    assert asked_of(mapping(net_amount_minor="amount")) == Asked("shop", "sold", "amount", in_units=False)
    both = {"columns": ["amount", "amount"], "combine": "sum", "decimal": True}
    assert asked_of(mapping(net_amount_minor=both)) == Asked("shop", "sold", None)


def test_minor_units_are_added_up_as_they_are() -> None:
    rows = ROWS.with_columns(pl.Series("amount", [580, -320, 1740], pl.Int64))
    totals = said(("north", SATURDAY, 2, "260"), ("web", SUNDAY, 1, "1740"))
    assert judged(totals, rows, net_amount_minor="amount")["cells_differing"] == 0
