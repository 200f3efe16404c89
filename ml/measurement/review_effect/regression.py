"""Treated minus control in a weighted regression on what was known before, with errors that hold for few clusters.

Belongs here: one small regression. Does not: what is compared (seeded.py).
"""

from __future__ import annotations

import numpy as np

from ml.arrays import FloatArray, IntArray


def weighted_difference(
    outcome: FloatArray, treated: FloatArray, known: FloatArray, weight: FloatArray, cluster: IntArray
) -> tuple[float, float]:
    """Coefficient of `treated` beside the columns `known`, and its CR2 standard error (HC2 without clusters).

    Args:
        weight: 0 leaves a row out.
    """
    rows = weight > 0
    root = np.sqrt(weight[rows])
    design = np.column_stack([treated, known])[rows] * root[:, None]
    target = outcome[rows] * root
    bread = np.linalg.pinv(design.T @ design, hermitian=True)
    beta = bread @ (design.T @ target)
    residual = target - design @ beta
    # The row of influence of every observation on the coefficient of `treated`.
    influence = design @ bread[0]
    codes = cluster[rows]
    if np.unique(codes).size == codes.size:
        leverage = np.einsum("ij,jk,ik->i", design, bread, design)
        return float(beta[0]), float(np.sqrt(np.sum((influence * residual) ** 2 / np.maximum(1 - leverage, 1e-6))))
    total = 0.0
    for code in np.unique(codes):
        own = codes == code
        hat = np.eye(int(own.sum())) - design[own] @ bread @ design[own].T
        values, vectors = np.linalg.eigh(hat)
        adjusted = vectors @ ((vectors.T @ residual[own]) / np.sqrt(np.maximum(values, 1e-6)))
        total += float(influence[own] @ adjusted) ** 2
    return float(beta[0]), float(np.sqrt(total))
