"""Sixty orders of a Vendure shop, with coupons, cancellations and refunds, land to the cent, by its own totals."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import SecretStr

from orchestration.connectors.landing import land_source
from orchestration.connectors.loads import LoadResult, active_loads, read_loads
from orchestration.errors import SourceError
from orchestration.settings import Source
from orchestration.workspace import Workspace
from tests.live.servers import vendure_orders, vendure_shop
from tests.live.servers.vendure_shop import Shop

KEY = SecretStr("a-key-for-tests-only-0123456789abcdef")
TONIGHT = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(minutes=30)
TOMORROW = TONIGHT + timedelta(days=1)
EXTRA = ("shipping",)


@dataclass
class Open:
    """The shop, and its sixty orders as the shop itself told them right after they were placed."""

    shop: Shop
    placed: dict[str, dict[str, Any]]

    def untouched(self, lines: int = 1) -> str:
        """An order with so many lines or more that no test has changed; it counts as changed from now on."""
        code = next(
            code
            for code, order in self.placed.items()
            if not order.get("taken") and len(order["lines"]) >= lines and order["lines"][0]["quantity"] > 1
        )
        self.placed[code]["taken"] = True
        return code


@pytest.fixture(scope="module")
def opened() -> Iterator[Open]:
    """A shop with sixty paid orders and a cart that was left."""
    if (why := vendure_shop.missing()) is not None:
        pytest.skip(why)
    with vendure_shop.running() as shop:
        codes = vendure_orders.open_shop(shop)
        vendure_orders.cart(shop, 7, vendure_orders.variant_ids(shop))
        yield Open(shop, {code: vendure_orders.order(shop, code) for code in codes})


class Brand:
    """A workspace with the preset as its only source."""

    def __init__(self, root: Path, shop: Shop) -> None:
        self.workspace, self.shop = Workspace.at(root), shop
        root.mkdir()

    def land(self, at: datetime = TONIGHT, stream: str | dict[str, Any] = "pos_lines") -> LoadResult:
        source = Source.model_validate(
            {"name": "shop", "preset": "vendure", "rest": {"base_url": self.shop.url}, "streams": [stream]}
        )
        (result,) = land_source(
            source,
            source.streams,
            self.workspace,
            key=KEY,
            loaded_at=at,
            real_data=self.workspace.root,
            brand_timezone="Europe/Amsterdam",
        )
        return result

    def rows(self, stream: str = "pos_lines") -> pl.DataFrame:
        """The last version of every row."""
        loads = [load for load in active_loads(read_loads(self.workspace.landing)) if load.stream == stream]
        rows = pl.concat([pl.read_parquet(load.data) for load in loads])
        key = ["transaction_id", "line_no"] if stream == "pos_lines" else ["product_id"]
        return rows.unique(key, keep="last", maintain_order=True)

    def sold(self) -> dict[str, int]:
        """What each order brought."""
        return _summed(self.rows().filter(~pl.col("is_return")), "transaction_id")

    def returned(self) -> dict[str, int]:
        """What was paid back of each order, as a positive number."""
        return {
            code: -sum_ for code, sum_ in _summed(self.rows().filter("is_return"), "return_of_transaction_id").items()
        }

    def lines(self, code: str) -> dict[str, tuple[float, int]]:
        """Units and amount of each line of an order."""
        mine = self.rows().filter(pl.col("transaction_id") == code)
        return {
            line: (units, paid)
            for line, units, paid in mine.select("line_no", "quantity", "net_amount_minor").iter_rows()
        }


def of_the_preset(stream: str) -> dict[str, Any]:
    """A stream's table as it stands in the preset."""
    told = {"name": "shop", "preset": "vendure", "rest": {"base_url": "http://127.0.0.1"}, "streams": [stream]}
    return Source.model_validate(told).streams[0].model_dump(mode="json", exclude_defaults=True)


def _summed(rows: pl.DataFrame, by: str) -> dict[str, int]:
    return dict(rows.group_by(by).agg(pl.col("net_amount_minor").sum()).iter_rows())


