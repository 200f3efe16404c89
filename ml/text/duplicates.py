"""Near-duplicate texts: a 64-byte signature each, and clusters of texts whose signatures agree.

Belongs here: signatures (MinHash by rensa, MIT) and clustering. Does not: exact duplicates (signals.py hashes them), or
what a large cluster means (authenticity.py).

A text is the set of its word pairs and its longer words; a signature keeps the lowest byte of 64 minima (b-bit MinHash,
Li and König 2010), so a million texts take 64 MB and loads can be clustered together from what is stored.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from rensa import RMinHash
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from ml.text.tokens import Tokens, pair_hashes

SIGNATURE_BYTES = 64
_SEED = 42
# Shorter words are in most texts and would make strangers look alike.
_LONG_WORD = 5
# 21 bands of 3: two texts that share 60 % of their set meet in one with probability .994; at 10 % with .02.
_BAND_BYTES = 3
# Estimated share of the set from which two texts are one. Of 3,500 airline posts .5 % are joined with another
# at this cut and .995 of planted copies are found (benchmarks/text.py); the estimate's standard error is .06.
SAME_FROM = 0.5
# Texts of fewer words must agree in all: two people who write "love it so much" copied nobody.
_FEW_WORDS = 5
_COMPARED_AT_ONCE = 500_000

SignatureArray = npt.NDArray[np.uint8]
IntArray = npt.NDArray[np.int64]


def signatures(tokens: Tokens) -> tuple[SignatureArray, IntArray]:
    """Signature and number of words of every text.

    Returns:
        (n, SIGNATURE_BYTES) and (n,); a text without words has a signature of zeros and takes part in no cluster.
    """
    is_word = np.array([form[:1].isalnum() for form in tokens.normal], dtype=np.bool_)
    words = tokens.only(is_word)
    if not len(words.codes):
        return np.zeros((tokens.texts, SIGNATURE_BYTES), dtype=np.uint8), words.counts
    is_long = np.array([len(form) >= _LONG_WORD for form in words.normal], dtype=np.bool_)[words.codes]
    single = words.hashes[words.codes]
    pairs, has_follower = pair_hashes(words)
    members = np.empty(2 * len(single), dtype=np.uint64)
    members[0::2] = np.where(has_follower, pairs, single)
    members[1::2] = np.where(is_long, single, members[0::2])
    digests = RMinHash.digest_matrix_from_flat_token_hashes(
        members, (2 * words.offsets).astype(np.uint64), SIGNATURE_BYTES, _SEED
    )
    matrix = np.array(digests.to_rows(), dtype=np.uint32).astype(np.uint8)
    matrix[words.counts == 0] = 0
    return matrix, words.counts


def clusters(signature: SignatureArray, words: IntArray) -> IntArray:
    """The cluster of every text.

    Args:
        signature: (n, SIGNATURE_BYTES).
        words: (n,) number of words.

    Returns:
        (n,) the row of the first text of the cluster; a text alone is its own cluster.
    """
    n = len(signature)
    left, right = [], []
    usable = np.flatnonzero(words > 0)
    for start in range(0, SIGNATURE_BYTES - _BAND_BYTES + 1, _BAND_BYTES):
        one, other = _neighbours(signature[usable], start)
        for at in range(0, len(one), _COMPARED_AT_ONCE):
            a, b = usable[one[at : at + _COMPARED_AT_ONCE]], usable[other[at : at + _COMPARED_AT_ONCE]]
            agree = (signature[a] == signature[b]).mean(axis=1)
            same = agree >= np.where(np.minimum(words[a], words[b]) < _FEW_WORDS, 1.0, SAME_FROM)
            left.append(a[same])
            right.append(b[same])
    a, b = np.concatenate([*left, np.zeros(0, np.int64)]), np.concatenate([*right, np.zeros(0, np.int64)])
    graph = sparse.coo_matrix((np.ones(len(a), dtype=np.bool_), (a, b)), shape=(n, n))
    _, label = connected_components(graph, directed=False)
    _, first = np.unique(label, return_index=True)
    return np.asarray(first[label], dtype=np.int64)


def _neighbours(signature: SignatureArray, start: int) -> tuple[IntArray, IntArray]:
    """Rows that share a band: each with the next and with the first of its bucket.

    The bytes after the band order a bucket, so that alike texts stand side by side even where a bucket is crowded.
    """
    key = np.zeros(len(signature), dtype=np.uint64)
    for step in range(8):
        key = key << np.uint64(8) | signature[:, (start + step) % SIGNATURE_BYTES].astype(np.uint64)
    order = np.argsort(key, kind="stable")
    band = key[order] >> np.uint64(8 * (8 - _BAND_BYTES))
    joined = np.flatnonzero(band[1:] == band[:-1])
    opens = np.concatenate([[True], band[1:] != band[:-1]])
    first = np.maximum.accumulate(np.where(opens, np.arange(len(band)), 0))
    later = joined + 1
    one = np.concatenate([order[joined], order[first[later]]])
    return one, np.concatenate([order[later], order[later]])
