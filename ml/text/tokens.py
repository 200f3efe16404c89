"""Texts as flat arrays of tokens: the one representation that valence, heads, rules and signatures share.

Belongs here: cutting texts into tokens, the normal form of a token and its hash. Does not: what a token means
(valence.py, rules.py) or weighs (heads.py).

Everything is done once per distinct token and then gathered, so the cost of a text is a few array look-ups.
"""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

UInt64Array = npt.NDArray[np.uint64]
Int64Array = npt.NDArray[np.int64]

# Characters of a text that are looked at for meaning. Posts and most reviews are shorter; without a limit a 1 MB
# line would cost as much as 10,000 posts. Scrubbing and length always see the whole text.
READ_CHARACTERS = 4000

# Placeholders of the scrub, emoticons, words with inner apostrophes, runs of ! and ?, emoji.
_PIECES = (
    r"\[[a-z]{2,8}\]|[:;=8][-o^']?[)\](\[dDpP/\\|*]|<3"
    r"|[\p{L}\p{M}\p{N}_]+(?:['’][\p{L}\p{M}]+)*|!+|\?+|\p{Extended_Pictographic}"
)
# Where a link leads says nothing; that there is one does. Spam differs in nothing but its link.
_LINK = r"(?i)(?:[a-z][a-z0-9+.\-]{1,9}://|www\.)\S+"
_DIGITS = re.compile(r"\d+")
_STRETCHED = re.compile(r"(\D)\1{2,}")
_MIX = np.uint64(0x9E3779B97F4A7C15)
NUMBER = "0"


@dataclass(frozen=True)
class Tokens:
    """Tokens of n texts.

    Attributes:
        offsets: (n + 1,) text i owns tokens offsets[i] to offsets[i + 1].
        codes: (tokens,) index into `raw`, `normal` and `hashes`.
        raw: distinct tokens as written.
        normal: their normal forms: lower case, numbers as "0", stretched letters twice.
        hashes: (distinct,) stable 64-bit hash of the normal form.
    """

    offsets: Int64Array
    codes: Int64Array
    raw: list[str]
    normal: list[str]
    hashes: UInt64Array

    @property
    def texts(self) -> int:
        return len(self.offsets) - 1

    @property
    def counts(self) -> Int64Array:
        """(n,) tokens of each text."""
        return np.diff(self.offsets)

    def only(self, kept: npt.NDArray[np.bool_]) -> Tokens:
        """The same texts with the distinct tokens that are not `kept` (distinct,) left out."""
        stays = kept[self.codes]
        offsets = np.concatenate([[0], np.cumsum(stays)])[self.offsets]
        return Tokens(offsets, self.codes[stays], self.raw, self.normal, self.hashes)

    def rows(self, texts: Int64Array) -> Tokens:
        """The tokens of some texts, in their order."""
        counts = self.counts[texts]
        offsets = np.concatenate([[0], np.cumsum(counts)])
        places = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts) + np.repeat(self.offsets[texts], counts)
        return Tokens(offsets, self.codes[places], self.raw, self.normal, self.hashes)

    @property
    def text_of(self) -> Int64Array:
        """(tokens,) the text each token belongs to."""
        return np.repeat(np.arange(self.texts, dtype=np.int64), self.counts)


def normal_form(token: str) -> str:
    """Lower case, straight apostrophes, numbers as "0", letters stretched to three or more cut to two."""
    lowered = token.lower().replace("’", "'")
    return _STRETCHED.sub(r"\1\1", _DIGITS.sub(NUMBER, lowered))


def stable_hash(text: str) -> int:
    """64-bit hash that is the same in every process, version and machine (BLAKE2b; shipped weights depend on it)."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "little")


# The same words come in every chunk. Bounded: hostile texts bring new ones for ever.
@functools.lru_cache(maxsize=100_000)
def _form_and_hash(token: str) -> tuple[str, int]:
    form = normal_form(token)
    return form, stable_hash(form)


def tokenise(texts: pl.Series) -> Tokens:
    """Cut texts into tokens; NULL and empty texts own none.

    Args:
        texts: strings, any length; only the first READ_CHARACTERS characters are cut.
    """
    readable = texts.cast(pl.String).str.slice(0, READ_CHARACTERS).str.replace_all(_LINK, " [url] ")
    lists = readable.str.extract_all(_PIECES)
    array = lists.fill_null([]).rechunk().to_arrow()
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    offsets = np.asarray(array.offsets, dtype=np.int64)
    values = array.values.slice(int(offsets[0]), int(offsets[-1] - offsets[0])).cast(pa.large_string())
    encoded = values.dictionary_encode()
    raw: list[str] = encoded.dictionary.to_pylist()
    known = [_form_and_hash(token) for token in raw]
    normal = [form for form, _ in known]
    hashes = np.array([hashed for _, hashed in known], dtype=np.uint64)
    codes = np.asarray(encoded.indices, dtype=np.int64)
    return Tokens(offsets - offsets[0], codes, raw, normal, hashes)


def pair_hashes(tokens: Tokens) -> tuple[UInt64Array, npt.NDArray[np.bool_]]:
    """Hash of each token with its follower, and whether the follower is in the same text.

    Returns:
        (tokens,) hashes and flags; entry i pairs token i with i + 1, the last entry of a text is flagged False.
    """
    hashed = tokens.hashes[tokens.codes]
    follower = np.roll(hashed, -1)
    has_follower = np.ones(len(hashed), dtype=np.bool_)
    ends = tokens.offsets[1:] - 1
    has_follower[ends[tokens.counts > 0]] = False
    return mixed(hashed * _MIX + follower), has_follower


def mixed(values: UInt64Array) -> UInt64Array:
    """Spread the bits of 64-bit values (the finaliser of splitmix64, Steele et al. 2014)."""
    x = values.astype(np.uint64, copy=True)
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
