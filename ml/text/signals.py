"""The pass over texts: from landed rows to one row of signals each, in chunks of bounded memory.

Belongs here: the order of the steps and the columns that come out. Does not: the steps (scrub, language, sentiment,
moments, kinds, duplicates, quality have a module each), files, or time.

A frame with the same texts gives the same signals, whatever its chunking or the number of processes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import polars as pl
import pyarrow as pa

from ml.errors import InputError
from ml.special_categories import refuse_special
from ml.text.duplicates import SIGNATURE_BYTES, SignatureArray, clusters, signatures
from ml.text.features import text_features
from ml.text.kinds import kinds
from ml.text.language import UNDETERMINED, identify
from ml.text.leak import normalised
from ml.text.moments import MOMENT_TYPE, moments, reads_moments
from ml.text.quality import components
from ml.text.scrub import scrub
from ml.text.tokens import Tokens, tokenise
from ml.text.weights import TextModel, load

# Bounds the memory of a pass; benchmarks/text.py prints the peak of a million texts.
CHUNK_TEXTS = 10_000
# A chunk also ends here, so that 1 MB lines do not add up.
CHUNK_CHARACTERS = 20_000_000

SIGNALS: dict[str, pl.DataType | type[pl.DataType]] = {
    "text_hash": pl.String,
    "language": pl.String,
    "language_confidence": pl.Float64,
    "ugc_kind": pl.String,
    "sentiment_negative": pl.Float64,
    "sentiment_neutral": pl.Float64,
    "sentiment_positive": pl.Float64,
    "sentiment_model_id": pl.String,
    "moments": pl.List(MOMENT_TYPE),
    "text_length": pl.Int64,
    "words_count": pl.Int64,
    "distinct_words_share": pl.Float64,
    "links_count": pl.Int64,
    "handles_count": pl.Int64,
    "hashtags_count": pl.Int64,
    "emoji_count": pl.Int64,
    "link_density": pl.Float64,
    "handle_density": pl.Float64,
    "capitals_share": pl.Float64,
    "has_disclosure_words": pl.Boolean,
    "signature": pl.Binary,
}


def texts_frame(texts: Iterable[str | bytes | None], stream: str = "social_posts") -> pl.DataFrame:
    """A frame for `read_texts` from anything: broken bytes and lone surrogates become the replacement character."""
    readable = [
        None
        if text is None
        else text.decode("utf-8", "replace")
        if isinstance(text, bytes)
        else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        for text in texts
    ]
    return pl.DataFrame({"text": pl.Series(readable, dtype=pl.String)}).with_columns(stream=pl.lit(stream))


def read_texts(frame: pl.DataFrame, models: Mapping[str, TextModel] | None = None) -> pl.DataFrame:
    """Signals of every row, in the order of the rows.

    Args:
        frame: text (NULL: none); optional language_hint (ISO 639; counts where the text itself is "und"), stream and
            the structure columns of kinds.kinds.
        models: by language; None: the shipped English model. Other languages get no sentiment and no moments.

    Returns:
        Columns of SIGNALS. text_hash: 128 bits of the scrubbed, normalised text: equal texts, equal hash. sentiment_*
        sum to 1; they and moments are NULL where the language has no model or there is no text (moments also where
        its model tells none). signature: for
        `near_duplicates`; NULL without words.

    Raises:
        InputError: no text column, or a model that would tell of a special category of personal data.
    """
    parts = list(read_chunks(frame, models))
    return pl.concat(parts) if parts else pl.DataFrame(schema=SIGNALS)


def read_chunks(frame: pl.DataFrame, models: Mapping[str, TextModel] | None = None) -> Iterator[pl.DataFrame]:
    """The rows of `read_texts` chunk by chunk, for a load whose signals are written as they come."""
    if "text" not in frame.columns:
        raise InputError(f"texts are read from a column text; there are {frame.columns}")
    chosen = models if models is not None else {"en": load("en")}
    for model in chosen.values():
        refuse_special(() if model.moments is None else model.moments.classes, f"moments of {model.model_id}")
    for chunk in _chunks(frame):
        yield _read_chunk(chunk, chosen)


def near_duplicates(signals: pl.DataFrame) -> pl.DataFrame:
    """Clusters of near-duplicate texts over any number of loads.

    Args:
        signals: text_hash, signature, words_count; in which order they came changes nothing.

    Returns:
        duplicate_cluster_id: the least text_hash of the cluster; duplicates_count: rows in the cluster, 1 for a
        text alone, exact copies counted. Both NULL where there is no signature.
    """
    distinct = signals.select("text_hash", "signature", "words_count").drop_nulls("signature")
    # Which texts are compared, and which of them names a cluster, goes by their order: theirs, not their arrival's.
    distinct = distinct.sort("text_hash", "words_count", "signature").unique(
        "text_hash", keep="first", maintain_order=True
    )
    matrix = _matrix(distinct["signature"])
    first = clusters(matrix, distinct["words_count"].to_numpy().astype(np.int64))
    named = pl.DataFrame(
        {"text_hash": distinct["text_hash"], "duplicate_cluster_id": distinct["text_hash"].gather(first)}
    )
    joined = signals.select("text_hash").join(named, on="text_hash", how="left", maintain_order="left")
    size = pl.when(pl.col("duplicate_cluster_id").is_not_null()).then(pl.len().over("duplicate_cluster_id"))
    return joined.select("duplicate_cluster_id", size.cast(pl.Int64).alias("duplicates_count"))


def _matrix(signature: pl.Series) -> SignatureArray:
    """(n, SIGNATURE_BYTES) without a Python object a row."""
    array = signature.rechunk().to_arrow().cast(pa.binary(SIGNATURE_BYTES))
    data = np.frombuffer(array.buffers()[1], dtype=np.uint8) if len(array) else np.zeros(0, dtype=np.uint8)
    return data[array.offset * SIGNATURE_BYTES :][: len(array) * SIGNATURE_BYTES].reshape(-1, SIGNATURE_BYTES)


def _chunks(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Slices of at most CHUNK_TEXTS rows and about CHUNK_CHARACTERS characters."""
    length = frame["text"].cast(pl.String).str.len_bytes().fill_null(0).cast(pl.Int64).cum_sum().to_numpy()
    start = 0
    while start < frame.height:
        before = int(length[start - 1]) if start else 0
        by_size = int(np.searchsorted(length, before + CHUNK_CHARACTERS, side="right"))
        end = min(frame.height, start + CHUNK_TEXTS, max(by_size, start + 1))
        yield frame.slice(start, end - start)
        start = end