@pytest.fixture
def brand(opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brand:
    """An empty workspace beside the shop, with its API key in the environment."""
    monkeypatch.setenv("VENDURE_API_KEY", opened.shop.api_key)
    return Brand(tmp_path / "brand", opened.shop)


def test_every_order_lands_with_vendures_own_amounts(brand: Brand, opened: Open) -> None:
    result = brand.land()
    assert (result.rows_quarantined, result.rows_duplicate) == (0, 0)
    assert len(opened.placed) == vendure_orders.ORDERS
    assert brand.sold() == {code: order["totalWithTax"] for code, order in opened.placed.items()}
    for code, order in opened.placed.items():
        goods = {line: told for line, told in brand.lines(code).items() if not line.startswith(EXTRA)}
        assert goods == {line["id"]: (line["quantity"], line["proratedLinePriceWithTax"]) for line in order["lines"]}
        assert sum(paid for _, paid in goods.values()) == order["subTotalWithTax"]


def test_coupons_and_promotions_are_discounts_of_their_lines(brand: Brand, opened: Open) -> None:
    brand.land()
    discounts = dict(
        brand.rows().select(pl.concat_str("transaction_id", "line_no", separator=" "), "discount_minor").iter_rows()
    )
    for code, order in opened.placed.items():
        for line in order["lines"]:
            off = line["linePriceWithTax"] - line["proratedLinePriceWithTax"]
            assert discounts[f"{code} {line['id']}"] == off
    codes = brand.rows().drop_nulls("promotion_code").group_by("transaction_id").agg("promotion_code")
    used = {order: set(found) for order, found in codes.iter_rows()}
    for code, order in opened.placed.items():
        assert used.get(code, set()) <= set(order["couponCodes"])
    assert {name for found in used.values() for name in found} == {"TENTH", "FIVER", "CREAM"}


def test_a_second_run_lands_nothing_new(brand: Brand) -> None:
    brand.land()
    again = brand.land(TOMORROW)
    assert (again.status, again.rows_accepted) in (("unchanged", 0), ("landed", 0))


def test_customers_are_landed_as_pseudonyms(brand: Brand, opened: Open) -> None:
    brand.land()
    buyers = {order["customer"]["id"] for order in opened.placed.values()}
    keys = brand.rows().get_column("identity_key")
    assert keys.null_count() == 0
    assert len(buyers) <= keys.n_unique() <= vendure_orders.CUSTOMERS


def test_a_refund_of_units_becomes_returns_that_sum_to_it(brand: Brand, opened: Open) -> None:
    code = opened.untouched(lines=3)
    lines = opened.placed[code]["lines"]
    brand.land()
    vendure_orders.refund(opened.shop, code, 1001, [(line["id"], 1) for line in lines])
    brand.land(TOMORROW)
    assert brand.sold()[code] == opened.placed[code]["totalWithTax"], "what was sold was sold"
    assert brand.returned()[code] == 1001
    back = brand.rows().filter(pl.col("return_of_transaction_id") == code)
    assert back.get_column("quantity").to_list() == [-1] * len(lines)
    shares = dict(back.select("line_no", -pl.col("net_amount_minor")).iter_rows())
    whole = sum(line["proratedLinePriceWithTax"] / line["quantity"] for line in lines)
    for line in lines:
        exact = 1001 * line["proratedLinePriceWithTax"] / line["quantity"] / whole
        assert abs(shares[line["id"]] - exact) < 1


def test_refunds_of_shipping_and_of_an_amount_alone_sum_to_them(brand: Brand, opened: Open) -> None:
    shipped, gesture = opened.untouched(), opened.untouched()
    order = opened.placed[shipped]
    line, shipping = order["lines"][0], order["shippingWithTax"]
    unit = line["proratedUnitPriceWithTax"]
    vendure_orders.refund(opened.shop, shipped, unit + shipping, [(line["id"], 1)], shipping=shipping)
    vendure_orders.refund(opened.shop, gesture, 77)
    brand.land()
    assert (brand.returned()[shipped], brand.returned()[gesture]) == (unit + shipping, 77)
    back = brand.rows().filter(pl.col("return_of_transaction_id") == shipped)
    assert dict(back.select("product_id", "net_amount_minor").iter_rows())["shipping"] == -shipping


def test_a_refund_that_is_only_promised_lands_when_it_is_paid(brand: Brand, opened: Open) -> None:
    code = opened.untouched()
    vendure_orders.refund(opened.shop, code, 50, settle=False)
    brand.land()
    assert code not in brand.returned()
    vendure_orders.settle_refunds(opened.shop, code)
    brand.land(TOMORROW)
    assert brand.returned()[code] == 50


def test_cancelled_units_stay_sold_and_their_refund_is_counted_once(brand: Brand, opened: Open) -> None:
    code = opened.untouched(lines=3)
    before = opened.placed[code]
    first, second = before["lines"][:2]
    units = [(first["id"], 1), (second["id"], second["quantity"])]
    vendure_orders.cancel(opened.shop, code, units)
    after = vendure_orders.order(opened.shop, code)
    worth = before["totalWithTax"] - after["totalWithTax"]
    vendure_orders.refund(opened.shop, code, worth, units)
    brand.land()
    assert worth > 0
    assert brand.sold()[code] == before["payments"][0]["amount"], "as it was placed and paid"
    assert brand.returned()[code] == worth
    assert brand.sold()[code] - brand.returned()[code] == after["totalWithTax"], "what Vendure says is left"
    goods = {line: told for line, told in brand.lines(code).items() if not line.startswith(EXTRA)}
    for line in before["lines"]:
        units_sold, paid = goods[line["id"]]
        assert units_sold == line["quantity"]
        assert abs(paid - line["proratedLinePriceWithTax"]) <= 1, "the cent of a unit's rounding"


def test_a_modified_order_keeps_what_was_paid_and_what_went_back(brand: Brand, opened: Open) -> None:
    code = opened.untouched(lines=2)
    before = opened.placed[code]
    line = before["lines"][0]
    vendure_orders.shrink(opened.shop, code, line["id"], line["quantity"] - 1)
    after = vendure_orders.order(opened.shop, code)
    brand.land()
    assert after["totalWithTax"] < before["totalWithTax"]
    assert brand.sold()[code] == before["payments"][0]["amount"]
    assert brand.sold()[code] - brand.returned()[code] == after["totalWithTax"]


def test_a_cart_that_is_paid_after_later_orders_is_found_without_any_overlap(brand: Brand, opened: Open) -> None:
    """Placing an order does not move its updatedAt: a cursor on that alone would never see this one."""
    variants = vendure_orders.variant_ids(opened.shop)
    early = vendure_orders.cart(opened.shop, 11, variants)
    time.sleep(2)
    later = vendure_orders.pay(vendure_orders.cart(opened.shop, 12, variants))
    stream = of_the_preset("pos_lines")
    stream["rest"]["incremental"]["reread_days"] = 0
    brand.land(stream=stream)
    code = vendure_orders.pay(early)
    for each in (later, code):
        opened.placed[each] = vendure_orders.order(opened.shop, each) | {"taken": True}
    order = opened.placed[code]
    assert order["updatedAt"] < opened.placed[later]["orderPlacedAt"] < order["orderPlacedAt"]
    assert code not in brand.sold()
    result = brand.land(TOMORROW, stream=stream)
    assert brand.sold()[code] == order["totalWithTax"]
    assert result.rows_accepted == len(order["lines"]) + 1, "its lines and its shipping, and nothing else"


def test_all_orders_and_refunds_agree_with_the_shop_at_the_end(brand: Brand, opened: Open) -> None:
    for more in range(5):
        code = opened.untouched()
        vendure_orders.refund(opened.shop, code, 101 + more, [(opened.placed[code]["lines"][0]["id"], 1)])
    brand.land()
    now = {code: vendure_orders.order(opened.shop, code) for code in opened.placed}
    paid = {code: sum(payment["amount"] for payment in order["payments"]) for code, order in now.items()}
    refunds = {
        code: sum(refund["total"] for payment in order["payments"] for refund in payment["refunds"])
        for code, order in now.items()
    }
    assert brand.sold() == paid
    assert brand.returned() == {code: amount for code, amount in refunds.items() if amount}
    assert len(brand.returned()) >= 5


def test_the_shops_products_land_as_products(brand: Brand) -> None:
    brand.land(stream="products")
    products = dict(brand.rows("products").select("product_id", "name").iter_rows())
    assert len(products) == 10
    assert products["SKU-0"] == "Oat bar"


def test_a_wrong_key_stops_the_run_and_lands_nothing(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("VENDURE_API_KEY", "made-up-0123456789")
    caplog.set_level(logging.DEBUG)
    with pytest.raises(SourceError, match="FORBIDDEN") as caught:
        brand.land()
    assert "made-up-0123456789" not in caplog.text + str(caught.value)
    assert read_loads(brand.workspace.landing) == []
