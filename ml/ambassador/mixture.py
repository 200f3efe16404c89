"""The Poisson log-normal mixture of evidence.py on fixed nodes: theta, joint likelihoods, the spread of a person.

Belongs here: arithmetic on arrays. Does not: the model (evidence.py), fitting it (evidence_learner.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.ambassador.design import COLUMNS, UNKNOWN
from ml.arrays import FloatArray

SPREAD_BOUNDS = (np.log(0.15), np.log(2.5))
# Standard normal nodes: steps of .1 are finer than the posterior of somebody with 200 purchases.
NODES = np.linspace(-6, 6, 121)
LOG_WEIGHTS = -0.5 * NODES**2 - np.log(np.exp(-0.5 * NODES**2).sum())


def log_thetas(spread: FloatArray) -> FloatArray:
    """(n, nodes) log theta at the nodes; spread: (n,) s."""
    return np.asarray(spread[:, None] * NODES[None, :] - spread[:, None] ** 2 / 2, dtype=np.float64)


def log_joint(y: FloatArray, mean: FloatArray, spread: FloatArray) -> FloatArray:
    """(n, nodes) log of Poisson likelihood × weight of the node, constants of y left out."""
    log_theta = log_thetas(spread)
    return (
        np.asarray(LOG_WEIGHTS[None, :] + y[:, None] * log_theta - mean[:, None] * np.exp(log_theta), dtype=np.float64)
        + (y * np.log(np.maximum(mean, 1e-12)))[:, None]
    )


def spread_of(log_spread: FloatArray, is_unknown: FloatArray) -> FloatArray:
    """(n,) s of each person; log_spread: (2,) of people with a known account, and what is added without."""
    return np.asarray(np.exp(np.clip(log_spread[0] + log_spread[1] * is_unknown, *SPREAD_BOUNDS)), dtype=np.float64)


def is_account_unknown(X: FloatArray, names: Sequence[str]) -> FloatArray:
    """(n,) 1 where no account of the person is known, else 0."""
    feature = list(COLUMNS.values())[UNKNOWN]
    return np.asarray(~(X[:, names.index(feature)] > 0), dtype=np.float64)
