"""What texts of landed loads say: written beside each load, again only when something they depend on changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from ml.text.weights import TextModel, load
from orchestration.connectors import signals as module
from orchestration.connectors.loads import Load, arrow_schema, write_table
from orchestration.connectors.near_duplicates import cluster_texts
from orchestration.connectors.signals import ensure_signals, signals_of, signals_version
from orchestration.connectors.signals_schema import CLUSTERS_SCHEMA, MOMENTS_SCHEMA, SIGNALS_SCHEMA
from orchestration.connectors.streams import STREAMS

MODELS = {"en": load("en")}
GOOD = "I absolutely love this jacket, it is beautiful and the quality is great, thank you so much"
BAD = "Terrible service, I have been waiting on hold for two hours and nobody answered, worst company ever"
NEAR_BAD = BAD.replace("two hours", "three hours")
GERMAN = "Das Paket kam zwei Tage später als versprochen und die Schachtel war leider offen"
KNOWN = datetime(2026, 10, 1)


def posts(texts: Sequence[str | None], **columns: Sequence[Any]) -> pl.DataFrame:
    rows = pl.DataFrame(
        {"source": "s", "load_id": "1", "row_no": range(1, len(texts) + 1), "text": texts},
        schema_overrides={"text": pl.String},
    )
    kinds = {
        "language": pl.String,
        "media_kinds": pl.List(pl.String),
        "parent_post_id": pl.String,
        "repost_of_post_id": pl.String,
    }
    empty = [pl.lit(None, dtype=kind).alias(name) for name, kind in kinds.items()]
    given = [pl.Series(name, list(values), dtype=kinds[name]) for name, values in columns.items()]
    return rows.with_columns(empty).with_columns(given)


def reviews(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    schema = {"title": pl.String, "body": pl.String, "language": pl.String, "rating": pl.Float64}
    frame = pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)
    return frame.with_columns(source=pl.lit("s"), load_id=pl.lit("1"), row_no=pl.int_range(1, pl.len() + 1))


def landed(folder: Path, texts: Sequence[str | None], load_id: str = "1", **columns: Any) -> Load:
    """A load of posts on disk, as landing writes it."""
    folder.mkdir(parents=True)
    schema = STREAMS["social_posts"].landed_schema()
    rows = [
        dict.fromkeys(schema)
        | {"source": "s", "load_id": load_id, "row_no": number, "text": text, "known_at": KNOWN}
        | columns
        for number, text in enumerate(texts, start=1)
    ]
    table = pl.DataFrame(rows, schema=dict.fromkeys(schema), infer_schema_length=None).to_arrow()
    write_table(folder / "data.parquet", table, arrow_schema(schema))
    empty: dict[str, Any] = dict.fromkeys(Load.__dataclass_fields__, "")
    return Load(**empty | {"source": "s", "stream": "social_posts", "load_id": load_id, "folder": folder})


def test_posts_tell_length_kind_hashtags_and_codes() -> None:
    said, _ = signals_of(
        posts(
            ["Love it #Oat #oat use ANNA10 or HELLO, 12345", None, "ok", "été"],
            media_kinds=[["photo"], ["photo", "video"], None, None],
            parent_post_id=[None, None, "p", None],
            repost_of_post_id=[None, None, None, "q"],
        ),
        "social_posts",
        MODELS,
    )
    assert said.columns == list(SIGNALS_SCHEMA)
    assert said["text_length"].to_list() == [44, None, 2, 3]
    assert said["ugc_kind"].to_list() == ["photo", "video", "comment", "repost"]
    assert said["hashtags"].to_list() == [["oat"], None, [], []]
    assert said["code_tokens"].to_list() == [["ANNA10"], None, [], []]


def test_title_and_body_of_a_review_are_one_text_and_a_rating_alone_is_none() -> None:
    rows = [{"title": "Nice", "body": "Soft"}, {"body": "So"}, {"rating": 5.0}]
    said, _ = signals_of(reviews(rows), "reviews", MODELS)
    assert said["text_length"].to_list() == [8, 2, None]
    assert said["ugc_kind"].to_list() == ["review", "review", "rating"]
    assert said["language"].to_list() == ["und", "und", None]


def test_a_language_without_a_model_gets_neither_sentiment_nor_moments() -> None:
    said, told = signals_of(posts([GOOD, BAD, GERMAN, None]), "social_posts", MODELS)
    assert said["language"].to_list() == ["en", "en", "de", None]
    assert said["sentiment_positive"].is_null().to_list() == [False, False, True, True]
    assert said["has_moments_read"].to_list() == [True, True, False, False]
    assert set(told["row_no"]) == {1, 2}
    assert told.columns == list(MOMENTS_SCHEMA)
    assert {"wait", "support"} <= set(told.filter(pl.col("row_no") == 2, ~pl.col("is_unsure"))["moment"])


def test_the_sites_hint_counts_where_the_text_tells_no_language() -> None:
    hints = ["en-GB", "EN", "English", "de"]
    said, _ = signals_of(posts(["Great!"] * 4, language=hints), "social_posts", MODELS)
    assert said["language"].to_list() == ["en", "en", "und", "de"]
    assert said["sentiment_positive"].is_not_null().to_list() == [True, True, False, False]


def test_a_load_is_read_once_and_again_with_another_model(tmp_path: Path) -> None:
    load_ = landed(tmp_path / "1", [GOOD, BAD])
    assert ensure_signals([load_], MODELS) == 2
    assert ensure_signals([load_], MODELS) == 0

    own = replace(MODELS["en"], card={**MODELS["en"].card, "sha256": "another"})
    assert ensure_signals([load_], {"en": own}) == 2
    assert pl.read_parquet(load_.signals)["sentiment_model_id"].unique().to_list() == ["en-another"]


def test_a_load_whose_second_file_was_lost_is_read_again(tmp_path: Path) -> None:
    load_ = landed(tmp_path / "1", [GOOD])
    ensure_signals([load_], MODELS)
    load_.moments.unlink()
    assert ensure_signals([load_], MODELS) == 1
    assert pq.read_table(load_.moments).schema.names == list(MOMENTS_SCHEMA)


def test_batches_change_nothing_and_are_smaller_where_texts_are_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [GOOD, BAD, None, GERMAN, "x" * 1000, GOOD]
    whole, parts = landed(tmp_path / "1", texts), landed(tmp_path / "2", texts)
    ensure_signals([whole], MODELS)
    monkeypatch.setattr(module, "_BATCH_BYTES", 600)
    assert [batch.height for batch in module._batches(parts)] != [6]
    ensure_signals([parts], MODELS)
    for one, other in ((whole.signals, parts.signals), (whole.moments, parts.moments)):
        assert pl.read_parquet(one).equals(pl.read_parquet(other))


def test_no_word_of_a_text_stands_in_what_is_written(tmp_path: Path) -> None:
    load_ = landed(tmp_path / "1", ["Zanzibarically yours, I waited two hours at the zanzibar till"])
    ensure_signals([load_], MODELS)
    written = str(pl.read_parquet(load_.signals).drop("signature").to_dicts())
    assert "anzibar" not in written + str(pl.read_parquet(load_.moments).to_dicts())


def test_an_empty_load_has_typed_empty_signals(tmp_path: Path) -> None:
    load_ = landed(tmp_path / "1", [])
    assert ensure_signals([load_], MODELS) == 0
    assert pq.read_schema(load_.signals).names == list(SIGNALS_SCHEMA)
    assert pq.read_schema(load_.moments).names == list(MOMENTS_SCHEMA)


def test_copies_are_found_across_loads_and_only_among_texts_known_by_then(tmp_path: Path) -> None:
    first = landed(tmp_path / "1", [BAD, GOOD, None])
    second = landed(tmp_path / "2", [NEAR_BAD], load_id="2", known_at=datetime(2026, 10, 2))
    ensure_signals([first, second], MODELS)

    later = cluster_texts([first, second], datetime(2026, 10, 3))
    assert later.columns == list(CLUSTERS_SCHEMA)
    cluster = dict(zip(later.select("load_id", "row_no").rows(), later["duplicate_cluster_id"], strict=True))
    assert cluster["1", 1] == cluster["2", 1] != cluster["1", 2]
    assert ("1", 3) not in cluster

    earlier = cluster_texts([first, second], KNOWN)
    assert set(earlier["load_id"]) == {"1"}


def test_streams_without_texts_have_no_signals_and_no_clusters(tmp_path: Path) -> None:
    till = replace(landed(tmp_path / "1", [GOOD]), stream="pos_lines")
    assert ensure_signals([till], MODELS) == 0
    assert not till.signals.exists()
    assert cluster_texts([till], KNOWN).is_empty()


def test_the_version_knows_every_models_bytes() -> None:
    other: dict[str, TextModel] = {"en": replace(MODELS["en"], card={**MODELS["en"].card, "sha256": "x"})}
    assert len({signals_version(MODELS), signals_version(other), signals_version({})}) == 3