def _read_chunk(frame: pl.DataFrame, models: Mapping[str, TextModel]) -> pl.DataFrame:
    text = scrub(frame["text"])
    tokens = tokenise(text)
    language = _language(frame, text)
    signature, _ = signatures(tokens)
    described = text.to_frame("text").select(value.alias(name) for name, value in components(pl.col("text")).items())
    has_words = (described["words_count"] > 0).fill_null(False)
    structure = frame.with_columns(text=text)
    if "stream" not in structure.columns:
        structure = structure.with_columns(stream=pl.lit("social_posts"))
    signed = pl.Series([row.tobytes() for row in signature], dtype=pl.Binary)
    return pl.DataFrame(
        {
            "text_hash": _hashes(text),
            **language,
            "ugc_kind": kinds(structure),
            **_judged(tokens, language["language"], models),
            **described.to_dict(),
            "signature": pl.select(pl.when(has_words).then(signed)).to_series(),
        },
        schema_overrides=SIGNALS,
    ).select(*SIGNALS)


def _language(frame: pl.DataFrame, text: pl.Series) -> dict[str, pl.Series]:
    found = identify(text)
    language = found["language"]
    if "language_hint" in frame.columns:
        hint = frame["language_hint"].cast(pl.String)
        hinted = (language == UNDETERMINED) & hint.is_not_null()
        language = pl.select(pl.when(hinted).then(hint).otherwise(language)).to_series()
    return {"language": language, "language_confidence": found["language_confidence"]}


def _hashes(text: pl.Series) -> pl.Series:
    """Hash of the normalised text; of the text itself where nothing but signs is left."""
    plain = normalised(text)
    said = pl.select(pl.when(plain.str.len_chars() > 0).then(plain).otherwise(text)).to_series()
    hashed = [None if one is None else hashlib.blake2b(one.encode(), digest_size=16).hexdigest() for one in said]
    return pl.Series(hashed, dtype=pl.String)


def _judged(tokens: Tokens, language: pl.Series, models: Mapping[str, TextModel]) -> dict[str, pl.Series]:
    """Sentiment and moments by the model of each text's language; NULL for the others."""
    n = tokens.texts
    belief = np.full((n, 3), np.nan)
    told = [pl.DataFrame(schema={"row": pl.Int64, "moments": SIGNALS["moments"]})]
    model_id = np.full(n, None, dtype=object)
    for code, model in sorted(models.items()):
        said = (language == code).fill_null(False).to_numpy() & (tokens.counts > 0)
        rows = np.flatnonzero(said)
        if not len(rows):
            continue
        features = text_features(tokens.rows(rows), model.lexicon)
        order = [model.sentiment.classes.index(name) for name in ("negative", "neutral", "positive")]
        belief[rows] = model.sentiment.probabilities(features)[:, order]
        if reads_moments(model):
            told.append(pl.DataFrame({"row": rows, "moments": moments(features, model, belief[rows])}))
        model_id[rows] = model.model_id
    every = pl.DataFrame({"row": pl.Series(range(n), dtype=pl.Int64)})
    columns = [pl.Series(belief[:, column].round(4)).fill_nan(None) for column in range(3)]
    names = ("sentiment_negative", "sentiment_neutral", "sentiment_positive")
    return {
        **dict(zip(names, columns, strict=True)),
        "sentiment_model_id": pl.Series(model_id.tolist(), dtype=pl.String),
        "moments": every.join(pl.concat(told), on="row", how="left", maintain_order="left")["moments"],
    }
