"""What a ranking is worth at each share of the people, from the best on: curves on doubly-robust scores with a band.

Γ has each person's effect as its mean whatever their chance of treatment was, so these curves hold for unequal chances
too, where curves of raw outcomes (curves.py) do not.
Does not belong here: the areas under these curves (rate.py), the worth of a policy with its cost (policy.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from ml.arrays import FloatArray, IntArray
from ml.evaluate.rate import half_samples, tie_averaged

Z_90 = 1.644854
# Every twentieth is a point of a plot; more would show the luck of single people at the left end.
STEPS = 20
CURVE_SCHEMA = {
    "curve": pl.String,
    "ranked_by": pl.String,
    "share": pl.Float64,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}
CURVES = ("toc", "qini_curve")


def share_curves(
    gamma: FloatArray, scores: Mapping[str, FloatArray], cluster: IntArray, *, draws: int, seed: int
) -> pl.DataFrame:
    """CURVE_SCHEMA: per score and share q of the best people (1/STEPS … 1), two curves with their 90 % band.

    `toc`: mean Γ of the best q minus mean Γ of all (Yadlowsky et al. 2021). `qini_curve`: sum of Γ of the best q over
    the number of all people: extra outcome per person of contacting the best q, a straight line for a random order.
    The band is pointwise, of the half-sample standard error (rate.py).

    Args:
        scores: name → (n,) score that orders people.
        cluster: (n,) who was assigned, or stands, together.
        draws: half-samples.
    """
    spread = half_samples(gamma, scores, cluster, _curves_of, draws=draws, seed=seed)
    shares = np.arange(1, STEPS + 1) / STEPS
    parts = []
    for name, score in scores.items():
        reach = Z_90 * spread[name].std(axis=0, ddof=1)
        for number, (curve, values) in enumerate(zip(CURVES, _curves_of(tie_averaged(gamma, score)), strict=True)):
            columns = {"share": shares, "value": values, "low": values - reach[number], "high": values + reach[number]}
            parts.append(
                pl.DataFrame(columns).with_columns(curve=pl.lit(curve), ranked_by=pl.lit(name)).select(*CURVE_SCHEMA)
            )
    return pl.concat(parts) if parts else pl.DataFrame(schema=CURVE_SCHEMA)


def _curves_of(ordered: FloatArray) -> FloatArray:
    """(2, STEPS): toc and qini_curve of Γ in the order of the score."""
    count = np.maximum(1, np.arange(1, STEPS + 1) * ordered.size // STEPS)
    total = np.cumsum(ordered)[count - 1]
    toc = total / count - ordered.mean()
    toc[-1] = 0.0  # the best of all are all; the two means differ in the last bit
    return np.stack([toc, total / ordered.size])
