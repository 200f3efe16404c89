"""Array types of ml, and the checks every learner makes on what it is given.

Belongs here: shapes and ranges. Does not: what a learner does with them (uplift/, ambassador/).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.errors import InputError, OutcomeError

FloatArray = npt.NDArray[np.float64]
# A table of features: float32 is left as it is, half the memory at tens of millions of rows.
Features = npt.NDArray[np.float32] | npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

# Above .9 nearly everybody does it anyway, below .001 nobody does: no ranking of effects is stable there.
BASE_RATE_LOWEST, BASE_RATE_HIGHEST = 0.001, 0.9


@dataclass(frozen=True)
class Sample:
    """Checked inputs of one fit.

    Attributes:
        X: (n, p) features; NaN is unknown, never zero.
        y: (n,) outcome.
        treatment: (n,) 1 contacted, 0 not.
        propensity: (n,) probability of being contacted, strictly between 0 and 1.
        cluster: (n,) integer code of what was assigned together (a person, a household, a store's people).
        weight: (n,) weights > 0.
        is_binary: whether y holds only 0 and 1.
    """

    X: Features
    y: FloatArray
    treatment: FloatArray
    propensity: FloatArray
    cluster: IntArray
    weight: FloatArray
    is_binary: bool

    def kept(self, rows: IntArray) -> Sample:
        """The same sample of these rows only; cluster codes keep their meaning."""
        return Sample(
            self.X[rows],
            self.y[rows],
            self.treatment[rows],
            self.propensity[rows],
            self.cluster[rows],
            self.weight[rows],
            self.is_binary,
        )


def checked_sample(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    treatment: npt.ArrayLike,
    propensity: npt.ArrayLike | float | None = None,
    cluster: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
) -> Sample:
    """Check and complete the inputs of a fit.

    Args:
        propensity: probability of treatment, one for all or one per row; None: the treated share.
        cluster: any labels; None: every row is its own cluster.
        sample_weight: None: 1 for every row.

    Raises:
        InputError: lengths differ, y or treatment holds something else than it may, one arm is empty.
        OutcomeError: the share of rows with an outcome other than zero is out of bounds.
    """
    table = np.asarray(X)
    matrix: Features
    if table.dtype == np.float32:
        matrix = np.ascontiguousarray(table, dtype=np.float32)
    else:
        matrix = np.ascontiguousarray(table, dtype=np.float64)
    outcome = np.asarray(y, dtype=np.float64)
    arm = np.asarray(treatment, dtype=np.float64)
    if matrix.ndim != 2:
        raise InputError(f"X must be a table of rows and features, not {matrix.ndim}-dimensional")
    n = matrix.shape[0]
    if not (outcome.shape == arm.shape == (n,)):
        raise InputError(f"X has {n} rows, y {outcome.shape}, treatment {arm.shape}: they must agree")
    if not np.isfinite(outcome).all():
        raise InputError("y holds unknown values: leave out rows whose outcome is not known yet, do not fill them")
    if not np.isin(arm, (0.0, 1.0)).all():
        raise InputError("treatment must be 0 or 1 in every row")
    share = float(arm.mean()) if n else 0.0
    if not 0 < share < 1:
        raise InputError("one arm is empty: both treated and untreated rows are needed")
    e = np.broadcast_to(np.asarray(share if propensity is None else propensity, dtype=np.float64), (n,))
    if not ((e > 0) & (e < 1)).all():
        raise InputError("propensity must lie strictly between 0 and 1 in every row")
    weight = np.ones(n) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    if weight.shape != (n,) or not (weight > 0).all():
        raise InputError("sample_weight must be one positive number a row")
    is_binary = bool(np.isin(outcome, (0.0, 1.0)).all())
    check_base_rate(outcome, is_binary)
    return Sample(matrix, outcome, arm, np.array(e), cluster_codes(cluster, n), weight, is_binary)


def check_base_rate(y: FloatArray, is_binary: bool) -> None:
    """Refuse an outcome that hardly anybody, or (if yes/no) nearly everybody, shows.

    Raises:
        OutcomeError: with the rate found and the bounds.
    """
    rate = float(np.mean(y != 0)) if y.size else 0.0
    highest = BASE_RATE_HIGHEST if is_binary else 1.0
    if not BASE_RATE_LOWEST <= rate <= highest:
        raise OutcomeError(
            f"the outcome is other than zero in {rate:.4%} of {y.size} rows; it must be between "
            f"{BASE_RATE_LOWEST:.1%} and {highest:.0%}: choose another outcome or a longer window"
        )


def cluster_codes(cluster: npt.ArrayLike | None, n: int) -> IntArray:
    """Integer code 0, 1, … per cluster label, in the order of the sorted labels; None: one code a row."""
    if cluster is None:
        return np.arange(n, dtype=np.int64)
    labels = np.asarray(cluster)
    if labels.shape != (n,):
        raise InputError(f"cluster has shape {labels.shape}, X {n} rows: they must agree")
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def cluster_folds(cluster: IntArray, folds: int, seed: int) -> IntArray:
    """Fold 0 … folds-1 of every row; rows of one cluster share it.

    Raises:
        InputError: fewer clusters than folds.
    """
    clusters = int(cluster.max()) + 1 if cluster.size else 0
    if clusters < folds:
        raise InputError(f"{clusters} clusters cannot make {folds} folds")
    fold_of = np.arange(clusters, dtype=np.int64) % folds
    np.random.default_rng(seed).shuffle(fold_of)
    return fold_of[cluster]
