"""Whether the people compared were alike before: standardised mean differences, and the chance of so much by luck.

SMD = (weighted mean of the treated - that of the others) / sqrt((v1 + v0) / 2), variances before weighting (Austin
2009; Stuart, Lee and Leacy 2013 for .1 as the bound). Counts, money and ages are squeezed (signed log1p) first: the
largest few would decide the mean. Whether a feature is unknown is compared as a feature of its own.
Belongs here: the table and the test. Does not: weights (overlap.py), what follows from a failure (measurement/).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from ml.arrays import FloatArray, IntArray, cluster_codes
from ml.observational.covariates import squeeze, standardised

BALANCED_BELOW = 0.1
PERMUTATIONS, DRAWS_AT_ONCE, ENOUGH_HITS = 1_000, 50, 20
# Below that many clusters of one chance, permuting within them hardly changes anything.
FEWEST_OF_A_CHANCE = 10
# Of fewer known people in an arm a difference is noise: its standard error is above a quarter of a deviation.
FEWEST_KNOWN = 30
# A missingness that differs by less than some people is none.
FEWEST_UNKNOWN_SHARE = 0.005
# Directions of the design matrix with less than that part of the largest variance are rounding.
RANK_TOLERANCE = 1e-8
BALANCE_SCHEMA = {
    "feature": pl.String,
    "is_missingness": pl.Boolean,
    "treated_mean": pl.Float64,
    "untreated_mean": pl.Float64,
    "smd_before": pl.Float64,
    "smd_after": pl.Float64,
}


def balance_table(
    X: FloatArray, treatment: FloatArray, weight: FloatArray | None, feature_names: Sequence[str]
) -> pl.DataFrame:
    """One row per feature that varies, and one per feature that is unknown for some (BALANCE_SCHEMA).

    Args:
        X: (n, p); NaN is unknown.
        weight: (n,) weights of the comparison, 0 for who is left out; None: nothing is weighted, smd_after is NULL.
        feature_names: of the columns of X.

    Returns:
        treated_mean and untreated_mean are of everybody as they are (not squeezed), before weighting.
    """
    rows = []
    for number, name in enumerate(feature_names):
        known = ~np.isnan(X[:, number])
        unknown_share = 1 - known.mean()
        for is_missingness in (False, True):
            if is_missingness and not FEWEST_UNKNOWN_SHARE <= unknown_share <= 1 - FEWEST_UNKNOWN_SHARE:
                continue
            value = (~known).astype(np.float64) if is_missingness else X[known, number]
            rest = slice(None) if is_missingness else known
            row = _row(name, is_missingness, value, treatment[rest], None if weight is None else weight[rest])
            if row is not None:
                rows.append(row)
    return pl.DataFrame(rows, schema=BALANCE_SCHEMA)


def _row(
    name: str, is_missingness: bool, value: FloatArray, arm: FloatArray, weight: FloatArray | None
) -> dict[str, object] | None:
    treated, others = arm == 1, arm == 0
    if min(int(treated.sum()), int(others.sum())) < FEWEST_KNOWN:
        return None
    scaled = value if is_missingness else squeeze(value)
    spread = float(np.sqrt((scaled[treated].var(ddof=1) + scaled[others].var(ddof=1)) / 2))
    if spread <= 0:
        return None
    one = np.ones(arm.size)
    return {
        "feature": name,
        "is_missingness": is_missingness,
        "treated_mean": float(value[treated].mean()),
        "untreated_mean": float(value[others].mean()),
        "smd_before": _difference(scaled, treated, others, one) / spread,
        "smd_after": None if weight is None else _difference(scaled, treated, others, weight) / spread,
    }


def _difference(
    value: FloatArray,
    treated: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    others: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    weight: FloatArray,
) -> float:
    if weight[treated].sum() <= 0 or weight[others].sum() <= 0:
        return float("nan")
    return float(
        np.average(value[treated], weights=weight[treated]) - np.average(value[others], weights=weight[others])
    )


def imbalance_p(X: FloatArray, treatment: FloatArray, chance: FloatArray, cluster: IntArray, seed: int) -> float:
    """How often a fair draw leaves the arms at least so different, over all features at once or in any one.

    Two statistics of sum (t - e)·z: its squared length with z the whitened features (Hansen and Bowers 2008), which
    sees many small differences, and its largest entry with z each feature by itself, which sees one broken feature.
    Draws permute whole clusters among those of the same chance or, where hardly any two share theirs, draw afresh.

    Args:
        chance: (n,) the stated or realised chance of treatment.
        cluster: (n,) who was drawn together.

    Returns:
        Twice the smaller of both shares of draws, at most 1 (Bonferroni); 1 where no feature varies.
    """
    codes = cluster_codes(cluster, treatment.size)
    size = np.bincount(codes).astype(np.float64)
    design = standardised(X)
    whitened = _whitened(design)
    wide = whitened.shape[1]
    if not wide:
        return 1.0
    single = design[:, design.std(axis=0) > 0] / design.std(axis=0)[design.std(axis=0) > 0]
    total = np.column_stack([np.bincount(codes, column) for column in np.column_stack([whitened, single]).T])
    arm = (np.bincount(codes, treatment) / size > 0.5).astype(np.float64)
    e = np.bincount(codes, chance) / size
    found = _statistics((arm - e)[None, :] @ total, wide)[0]
    rng = np.random.default_rng(seed)
    hits, draws = np.zeros(2), 0
    # Besag and Clifford 1991: a fair draw is far from the bound after some dozen permutations, and need not go on.
    while draws < PERMUTATIONS and hits.min() < ENOUGH_HITS:
        drawn = _statistics((_fair_draws(arm, e, rng, DRAWS_AT_ONCE) - e) @ total, wide)
        hits += (drawn >= found * (1 - 1e-9)).sum(axis=0)
        draws += DRAWS_AT_ONCE
    return float(min(1.0, 2 * ((hits + 1) / (draws + 1)).min()))


def _statistics(difference: FloatArray, wide: int) -> FloatArray:
    """(draws, 2): squared length over the whitened columns, largest single column."""
    squares = (difference[:, :wide] ** 2).sum(axis=1)
    return np.column_stack([squares, np.abs(difference[:, wide:]).max(axis=1)])


def _fair_draws(arm: FloatArray, e: FloatArray, rng: np.random.Generator, draws: int) -> FloatArray:
    """(draws, clusters) arms as a fair draw could have given them."""
    _, stratum, times = np.unique(e.round(6), return_inverse=True, return_counts=True)
    if float((times[stratum] >= FEWEST_OF_A_CHANCE).mean()) <= 0.5:
        return np.asarray(rng.random((draws, arm.size)) < e, dtype=np.float64)
    order = np.argsort(stratum, kind="stable")
    drawn = np.empty((draws, arm.size))
    for row in drawn:
        row[order] = arm[np.argsort(stratum + rng.random(arm.size))]
    return drawn


def _whitened(design: FloatArray) -> FloatArray:
    """Uncorrelated columns of equal variance that span the design."""
    centred = design - design.mean(axis=0)
    variance, direction = np.linalg.eigh(centred.T @ centred / max(design.shape[0], 1))
    kept = variance > RANK_TOLERANCE * max(float(variance.max(initial=0.0)), 1e-300)
    return np.asarray(centred @ direction[:, kept] / np.sqrt(variance[kept]), dtype=np.float64)
