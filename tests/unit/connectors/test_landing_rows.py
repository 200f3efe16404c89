"""Times of rows that are told by their day, and hashes."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from orchestration.connectors import landing_rows
from orchestration.connectors.landing_rows import (
    Stamp,
    half_keys,
    judge_duplicates,
    key_hashes,
    latest_versions,
    may_repeat,
    row_hashes,
    stamped,
)
from orchestration.connectors.streams import STREAMS


def hashes(*rows: tuple[int, str]) -> pl.DataFrame:
    """Rows as (key, row hash)."""
    keys, texts = [row[0] for row in rows], [row[1] for row in rows]
    return pl.DataFrame(
        {"key_low": keys, "key_high": [0] * len(keys), "row_hash": [ord(text) for text in texts]},
        schema={"key_low": pl.UInt64, "key_high": pl.UInt64, "row_hash": pl.Int64},
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
    rows = pl.DataFrame({"campaign_id": ["18"], "product_id": [None]}, schema_overrides={"product_id": pl.String})
    # No arithmetic by hand: Polars' own hash. Another number here means that rows of loads landed before the upgrade
    # look changed when they are read again: raise LANDED_FORM.
    assert row_hashes(rows, STREAMS["campaign_products"]).to_list() == [8997001058224459197]


def test_a_row_hashes_the_same_wherever_it_stands_in_a_batch() -> None:
    rows = pl.DataFrame({"campaign_id": ["18", "19", "18"], "product_id": ["a", None, "a"]})
    stream = STREAMS["campaign_products"]
    whole = key_hashes(rows, stream).with_columns(row_hashes(rows, stream))
    assert whole.row(0) == whole.row(2) != whole.row(1)
    part = rows.slice(1, 1)
    assert key_hashes(part, stream).with_columns(row_hashes(part, stream)).row(0) == whole.row(1)


def test_a_load_whose_keys_differ_is_known_by_half_of_them() -> None:
    rows = pl.DataFrame({"campaign_id": ["18", "19", "18"], "product_id": ["a", None, "a"]})
    first, second = (half_keys(part, STREAMS["campaign_products"]) for part in (rows.head(2), rows.tail(1)))
    assert (may_repeat([first]), may_repeat([first, second]), may_repeat([])) == (False, True, False)


def test_the_first_of_a_key_is_kept_unless_its_landed_version_is_the_same() -> None:
    judged = judge_duplicates(hashes((1, "a"), (1, "a"), (1, "b"), (2, "c"), (3, "d")), hashes((2, "c"), (3, "x")))
    assert judged.keep.to_list() == [True, False, False, False, True]
    assert (judged.duplicates, judged.conflicts) == (3, 1)


def test_judged_in_parts_is_judged_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    spread = [(key * 2**31 % 977, chr(97 + key % 5)) for key in range(2_000)]
    rows, landed = hashes(*spread), hashes(*((key, "a") for key in range(977)))
    whole = judge_duplicates(rows, landed)
    monkeypatch.setattr(landing_rows, "JUDGED_ROWS", 100)
    parts = judge_duplicates(rows, landed)
    assert parts.keep.to_list() == whole.keep.to_list() and 0 < whole.duplicates < 2_000
    assert (parts.duplicates, parts.conflicts) == (whole.duplicates, whole.conflicts)


def test_the_last_landed_version_of_a_key_is_told_also_of_loads_whose_hashes_were_texts(tmp_path: Path) -> None:
    stream = STREAMS["campaign_products"]
    rows = pl.DataFrame({"campaign_id": ["18", "18", "19"], "product_id": ["a", "b", "a"]})
    rows.with_columns(pl.Series("row_hash", ["77", "77", "removed"])).write_parquet(tmp_path / "old.parquet")
    rows.head(1).with_columns(pl.Series("row_hash", [-5])).write_parquet(tmp_path / "new.parquet")
    found = latest_versions([tmp_path / "old.parquet", tmp_path / "new.parquet"], stream)
    named = key_hashes(rows, stream).join(found, on=["key_low", "key_high"], how="left", maintain_order="left")
    assert named.get_column("row_hash").to_list() == [-5, 1, 0]
    assert found.height == 3
