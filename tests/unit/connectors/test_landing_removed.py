"""Rows that a source has no more: found by whole tables, kept as removals, undone when the row comes back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orchestration.connectors.landing_removed import closed_at, removed_rows
from orchestration.connectors.landing_rows import Stamp, key_hashes, latest_versions
from orchestration.connectors.loads import read_loads
from orchestration.connectors.streams import STREAMS
from orchestration.errors import SourceError

NIGHT = datetime(2026, 10, 5, 1)
LINE = "north,R-{},1,oat,C-77,5.80,2026-10-03 09:14\n"
Bakery = Any


def _lines(*receipts: int) -> str:
    return "".join(LINE.format(receipt) for receipt in receipts)


def _land(bakery: Bakery, night: int, lines: str, **mapping: Any) -> Any:
    bakery.write("table.csv", lines)
    return bakery.land(NIGHT + timedelta(days=night), mapping={"snapshot": True} | mapping)


def _present(bakery: Bakery) -> list[str]:
    """Receipts whose last version is no removal, as staging sees them."""
    latest = bakery.rows().sort("known_at", "loaded_at").unique("transaction_id", keep="last", maintain_order=True)
    return sorted(latest.filter(~pl.col("is_removed")).get_column("transaction_id"))


def test_a_row_that_a_whole_table_lacks_is_landed_as_removed_and_the_others_are_not_touched(bakery: Bakery) -> None:
    _land(bakery, 0, _lines(1, 2, 3))
    (result,) = _land(bakery, 1, _lines(1, 3))
    assert (result.rows_read, result.rows_accepted, result.rows_duplicate, result.rows_removed) == (2, 0, 2, 1)
    (removed,) = bakery.rows().filter("is_removed").iter_rows(named=True)
    assert (removed["transaction_id"], removed["net_amount_minor"], removed["row_no"]) == ("R-2", 580, -1)
    assert _present(bakery) == ["R-1", "R-3"]


def test_a_removal_is_known_when_the_day_before_it_was_found_ended(bakery: Bakery) -> None:
    _land(bakery, 0, _lines(1, 2))
    _land(bakery, 1, _lines(1))
    known = bakery.rows().filter("is_removed").get_column("known_at").item()
    assert known == datetime(2026, 10, 5, 22) - timedelta(microseconds=1)  # Paris closes the 5th at 22:00 UTC
    assert closed_at(datetime(2026, 12, 6, 1), "UTC") == datetime(2026, 12, 6) - timedelta(microseconds=1)


def test_a_row_that_comes_back_counts_again_though_its_source_calls_it_old(bakery: Bakery) -> None:
    for night, receipts in enumerate(([1, 2], [1], [1, 2])):
        _land(bakery, night, _lines(*receipts))
    assert _present(bakery) == ["R-1", "R-2"]
    assert [load.rows_removed for load in read_loads(bakery.workspace.landing)] == [0, 1, 0]


def test_a_row_that_was_set_aside_is_still_there(bakery: Bakery) -> None:
    _land(bakery, 0, _lines(1, 2))
    (result,) = _land(bakery, 1, _lines(1) + _lines(2).replace("5.80", "5.8o"))
    assert (result.rows_quarantined, result.rows_removed) == (1, 0)


def test_rows_that_nobody_can_read_stop_removals_and_say_so(bakery: Bakery) -> None:
    _land(bakery, 0, _lines(1, 2))
    (result,) = _land(bakery, 1, _lines(1) + "north,R-2,too,few\n")
    assert (result.rows_quarantined, result.rows_removed) == (1, 0)
    assert "none was removed" in result.note


def test_half_an_answer_does_not_read_as_a_great_deletion(bakery: Bakery) -> None:
    _land(bakery, 0, _lines(*range(500)))
    with pytest.raises(
        SourceError, match=r"249 of 500 rows landed before are not in the source any more.*removed_share"
    ):
        _land(bakery, 1, _lines(*range(251)))
    assert len(read_loads(bakery.workspace.landing)) == 1
    (meant,) = _land(bakery, 1, _lines(*range(251)), most_removed_share=0.5)
    assert meant.rows_removed == 249


def test_files_that_are_no_whole_tables_remove_nothing(bakery: Bakery) -> None:
    _land(bakery, 0, _lines(1, 2), snapshot=False)
    (result,) = _land(bakery, 1, _lines(1), snapshot=False)
    assert (result.rows_removed, _present(bakery)) == (0, ["R-1", "R-2"])


def test_a_file_that_gets_its_old_bytes_back_is_landed_again(bakery: Bakery) -> None:
    for night, price in enumerate(("5.80", "6.00", "5.80")):
        bakery.write("table.csv", _lines(1).replace("5.80", price))
        (result,) = bakery.land(NIGHT + timedelta(days=night))
        assert result.status == "landed"
    assert bakery.rows().sort("loaded_at").get_column("net_amount_minor").to_list()[-1] == 580


def test_an_archived_copy_of_overwritten_bytes_is_not_landed_again(bakery: Bakery) -> None:
    bakery.write("latest.csv", _lines(1))
    bakery.land(NIGHT)
    bakery.write("archive.csv", _lines(1))
    bakery.write("latest.csv", _lines(1).replace("5.80", "6.00"))
    assert [result.status for result in bakery.land(NIGHT + timedelta(days=1))] == ["unchanged", "landed"]


def test_a_row_of_a_load_whose_hashes_were_texts_is_removed_like_any_other(tmp_path: Path) -> None:
    stream = STREAMS["campaign_products"]
    names = {"campaign_id": ["18", "19"], "product_id": ["a", "b"], "load_id": ["old", "old"], "row_no": [1, 2]}
    known = pl.Series("known_at", [datetime(2026, 10, 1)] * 2, pl.Datetime("us"))
    pl.DataFrame(names).with_columns(known, pl.Series("row_hash", ["77", "78"])).write_parquet(tmp_path / "old.parquet")
    files = [tmp_path / "old.parquet"]
    seen = key_hashes(pl.DataFrame(names).head(1), stream)
    stamp = Stamp("shop", "new", NIGHT, "UTC")
    removed = removed_rows(latest_versions(files, stream), files, seen, stream, stamp, 1.0)
    assert removed is not None and removed.columns == list(stream.landed_schema())
    assert removed.select("campaign_id", "row_hash", "is_removed", "load_id").rows() == [("19", 0, True, "new")]
