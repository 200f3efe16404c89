"""An order of Vendure as till lines; the amounts are worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.connectors.presets.vendure import order_rows, shares


def line(
    number: int, units: int, unit_price: int, paid: int, placed: int | None = None, off: int = 0
) -> dict[str, Any]:
    return {
        "id": str(number),
        "quantity": units,
        "orderPlacedQuantity": units if placed is None else placed,
        "unitPriceWithTax": unit_price,
        "linePriceWithTax": unit_price * units,
        "proratedLinePriceWithTax": paid,
        "productVariant": {"sku": f"SKU-{number}"},
        "discounts": [{"adjustmentSource": "PROMOTION:1", "amountWithTax": -off}] if off else [],
    }


def refund(total: int, *units: tuple[str, int], state: str = "Settled", shipping: int = 0) -> dict[str, Any]:
    return {
        "id": "7",
        "state": state,
        "total": total,
        "shipping": shipping,
        "updatedAt": "2026-10-09T10:00:00.000Z",
        "lines": [{"orderLineId": one, "quantity": quantity} for one, quantity in units],
    }


def order(lines: list[dict[str, Any]], paid: int, *refunds: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "code": "ABC",
        "state": "PaymentSettled",
        "orderPlacedAt": "2026-10-01T08:00:00.000Z",
        "currencyCode": "EUR",
        "customer": {"id": "4"},
        "channels": [{"code": "__default_channel__"}, {"code": "nl-shop"}],
        "promotions": [{"id": "1", "couponCode": "TENTH"}],
        "lines": lines,
        "surcharges": [],
        "shippingLines": [{"id": "1", "priceWithTax": 495, "discountedPriceWithTax": 495}],
        "payments": [{"state": "Settled", "amount": paid, "refunds": list(refunds)}],
    } | more


def money(rows: list[dict[str, Any]], *, returns: bool = False) -> list[tuple[str, int, int]]:
    return [(row["line"], row["quantity"], row["paid"]) for row in rows if row["is_return"] == returns]


def test_an_order_gives_its_prorated_lines_and_its_shipping() -> None:
    rows = order_rows(order([line(1, 2, 500, 900, off=100), line(2, 1, 300, 300)], paid=1695))
    assert money(rows) == [("1", 2, 900), ("2", 1, 300), ("shipping-1", 1, 495)]
    assert [row["discount"] for row in rows] == [100, 0, 0]
    assert [row["code"] for row in rows] == ["TENTH", None, None]
    assert {row["channel"] for row in rows} == {"nl-shop"}


def test_a_refund_is_split_over_its_lines_to_the_cent() -> None:
    # 450 and 300 a unit: of 100, sixty go to the first and forty to the second.
    rows = order_rows(order([line(1, 2, 500, 900), line(2, 1, 300, 300)], 1695, refund(100, ("1", 1), ("2", 1))))
    assert money(rows, returns=True) == [("1", -1, -60), ("2", -1, -40)]
    back = [row for row in rows if row["is_return"]]
    assert {(row["transaction"], row["return_of"], row["at"][:10]) for row in back} == {
        ("ABC-refund-7", "ABC", "2026-10-09")
    }


def test_a_refund_without_lines_is_one_return_of_no_product() -> None:
    rows = order_rows(order([line(1, 1, 900, 900)], 1395, refund(250)))
    assert money(rows, returns=True) == [("refund", 0, -250)]


def test_shipping_that_is_paid_back_is_no_return_of_goods() -> None:
    rows = order_rows(order([line(1, 1, 900, 900)], 1395, refund(1395, ("1", 1), shipping=495)))
    assert money(rows, returns=True) == [("1", -1, -900), ("shipping", -1, -495)]


@pytest.mark.parametrize("state", ["Pending", "Failed"])
def test_a_refund_that_is_not_settled_has_given_nothing_back(state: str) -> None:
    assert money(order_rows(order([line(1, 1, 900, 900)], 1395, refund(250, state=state))), returns=True) == []


def test_cancelled_units_stay_sold_as_they_were_paid() -> None:
    # Placed with 3 x 333 less a tenth = 899 and 2 x 1000 less a tenth = 1800; then a unit and a whole line cancelled.
    lines = [line(1, 2, 333, 599, placed=3), line(2, 0, 1000, 0, placed=2)]
    # What is left of the first tells 599 / 2 x 3 = 898 of it; the cent stands on the other: its own discount is gone.
    rows = order_rows(order(lines, 899 + 1800 + 495, refund(2100, ("1", 1), ("2", 2))))
    assert money(rows) == [("1", 3, 898), ("2", 2, 1801), ("shipping-1", 1, 495)]
    assert sum(paid for _, _, paid in money(rows)) == 899 + 1800 + 495
    assert sum(paid for _, _, paid in money(rows, returns=True)) == -2100


def test_an_order_cancelled_before_it_was_paid_sells_nothing() -> None:
    unpaid = order([line(1, 0, 900, 0, placed=1)], 0, state="Cancelled", payments=[])
    assert money(order_rows(unpaid)) == [("1", 0, 0)]


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [(100, [1, 1, 1], [34, 33, 33]), (10, [0, 0], [5, 5]), (1, [1, 2], [0, 1]), (0, [3], [0]), (7, [], [])],
)
def test_shares_add_up(total: int, weights: list[float], expected: list[int]) -> None:
    assert shares(total, weights) == expected
