"""The language of each text with py3langid's model; "und" when a text is too short or the model is unsure.

Belongs here: cleaning what says nothing about a language, walking the model for a whole chunk at once, and the rule for
"und". Does not: the model (py3langid, BSD-3-Clause, 139 languages, trained without the Declaration of Human Rights
that the benchmark tests on).

py3langid reads one text at a time, about 10,000 a second; walking its automaton for all texts byte by byte gives the
same answers (test_language.py compares) at about 60,000.
"""

from __future__ import annotations

import functools
import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from py3langid.langid import MODEL_FILE, LanguageIdentifier
from scipy import sparse

UNDETERMINED = "und"

# Bytes of a text that are read, some 60 words: enough to tell a language, and a long review costs no more.
READ_BYTES = 400
# Fewer letters than this are "und": names, "lol" and "ok thx" look like some language to any model.
LEAST_LETTERS = 12
# Share of belief in the best language below which a text is "und". Lower lets wrong guesses of short mixed posts
# through; higher drops true Zulu and Xhosa, between which belief is shared.
LEAST_CONFIDENCE = 0.35

# Placeholders, links, hashtags, handles, numbers and signs say nothing about a language.
_NOISE = r"\[[a-z]{2,8}\]|\S*://\S*|www\.\S+|[@#]\S+|[\p{N}\p{S}_]+"


@dataclass(frozen=True)
class _Model:
    nextmove: npt.NDArray[np.int32]
    row_base: npt.NDArray[np.int32]
    output: npt.NDArray[np.int32]
    table: npt.NDArray[np.float32]
    prior: npt.NDArray[np.float32]
    classes: list[str]


@functools.lru_cache(maxsize=1)
def _model() -> _Model:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return _Model(
        nextmove=np.asarray(identifier.tk_nextmove, dtype=np.int32),
        row_base=np.asarray(identifier.tk_row, dtype=np.int32) << 8,
        output=np.asarray(identifier.tk_output, dtype=np.int32),
        table=np.asarray(identifier.nb_ptc, dtype=np.float32),
        prior=np.asarray(identifier.nb_pc, dtype=np.float32),
        classes=list(identifier.nb_classes),
    )


def supported_languages() -> tuple[str, ...]:
    """ISO 639 codes the model can answer with."""
    return tuple(sorted(set(_model().classes) - {"zxx"}))


def identify(texts: pl.Series, least_confidence: float = LEAST_CONFIDENCE) -> pl.DataFrame:
    """The language of each text.

    Args:
        texts: scrubbed texts.
        least_confidence: share of belief from which an answer counts.

    Returns:
        language: ISO 639 code, "und" when too short or unsure, NULL where there is no text.
        language_confidence: 0 to 1, the belief in the best language; NULL where nothing could be read.
    """
    cleaned = texts.cast(pl.String).str.slice(0, READ_BYTES * 2).str.replace_all(_NOISE, " ")
    cleaned = cleaned.str.replace_all(r"\s+", " ").str.strip_chars()
    letters = cleaned.str.replace_all(r"[^\p{L}\p{M}]+", "").str.len_chars().fill_null(0).to_numpy()
    readable = np.flatnonzero(letters >= LEAST_LETTERS)
    best = np.full(len(texts), UNDETERMINED, dtype=object)
    confidence = np.full(len(texts), np.nan)
    if len(readable):
        codes, confidence[readable] = _best([_encoded(text) for text in cleaned.gather(readable).to_list()])
        best[readable] = codes
    sure = confidence >= least_confidence
    language = np.where(sure & (best != "zxx"), best, UNDETERMINED)
    answers = pl.Series("language", language.tolist(), dtype=pl.String)
    return pl.DataFrame(
        {
            "language": pl.select(pl.when(texts.is_not_null()).then(answers)).to_series(),
            "language_confidence": pl.Series(confidence).fill_nan(None),
        }
    )


def _encoded(text: str) -> bytes:
    """The bytes py3langid reads: capitals-only text in lower case, composed characters, cut at a character."""
    lowered = text.lower() if text.isupper() else text
    data = unicodedata.normalize("NFC", lowered).encode("utf-8", "replace")
    return data if len(data) <= READ_BYTES else data[:READ_BYTES].decode("utf-8", "ignore").encode()


def _best(texts: list[bytes]) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Best language and belief in it, for non-empty texts."""
    model = _model()
    length = np.array([len(text) for text in texts], dtype=np.int64)
    scores = np.asarray(_feature_counts(texts, length, model) @ model.table) + model.prior
    scores /= np.sqrt(length)[:, None]
    scores -= scores.max(axis=1, keepdims=True)
    belief = np.exp(scores)
    belief /= belief.sum(axis=1, keepdims=True)
    first: dict[str, int] = {}
    for column, code in enumerate(model.classes):
        kept = first.setdefault(code, column)
        if kept != column:  # two script classes of one language share its code
            belief[:, kept] += belief[:, column]
            belief[:, column] = 0
    chosen = belief.argmax(axis=1)
    return [model.classes[column] for column in chosen], belief[np.arange(len(texts)), chosen].astype(np.float64)


def _feature_counts(texts: list[bytes], length: npt.NDArray[np.int64], model: _Model) -> sparse.csr_matrix:
    """(n, features) log1p of how often each of the model's features ends at a byte of the text."""
    order = np.argsort(-length, kind="stable")
    data = np.frombuffer(b"".join(texts), dtype=np.uint8)
    start = np.concatenate([[0], np.cumsum(length)[:-1]])[order]
    sorted_length = length[order]
    state = np.zeros(len(texts), dtype=np.int32)
    rows: list[npt.NDArray[np.int64]] = []
    features: list[npt.NDArray[np.int32]] = []
    for position in range(int(sorted_length[0])):
        active = int(np.searchsorted(-sorted_length, -position, side="left"))
        state[:active] = model.nextmove[model.row_base[state[:active]] + data[start[:active] + position]]
        feature = model.output[state[:active]]
        hit = np.flatnonzero(feature >= 0)
        rows.append(order[hit])
        features.append(feature[hit])
    row, feature = np.concatenate(rows), np.concatenate(features)
    shape = (len(texts), model.table.shape[0])
    counts = sparse.coo_matrix((np.ones(len(row), dtype=np.float32), (row, feature)), shape=shape).tocsr()
    counts.data = np.log1p(counts.data)
    return counts
