"""Promotions, sixty paid orders, and what happens to orders afterwards, made by a shop's own APIs.

Belongs here: making them. Does not: the shop (vendure_shop.py), what must land of them (test_vendure.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.live.servers.vendure_shop import Door, Shop

ORDERS, CUSTOMERS = 60, 25
# Order-level and line-level promotions; one code that two promotions share; two codes on one order.
COUPONS: tuple[tuple[str, ...], ...] = ((), ("TENTH",), ("FIVER",), ("CREAM",), ("FREESHIP",), ("TENTH", "FIVER"))
ORDER = """query ($code: String!) { orders(options: {filter: {code: {eq: $code}}}) { items {
    id code state updatedAt orderPlacedAt currencyCode couponCodes subTotalWithTax shippingWithTax totalWithTax
    customer { id }
    lines { id quantity linePriceWithTax proratedUnitPriceWithTax proratedLinePriceWithTax }
    payments { id amount state refunds { id total state } }
} } }"""


def open_shop(shop: Shop) -> list[str]:
    """Make the promotions and the orders; gives the orders' codes in the order they were placed."""
    variants = variant_ids(shop)
    cream, soap = variants["SKU-6"], variants["SKU-5"]
    _promotion(shop, "a tenth off the order", "order_percentage_discount", {"discount": "10"}, "TENTH")
    _promotion(shop, "five off the order", "order_fixed_discount", {"discount": "500"}, "FIVER")
    some = {"discount": "33", "productVariantIds": f'["{cream}"]'}
    _promotion(shop, "a third off face cream", "products_percentage_discount", some, "CREAM")
    _promotion(shop, "half off each line", "order_line_fixed_discount", {"discount": "50"}, "CREAM")
    _promotion(shop, "free shipping", "free_shipping", {}, "FREESHIP")
    always = {"discount": "7", "productVariantIds": f'["{soap}"]'}
    _promotion(shop, "soap for everybody", "products_percentage_discount", always, None)
    return [pay(cart(shop, number, variants)) for number in range(ORDERS)]


def variant_ids(shop: Shop) -> dict[str, str]:
    """SKU to the variant's id."""
    items = shop.admin.ask("query { productVariants { items { id sku } } }")["productVariants"]["items"]
    return {item["sku"]: item["id"] for item in items}


def cart(shop: Shop, number: int, variants: dict[str, str]) -> Door:
    """A visitor whose cart holds one to four lines, coupons and a way of shipping, ready to be paid."""
    visitor = shop.visitor()
    for turn in range(1 + number % 4):
        variant = variants[f"SKU-{(3 * number + 2 * turn + turn * turn) % 10}"]
        _do(visitor, f'addItemToOrder(productVariantId: "{variant}", quantity: {1 + (number + 2 * turn) % 5})')
    for coupon in COUPONS[number % len(COUPONS)]:
        _do(visitor, f'applyCouponCode(couponCode: "{coupon}")')
    mail = f"buyer{number % CUSTOMERS}@example.test"
    _do(visitor, f'setCustomerForOrder(input: {{firstName: "Buyer", lastName: "One", emailAddress: "{mail}"}})')
    home = '{streetLine1: "Main street 1", city: "Utrecht", countryCode: "NL", postalCode: "1234 AB"}'
    _do(visitor, f"setOrderShippingAddress(input: {home})")
    offered = visitor.ask("query { eligibleShippingMethods { id code } }")["eligibleShippingMethods"]
    wanted = sorted(offered, key=lambda method: str(method["code"]))[number % 2]["id"]
    _do(visitor, f'setOrderShippingMethod(shippingMethodId: ["{wanted}"])')
    return visitor


def pay(visitor: Door) -> str:
    """Place the order of a cart and pay it; gives its code."""
    _do(visitor, 'transitionOrderToState(state: "ArrangingPayment")')
    paid = _do(visitor, 'addPaymentToOrder(input: {method: "card", metadata: {}})', "... on Order { code }")
    return str(paid["code"])


def order(shop: Shop, code: str) -> dict[str, Any]:
    """An order as the shop itself sees it."""
    (item,) = shop.admin.ask(ORDER, code=code)["orders"]["items"]
    return dict(item)


def refund(
    shop: Shop, code: str, amount: int, units: Sequence[tuple[str, int]] = (), *, shipping: int = 0, settle: bool = True
) -> None:
    """Give money back: for some units of some lines, or (none named) as a gesture. Unsettled, it is only promised."""
    _do(
        shop.admin,
        "refundOrder(input: $input)",
        "... on Refund { id }",
        RefundOrderInput={
            "paymentId": order(shop, code)["payments"][0]["id"],
            "lines": _lines(units),
            "amount": amount,
            # Deprecated; without them the shop's own database refuses the refund.
            "shipping": shipping,
            "adjustment": 0,
        },
    )
    if settle:
        settle_refunds(shop, code)


def settle_refunds(shop: Shop, code: str) -> None:
    """The bank has paid an order's refunds."""
    for made in order(shop, code)["payments"][0]["refunds"]:
        if made["state"] == "Pending":
            _do(
                shop.admin,
                f'settleRefund(input: {{id: "{made["id"]}", transactionId: "bank"}})',
                "... on Refund { id }",
            )


def cancel(shop: Shop, code: str, units: Sequence[tuple[str, int]]) -> None:
    """Take units out of an order: its lines and its total shrink, what was paid stays."""
    given = {"orderId": order(shop, code)["id"], "lines": _lines(units)}
    _do(shop.admin, "cancelOrder(input: $input)", CancelOrderInput=given)


def shrink(shop: Shop, code: str, line: str, quantity: int) -> None:
    """Modify a paid order to fewer units of a line: the shop reckons all prices anew and pays the difference back."""
    it = order(shop, code)
    move = f'transitionOrderToState(id: "{it["id"]}", state: "{{}}")'
    _do(shop.admin, move.format("Modifying"))
    given = {
        "dryRun": False,
        "orderId": it["id"],
        "adjustOrderLines": [{"orderLineId": line, "quantity": quantity}],
        "couponCodes": it["couponCodes"],
        "refund": {"paymentId": it["payments"][0]["id"], "reason": "fewer"},
    }
    _do(shop.admin, "modifyOrder(input: $input)", ModifyOrderInput=given)
    settle_refunds(shop, code)
    _do(shop.admin, move.format("PaymentSettled"))


def _lines(units: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"orderLineId": line, "quantity": quantity} for line, quantity in units]


def _promotion(shop: Shop, name: str, action: str, arguments: dict[str, str], coupon: str | None) -> None:
    given = [{"name": key, "value": value} for key, value in arguments.items()]
    least = [{"name": "amount", "value": "0"}, {"name": "taxInclusive", "value": "true"}]
    _do(
        shop.admin,
        "createPromotion(input: $input)",
        "... on Promotion { id }",
        CreatePromotionInput={
            "enabled": True,
            "couponCode": coupon,
            "conditions": [] if coupon else [{"code": "minimum_order_amount", "arguments": least}],
            "actions": [{"code": action, "arguments": given}],
            "translations": [{"languageCode": "en", "name": name}],
        },
    )


def _do(door: Door, call: str, fields: str = "... on Order { id }", **given: Any) -> dict[str, Any]:
    """A mutation; `given` is the type of its $input and its value."""
    declared = "".join(f"($input: {name}!)" for name in given)
    query = f"mutation {declared} {{ done: {call} {{ {fields} ... on ErrorResult {{ errorCode message }} }} }}"
    (value,) = given.values() or [None]
    return dict(door.ask(query, **({} if value is None else {"input": value}))["done"])
