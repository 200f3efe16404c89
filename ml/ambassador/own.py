"""What contact adds to a member's own purchases: doubly-robust scores of randomised campaigns, smoothed by small trees.

In purchases, not money, so that campaigns with dear and cheap products teach one model. Few of these effects can be
told apart, so the trees are those of effects (strongly held back). Nothing randomised: own purchases count nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import lightgbm as lgb
import numpy as np
import polars as pl

from ml.arrays import FloatArray, cluster_codes
from ml.crossfit import cross_fitted_scores, doubly_robust_scores, nuisance_weights
from ml.trees import EFFECT_TREES, LEVEL_TREES, Binned, raw_score

FOLDS = 2
SLOPE_FOLDS = 5
FEWEST_PER_ARM = 200


@dataclass(frozen=True)
class FittedOwn:
    """Extra own purchases if invited.

    Attributes:
        booster: None: not learned, 0 for everybody.
        slope: what the booster's differences between people are multiplied with, 0 to 1: what of them came true
            in people it was not taught on.
        shift: added to that.
        average: mean of the doubly-robust scores, over the campaigns taught.
    """

    booster: lgb.Booster | None = None
    slope: float = 1.0
    shift: float = 0.0
    average: float = 0.0

    def predict(self, X: FloatArray) -> FloatArray:
        """(n,) extra own purchases."""
        return np.zeros(X.shape[0]) if self.booster is None else self.slope * raw_score(self.booster, X) + self.shift

    def with_average_over(self, X: FloatArray) -> FittedOwn:
        """The same differences between people around the measured average: ages and sums grow with the data's."""
        return replace(self, shift=self.average - float(replace(self, shift=0.0).predict(X).mean()))


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
    return FittedOwn(booster, slope_of(held_out, gamma), 0.0, float(gamma.mean()))


def slope_of(predicted: FloatArray, gamma: FloatArray) -> float:
    """How much of the differences between people came true, 0 to 1: the best linear predictor's slope.

    Chernozhukov, Demirer, Duflo, Fernandez-Val, "Generic machine learning inference on heterogeneous treatment
    effects" (2018): a slope below 1 says that predictions lie too far apart. Above 1 is not believed: trees that are
    held back would be spread on the strength of noise.

    Args:
        predicted: (n,) effects of people whom the trees were not taught on.
        gamma: (n,) their doubly-robust scores.
    """
    spread = predicted - predicted.mean()
    if not spread.any():
        return 0.0
    return float(np.clip(spread @ gamma / (spread @ spread), 0.0, 1.0))
