"""Which loads a run may see, how they are laid out for dbt, and the signals beside them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from orchestration.connectors.loads import read_loads
from orchestration.connectors.selection import lay_out, select_loads
from orchestration.connectors.signals import SIGNALS_SCHEMA, ensure_signals, signals_of
from orchestration.connectors.streams import STREAMS
from orchestration.errors import IntegrityError

FIRST_NIGHT = datetime(2026, 10, 5, 1)
SECOND_NIGHT = FIRST_NIGHT + timedelta(days=1)
LINE = "north,{},1,oat,C-77,5.80,2026-10-03 09:14\n"
Bakery = Any


@pytest.fixture
def two_nights(bakery: Bakery) -> Bakery:
    bakery.write("a.csv", LINE.format("R-1"))
    bakery.land(FIRST_NIGHT)
    bakery.write("b.csv", LINE.format("R-2"))
    bakery.land(SECOND_NIGHT)
    return bakery


def test_reconstruct_sees_all_loads_and_replay_what_had_been_landed(two_nights: Bakery) -> None:
    landing = two_nights.workspace.landing
    assert [load.sequence for load in select_loads(landing)] == [1, 2]
    assert [load.sequence for load in select_loads(landing, replay_at=FIRST_NIGHT)] == [1]
    assert select_loads(landing, replay_at=FIRST_NIGHT - timedelta(seconds=1)) == []


def test_replay_sees_a_load_that_was_superseded_later(bakery: Bakery) -> None:
    bakery.write("a.csv", LINE.format("R-1"))
    bakery.land(FIRST_NIGHT)
    bakery.land(SECOND_NIGHT, columns={"quantity_unit": {"constant": "piece"}})
    landing = bakery.workspace.landing
    assert [load.sequence for load in select_loads(landing)] == [2]
    assert [load.sequence for load in select_loads(landing, replay_at=FIRST_NIGHT)] == [1]


def test_every_stream_has_a_typed_relation_and_loads_are_hard_links(two_nights: Bakery, tmp_path: Path) -> None:
    loads = select_loads(two_nights.workspace.landing)
    lay_out(loads, tmp_path / "landed")
    assert {folder.name for folder in (tmp_path / "landed").iterdir()} == {*STREAMS, "signals"}
    files = sorted((tmp_path / "landed" / "pos_lines").iterdir())
    assert [file.name[:5] for file in files] == ["0000_", "0001_", "0002_"]
    assert files[1].samefile(loads[0].data)
    for stream, description in STREAMS.items():
        empty = pq.read_table(tmp_path / "landed" / stream / "0000_schema.parquet")
        assert empty.num_rows == 0 and empty.column_names == list(description.landed_schema())
    assert pq.read_schema(files[0]).equals(pq.read_schema(files[1]))


def test_a_damaged_load_is_not_laid_out(two_nights: Bakery, tmp_path: Path) -> None:
    loads = select_loads(two_nights.workspace.landing)
    loads[1].data.write_bytes(b"PAR1")
    with pytest.raises(IntegrityError, match="damaged"):
        lay_out(loads, tmp_path / "landed")


def test_streams_without_texts_have_no_signals(two_nights: Bakery) -> None:
    assert ensure_signals(read_loads(two_nights.workspace.landing)) == 0


def test_signals_of_posts_tell_length_kind_hashtags_and_codes() -> None:
    posts = pl.DataFrame(
        {
            "source": ["s"] * 4,
            "load_id": ["1"] * 4,
            "row_no": [1, 2, 3, 4],
            "text": ["Love it #Oat #oat use ANNA10 or HELLO, 12345", None, "ok", "été"],
            "media_kinds": [["photo"], ["photo", "video"], None, None],
            "parent_post_id": [None, None, "p", None],
            "repost_of_post_id": [None, None, None, "q"],
        }
    )
    signals = signals_of(posts, "social_posts")
    assert signals.columns == list(SIGNALS_SCHEMA)
    assert signals.get_column("text_length").to_list() == [44, None, 2, 3]
    assert signals.get_column("ugc_kind").to_list() == ["photo", "video", "comment", "repost"]
    assert signals.get_column("hashtags").to_list() == [["oat"], None, [], []]
    assert signals.get_column("code_tokens").to_list() == [["ANNA10"], None, [], []]
    assert set(signals.get_column("language")) == {"und"}


def test_signals_of_reviews_tell_a_rating_alone_from_a_review() -> None:
    reviews = pl.DataFrame(
        {
            "source": ["s"] * 3,
            "load_id": ["1"] * 3,
            "row_no": [1, 2, 3],
            "title": ["Nice", None, None],
            "body": ["Soft", "So", None],
        },
        schema_overrides={"title": pl.String, "body": pl.String},
    )
    signals = signals_of(reviews, "reviews")
    assert signals.get_column("text_length").to_list() == [8, 2, None]
    assert signals.get_column("ugc_kind").to_list() == ["review", "review", "rating"]
