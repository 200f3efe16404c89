"""The features of people as a design matrix for straight-line models, balance and distances.

Belongs here: squeezing, unknowns. Does not: which features (features/dictionary.py), any model.
"""

from __future__ import annotations

import numpy as np

from ml.arrays import FloatArray


def standardised(X: FloatArray) -> FloatArray:
    """Signed log1p of every feature at mean 0 and deviation 1, unknowns at 0, plus one column per kind of unknown."""
    unknown = np.isnan(X)
    squeezed = np.where(unknown, np.nan, squeeze(np.where(unknown, 0.0, X)))
    some = ~unknown.all(axis=0)
    squeezed, unknown = squeezed[:, some], unknown[:, some]
    centred = squeezed - np.nanmean(squeezed, axis=0) if squeezed.size else squeezed
    spread = np.nanstd(squeezed, axis=0) if squeezed.size else np.ones(0)
    varying = spread > 0
    values = np.where(unknown[:, varying], 0.0, centred[:, varying] / spread[varying])
    flags = np.unique(unknown[:, unknown.any(axis=0)], axis=1).astype(np.float64)
    return np.column_stack([values, flags - flags.mean(axis=0), np.zeros((X.shape[0], 1))])


def squeeze(X: FloatArray) -> FloatArray:
    """Signed log1p: counts and money are skewed, and a mean of them is that of the largest few."""
    return np.asarray(np.sign(X) * np.log1p(np.abs(X)), dtype=np.float64)
