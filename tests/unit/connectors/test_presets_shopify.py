"""Shopify, in the shapes of its documented GraphQL Admin API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import SourceError
from tests.unit.connectors.rest_presets import Brand
from tests.unit.connectors.rest_server import Asked, Reply, serving


def amount(text: str, currency: str = "EUR") -> dict[str, Any]:
    return {"shopMoney": {"amount": text, "currencyCode": currency}}


def line(number: int, total: str, *off: tuple[str, str | None], product: str | None = "1") -> dict[str, Any]:
    return {
        "id": f"gid://shopify/LineItem/{number}",
        "sku": f"SKU-{number}",
        "quantity": 3,
        "product": None if product is None else {"id": f"gid://shopify/Product/{product}"},
        "originalTotalSet": amount(total),
        "discountAllocations": [
            {"allocatedAmountSet": amount(one), "discountApplication": {} if code is None else {"code": code}}
            for one, code in off
        ],
    }


def order(number: int, lines: list[dict[str, Any]], cut: bool = False, **more: Any) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/Order/{number}",
        "processedAt": "2026-10-02T10:00:00Z",
        "updatedAt": "2026-10-03T10:00:00Z",
        "test": False,
        "displayFinancialStatus": "PAID",
        "sourceName": "web",
        "customer": {"id": "gid://shopify/Customer/9"},
        "retailLocation": None,
        "lineItems": {"pageInfo": {"hasNextPage": cut}, "nodes": lines},
    } | more


ORDERS = [
    order(1, [line(1, "29.97", ("3.00", "TASTE10"), ("0.33", None)), line(2, "10.00", product=None)]),
    order(2, [line(3, "5.00")], sourceName="pos", retailLocation={"id": "gid://shopify/Location/4"}, customer=None),
    order(3, [line(4, "5.00")], displayFinancialStatus="VOIDED"),
    order(4, [line(5, "5.00")], test=True),
]
REFUNDS = [
    {
        "id": "gid://shopify/Order/1",
        "updatedAt": "2026-10-04T10:00:00Z",
        "test": False,
        "sourceName": "web",
        "customer": {"id": "gid://shopify/Customer/9"},
        "retailLocation": None,
        "refunds": [
            {
                "id": "gid://shopify/Refund/7",
                "createdAt": "2026-10-04T09:59:00Z",
                "refundLineItems": {
                    "pageInfo": {"hasNextPage": False},
                    "nodes": [
                        {
                            "id": "gid://shopify/RefundLineItem/70",
                            "quantity": 1,
                            "subtotalSet": amount("8.88"),
                            "lineItem": {"id": "gid://shopify/LineItem/1", "sku": "SKU-1", "product": None},
                        }
                    ],
                },
            },
            {
                "id": "gid://shopify/Refund/8",
                "createdAt": "2026-10-04T10:00:00Z",
                "refundLineItems": {"pageInfo": {"hasNextPage": False}, "nodes": []},
            },
        ],
    }
]


def shop(asked: Asked) -> Any:
    assert asked.path == "/graphql.json" and asked.method == "POST"
    every = REFUNDS if "refundLineItems" in asked.body["query"] else ORDERS
    start = int(asked.body["variables"].get("after", "0"))
    info = {"hasNextPage": start + 2 < len(every), "endCursor": str(start + 2)}
    return {"data": {"orders": {"pageInfo": info, "nodes": every[start : start + 2]}}, "extensions": {"cost": {}}}


@pytest.fixture
def brand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brand:
    return Brand(tmp_path, "shopify", monkeypatch, SHOPIFY_ACCESS_TOKEN="shpat_secret")


def test_lines_and_refunds_land_to_the_cent_with_code_store_and_channel(brand: Brand) -> None:
    with serving(shop) as shopify:
        sales, refunds = brand.land(shopify.url)
        first = shopify.asked[0]
    assert first.headers["x-shopify-access-token"] == "shpat_secret"
    assert first.body["variables"] == {"filter": "updated_at:>='2006-01-01T00:00:00Z'"}
    assert (sales.rows_accepted, sales.rows_quarantined, refunds.rows_accepted) == (3, 0, 1)
    columns = ("line_no", "product_id", "quantity", "net_amount_minor", "discount_minor", "store_id", "channel")
    rows = [
        tuple(str(value).rsplit("/", 1)[-1] if isinstance(value, str) else value for value in row)
        for row in brand.rows("pos_lines", *columns, "promotion_code", "return_of_transaction_id")
    ]
    assert rows == [
        ("1", "1", 3.0, 2664, 333, "online", "online", "TASTE10", None),
        ("2", "SKU-2", 3.0, 1000, 0, "online", "online", None, None),
        ("3", "1", 3.0, 500, 0, "4", "store", None, None),
        ("70", "SKU-1", -1.0, -888, None, "online", "online", None, "1"),
    ]
    assert [row[0] is None for row in brand.rows("pos_lines", "identity_key")] == [False, False, True, False]


def test_unpaid_and_test_orders_are_skipped_and_counted(brand: Brand) -> None:
    with serving(shop) as shopify:
        sales, _ = brand.land(shopify.url)
    assert sales.rows_read == 3


def test_an_order_with_more_lines_than_were_asked_for_is_an_error_and_not_a_shorter_order(brand: Brand) -> None:
    def answer(asked: Asked) -> Any:
        info = {"hasNextPage": False, "endCursor": None}
        return {"data": {"orders": {"pageInfo": info, "nodes": [order(1, [line(1, "1.00")], cut=True)]}}}

    with (
        serving(answer) as shopify,
        pytest.raises(SourceError, match=r"1 records whose nested list goes on \('lineItems.pageInfo.hasNextPage'\)"),
    ):
        brand.land(shopify.url)


def test_a_throttled_query_is_waited_for_and_a_wrong_one_is_named(brand: Brand) -> None:
    throttled = {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}
    calls: list[int] = []

    def answer(asked: Asked) -> Any:
        calls.append(1)
        return throttled if len(calls) == 1 else shop(asked)

    with serving(answer) as shopify:
        sales, _ = brand.land(shopify.url)
    assert sales.rows_accepted == 3 and brand.at > 0
    denied = {
        "data": None,
        "errors": [{"message": "Access denied for orders", "extensions": {"code": "ACCESS_DENIED"}}],
    }
    with serving(lambda asked: Reply(denied)) as shopify, pytest.raises(SourceError, match="ACCESS_DENIED"):
        brand.land(shopify.url)


def test_the_shops_name_stands_in_the_address(brand: Brand) -> None:
    from orchestration.settings import Source

    source = Source.model_validate({"name": "web_shop", "preset": "shopify", "rest": {"values": {"shop": "my-shop"}}})
    assert source.rest is not None and source.rest.base_url.startswith("https://{shop}.myshopify.com/admin/api/")
