"""Square, in the shapes of its documented Orders and Locations APIs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import SourceError
from tests.unit.connectors.rest_presets import NIGHT, Brand, routes
from tests.unit.connectors.rest_server import Asked, Reply, serving

LOCATIONS = {
    "locations": [
        {
            "id": "L1",
            "name": "North",
            "status": "ACTIVE",
            "timezone": "America/Chicago",
            "coordinates": {"latitude": 41.88, "longitude": -87.63},
        },
        {"id": "L2", "name": "Market stall", "status": "ACTIVE"},
    ]
}


def money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


SALE = {
    "id": "order-1",
    "location_id": "L1",
    "source": {"name": "Square Point of Sale"},
    "customer_id": "CUSTOMER-7",
    "line_items": [
        {
            "uid": "u1",
            "catalog_object_id": "OAT-BAR",
            "quantity": "2",
            "name": "Oat bar",
            "base_price_money": money(290),
            "gross_sales_money": money(580),
            "total_discount_money": money(58),
            "total_tax_money": money(44),
            "total_money": money(566),
        },
        {
            "uid": "u2",
            "catalog_object_id": "BEANS",
            "quantity": "1.75",
            "gross_sales_money": money(1750),
            "quantity_unit": {"measurement_unit": {"weight_unit": "IMPERIAL_POUND", "type": "TYPE_WEIGHT"}},
            "total_discount_money": money(0),
            "total_money": money(1750),
        },
        {
            "uid": "u3",
            "quantity": "1",
            "name": "Candle, price typed in",
            "gross_sales_money": money(100),
            "total_discount_money": money(0),
            "total_money": money(100),
        },
    ],
    "created_at": "2026-10-03T18:20:00.123Z",
    "updated_at": "2026-10-03T18:20:04.456Z",
    "closed_at": "2026-10-03T18:20:04.000Z",
    "state": "COMPLETED",
}
RETURN = {
    "id": "order-2",
    "location_id": "L1",
    "returns": [
        {
            "uid": "r1",
            "source_order_id": "order-1",
            "return_line_items": [
                {
                    "uid": "ru1",
                    "source_line_item_uid": "u1",
                    "catalog_object_id": "OAT-BAR",
                    "quantity": "1",
                    "gross_return_money": money(290),
                    "total_discount_money": money(29),
                    "total_tax_money": money(22),
                    "total_money": money(283),
                }
            ],
        }
    ],
    "created_at": "2026-10-04T09:00:00Z",
    "updated_at": "2026-10-04T09:00:01Z",
    "state": "COMPLETED",
}
ONLINE = {
    "id": "order-3",
    "location_id": "L2",
    "source": {"name": "Square Online"},
    "line_items": [
        {
            "uid": "u1",
            "catalog_object_id": "OAT-BAR",
            "quantity": "6",
            "gross_sales_money": money(1740),
            "total_discount_money": money(0),
            "total_money": money(1740),
        }
    ],
    "created_at": "2026-10-04T20:00:00Z",
    "updated_at": "2026-10-04T20:00:01Z",
    "state": "COMPLETED",
}
PAGES = {None: {"orders": [SALE, RETURN], "cursor": "C2"}, "C2": {"orders": [ONLINE]}}
SALES_COLUMNS = ("transaction_id", "line_no", "product_id", "quantity", "quantity_unit", "net_amount_minor", "channel")


@pytest.fixture
def brand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brand:
    return Brand(tmp_path, "square", monkeypatch, SQUARE_ACCESS_TOKEN="EAAA-secret")


def orders(asked: Asked) -> Any:
    return PAGES[asked.body.get("cursor")]


def test_sales_and_returns_land_to_the_cent_and_locations_with_their_place(brand: Brand) -> None:
    with serving(routes({"/v2/locations": LOCATIONS, "/v2/orders/search": orders})) as square:
        sales, returns, stores = brand.land(square.url)
        search = next(asked for asked in square.asked if asked.path == "/v2/orders/search")
    assert search.headers["authorization"] == "Bearer EAAA-secret" and search.headers["square-version"]
    assert search.body["location_ids"] == ["L1", "L2"]
    assert search.body["query"]["filter"]["state_filter"] == {"states": ["COMPLETED"]}
    assert search.body["query"]["sort"]["sort_field"] == "UPDATED_AT"
    assert (sales.rows_accepted, returns.rows_accepted, stores.rows_accepted) == (4, 1, 2)
    rows = brand.rows("pos_lines", *SALES_COLUMNS, "is_return", "return_of_transaction_id")
    assert rows == [
        ("order-1", "u1", "OAT-BAR", 2.0, "each", 522, "store", False, None),
        ("order-1", "u2", "BEANS", 1.75, "IMPERIAL_POUND", 1750, "store", False, None),
        ("order-1", "u3", "custom_amount", 1.0, "each", 100, "store", False, None),
        ("order-3", "u1", "OAT-BAR", 6.0, "each", 1740, "online", False, None),
        ("order-2", "ru1", "OAT-BAR", -1.0, "each", -261, "store", True, "order-1"),
    ]
    assert brand.rows("pos_lines", "currency")[0] == ("USD",)
    assert brand.rows("stores", "store_id", "latitude", "timezone") == [
        ("L1", 41.88, "America/Chicago"),
        ("L2", None, None),
    ]


def test_the_next_night_reads_four_days_back_and_lands_only_what_changed(
    brand: Brand, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(routes({"/v2/locations": LOCATIONS, "/v2/orders/search": orders})) as square:
        brand.land(square.url, streams=["pos_lines"])
        before = len(square.asked)
        results = brand.land(square.url, NIGHT + timedelta(days=1), streams=["pos_lines"])
        again = [asked for asked in square.asked[before:] if asked.path == "/v2/orders/search"]
    start = again[0].body["query"]["filter"]["date_time_filter"]["updated_at"]["start_at"]
    assert start == "2026-09-30T20:00:01Z"
    assert all(result.rows_accepted == 0 for result in results)
    assert "new columns" not in caplog.text


def test_no_orders_at_all_is_an_answer_that_square_gives_without_the_field(brand: Brand) -> None:
    with serving(routes({"/v2/locations": LOCATIONS, "/v2/orders/search": {}})) as square:
        results = brand.land(square.url, streams=["pos_lines"])
    assert [result.rows_read for result in results] == [0, 0]


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (
            401,
            {
                "category": "AUTHENTICATION_ERROR",
                "code": "UNAUTHORIZED",
                "detail": "This request could not be authorized.",
            },
            r"answered 401 \(UNAUTHORIZED, AUTHENTICATION_ERROR\): check the credentials",
        ),
        (
            400,
            {
                "category": "INVALID_REQUEST_ERROR",
                "code": "INVALID_VALUE",
                "detail": "`bad@example.org` is not a valid time.",
                "field": "query.filter.date_time_filter",
            },
            r"answered 400 \(INVALID_VALUE, INVALID_REQUEST_ERROR, query.filter.date_time_filter\)",
        ),
        (403, {"category": "AUTHENTICATION_ERROR", "code": "INSUFFICIENT_SCOPES"}, r"403 \(INSUFFICIENT_SCOPES"),
    ],
)
def test_authentication_and_validation_errors_are_named_by_their_codes_and_land_nothing(
    brand: Brand, status: int, error: dict[str, str], said: str
) -> None:
    refused = Reply({"errors": [error]}, status)
    with (
        serving(routes({"/v2/locations": LOCATIONS, "/v2/orders/search": refused})) as square,
        pytest.raises(SourceError, match=said) as caught,
    ):
        brand.land(square.url)
    assert "bad@example.org" not in str(caught.value) and "EAAA" not in str(caught.value)
    assert not list(brand.workspace.landing.rglob("_load.json"))


def test_an_endless_cursor_ends_in_an_error_and_lands_nothing(brand: Brand) -> None:
    stateless = {"orders": [SALE], "cursor": "the same for ever"}
    with (
        serving(routes({"/v2/locations": LOCATIONS, "/v2/orders/search": stateless})) as square,
        pytest.raises(SourceError, match=r"source brand, stream pos_lines: POST v2/orders/search gave the same"),
    ):
        brand.land(square.url)
    assert not list(brand.workspace.landing.rglob("_load.json"))


def test_an_error_that_arrives_with_status_200_is_no_empty_day(brand: Brand) -> None:
    body = {"errors": [{"category": "API_ERROR", "code": "NOT_FOUND"}]}
    with (
        serving(routes({"/v2/locations": LOCATIONS, "/v2/orders/search": body})) as square,
        pytest.raises(SourceError, match=r"answered 200 \(NOT_FOUND, API_ERROR\) with errors instead of data"),
    ):
        brand.land(square.url)
