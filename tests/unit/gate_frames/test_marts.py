"""What the marts gate counts in a warehouse, on tables of a few rows with known faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from expectations.registry import suite
from expectations.result import GateResult
from expectations.runner import GateContext, validate
from orchestration.gate_frames.marts import marts_frames
from orchestration.gate_frames.marts_rules import FILLED_COLUMNS, KEYS

# The columns the gate reads and no more: one person, store, product and campaign, two lines, one post.
_WAREHOUSE = """
create schema staging; create schema intermediate; create schema marts;
create table marts.dim_consumers as select 'a' as consumer_key, 'nano' as tier, 10 as followers_count,
    'granted' as consent_scoring, 'granted' as consent_contact, 'granted' as consent_ugc_reuse, true as is_in_source,
    'h' as home_area_id;
create table marts.dim_accounts as select 'acc' as account_key, 'nano' as tier;
create table marts.dim_products as select 'p' as product_id, true as is_known, 'c' as category, 'b' as brand;
create table marts.dim_stores as select 's' as store_id, true as is_known, 1.0 as latitude, 2.0 as longitude;
create table marts.dim_campaigns as select 'k' as campaign_id, 'randomised' as design, date '2026-01-01' as starts_on,
    date '2026-02-01' as ends_on;
create table marts.fct_campaigns as select 'k' as campaign_id;
create table marts.dim_dates as select date '2026-01-05' as date_on;
create table marts.bridge_campaign_products as select 'k' as campaign_id, 'p' as product_id;
create table marts.bridge_campaign_areas as select 'k' as campaign_id, 'store' as place, 's' as place_id;
create table marts.fct_sales_lines as
    select 'till' as source, 's' as store_id, 't' as transaction_id, cast(n as varchar) as line_no, 'p' as product_id,
        'a' as consumer_key, date '2026-01-05' as business_on, 'EUR' as currency, 'store' as channel,
        cast(100 * n as bigint) as net_amount_minor, null as margin_minor, 0 as discount_minor
    from range(1, 3) as lines(n);
create table staging.stg_pos_lines as from marts.fct_sales_lines;
create table marts.fct_sales_daily as select 's' as store_id, 'p' as product_id, 'store' as channel,
    date '2026-01-05' as business_on, 'EUR' as currency, 'piece' as quantity_unit, 300 as net_amount_minor,
    2 as lines_count;
create table marts.fct_store_days as select 's' as store_id, date '2026-01-05' as business_on, 'store' as channel,
    'EUR' as currency, 300 as net_amount_minor;
create table marts.fct_ugc as select 'u' as ugc_key, 'social_posts' as ugc_source, 'post' as ugc_kind,
    'none' as incentive, cast(null as double) as rating_share, 3 as likes_count, 4 as views_count,
    'a' as consumer_key, 'p' as product_id, timestamp '2026-01-05' as published_at,
    20 as text_length, 'en' as language, 'positive' as sentiment, 'en-1' as sentiment_model_id,
    0.1 as sentiment_negative, 0.2 as sentiment_neutral, 0.7 as sentiment_positive, true as has_moments_read,
    1 as duplicates_count, true as is_counted, cast(null as boolean) as is_syndicated_copy;
create table marts.fct_moments as select 'm' as moment_key, 'u' as ugc_key, 'delight' as moment,
    'positive' as polarity, 0.9 as confidence, false as is_unsure, false as is_bad, true as is_counted,
    cast(null as timestamp) as deleted_at, date '2026-01-05' as published_on;
create table marts.fct_moment_daily as select 'brand' as subject_kind, 'all' as subject_id, 'delight' as moment,
    date '2026-01-05' as activity_on, 1 as moments_count;
create table marts.fct_moment_opportunities as select 'brand' as subject_kind, 'all' as subject_id,
    date '2026-01-05' as activity_on;
