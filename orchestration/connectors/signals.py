"""What texts say, per load: signals.parquet beside data.parquet, for posts and reviews.

Belongs here: length, kind, hashtags and code tokens, read from the scrubbed text. Does not: landing (landing.py), the
choice of loads (selection.py). The language is `und` (not told) and nothing is judged about sentiment here.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable

import polars as pl
import pyarrow.parquet as pq

from orchestration.connectors.loads import Load, arrow_schema, write_table

logger = logging.getLogger(__name__)

SIGNAL_STREAMS = ("social_posts", "reviews")
SIGNALS_SCHEMA: dict[str, str] = {
    "source": "varchar",
    "load_id": "varchar",
    "row_no": "bigint",
    "stream": "varchar",
    "text_length": "bigint",
    "language": "varchar",
    "ugc_kind": "varchar",
    "hashtags": "varchar[]",
    "code_tokens": "varchar[]",
}
# Raised when signals of the same text change: ensure_signals then writes them anew.
SIGNALS_VERSION = "1"
LANGUAGE_NOT_TOLD = "und"
_VERSION_KEY = b"nanolift_signals_version"


def ensure_signals(loads: Iterable[Load]) -> int:
    """Write the signals of every load of posts or reviews that lacks them, or has an older version's; rows written."""
    written = 0
    for load in loads:
        if load.stream not in SIGNAL_STREAMS or _version(load) == SIGNALS_VERSION:
            continue
        columns = _TEXT_COLUMNS[load.stream]
        signals = signals_of(pl.read_parquet(load.data, columns=["source", "load_id", "row_no", *columns]), load.stream)
        partial = load.signals.with_name(".signals.parquet")
        metadata = {_VERSION_KEY: SIGNALS_VERSION.encode()}
        write_table(partial, signals.to_arrow(), arrow_schema(SIGNALS_SCHEMA).with_metadata(metadata))
        os.replace(partial, load.signals)
        written += signals.height
        logger.info("signals of %s/%s/%s: %d rows", load.source, load.stream, load.load_id, signals.height)
    return written


def signals_of(rows: pl.DataFrame, stream: str) -> pl.DataFrame:
    """Signals of landed rows.

    Args:
        rows: source, load_id, row_no and the stream's text and structure columns.
        stream: social_posts or reviews.

    Returns:
        Columns of SIGNALS_SCHEMA. text_length counts characters, title and body of a review together; NULL: no text.
        hashtags and code_tokens are NULL where there is no text, empty where the text holds none.
    """
    parts = [pl.col("text")] if stream == "social_posts" else [pl.col("title"), pl.col("body")]
    text = pl.when(pl.any_horizontal(*(part.is_not_null() for part in parts))).then(
        pl.concat_str(parts, separator="\n", ignore_nulls=True)
    )
    has_text = pl.any_horizontal(*(part.is_not_null() for part in parts))
    length = pl.when(has_text).then(pl.sum_horizontal(part.str.len_chars() for part in parts))
    hashtags = text.str.extract_all(r"#[\p{L}\p{N}_]+").list.eval(pl.element().str.strip_prefix("#").str.to_lowercase())
    tokens = text.str.extract_all(r"\b[A-Z0-9]{5,16}\b")
    tokens = tokens.list.filter(pl.element().str.contains("[A-Z]") & pl.element().str.contains("[0-9]"))
    values = {
        "source": pl.col("source"),
        "load_id": pl.col("load_id"),
        "row_no": pl.col("row_no"),
        "stream": pl.lit(stream),
        "text_length": length.cast(pl.Int64),
        "language": pl.lit(LANGUAGE_NOT_TOLD),
        "ugc_kind": _post_kind() if stream == "social_posts" else _review_kind(),
        "hashtags": hashtags.list.unique(maintain_order=True),
        "code_tokens": tokens.list.unique(maintain_order=True),
    }
    return rows.select(value.alias(name) for name, value in values.items())


_TEXT_COLUMNS = {
    "social_posts": ["text", "media_kinds", "parent_post_id", "repost_of_post_id"],
    "reviews": ["title", "body"],
}


def _post_kind() -> pl.Expr:
    """A repost is one even with a photo, then an answer; then the richest medium names the kind."""
    kind = pl.when(pl.col("repost_of_post_id").is_not_null()).then(pl.lit("repost"))
    kind = kind.when(pl.col("parent_post_id").is_not_null()).then(pl.lit("comment"))  # type: ignore[assignment]
    kind = kind.when(pl.col("media_kinds").list.contains("video")).then(pl.lit("video"))  # type: ignore[assignment]
    kind = kind.when(pl.col("media_kinds").list.contains("photo")).then(pl.lit("photo"))  # type: ignore[assignment]
    return kind.otherwise(pl.lit("post"))


def _review_kind() -> pl.Expr:
    has_text = pl.col("title").is_not_null() | pl.col("body").is_not_null()
    return pl.when(has_text).then(pl.lit("review")).otherwise(pl.lit("rating"))


def _version(load: Load) -> str | None:
    if not load.signals.exists():
        return None
    metadata = pq.read_schema(load.signals).metadata or {}
    version: bytes | None = metadata.get(_VERSION_KEY)
    return None if version is None else version.decode()
