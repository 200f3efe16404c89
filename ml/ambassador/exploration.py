"""The exploration slice: a few people by lot, worth inviting whatever their score, so that scores can be judged.

Who is only ever invited from the top of a list teaches nothing of the rest, and flatters the list. A hash of the
person decides, as for the standing holdout (ml/holdout.py), with another salt: the two have nothing to do with each
other.
"""

from __future__ import annotations

import polars as pl

from ml.lots import EXPLORATION, LOTS, NONE_KEPT, KeptLots, lots

SHARE = 0.05


def in_exploration(keys: pl.Series, *, seed: int, share: float = SHARE, kept: KeptLots = NONE_KEPT) -> pl.Series:
    """(n,) whether each person is in the slice: the same on every machine and day; kept: as in_standing_holdout."""
    below = share * LOTS
    drawn = [each < below for each in lots(EXPLORATION, seed, keys, kept)]
    return pl.Series("is_exploration", drawn, dtype=pl.Boolean)