create table marts.fct_ugc_labels as select 'u' as ugc_key, 'moment' as label_set, 'delight' as label;
create table staging.stg_social_posts as select 1 as n;
create table staging.stg_reviews as select 1 as n where false;
create table intermediate.int_ugc_attributed as select 'u' as ugc_key, 1.0 as weight;
create table marts.fct_profile_snapshots as select 'acc' as account_key, timestamp '2026-01-01' as observed_at;
create table marts.fct_campaign_members as
    select 'k' as campaign_id, 'consumer' as unit, consumer_key as unit_id, consumer_key, 'treatment' as arm,
        'complete' as window_status, 0.5 as assignment_probability, true as first_purchase, 5 as net_spend_after_minor
    from marts.dim_consumers;
create table marts.fct_campaign_daily as select 'k' as campaign_id, date '2026-01-05' as activity_on;
create table marts.fct_campaign_events as select 'k' as campaign_id, 'a' as consumer_key, 'invited' as kind;
"""
COUNTED = ("keys", "rules", "references")
PRESENT = frozenset({"pos_lines", "social_posts", "social_profiles", "campaigns", "campaign_members"})


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(_WAREHOUSE)
        yield connection


def judged(warehouse: duckdb.DuckDBPyConnection, *only: str) -> GateResult:
    """The gate's verdict, on the frames named; on all where none is named."""
    whole = suite("marts")
    frames, seen = marts_frames(warehouse, whole)
    if only:
        wanted = tuple(whole.frame(name) for name in only)
        whole = replace(whole, frames=wanted, checks_count=sum(len(frame.checks) for frame in wanted), limits=())
    return validate(whole, frames, GateContext(PRESENT | seen))


def test_a_whole_warehouse_passes(warehouse: duckdb.DuckDBPyConnection) -> None:
    result = judged(warehouse)
    assert result.passed, result.one_line()
    assert result.figures["fct_sales_lines.rows"] == 2
    assert result.figures["fct_sales_lines.margin_minor.filled_share"] == 0.0
    assert not any(name.startswith("tier.") for name in result.figures)


def test_tiers_are_compared_among_people_whose_audience_is_known(warehouse: duckdb.DuckDBPyConnection) -> None:
    # 40 people of known audience, all nano today; half of them were micro in published nights.
    warehouse.execute(
        "insert into marts.dim_consumers select 'c' || n, if(n < 39, 'nano', 'unknown'), 1, null, null, null, true, "
        "null from range(60) t(n)"
    )
    frames, seen = marts_frames(warehouse, suite("marts"))
    past = {"tier.nano.share": [0.5]}
    result = validate(suite("marts"), frames, GateContext(PRESENT | seen, past))
    assert result.figures["tier.nano.share"] == 1.0
    assert [failure.labels for failure in result.failures] == [("tier.nano.share",)]


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        ("delete from marts.fct_sales_lines where line_no = '1'", "sales lines are all staged till lines"),
        ("update marts.fct_sales_lines set net_amount_minor = 101", "net sales of lines are those staged"),
        ("update marts.fct_sales_daily set net_amount_minor = 299", "net sales of days are those of lines"),
        ("update marts.fct_sales_daily set lines_count = 3", "lines of days are the lines"),
        ("update marts.fct_store_days set currency = 'USD'", "net sales of store days are those of lines"),
        ("insert into staging.stg_reviews values (1)", "ugc is all staged posts and reviews"),
        ("delete from marts.fct_campaigns", "each campaign has its facts"),
        ("insert into intermediate.int_ugc_attributed values ('u', 0.5)", "no piece of ugc counts more than once"),
        ("update marts.fct_sales_lines set consumer_key = 'b'", "buyers of lines are consumers"),
        ("update marts.fct_sales_lines set product_id = 'q'", "products of lines are products"),
        ("update marts.fct_ugc set consumer_key = 'b'", "authors of ugc are consumers"),
        (
            "update marts.fct_campaign_members set window_status = 'immature'",
            "windows that are not complete have no outcome",
        ),
        (
            "update marts.fct_ugc set language = 'de'",
            "sentiment stands only where a model of the text's language read it",
        ),
        ("update marts.fct_ugc set sentiment_neutral = 0.9", "probabilities of a sentiment add up to one"),
        ("update marts.fct_ugc set has_moments_read = false", "moments are of texts that were read for them"),
        ("update marts.fct_moment_daily set moments_count = 2", "days of the brand hold every counted moment"),
        ("update marts.fct_ugc set is_counted = false", "copies that do not count are syndicated reviews"),
        ("insert into marts.fct_sales_lines from marts.fct_sales_lines", "fct_sales_lines"),
        ("update marts.dim_products set is_known = null", "sales lines to products"),
        ("alter table marts.fct_store_days rename column currency to money", "fct_store_days"),
    ],
)  # fmt: skip
def test_a_broken_identity_is_named(warehouse: duckdb.DuckDBPyConnection, fault: str, place: str) -> None:
    if "is_known" in fault:
        warehouse.execute("insert into marts.dim_products values ('z', true, 'c', 'b')")
        fault = "update marts.dim_products set is_known = false where product_id = 'p'"
    warehouse.execute(fault)
    assert place in {label for failure in judged(warehouse, *COUNTED).failures for label in failure.labels}


