"""The standing holdout: a small part of people who are never contacted, so that contact's worth can be told later.

Belongs here: who is in it. Does not: what came of it (monitoring/realised.py), saying so (the exports).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from ml.errors import InputError
from ml.lots import HOLDOUT, LOTS, NONE_KEPT, KeptLots, lots


def in_standing_holdout(keys: pl.Series, *, share: float, seed: int, kept: KeptLots = NONE_KEPT) -> pl.Series:
    """Whether each person is kept out by lot: a hash of the person, so nothing they do and no other person matters.

    The same person, seed and share give the same answer on every machine and day; a larger share keeps everybody who
    was in a smaller one.

    Args:
        keys: consumer_key.
        share: of people kept out, 0 to 1.
        seed: of the workspace; another one draws anew.
        kept: lots drawn before keys changed.

    Raises:
        InputError: share is not between 0 and 1.
    """
    if not 0 <= share < 1:
        raise InputError(f"the standing holdout's share must be at least 0 and below 1, not {share}")
    drawn = np.array(lots(HOLDOUT, seed, keys, kept), dtype=np.float64)
    return pl.Series("standing_holdout", drawn < share * float(LOTS))
