"""From predicted to calibrated uplift: a straight line through held-out doubly-robust scores, with its uncertainty.

Γ = a + b·(uplift - centre) by least squares (the best linear predictor of Chernozhukov et al. 2018), covariance
robust by cluster. b = 1 is calibrated, b < 1 says that differences between people are predicted too large. The
interval of a person is that of the line at their prediction: the average effect of people predicted like them, not
the spread of single people's effects, which no experiment shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl

from ml.arrays import FloatArray, IntArray, cluster_codes
from ml.errors import InputError

Z_90 = 1.644854
INTERVAL_LEVEL = 0.9


@dataclass(frozen=True)
class Calibration:
    """The line and the covariance of its two coefficients.

    Attributes:
        centre: mean predicted uplift of the held-out rows.
        average: a: average effect at the centre.
        slope: b, never below 0: a ranking is not turned round.
        var_average, var_slope, covariance: of a and b.
    """

    centre: float
    average: float
    slope: float
    var_average: float
    var_slope: float
    covariance: float

    def apply(self, uplift: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """(calibrated uplift, low, high) with the 90 % interval of the line."""
        distance = uplift - self.centre
        calibrated = self.average + self.slope * distance
        variance = self.var_average + 2 * distance * self.covariance + distance**2 * self.var_slope
        reach = Z_90 * np.sqrt(np.maximum(variance, 0))
        return calibrated, calibrated - reach, calibrated + reach

    def as_dict(self) -> dict[str, float]:
        """For a model card."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, float]) -> Calibration:
        """From a model card."""
        return cls(**values)


def fit_calibration(gamma: FloatArray, uplift: FloatArray, cluster: IntArray) -> Calibration:
    """The line through held-out rows; a constant prediction gives slope 0."""
    centre = float(uplift.mean())
    spread = float(((uplift - centre) ** 2).sum())
    if spread == 0:
        design, bread = np.ones((gamma.size, 1)), np.array([[1 / gamma.size]])
    else:
        design, bread = np.column_stack([np.ones(gamma.size), uplift - centre]), np.diag([1 / gamma.size, 1 / spread])
    coefficients = bread @ (design.T @ gamma)
    residual = gamma - design @ coefficients
    codes = cluster_codes(cluster, gamma.size)
    scores = np.column_stack([np.bincount(codes, column * residual) for column in design.T])
    clusters = scores.shape[0]
    covariance = bread @ (scores.T @ scores) @ bread * clusters / max(clusters - 1, 1)
    if spread == 0:
        return Calibration(centre, float(coefficients[0]), 0.0, float(covariance[0, 0]), 0.0, 0.0)
    return Calibration(
        centre,
        float(coefficients[0]),
        max(float(coefficients[1]), 0.0),
        float(covariance[0, 0]),
        float(covariance[1, 1]),
        float(covariance[0, 1]),
    )


def decile_table(gamma: FloatArray, predicted: FloatArray, cluster: IntArray, *, groups: int = 10) -> pl.DataFrame:
    """Predicted against realised effect by groups of equal size, the highest predictions first.

    Args:
        gamma: (n,) held-out doubly-robust scores.
        predicted: (n,) predicted effects of the same people.
        cluster: who was assigned, or stands, together.

    Returns:
        group (1 … groups), rows, predicted, realised, low, high (90 %, robust by cluster): effects in the outcome's
        unit.

    Raises:
        InputError: fewer than two rows a group.
    """
    if gamma.size < 2 * groups:
        raise InputError(f"{gamma.size} held-out rows cannot make {groups} groups")
    group = np.empty(gamma.size, dtype=np.int64)
    group[np.argsort(-predicted, kind="stable")] = np.arange(gamma.size) * groups // gamma.size
    # Sums in the order of the rows: polars adds floats in the order in which its threads get to them.
    rows = np.bincount(group, minlength=groups)
    realised = np.bincount(group, gamma, groups) / rows
    pairs, pair = np.unique(np.stack([group, cluster]), axis=1, return_inverse=True)
    deviation = np.bincount(pair.ravel(), gamma - realised[group])
    clusters = np.bincount(pairs[0], minlength=groups)
    squares = np.bincount(pairs[0], deviation**2, groups)
    with np.errstate(divide="ignore", invalid="ignore"):  # a group that is one cluster has no width: NaN
        reach = Z_90 * np.sqrt(squares * clusters / (clusters - 1)) / rows
    return pl.DataFrame(
        {
            "group": np.arange(1, groups + 1),
            "rows": rows,
            "predicted": np.bincount(group, predicted, groups) / rows,
            "realised": realised,
            "low": realised - reach,
            "high": realised + reach,
        }
    )
