"""What contact adds to a member's own purchases: doubly-robust scores of randomised campaigns, smoothed by small trees.

In purchases, not money, so that campaigns with dear and cheap products teach one model. Few of these effects can be
told apart, so the trees are those of effects (strongly held back). Nothing randomised: own purchases count nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import lightgbm as lgb
import numpy as np
import polars as pl

from ml.arrays import FloatArray, IntArray, cluster_codes
from ml.crossfit import cross_fitted_scores, doubly_robust_scores, nuisance_weights
from ml.trees import EFFECT_TREES, LEVEL_TREES, Binned, raw_score

FOLDS = 2
SLOPE_FOLDS = 5
FEWEST_PER_ARM = 200


@dataclass(frozen=True)
class FittedOwn:
    """Extra own purchases if invited: average + slope x (booster - centre).

    Attributes:
        booster: None: not learned, 0 for everybody.
        average: mean of the doubly-robust scores, over the campaigns taught.
        slope: how much of the booster's differences between people came true in others than it was taught on, 0 to 1.
        centre: the booster's mean over the people whose average effect `average` is taken for.
        average_error, slope_error: standard errors.
    """

    booster: lgb.Booster | None = None
    average: float = 0.0
    slope: float = 1.0
    centre: float = 0.0
    average_error: float = 0.0
    slope_error: float = 0.0

    def predict(self, X: FloatArray) -> FloatArray:
        """(n,) extra own purchases."""
        return self.average + self.slope * self._differences(X)

    def error(self, X: FloatArray) -> FloatArray:
        """(n,) standard error of the average effect on people predicted alike; 0 where nothing was learned."""
        return np.asarray(np.hypot(self.average_error, self.slope_error * self._differences(X)))

    def with_average_over(self, X: FloatArray) -> FittedOwn:
        """The same differences between people around the measured average: ages and sums grow with the data's."""
        return self if self.booster is None else replace(self, centre=float(raw_score(self.booster, X).mean()))

    def as_dict(self) -> dict[str, float]:
        """All but the booster, for a model card."""
        return {name: value for name, value in vars(self).items() if name != "booster"}

    @classmethod
    def from_dict(cls, booster: lgb.Booster | None, values: Mapping[str, float]) -> FittedOwn:
        """Back from a model card."""
        if "shift" in values:  # cards of before slopes: booster + shift
            return cls(booster, values["average"], centre=values["average"] - values["shift"])
        return cls(booster, **values)

    def _differences(self, X: FloatArray) -> FloatArray:
        return np.zeros(X.shape[0]) if self.booster is None else raw_score(self.booster, X) - self.centre


def fit_own(frame: pl.DataFrame, feature_names: Sequence[str], *, seed: int) -> FittedOwn:
    """Extra own purchases; nothing learned without a randomised campaign with FEWEST_PER_ARM people an arm.

    Args:
        frame: ml.features.training.training_frame.
    """
    share = pl.col("treatment").mean().over("campaign_id")
    rows = (
        frame.filter(
            pl.col("design") == "randomised",
            pl.col("arm") != "comparison",
            pl.col("window_status") == "complete",
            pl.col("net_spend_after_minor").is_not_null(),
            pl.col("purchase_value_minor") > 0,
        )
        .filter(pl.col("treatment").n_unique().over("campaign_id") == 2)
        .with_columns(share=share)
        .sort("campaign_id", "consumer_key")
    )
    treated = int(rows["treatment"].sum())
    if min(treated, rows.height - treated) < FEWEST_PER_ARM:
        return FittedOwn()
    X = rows.select(feature_names).to_numpy()
    treatment = rows["treatment"].cast(pl.Float64).to_numpy()
    stated = rows["assignment_probability"].fill_null(-1.0).to_numpy()
    propensity = np.where((stated > 0) & (stated < 1), stated, rows["share"].to_numpy())
    purchases = rows["net_spend_after_minor"].to_numpy() / rows["purchase_value_minor"].to_numpy()
    cluster = cluster_codes(rows.select(pl.coalesce("cluster_id", "consumer_key")).to_series().to_numpy(), rows.height)
    binned = Binned(X, feature_names)
    without, _ = cross_fitted_scores(
        binned,
        X,
        purchases,
        is_binary=False,
        cluster=cluster,
        settings=LEVEL_TREES.with_seed(seed),
        folds=FOLDS,
        weight=nuisance_weights(treatment, propensity),
    )
    gamma = doubly_robust_scores(purchases, treatment, propensity, without)
    trees = EFFECT_TREES.with_seed(seed)
    held_out, _ = cross_fitted_scores(
        binned, X, gamma, is_binary=False, cluster=cluster, settings=trees, folds=SLOPE_FOLDS
    )
    booster = binned.train(gamma, objective="regression", settings=trees)
    slope, slope_error = slope_of(held_out, gamma)
    average = float(gamma.mean())
    return FittedOwn(
        booster,
        average,
        slope,
        float(raw_score(booster, X).mean()),
        average_error=clustered_error(gamma - average, cluster) / gamma.size,
        slope_error=slope_error,
    )


def slope_of(predicted: FloatArray, gamma: FloatArray) -> tuple[float, float]:
    """How much of the differences between people came true, 0 to 1, and its standard error.

    The best linear predictor's slope of Chernozhukov, Demirer, Duflo, Fernandez-Val, "Generic machine learning
    inference on heterogeneous treatment effects" (2018): below 1, predictions lie too far apart. Above 1 is not
    believed: trees that are held back would be spread on the strength of noise.

    Args:
        predicted: (n,) effects of people whom the trees were not taught on.
        gamma: (n,) their doubly-robust scores.
    """
    spread = predicted - predicted.mean()
    if not spread.any():
        return 0.0, 0.0
    squares = float(spread @ spread)
    slope = float(spread @ gamma) / squares
    left = gamma - gamma.mean() - slope * spread
    return float(np.clip(slope, 0.0, 1.0)), float(np.sqrt((spread**2) @ (left**2)) / squares)


def clustered_error(differences: FloatArray, cluster: IntArray) -> float:
    """Standard error of the sum of differences from a mean, whose clusters are independent."""
    return float(np.sqrt((np.bincount(cluster, weights=differences) ** 2).sum()))