@pytest.mark.parametrize(
    ("fault", "column"),
    [
        ("update marts.dim_consumers set tier = 'tiny'", "dim_consumers.tier"),
        ("update marts.dim_consumers set tier = null", "dim_consumers.tier"),
        ("update marts.dim_consumers set consent_contact = 'maybe'", "dim_consumers.consent_contact"),
        ("insert into marts.fct_ugc from marts.fct_ugc", "fct_ugc.ugc_key"),
        ("update marts.fct_ugc set rating_share = 5", "fct_ugc.rating_share"),
        ("update marts.fct_ugc set sentiment = 'glad'", "fct_ugc.sentiment"),
        ("update marts.fct_moments set moment = 'queue'", "fct_moments.moment"),
        ("update marts.fct_moments set confidence = 1.5", "fct_moments.confidence"),
        ("alter table marts.fct_ugc drop column text_length", "readings.is_counted"),
        ("update marts.dim_campaigns set ends_on = date '2025-12-31'", "dim_campaigns.ends_on, starts_on"),
        ("update marts.fct_campaign_members set arm = 'placebo'", "fct_campaign_members.arm"),
        ("alter table marts.dim_stores rename column latitude to lat", "dim_stores.latitude"),
        ("drop table marts.dim_accounts", "dim_accounts."),
        ("delete from marts.fct_ugc", "fct_ugc."),
    ],
)
def test_a_broken_table_is_named(warehouse: duckdb.DuckDBPyConnection, fault: str, column: str) -> None:
    warehouse.execute(fault)
    assert column in {f"{each.frame}.{each.column}" for each in judged(warehouse, column.split(".")[0]).failures}


def test_texts_that_are_suddenly_read_another_way_are_stopped(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("update marts.fct_ugc set language = 'und', sentiment = null, sentiment_negative = null")
    frames, seen = marts_frames(warehouse, suite("marts"))
    figure = "reading.texts whose language is told.share"
    result = validate(suite("marts"), frames, GateContext(PRESENT | seen, {figure: [0.9, 0.95, 0.9]}))
    assert [failure.labels for failure in result.failures] == [(figure,)]


def test_arms_that_were_swapped_are_stopped(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "insert into marts.dim_consumers select 'c' || n, 'nano', 1, null, null, null, true, null from range(25) t(n)"
    )
    warehouse.execute(
        "insert into marts.fct_campaign_members select 'k', 'consumer', 'c' || n, 'c' || n, 'control', 'complete', "
        "0.5, true, 5 from range(25) t(n)"
    )
    warehouse.execute(
        "insert into marts.fct_campaign_events select 'k', 'c' || n, 'sample_delivered' from range(25) t(n)"
    )
    failures = judged(warehouse, "arms_reached").failures
    assert [(failure.frame, failure.labels) for failure in failures] == [("arms_reached", ("k",))]


def test_every_counted_mart_and_column_is_looked_at(warehouse: duckdb.DuckDBPyConnection) -> None:
    frames, _ = marts_frames(warehouse, suite("marts"))
    assert set(frames["keys"]["mart"]) == set(KEYS)
    assert len(frames["fills"]) == sum(len(columns) for columns in FILLED_COLUMNS.values())
