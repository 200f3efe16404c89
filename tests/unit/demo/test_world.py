"""The simulated streams keep the canonical streams' own rules, and those of the shops they stand for."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from orchestration.connectors.streams import STREAMS
from orchestration.demo.delivery import SIMULATED, known_rows
from orchestration.demo.parameter_files import load_parameters
from orchestration.demo.post_metrics import UNREPORTED
from orchestration.demo.world import World, build_world

END = datetime(2025, 8, 14, 22)
# What identifies a delivered row: the landed key with raw references in place of their pseudonyms.
RAW_KEYS = {
    "consumers": ["consumer_ref"],
    "consumer_links": ["consumer_ref", "kind", "external_ref"],
    "consents": ["consumer_ref", "purpose", "changed_at"],
    "wom_surveys": ["campaign_id", "consumer_ref", "surveyed_at"],
    "brand_surveys": ["campaign_id", "consumer_ref", "wave"],
    "social_profiles": ["platform", "account_id", "observed_at"],
    "social_edges": ["platform", "account_id", "follower_ref", "observed_at"],
    "campaign_members": ["campaign_id", "unit", "unit_ref"],
}


def _at_the_end(world: World, stream: str) -> pl.DataFrame:
    return known_rows(stream, world.streams[stream].lazy(), END).drop("_known_at", strict=False)


def test_equal_parameters_give_an_equal_world(tiny: World) -> None:
    again = build_world(load_parameters(size="tiny"))
    assert all(again.streams[name].equals(frame) for name, frame in tiny.streams.items())
    assert all(again.truth[name].equals(frame) for name, frame in tiny.truth.items())


def test_another_seed_gives_another_world(tiny: World) -> None:
    other = build_world(load_parameters(size="tiny", seed=1))
    assert not other.streams["pos_lines"].equals(tiny.streams["pos_lines"])


def test_every_canonical_stream_is_delivered_with_rows(tiny: World) -> None:
    assert set(tiny.streams) == set(SIMULATED)
    assert [name for name, frame in tiny.streams.items() if frame.is_empty()] == []


@pytest.mark.parametrize("name", sorted(SIMULATED))
def test_a_stream_keeps_its_own_rules(tiny: World, name: str) -> None:
    rows = _at_the_end(tiny, name)
    assert rows.columns == list(SIMULATED[name])
    for column in map(STREAMS[name].column, SIMULATED[name]):
        found = rows[column.name]
        if column.required:
            assert found.null_count() == 0, column.name
        if column.allowed:
            assert set(found.drop_nulls().unique()) <= set(column.allowed), column.name
        if column.minimum is not None and found.drop_nulls().len():
            assert float(found.drop_nulls().cast(pl.Float64).to_numpy().min()) >= column.minimum, column.name
    key = RAW_KEYS.get(name) or [column for column in STREAMS[name].key if column != "source"]
    assert rows.select(key).is_duplicated().sum() == 0


def test_a_return_comes_after_its_sale_and_gives_the_money_back(tiny: World) -> None:
    lines = _at_the_end(tiny, "pos_lines")
    back = lines.filter("is_return")
    sale = lines.filter(~pl.col("is_return")).select(
        "product_id", return_of_transaction_id="transaction_id", first="sold_at", paid="net_amount_minor"
    )
    told = back.join(sale, on=["return_of_transaction_id", "product_id"])
    assert back["return_of_transaction_id"].null_count() < back.height / 2
    assert told.height >= back["return_of_transaction_id"].count() > 0
    assert told.filter(pl.col("sold_at") <= pl.col("first")).is_empty()
    assert (back["net_amount_minor"] <= 0).all()


def test_no_store_sells_before_it_opens_or_after_it_closes(tiny: World) -> None:
    stores = _at_the_end(tiny, "stores")
    sold = (
        _at_the_end(tiny, "pos_lines")
        .filter((pl.col("channel") == "store") & ~pl.col("is_return"))
        .join(stores, on="store_id")
        .with_columns(day=pl.col("sold_at").dt.date())
    )
    assert stores["closed_on"].count() > 0
    assert sold.filter((pl.col("day") < pl.col("opened_on")) | (pl.col("day") > pl.col("closed_on"))).is_empty()


def test_every_sale_is_of_a_known_store_and_product(tiny: World) -> None:
    lines = _at_the_end(tiny, "pos_lines")
    for stream, key in (("stores", "store_id"), ("products", "product_id")):
        assert lines.join(_at_the_end(tiny, stream), on=key, how="anti").is_empty()


def test_orders_of_the_shops_pages_are_its_online_lines(tiny: World) -> None:
    pages = _at_the_end(tiny, "product_page_daily").filter(pl.col("site") == "shop")
    lines = _at_the_end(tiny, "pos_lines").filter((pl.col("channel") == "online") & ~pl.col("is_return"))
    on_pages = lines.join(pages.select("product_id").unique(), on="product_id")
    assert pages["orders_count"].sum() == on_pages.height


def test_a_metric_that_a_platform_never_reports_is_null_and_never_zero(tiny: World) -> None:
    metrics = _at_the_end(tiny, "social_post_metrics")
    for platform, missing in UNREPORTED.items():
        own = metrics.filter(pl.col("platform") == platform)
        assert own.height > 0
        for name in missing:
            assert own[f"{name}_count"].null_count() == own.height


def test_some_is_unknown_where_real_data_has_gaps(tiny: World) -> None:
    consumers, profiles = _at_the_end(tiny, "consumers"), _at_the_end(tiny, "social_profiles")
    lines, reviews = _at_the_end(tiny, "pos_lines"), _at_the_end(tiny, "reviews")
    for found in (
        consumers["age_band"],
        consumers["is_minor"],
        profiles["followers_count"],
        lines["consumer_ref"],
        reviews["submitted_at"],
        reviews["author_ref"],
    ):
        assert 0 < found.null_count() < len(found)
    assert consumers["is_minor"].sum() > 0


def test_some_texts_hold_personal_data_to_be_scrubbed(town: World) -> None:
    texts = pl.concat([town.streams["social_posts"]["text"], town.streams["reviews"]["body"]]).drop_nulls()
    for pattern in (r"@example\.org", r"\+33 6", r" @lea_", r"\?user="):
        assert texts.str.contains(pattern).any()


def test_four_campaigns_have_complete_windows_one_runs_and_one_just_began(tiny: World) -> None:
    campaigns = tiny.streams["campaigns"]
    as_of = pl.date(2025, 6, 30)
    assert campaigns.filter(pl.col("starts_on") + pl.duration(days=90) <= as_of).height >= 4
    running = campaigns.filter((pl.col("starts_on") < as_of) & (pl.col("ends_on") > as_of))
    assert running.filter(pl.col("starts_on") >= pl.date(2025, 6, 20)).height == 1
    assert running.height == 2
