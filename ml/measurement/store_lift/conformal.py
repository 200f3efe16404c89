"""Conformal p value by moving blocks with the sign kept: is the mean after the start out of line with other stretches?

Source: Chernozhukov, Wüthrich and Zhu (2021). GeoLift permutes absolute residuals, which detects a change of variance
as well as a shift; here the mean of the signed residuals of a block is the statistic. Belongs here: the test of one
series of gaps. Does not: the default interval (adaptive.py).
"""

from __future__ import annotations

import numpy as np

from ml.arrays import BoolArray, FloatArray
from ml.measurement.store_lift.simplex import simplex_weights


def conformal_p_value(Y: FloatArray, treated: BoolArray, periods_before: int, lift: float = 0.0) -> float:
    """Share of cyclic shifts whose block mean is at least as far from zero as that of the periods after the start.

    The synthetic control (on shares of the own level) is fitted to all periods with the lift taken out, as the null
    hypothesis asks: residuals before and after are then alike if it holds.

    Args:
        Y: (units, periods) outcomes, complete.
        lift: the effect under the null hypothesis, on the ratio scale.
    """
    level = Y.mean(axis=1, keepdims=True)
    share = Y[~treated] / level[~treated]
    own = Y[treated].sum(axis=0)
    own = np.concatenate([own[:periods_before], own[periods_before:] / (1 + lift)])
    own = own / own.mean()
    gap = own - simplex_weights(share.T - share.T.mean(axis=0), own - 1) @ share
    gap = gap - gap.mean()
    after = Y.shape[1] - periods_before
    means = np.array([np.roll(gap, -shift)[:after].mean() for shift in range(gap.size)])
    return float((np.abs(means) >= abs(gap[periods_before:].mean()) - 1e-12).mean())
