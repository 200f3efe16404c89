"""What texts say, per load: signals.parquet and moments.parquet beside data.parquet, for posts and reviews.

Belongs here: reading a load's texts batch by batch, handing them to ml/text, writing what they say; when that has to
be done anew. Does not: what a text says (ml/text), copies across loads (near_duplicates.py), the choice of loads
(selection.py).
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version

import polars as pl
import pyarrow.parquet as pq

from ml.text.signals import CHUNK_TEXTS, read_texts
from ml.text.weights import TextModel
from orchestration.connectors.loads import Load, arrow_schema, as_schema
from orchestration.connectors.signals_schema import MOMENTS_SCHEMA, SIGNALS_SCHEMA
from orchestration.durable import sha256_of, sync, write_json
from orchestration.fingerprint import text_fingerprint

logger = logging.getLogger(__name__)

SIGNAL_STREAMS = ("social_posts", "reviews")
# Libraries whose answers are part of a signal.
_READERS = ("py3langid", "rensa")
_VERSION_KEY = b"nanolift_signals_version"
# Beside a load's signals: the hash of each of their files, so that damaged ones are read from the texts again.
HASHES = "_signals.json"
# Texts held at once: a load of 1 MB lines is read in smaller steps than one of short posts.
_BATCH_BYTES = 64_000_000
_COLUMNS = {
    "social_posts": ["text", "language", "media_kinds", "parent_post_id", "repost_of_post_id"],
    "reviews": ["title", "body", "language", "rating"],
}
_ROW = ["source", "load_id", "row_no"]

Models = Mapping[str, TextModel]


def signals_version(models: Models) -> str:
    """What the signals of a text depend on besides the text: the code, the libraries, every model's bytes."""
    said = [text_fingerprint(), *(f"{name} {version(name)}" for name in _READERS)]
    said += [f"{language} {model.card['sha256']}" for language, model in sorted(models.items())]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def ensure_signals(loads: Iterable[Load], models: Models) -> int:
    """Write the signals of every load of posts or reviews that lacks them or has another version's; rows written."""
    wanted, written = signals_version(models), 0
    for load in loads:
        if load.stream in SIGNAL_STREAMS and _version(load) != wanted:
            rows = _write(load, models, wanted)
            written += rows
            logger.info("signals of %s/%s/%s: %d rows", load.source, load.stream, load.load_id, rows)
    return written


def _write(load: Load, models: Models, wanted: str) -> int:
    """Both files under temporary names, renamed when whole; their hashes come last: without them, both are."""
    rows = 0
    partial = {path: path.with_name(f".{path.name}") for path in (load.moments, load.signals)}
    schemas = {
        load.moments: arrow_schema(MOMENTS_SCHEMA),
        load.signals: arrow_schema(SIGNALS_SCHEMA).with_metadata({_VERSION_KEY: wanted.encode()}),
    }
    with (
        pq.ParquetWriter(partial[load.moments], schemas[load.moments], compression="zstd") as moments,
        pq.ParquetWriter(partial[load.signals], schemas[load.signals], compression="zstd") as signals,
    ):
        for batch in _batches(load):
            said, told = signals_of(batch, load.stream, models)
            signals.write_table(as_schema(said.to_arrow(), schemas[load.signals]))
            moments.write_table(as_schema(told.to_arrow(), schemas[load.moments]))
            rows += said.height
    hashes = load.folder / HASHES
    hashes.unlink(missing_ok=True)
    said_of = {path.name: sha256_of(written) for path, written in partial.items()}
    for path, written in partial.items():
        sync(written)
        os.replace(written, path)
    write_json(hashes, said_of)
    return rows


def _batches(load: Load) -> Iterator[pl.DataFrame]:
    """The load's rows in order, at most CHUNK_TEXTS and about _BATCH_BYTES at a time."""
    file = pq.ParquetFile(load.data)
    wanted = [*_ROW, *_COLUMNS[load.stream]]
    groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
    fattest = max((group.total_byte_size / max(group.num_rows, 1) for group in groups), default=1.0)
    rows = min(CHUNK_TEXTS, max(1, int(_BATCH_BYTES / max(fattest, 1.0))))
    for batch in file.iter_batches(batch_size=rows, columns=wanted):
        yield pl.DataFrame(pl.from_arrow(batch)).select(wanted)


def signals_of(rows: pl.DataFrame, stream: str, models: Models) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Signals of landed rows.

    Args:
        rows: source, load_id, row_no and the stream's text and structure columns.
        stream: social_posts or reviews.
        models: by language; a text in another language has neither sentiment nor moments.

    Returns:
        Columns of SIGNALS_SCHEMA, one row a landed row. text_length counts characters, title and body of a review
        together; NULL: no text. hashtags and code_tokens are NULL where there is no text, empty where it holds none.
        Columns of MOMENTS_SCHEMA, one row a landed row and moment told.
    """
    parts = [pl.col("text")] if stream == "social_posts" else [pl.col("title"), pl.col("body")]
    has_text = pl.any_horizontal(*(part.is_not_null() for part in parts))
    text = pl.when(has_text).then(pl.concat_str(parts, separator="\n", ignore_nulls=True))
    length = pl.when(has_text).then(pl.sum_horizontal(part.str.len_chars() for part in parts))
    hashtags = text.str.extract_all(r"#[\p{L}\p{N}_]+").list.eval(pl.element().str.strip_prefix("#").str.to_lowercase())
    tokens = text.str.extract_all(r"\b[A-Z0-9]{5,16}\b")
    tokens = tokens.list.filter(pl.element().str.contains("[A-Z]") & pl.element().str.contains("[0-9]"))
    # "pt-BR" and "EN" are the languages pt and en; a word for a language ("English") is no code.
    hint = pl.col("language").str.to_lowercase().str.extract(r"^([a-z]{2,3})(?:[-_].*)?$", 1)
    own = rows.select(
        *_ROW,
        stream=pl.lit(stream),
        text_length=length.cast(pl.Int64),
        hashtags=hashtags.list.unique(maintain_order=True),
        code_tokens=tokens.list.unique(maintain_order=True),
    )
    read = read_texts(rows.with_columns(text=text, language_hint=hint, stream=pl.lit(stream)), models)
    read = read.with_columns(has_moments_read=pl.col("moments").is_not_null())
    signals = pl.concat([own, read.drop("text_length")], how="horizontal")
    told = signals.select(*_ROW, "stream", "moments").explode("moments").drop_nulls("moments").unnest("moments")
    return signals.select(*SIGNALS_SCHEMA), told.select(*MOMENTS_SCHEMA)


def _version(load: Load) -> str | None:
    if not _are_sound(load):
        return None
    metadata = pq.read_schema(load.signals).metadata or {}
    found: bytes | None = metadata.get(_VERSION_KEY)
    return None if found is None else found.decode()


def _are_sound(load: Load) -> bool:
    """Whether both files are there with the bytes that were written."""
    try:
        hashes = json.loads((load.folder / HASHES).read_text(encoding="utf-8"))
        return all(sha256_of(path) == hashes[path.name] for path in (load.signals, load.moments))
    except FileNotFoundError:
        return False
    except (ValueError, KeyError, TypeError):
        logger.warning("%s is damaged: the texts of the load are read again", load.folder / HASHES)
        return False
