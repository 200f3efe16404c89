"""Least squares over weights that are not negative and add up to one: the core of every synthetic control.

Belongs here: the solver. Does not: what is balanced (synthetic.py, sdid.py).
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

from ml.arrays import FloatArray

# Weight of the row that asks for a sum of one, in units of the design's largest entry: at 1e3 the sum is off by 1e-6
# before it is normalised, at 1e8 the solver loses digits.
SUM_ROW = 1e4


def simplex_weights(design: FloatArray, target: FloatArray, ridge: float = 0.0) -> FloatArray:
    """argmin over w >= 0, sum w = 1 of |design w - target|² + ridge |w|².

    Args:
        design: (rows, units).
        target: (rows,).
        ridge: penalty on the squared weights, in squared units of the design.
    """
    units = design.shape[1]
    scale = max(float(np.abs(design).max(initial=0.0)), float(np.abs(target).max(initial=0.0)), 1e-300)
    rows, right = [design / scale, np.full((1, units), SUM_ROW)], [target / scale, np.full(1, SUM_ROW)]
    if ridge > 0:
        rows.insert(1, np.eye(units) * (np.sqrt(ridge) / scale))
        right.insert(1, np.zeros(units))
    weights, _ = nnls(np.vstack(rows), np.concatenate(right))
    return np.asarray(weights / weights.sum(), dtype=np.float64)
