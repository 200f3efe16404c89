"""An order of a Vendure shop as till lines: what was sold, its shipping, and what was paid back; right to the cent.

Belongs here: the arithmetic that paths cannot say. Does not: the query, its pages, the columns (vendure.toml).

A Vendure order changes after the sale. Units that are cancelled leave their line (quantity falls, orderPlacedQuantity
stays) and the order's totals, while the payment stays, and refunds stand beside it. Sales are therefore landed as they
were placed, and every refund as returns: an order's lines then add up to its payments, its returns to its refunds, and
nothing is subtracted twice. Of all prices only the prorated ones carry order-level coupons.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]
# A payment in another state has brought nothing (yet); a refund in another state has given nothing back (yet).
_PAID = ("Settled", "Authorized")
_REFUNDED = ("Settled",)
_DEFAULT_CHANNEL = "__default_channel__"
SHIPPING, REFUND = "shipping", "refund"


def order_rows(order: dict[str, Any]) -> list[Row]:
    """The rows of a placed order (type Order of the Admin API, with the fields that vendure.toml asks for).

    Returns:
        Rows with transaction, line, product, unit, quantity, paid and discount (minor units, tax included), at,
        is_return, return_of and code; NULL where a row has none. Payments that lack (a cancelled order that was never
        paid) leave rows of zero: what may have been landed of it is taken back.

    Raises:
        KeyError, TypeError: the order is not what the service documents.
    """
    sold = _goods(order)
    if order["state"] == "Cancelled" and not _sum_of(order["payments"], _PAID, "amount"):
        return [row | {"quantity": 0, "paid": 0, "discount": 0} for row in sold]
    extra = [
        _row(order, f"surcharge-{one['id']}", one["sku"] or "surcharge", "surcharge", 1, one["priceWithTax"])
        for one in order["surcharges"]
    ]
    shipping = [
        _row(order, f"shipping-{one['id']}", SHIPPING, SHIPPING, 1, one["discountedPriceWithTax"])
        | {"discount": max(0, one["priceWithTax"] - one["discountedPriceWithTax"])}
        for one in order["shippingLines"]
    ]
    refunds = [refund for payment in order["payments"] for refund in payment["refunds"] if refund["state"] in _REFUNDED]
    return [*sold, *extra, *shipping, *(row for refund in refunds for row in _returns(order, refund, sold))]


def _goods(order: dict[str, Any]) -> list[Row]:
    """One row a line, with the units and the amount it was placed with."""
    lines = order["lines"]
    placed = [max(line["orderPlacedQuantity"], line["quantity"]) for line in lines]
    amounts = _placed_amounts(order, placed)
    codes = {f"PROMOTION:{one['id']}": one["couponCode"] for one in order["promotions"] if one["couponCode"]}
    return [
        _row(order, line["id"], line["productVariant"]["sku"], "each", units, paid)
        | {"discount": max(0, _full_price(line, units) - paid), "code": _code(line, codes)}
        for line, units, paid in zip(lines, placed, amounts, strict=True)
    ]


def _placed_amounts(order: dict[str, Any], placed: Sequence[int]) -> list[int]:
    """What each line was paid with.

    A line that lost no unit says it (proratedLinePriceWithTax). One that lost some says it of the rest, in proportion.
    One that lost all says nothing: the discounts on it are gone. But the payments stayed: what the others leave of them
    is shared among the lines that lost units, by their prices, to the cent.
    """
    lines = order["lines"]
    amounts = [line["proratedLinePriceWithTax"] for line in lines]
    shrunk = [number for number, line in enumerate(lines) if line["quantity"] < placed[number]]
    if not shrunk:
        return amounts
    for number in shrunk:
        line = lines[number]
        known = line["quantity"] > 0
        amounts[number] = (
            round(line["proratedLinePriceWithTax"] * placed[number] / line["quantity"])
            if known
            else _full_price(line, placed[number])
        )
    other = sum(one["priceWithTax"] for one in order["surcharges"])
    other += sum(one["discountedPriceWithTax"] for one in order["shippingLines"])
    paid = _sum_of(order["payments"], _PAID, "amount") - other
    emptied = [number for number in shrunk if lines[number]["quantity"] == 0] or shrunk
    rest = paid - sum(amount for number, amount in enumerate(amounts) if number not in emptied)
    if rest > 0:
        for number, amount in zip(emptied, shares(rest, [amounts[number] for number in emptied]), strict=True):
            amounts[number] = amount
    return amounts


def _returns(order: dict[str, Any], refund: dict[str, Any], sold: Sequence[Row]) -> list[Row]:
    """The rows of a refund; together they are exactly what was paid back."""
    back = f"{order['code']}-refund-{refund['id']}"
    known = {row["line"]: row for row in sold}
    units = [(known[one["orderLineId"]], one["quantity"]) for one in refund["lines"] if one["orderLineId"] in known]
    weights = [row["paid"] / row["quantity"] * quantity if row["quantity"] else 0 for row, quantity in units]
    shipping = min(refund["shipping"], refund["total"]) if units else 0
    parts = shares(refund["total"] - shipping, weights)
    rows = [row | {"quantity": -quantity, "paid": -paid} for (row, quantity), paid in zip(units, parts, strict=True)]
    if not units:
        rows = [_row(order, REFUND, REFUND, REFUND, 0, -refund["total"])]
    if shipping:
        rows.append(_row(order, SHIPPING, SHIPPING, SHIPPING, -1, -shipping))
    more = {"transaction": back, "at": refund["updatedAt"], "is_return": True, "return_of": order["code"]}
    return [row | more | {"discount": None} for row in rows]


def shares(total: int, weights: Sequence[float]) -> list[int]:
    """A total in whole cents, shared by weight; the cents that rounding leaves go to the largest remainders.

    Args:
        weights: >= 0; where all are 0, the shares are equal.
    """
    if not weights:
        return []
    whole = sum(weights)
    exact = [total * (weight / whole if whole else 1 / len(weights)) for weight in weights]
    parts = [int(each // 1) for each in exact]
    order = sorted(range(len(parts)), key=lambda number: (parts[number] - exact[number], number))
    for number in order[: total - sum(parts)]:
        parts[number] += 1
    return parts


def _row(order: dict[str, Any], line: str, product: str, unit: str, quantity: int, paid: int) -> Row:
    return {
        "transaction": order["code"],
        "line": line,
        "product": product,
        "unit": unit,
        "quantity": quantity,
        "paid": paid,
        "discount": 0,
        "at": order["orderPlacedAt"],
        "is_return": False,
        "return_of": None,
        "code": None,
        "customer": (order["customer"] or {}).get("id"),
        "currency": order["currencyCode"],
        "channel": _channel(order),
    }


def _channel(order: dict[str, Any]) -> str | None:
    """The channel it was sold in: every order is in the default one as well."""
    codes = sorted(one["code"] for one in order["channels"])
    return next((code for code in codes if code != _DEFAULT_CHANNEL), _DEFAULT_CHANNEL if codes else None)


def _full_price(line: dict[str, Any], units: int) -> int:
    """What a line costs without any discount: the shop's own sum where it is of these units (it rounds once)."""
    price = line["linePriceWithTax"] if line["quantity"] == units else line["unitPriceWithTax"] * units
    return int(price)


def _code(line: dict[str, Any], codes: dict[str, str]) -> str | None:
    """The coupon that took most off the line, the first of several (a code may be of several promotions)."""
    off: dict[str, int] = {}
    for discount in line["discounts"]:
        code = codes.get(discount["adjustmentSource"])
        if code is not None:
            off[code] = off.get(code, 0) - discount["amountWithTax"]
    return max(off, key=lambda code: off[code], default=None)


def _sum_of(entries: Sequence[dict[str, Any]], states: Sequence[str], amount: str) -> int:
    return sum(one[amount] for one in entries if one["state"] in states)
