"""Finds texts of one collection that stand, as they are or nearly, in another: no test text may be trained on.

Belongs here: the comparison. Does not: which collections are training and which are tests (train.py, the leak test).
Exact, not sampled: shared 3-word shingles are counted by a sparse product.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from ml.text.tokens import UInt64Array, mixed, tokenise

SHINGLE_WORDS = 3
SAME_FROM = 0.7  # Jaccard similarity of shingle sets from which two texts count as the same
_CHUNK = 4000


def normalised(texts: pl.Series) -> pl.Series:
    """Lower case, letters and digits only, single blanks."""
    return texts.cast(pl.String).str.to_lowercase().str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ").str.strip_chars()


def leaking(texts: pl.Series, tests: pl.Series) -> npt.NDArray[np.bool_]:
    """(n,) whether a text equals a test text once normalised, or shares shingles with one at SAME_FROM or above."""
    mine, theirs = normalised(texts).fill_null(""), normalised(tests).fill_null("")
    found = mine.is_in(theirs.unique().implode()).to_numpy() & (mine.str.len_chars() > 0).to_numpy()
    known = np.unique(_shingles(theirs)[1])
    other = _presence(*_shingles(theirs), known, len(theirs))
    mine_of, hashes = _shingles(mine)
    size_mine = np.bincount(*_distinct(mine_of, hashes), minlength=len(mine))
    size_theirs = np.asarray(other.sum(axis=1)).ravel()
    presence, transposed = _presence(mine_of, hashes, known, len(mine)), other.T.tocsr()
    for start in range(0, len(mine), _CHUNK):
        shared = (presence[start : start + _CHUNK] @ transposed).tocoo()
        union = size_mine[start + shared.row] + size_theirs[shared.col] - shared.data
        found[start + np.unique(shared.row[shared.data >= SAME_FROM * union])] = True
    return np.asarray(found)


def _shingles(normal: pl.Series) -> tuple[npt.NDArray[np.int64], UInt64Array]:
    """Text and hash of every shingle; a text of fewer words than a shingle is one shingle."""
    tokens = tokenise(normal)
    hashed = tokens.hashes[tokens.codes]
    counts, text_of = tokens.counts, tokens.text_of
    position = np.arange(len(hashed)) - tokens.offsets[:-1][text_of]
    starts = (position + SHINGLE_WORDS <= counts[text_of]) | (position == 0)
    value = hashed.copy()
    for step in range(1, SHINGLE_WORDS):
        follower = np.zeros_like(hashed)
        has = position + step < counts[text_of]
        follower[:-step][has[:-step]] = hashed[step:][has[:-step]]
        value = mixed(value + np.uint64(step)) + follower
    return text_of[starts], mixed(value[starts])


def _distinct(text_of: npt.NDArray[np.int64], hashes: UInt64Array) -> tuple[npt.NDArray[np.int64]]:
    """The texts of the distinct (text, hash) pairs, for counting set sizes."""
    pairs = pl.DataFrame({"text": text_of, "hash": hashes}).unique()
    return (pairs["text"].to_numpy(),)


def _presence(text_of: npt.NDArray[np.int64], hashes: UInt64Array, known: UInt64Array, texts: int) -> sparse.csr_matrix:
    """(texts, known hashes) 1 where a text holds one of the known hashes."""
    at = np.minimum(np.searchsorted(known, hashes), max(len(known) - 1, 0))
    hit = known[at] == hashes if len(known) else np.zeros(len(hashes), dtype=np.bool_)
    matrix = sparse.csr_matrix(
        (np.ones(int(hit.sum()), dtype=np.float32), (text_of[hit], at[hit])), shape=(texts, max(len(known), 1))
    )
    matrix.data[:] = 1
    return matrix
