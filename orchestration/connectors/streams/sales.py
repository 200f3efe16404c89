"""Streams of shops and pages: till lines, stores, products, product pages by day."""

from __future__ import annotations

from datetime import timedelta

from orchestration.connectors.streams.schema import Column, Reference, Stream

# A run reads only closed days, so a day's tills and pages are known to the run of that very day: no lag.
CLOSED_WITH_THE_DAY = timedelta(0)

POS_LINES = Stream(
    name="pos_lines",
    grain="One row per till or order line.",
    key=("source", "store_id", "transaction_id", "line_no"),
    occurred=("sold_at",),
    known=("updated_at",),
    known_lag=CLOSED_WITH_THE_DAY,
    columns=(
        Column("store_id", "text", "store, or the online shop", required=True),
        Column("transaction_id", "text", "basket or order", required=True),
        Column("line_no", "text", "line within the transaction; an identifier, so text", required=True),
        Column("product_id", "text", "product sold", required=True),
        Column(
            "consumer_ref",
            "text",
            "buyer as the till knows them; NULL: anonymous",
            reference=Reference("loyalty", "identity_key"),
        ),
        Column(
            "quantity",
            "number",
            "units, or litres etc. as quantity_unit says; negative on returns; 0 is possible",
            required=True,
        ),
        Column("quantity_unit", "text", "unit of quantity; never summed across units", required=True),
        Column(
            "net_amount_minor",
            "minor",
            "paid amount after discounts, in minor units; negative on returns",
            required=True,
        ),
        Column("margin_minor", "minor", "contribution margin; NULL: not given"),
        Column("discount_minor", "minor", "discount given, >= 0; NULL: not given", minimum=0),
        Column("currency", "text", "ISO 4217 code", required=True),
        Column("sold_at", "instant", "when it was sold, UTC", required=True),
        Column("updated_at", "instant", "when the source last changed the row; NULL: not given"),
        Column("channel", "text", "where it was sold", required=True, allowed=("store", "online")),
        Column("is_return", "boolean", "true: goods came back", required=True),
        Column(
            "return_of_transaction_id", "text", "transaction the goods had been bought in; NULL: unknown or no return"
        ),
        Column("promotion_code", "text", "code redeemed on the line; NULL: none"),
    ),
)

STORES = Stream(
    name="stores",
    grain="One row per store.",
    key=("store_id",),
    columns=(
        Column("store_id", "text", "store", required=True),
        Column("area_id", "text", "shopping area; NULL: unknown"),
        Column("latitude", "number", "degrees; NULL: unknown", minimum=-90, maximum=90),
        Column("longitude", "number", "degrees; NULL: unknown", minimum=-180, maximum=180),
        Column("timezone", "text", "IANA zone of the store's business day; NULL: the brand's zone"),
        Column("opened_on", "date", "first day of business; NULL: unknown"),
        Column("closed_on", "date", "last day of business; NULL: open or unknown"),
        Column("area_population", "integer", "people living in the area; NULL: unknown", minimum=0),
    ),
)

PRODUCTS = Stream(
    name="products",
    grain="One row per product.",
    key=("product_id",),
    columns=(
        Column("product_id", "text", "product", required=True),
        Column("brand", "text", "brand; NULL: unknown"),
        Column("category", "text", "category; NULL: unknown"),
        Column("name", "text", "product name; NULL: unknown"),
    ),
)

PRODUCT_PAGE_DAILY = Stream(
    name="product_page_daily",
    grain="One row per product page, site, day, visitor type and traffic source.",
    key=("source", "site", "product_id", "page_on", "visitor_type", "traffic_source"),
    occurred=("page_on",),
    known_lag=CLOSED_WITH_THE_DAY,
    columns=(
        Column("site", "text", "web shop or marketplace", required=True),
        Column("product_id", "text", "product of the page", required=True),
        Column("page_on", "date", "day of the figures", required=True),
        Column("displayed_reviews_count", "integer", "reviews shown on the page; NULL: not recorded", minimum=0),
        Column("displayed_rating", "number", "rating shown on the page; NULL: none or not recorded"),
        Column("visitor_type", "text", "new or returning; NULL: not split"),
        Column("traffic_source", "text", "where visitors came from; NULL: not split"),
        Column("views_count", "integer", "page views; NULL: not recorded", minimum=0),
        Column("add_to_cart_count", "integer", "additions to the cart; NULL: not recorded", minimum=0),
        Column("orders_count", "integer", "orders with the product; NULL: not recorded", minimum=0),
        Column("units_count", "integer", "units ordered; NULL: not recorded", minimum=0),
        Column("price_minor", "minor", "price shown, minor units; NULL: not recorded", minimum=0),
        Column("currency", "text", "ISO 4217 code; NULL: no price"),
    ),
)

SALES_STREAMS = (POS_LINES, STORES, PRODUCTS, PRODUCT_PAGE_DAILY)
