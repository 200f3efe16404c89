"""Times of rows that are told by their day, and hashes."""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import polars as pl

from orchestration.connectors.landing_rows import Stamp, hash_columns, judge_duplicates, stamped
from orchestration.connectors.streams import STREAMS


def hashes(*rows: tuple[int, str]) -> pl.DataFrame:
    """Rows as (key, row hash)."""
    keys, texts = [row[0] for row in rows], [row[1] for row in rows]
    return pl.DataFrame(
        {"key_low": keys, "key_high": [0] * len(keys), "row_hash": texts},
        schema={"key_low": pl.UInt64, "key_high": pl.UInt64, "row_hash": pl.String},
    )


def test_a_days_figures_are_known_when_the_day_ends_in_the_brands_zone() -> None:
    rows = pl.DataFrame({"page_on": [date(2026, 7, 1), None]}, schema={"page_on": pl.Date})
    stamp = Stamp("shop", "1", datetime(2026, 7, 2), "America/New_York")
    done = stamped(rows, STREAMS["product_page_daily"], stamp)
    assert done.get_column("occurred_at").to_list() == [datetime(2026, 7, 1, 4), None]
    assert done.get_column("known_at").to_list() == [datetime(2026, 7, 2, 3, 59, 59, 999999), None]


def test_a_day_whose_midnight_the_clocks_skip_starts_at_one() -> None:
    rows = pl.DataFrame({"page_on": [date(2018, 11, 4)]})
    done = stamped(rows, STREAMS["product_page_daily"], Stamp("s", "1", datetime(2026, 1, 1), "America/Sao_Paulo"))
    assert done.get_column("occurred_at").to_list() == [datetime(2018, 11, 4, 3)]


def test_a_changed_row_is_known_when_it_was_changed_else_after_the_lag() -> None:
    posts = pl.DataFrame(
        {"published_at": [datetime(2026, 1, 1), datetime(2026, 1, 1)], "updated_at": [datetime(2026, 2, 1), None]}
    )
    done = stamped(posts, STREAMS["social_posts"], Stamp("x", "1", datetime(2026, 3, 1), "UTC"))
    assert done.get_column("known_at").to_list() == [datetime(2026, 2, 1), datetime(2026, 1, 1, 1)]


def test_the_row_hash_is_the_same_on_every_machine() -> None:
    row, _ = hash_columns(STREAMS["campaign_products"])
    with duckdb.connect() as connection:
        found = connection.sql(
            f"select {row} from (select '18' as campaign_id, null::varchar as product_id)"
        ).fetchall()
    # printf '18\037\032' | md5sum
    assert found == [("0453aabda090eb54e751f95ed730bc60",)]


def test_the_first_of_a_key_is_kept_unless_its_landed_version_is_the_same() -> None:
    judged = judge_duplicates(hashes((1, "a"), (1, "a"), (1, "b"), (2, "c"), (3, "d")), hashes((2, "c"), (3, "x")))
    assert judged.keep.to_list() == [True, False, False, False, True]
    assert (judged.duplicates, judged.conflicts) == (3, 1)
