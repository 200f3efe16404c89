"""Numbers a linear head reads from tokens: hashed words and word pairs, hashed letter runs, valence and cues.

Belongs here: the three blocks and their scaling, the same for training and reading. Does not: weights (heads.py).

Scaling is by the text's own length only, so a weight that knows document frequencies can be folded into the head and
nothing but weights has to be shipped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from ml.text.rules import CUE_NAMES, cue_counts
from ml.text.tokens import Tokens, mixed, pair_hashes
from ml.text.valence import FEATURES, valence_features

FloatArray = npt.NDArray[np.float64]

# 2^18 buckets for the 100,000 words and pairs seen thrice in the training sets: one in three shares its bucket. Fewer
# bits mix more of them, more bits make the file and the memory grow.
WORD_BITS = 18
LETTER_BITS = 16
LETTER_RUNS = (3, 4, 5)
_PRIMES = (1, 1_000_003, 998_244_353, 2_147_483_647, 4_294_967_291, 6_700_417_123, 9_007_199_254)

# A linear head cannot bend: these turn compound into steps around VADER's own cut of .05, so that "neutral" can win
# in the middle.
DENSE_NAMES = (
    *FEATURES, "strength", "compound_near_0", "strength_near_0", "is_above", "is_below", "has_negative", "has_positive",
    "has_both", *CUE_NAMES,
)  # fmt: skip
_VALENCE_SCALE = 1.0
_CUE_SCALE = 0.3


@dataclass(frozen=True)
class TextFeatures:
    """Blocks of n texts.

    Attributes:
        words: (n, 2^WORD_BITS) presence of words and pairs, over the root of how many there are.
        occurrences: (n, distinct tokens) how often a token occurs, over the root of all letter runs of the text.
        letters: (distinct tokens, 2^LETTER_BITS) letter runs of each token.
        dense: (n, len(DENSE_NAMES)).
        valence: (n, 4) as of valence.FEATURES.
        cues: (n, len(CUE_NAMES)) counts.
    """

    words: sparse.csr_matrix
    occurrences: sparse.csr_matrix
    letters: sparse.csr_matrix
    dense: FloatArray
    valence: FloatArray
    cues: FloatArray

    def letter_block(self) -> sparse.csr_matrix:
        """(n, 2^LETTER_BITS) for training; reading multiplies through instead and never builds it."""
        return (self.occurrences @ self.letters).tocsr()


def text_features(tokens: Tokens, lexicon: dict[str, float]) -> TextFeatures:
    """All blocks of tokenised texts."""
    valence = valence_features(tokens, lexicon)
    cues = cue_counts(tokens)
    occurrences, letters = _letters(tokens)
    return TextFeatures(
        words=_words(tokens),
        occurrences=occurrences,
        letters=letters,
        dense=np.column_stack([_bent(valence) * _VALENCE_SCALE, np.log1p(cues) * _CUE_SCALE]),
        valence=valence,
        cues=cues,
    )


def _bent(valence: FloatArray) -> FloatArray:
    compound, negative, positive = valence[:, 3], valence[:, 0] > 0, valence[:, 2] > 0
    strength = np.abs(compound)
    return np.column_stack(
        [
            valence,
            strength,
            np.clip(compound, -0.3, 0.3) / 0.3,
            np.clip(strength, 0, 0.3) / 0.3,
            compound >= 0.05,
            compound <= -0.05,
            negative,
            positive,
            negative & positive,
        ]
    )


def _words(tokens: Tokens) -> sparse.csr_matrix:
    pairs, has_follower = pair_hashes(tokens)
    hashes = np.concatenate([tokens.hashes[tokens.codes], pairs[has_follower]])
    text_of = np.concatenate([tokens.text_of, tokens.text_of[has_follower]])
    buckets = (hashes >> np.uint64(64 - WORD_BITS)).astype(np.int64)
    present = np.sort(text_of << WORD_BITS | buckets)  # np.unique, which hashes, took .7 of 1.6 s here
    present = present[np.concatenate([present[:1] >= 0, present[1:] != present[:-1]])]
    row, column = present >> WORD_BITS, present & ((1 << WORD_BITS) - 1)
    count = np.bincount(row, minlength=tokens.texts)
    scale = 1 / np.sqrt(np.maximum(count, 1))
    indptr = np.concatenate([[0], np.cumsum(count)])
    return sparse.csr_matrix((scale[row].astype(np.float32), column, indptr), shape=(tokens.texts, 1 << WORD_BITS))


def _letters(tokens: Tokens) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Letter runs of every distinct token between its ends "<" and ">", by a polynomial of their code points."""
    bounded = [f"<{form[:40]}>" for form in tokens.normal]
    points = np.frombuffer("".join(bounded).encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    length = np.array([len(word) for word in bounded], dtype=np.int64)
    owner = np.repeat(np.arange(len(bounded)), length)
    rows, columns = [], []
    for run in LETTER_RUNS:
        if len(points) < run:
            continue
        last = len(points) - run + 1
        value = np.full(last, run, dtype=np.uint64)
        for step in range(run):
            value += points[step : step + last] * np.uint64(_PRIMES[step + 1])
        inside = owner[:last] == owner[run - 1 :]
        rows.append(owner[:last][inside])
        columns.append((mixed(value[inside]) >> np.uint64(64 - LETTER_BITS)).astype(np.int64))
    row = np.concatenate([*rows, np.zeros(0, dtype=np.int64)])
    column = np.concatenate([*columns, np.zeros(0, dtype=np.int64)])
    letters = sparse.csr_matrix(
        (np.ones(len(row), dtype=np.float32), (row, column)), shape=(len(bounded), 1 << LETTER_BITS)
    )
    runs = np.bincount(row, minlength=max(len(bounded), 1)).astype(np.float64)
    text_of = tokens.text_of
    total = np.bincount(text_of, weights=runs[tokens.codes], minlength=tokens.texts)
    scale = 1 / np.sqrt(np.maximum(total, 1))
    occurrences = sparse.csr_matrix(
        (scale[text_of].astype(np.float32), (text_of, tokens.codes)), shape=(tokens.texts, len(bounded))
    )
    return occurrences, letters
