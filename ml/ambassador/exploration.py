"""The exploration slice: a few people by lot, worth inviting whatever their score, so that scores can be judged.

Who is only ever invited from the top of a list teaches nothing of the rest, and flatters the list. A hash of the
person decides, as for the standing holdout (ml/holdout.py), with another salt: the two have nothing to do with each
other.
"""

from __future__ import annotations

import hashlib

import polars as pl

SHARE = 0.05


def in_exploration(keys: pl.Series, *, seed: int, share: float = SHARE) -> pl.Series:
    """(n,) whether each person is in the slice: the same on every machine and day."""
    salt, below = f"exploration|{seed}|".encode(), share * 2**64
    lots = [int.from_bytes(hashlib.sha256(salt + str(key).encode()).digest()[:8], "big") < below for key in keys]
    return pl.Series("is_exploration", lots, dtype=pl.Boolean)
