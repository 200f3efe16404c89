"""What contacting the best people by a score would have been worth, against contacting all, nobody, or likely buyers.

The value of a policy per person is the mean of (Γ - cost) over those it contacts, counted over all people: Γ is the
person's doubly-robust score (ml/crossfit.py), so nobody's own outcome decides who counts (Athey and Wager 2021).
Does not belong here: which score (uplift/) or who may be contacted at all (the plan).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from ml.arrays import BoolArray, FloatArray, IntArray, cluster_codes
from ml.errors import InputError

Z_90 = 1.644854
POLICY_SCHEMA = {
    "policy": pl.String,
    "share": pl.Float64,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def policy_value(
    gamma: FloatArray, contacted: BoolArray, cluster: IntArray, *, cost: float = 0.0
) -> tuple[float, float, float]:
    """(value per person, low, high) of contacting `contacted`: 90 % interval, robust by cluster.

    Args:
        gamma: (n,) held-out doubly-robust scores, in the outcome's unit.
        contacted: (n,) whom the policy contacts; fixed by something else than these outcomes.
        cluster: (n,) who was assigned, or stands, together.
        cost: of one contact, in the outcome's unit.
    """
    if not gamma.size or not gamma.shape == contacted.shape == cluster.shape:
        raise InputError("gamma, contacted and cluster must be three columns of the same length, at least one row")
    worth = np.where(contacted, gamma - cost, 0.0)
    value = float(worth.mean())
    sums = np.bincount(cluster_codes(cluster, gamma.size), worth - value)
    clusters = sums.size
    error = float(np.sqrt((sums**2).sum() * clusters / max(clusters - 1, 1))) / gamma.size
    return value, value - Z_90 * error, value + Z_90 * error


def policy_table(
    gamma: FloatArray,
    scores: Mapping[str, FloatArray],
    cluster: IntArray,
    *,
    share: float,
    cost: float = 0.0,
) -> pl.DataFrame:
    """POLICY_SCHEMA: each score's best `share` beside everybody and nobody.

    Args:
        scores: name → (n,) score; of equal scores the earlier row is contacted first.
        share: budget as a share of people, above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise InputError(f"share must be above 0 and at most 1, not {share}")
    size = gamma.size
    chosen = {"everybody": (1.0, np.ones(size, dtype=np.bool_)), "nobody": (0.0, np.zeros(size, dtype=np.bool_))}
    for name, score in scores.items():
        best = np.zeros(size, dtype=np.bool_)
        best[np.argsort(-score, kind="stable")[: max(1, int(size * share))]] = True
        chosen[name] = (share, best)
    rows = [(name, part, *policy_value(gamma, who, cluster, cost=cost)) for name, (part, who) in chosen.items()]
    return pl.DataFrame(rows, schema=POLICY_SCHEMA, orient="row")
