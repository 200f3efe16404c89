"""A brand's rows become canonical rows, or quarantine with a reason that never holds the value."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from orchestration.connectors import mapping as module
from orchestration.connectors.base import FILE_REASON, FILE_ROW
from orchestration.connectors.mapping import Mapped, apply_mapping, mapping_version
from orchestration.connectors.mapping_spec import ColumnMapping, StreamMapping

TILL: dict[str, Any] = {
    "store_id": "shop",
    "transaction_id": "receipt",
    "line_no": "line",
    "product_id": "sku",
    "consumer_ref": "card",
    "quantity": "qty",
    "quantity_unit": {"constant": "each"},
    "net_amount_minor": {"column": "amount", "decimal": True},
    "currency": {"constant": "EUR"},
    "sold_at": {"column": "sold", "zone": "Europe/Paris"},
    "channel": {"column": "shop", "values": {"web": "online"}, "otherwise": "store"},
    "is_return": {"column": "kind", "values": {"sale": False, "return": True}},
}
ROW = {
    "shop": "north",
    "receipt": "R-1",
    "line": "1",
    "sku": "oat",
    "card": " C-77 ",
    "qty": "2",
    "amount": "5.80",
    "sold": "2026-10-03 09:14",
    "kind": "sale",
}


def till(**changes: Any) -> StreamMapping:
    return StreamMapping.model_validate({"stream": "pos_lines", "path": "x.csv", "columns": TILL | changes})


def mapped(mapping: StreamMapping, *rows: dict[str, Any]) -> Mapped:
    frame = pl.DataFrame(rows).with_columns(pl.int_range(1, len(rows) + 1).alias(FILE_ROW))
    return apply_mapping(frame, mapping)


def reasons(result: Mapped) -> list[str]:
    return result.rejected.get_column(FILE_REASON).to_list()


def test_a_till_line_is_mapped_column_by_column() -> None:
    row = mapped(till(), ROW).rows.row(0, named=True)
    assert row["row_no"] == 1
    assert (row["net_amount_minor"], row["quantity"], row["currency"]) == (580, 2.0, "EUR")
    assert (row["channel"], row["is_return"]) == ("store", False)
    assert row["sold_at"] == datetime(2026, 10, 3, 7, 14)
    assert row["consumer_ref"] == "C-77"
    assert row["margin_minor"] is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount": "3.2o"}, "net_amount_minor: not money of its currency"),
        ({"qty": "two"}, "quantity: not a number"),
        ({"sku": ""}, "product_id: missing"),
        ({"kind": "gift"}, "is_return: a value that the mapping does not name"),
        ({"sold": "2026-03-29 02:30"}, "sold_at: not a time, without zone, or skipped by the clocks"),
    ],
)
def test_a_row_that_cannot_be_typed_is_rejected_with_a_reason_without_its_value(
    change: dict[str, str], reason: str
) -> None:
    result = mapped(till(), ROW, ROW | change)
    assert result.rows.get_column("row_no").to_list() == [1]
    assert reasons(result) == [reason]
    assert result.rejected.get_column(FILE_ROW).to_list() == [2]


def test_an_empty_optional_value_is_unknown_and_not_rejected() -> None:
    result = mapped(till(), ROW | {"card": ""})
    assert result.rows.get_column("consumer_ref").to_list() == [None]


def test_values_outside_the_streams_bounds_or_words_are_rejected() -> None:
    result = mapped(till(discount_minor="off", channel="way"), ROW | {"off": "-1", "way": "store"})
    assert reasons(result) == ["discount_minor: below 0"]
    result = mapped(till(channel="way"), ROW | {"way": "fax"})
    assert reasons(result) == ["channel: none of store, online"]


def test_a_brand_column_may_be_called_like_ours() -> None:
    result = mapped(till(line_no="row_no"), ROW | {"row_no": "17"})
    assert result.rows.select("row_no", "line_no").row(0) == (1, "17")


def test_bands_turn_a_number_into_a_word() -> None:
    bands = {"column": "qty", "bands": [{"up_to": 100, "value": "piece"}, {"value": "fuel"}]}
    rows = [ROW | {"qty": qty} for qty in ("0", "100", "100.5")]
    assert mapped(till(quantity_unit=bands), *rows).rows.get_column("quantity_unit").to_list() == [
        "piece",
        "piece",
        "fuel",
    ]


def test_several_columns_are_joined_into_a_key_or_summed() -> None:
    joined = till(transaction_id={"columns": ["shop", "receipt"]})
    assert mapped(joined, ROW).rows.get_column("transaction_id").to_list() == ["north/R-1"]
    summed = till(discount_minor={"columns": ["a", "b"], "combine": "sum", "decimal": True})
    rows = [ROW | {"a": "0.10", "b": "0.20"}, ROW | {"a": "0.10", "b": ""}]
    assert mapped(summed, *rows).rows.get_column("discount_minor").to_list() == [30, None]


def test_rows_of_other_streams_are_skipped_and_counted_apart() -> None:
    mapping = StreamMapping.model_validate(
        {
            "stream": "pos_lines",
            "path": "x",
            "columns": TILL,
            "only_where": {"kind": ["sale"]},
            "skip_where_null": ["card"],
        }
    )
    result = mapped(mapping, ROW, ROW | {"kind": "return"}, ROW | {"card": ""})
    assert (result.rows.height, result.rejected.height, result.skipped) == (1, 0, 2)


def test_identifiers_that_arrive_as_numbers_are_texts_without_a_point() -> None:
    result = mapped(till(), ROW | {"line": 3, "receipt": 31198570044.0, "sku": 7})
    assert result.rows.select("transaction_id", "line_no", "product_id").row(0) == ("31198570044", "3", "7")


def test_lists_are_read_from_json_and_from_separated_texts() -> None:
    columns = {
        "platform": {"constant": "x"},
        "post_id": "id",
        "account_id": "who",
        "incentive": {"constant": "unknown"},
        "hashtags": {"column": "tags", "list": "json", "strip": "#", "lower": True},
        "media_kinds": {"column": "media", "list": ";"},
    }
    mapping = StreamMapping.model_validate({"stream": "social_posts", "path": "x", "columns": columns})
    rows = [
        {"id": str(number), "who": "a", "tags": tags, "media": media}
        for number, (tags, media) in enumerate(
            [('["#GloboNews", "Ligue1"]', "photo; video"), ("null", ""), ("[]", "photo"), ("[broken", "photo")]
        )
    ]
    result = mapped(mapping, *rows)
    assert result.rows.get_column("hashtags").to_list() == [["globonews", "ligue1"], None, []]
    assert result.rows.get_column("media_kinds").to_list() == [["photo", "video"], None, ["photo"]]
    assert reasons(result) == ["hashtags: not a JSON list of texts"]


def test_money_without_a_currency_is_rejected() -> None:
    columns = {
        "campaign_id": "id",
        "kind": {"constant": "seeding"},
        "starts_on": "a",
        "ends_on": "a",
        "budget_minor": "b",
    }
    mapping = StreamMapping.model_validate({"stream": "campaigns", "path": "x", "columns": columns})
    result = mapped(mapping, {"id": "1", "a": "2026-01-01", "b": "5"}, {"id": "2", "a": "2026-01-01", "b": ""})
    assert reasons(result) == ["budget_minor: money without currency"]
    assert result.rows.get_column("campaign_id").to_list() == ["2"]


def test_a_link_to_an_account_needs_its_platform() -> None:
    columns = {"consumer_ref": "c", "kind": "k", "scope": "s", "external_ref": "e"}
    mapping = StreamMapping.model_validate({"stream": "consumer_links", "path": "x", "columns": columns})
    result = mapped(
        mapping,
        {"c": "1", "k": "social_account", "s": "", "e": "ann"},
        {"c": "1", "k": "email", "s": "", "e": "ann@example.org"},
    )
    assert reasons(result) == ["scope: missing for this kind"]
    assert result.rows.height == 1


def test_the_version_changes_with_the_mapping_and_the_zone_but_not_with_the_path() -> None:
    version = mapping_version(till(), "Europe/Paris")
    moved = till().model_copy(update={"path": "elsewhere.csv"})
    assert mapping_version(moved, "Europe/Paris") == version
    assert mapping_version(till(), "Europe/Berlin") != version
    assert mapping_version(till(currency={"constant": "USD"}), "Europe/Paris") != version


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sold_at": {"column": "sold", "zone": "Mars/Base"}}, "no IANA time zone"),
        ({"quantity": {"column": "qty", "decimal": True}}, "decimal is for money"),
        ({"store_id": {"column": "shop", "constant": "x"}}, "exactly one of"),
        (
            {"quantity_unit": {"column": "qty", "bands": [{"value": "a"}, {"up_to": 1, "value": "b"}]}},
            "bands must rise",
        ),
        ({"colour": "shop"}, "has no column"),
    ],
)
def test_a_mapping_that_cannot_be_right_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        till(**changes)


def test_texts_that_repeat_are_read_once_and_mean_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = {
        "store_id": "shop",
        "transaction_id": "receipt",
        "line_no": "line",
        "product_id": "line",
        "quantity": "units",
        "quantity_unit": {"constant": "each"},
        "net_amount_minor": {"column": "amount", "decimal": True},
        "discount_minor": {"columns": ["off", "amount"], "combine": "sum", "decimal": True},
        "currency": {"constant": "EUR"},
        "sold_at": {"column": "sold", "zone": "Europe/Paris"},
        "channel": {"constant": "store"},
        "is_return": "back",
    }
    mapping = StreamMapping.model_validate({"stream": "pos_lines", "path": "x.csv", "columns": columns})
    words = {
        "units": ["1", "x", "2.5", ""],
        "amount": ["1.20", "0.005", "3", "n/a"],
        "off": ["0", "0.10", ""],
        "sold": ["2026-03-01 10:00", "2026-03-29 02:30", "soon"],
        "back": ["no", "YES", "perhaps"],
    }
    rows = 120
    told = {name: [texts[row % len(texts)] for row in range(rows)] for name, texts in words.items()}
    same = {name: [str(row) for row in range(rows)] for name in ("shop", "receipt", "line")}
    frame = pl.DataFrame({FILE_ROW: range(1, rows + 1), **same, **told})
    looked_up = apply_mapping(frame, mapping)
    monkeypatch.setattr(module, "MOST_DISTINCT", -1.0)
    each = apply_mapping(frame, mapping)
    assert looked_up.rows.height == 20  # every sixth row has a number, an amount, a time and a yes or no
    assert looked_up.rows.equals(each.rows) and looked_up.rejected.equals(each.rejected)


@pytest.mark.parametrize("called", ["^a$", "^.*$", "*", "^[$", "^a", "a*"])
@pytest.mark.parametrize("values", [["x", "y"], ["x"] * 50])
def test_a_column_may_be_called_like_a_pattern_of_names(called: str, values: list[str]) -> None:
    frame = pl.DataFrame(
        {
            FILE_ROW: range(len(values)),
            "a": ["other"] * len(values),
            called: values,
            f"{called}2": ["1.5"] * len(values),
        },
        schema_overrides={FILE_ROW: pl.Int64},
    )
    columns = {"product_id": ColumnMapping(column=called), "name": ColumnMapping(columns=(called, "a"))}
    mapping = StreamMapping(stream="products", path="x", columns=columns, skip_where_null=(called,))
    mapped = apply_mapping(frame, mapping).rows
    assert mapped["product_id"].to_list() == values
    assert mapped["name"].to_list() == [f"{value}/other" for value in values]
