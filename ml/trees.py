"""LightGBM as nanolift uses it: data binned once, small regularised trees, the same bytes for the same input.

Belongs here: the only place that sets LightGBM parameters. Does not: which model learns what (uplift/,
ambassador/, measurement/).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from ml.arrays import Features, FloatArray

Objective = Literal["binary", "regression", "gamma", "tweedie"]

# One thread: trees of 4 leaves on some 10,000 rows spend more CPU in waiting threads than they gain. Results depend
# on the number, so it is fixed and no machine's core count enters.
THREADS = 1
# 63 bins: half the binning of 255, and no split on a difference that a regularised small tree could trust anyway.
MAX_BIN = 63


@dataclass(frozen=True)
class TreeSettings:
    """Size and regularisation of one boosted model.

    Attributes:
        leaves: leaves of a tree.
        rate: learning rate.
        rounds: trees.
        min_rows: least rows in a leaf; capped at a fortieth of the rows, so that small sets can split at all.
        l2: penalty on leaf values.
        feature_share, row_share: part of features and rows each tree sees.
        seed: seed of both draws.
    """

    leaves: int = 8
    rate: float = 0.1
    rounds: int = 60
    min_rows: int = 50
    l2: float = 5.0
    feature_share: float = 0.7
    row_share: float = 0.7
    seed: int = 0

    def with_seed(self, seed: int) -> TreeSettings:
        """The same settings with another seed."""
        return replace(self, seed=seed)

    def as_dict(self) -> dict[str, int | float]:
        """For a model card."""
        return asdict(self)


# Levels (who buys, how much): a little larger. Effects: small and strongly regularised, which is worth more than
# any choice of nuisance (methods.md): 8 leaves instead of 4 follow the noise of the arms.
LEVEL_TREES = TreeSettings()
EFFECT_TREES = TreeSettings(leaves=4, rate=0.05, rounds=100, min_rows=500, l2=20.0)


class Binned:
    """A table of features binned once, for any number of models on all or some of its rows."""

    def __init__(
        self, X: Features, feature_names: Sequence[str] | None = None, categorical: Sequence[int] = ()
    ) -> None:
        """Bin `X`.

        Args:
            X: (n, p) float32 or float64; NaN is unknown.
            feature_names: for the model file.
            categorical: columns of X that hold codes 0, 1, …: split by LightGBM's own category rule, inside each
                training set, so no average of the outcome is ever written into a feature.
        """
        self.rows = X.shape[0]
        self._dataset_parameters: dict[str, Any] = {
            "max_bin": MAX_BIN,
            "num_threads": THREADS,
            "verbosity": -1,
            "feature_pre_filter": False,
            "deterministic": True,
            # Sparse storage (row-wise histograms, sparse bins, bundles) sizes its buffers by the whole table's filled
            # cells: training on a part that is fuller than the whole, as buyers among everybody are, writes past them
            # and ends the process. Dense columns cost the same here and give the same trees.
            "force_col_wise": True,
            "is_enable_sparse": False,
            "enable_bundle": False,
        }
        self._dataset = lgb.Dataset(
            X,
            label=np.zeros(self.rows),
            feature_name="auto" if feature_names is None else list(feature_names),
            categorical_feature=list(categorical) or "auto",
            params=self._dataset_parameters,
            free_raw_data=True,
        ).construct()

    def train(
        self,
        y: FloatArray,
        *,
        objective: Objective,
        settings: TreeSettings,
        rows: npt.NDArray[np.integer[Any]] | None = None,
        weight: FloatArray | None = None,
        init_score: FloatArray | None = None,
    ) -> lgb.Booster:
        """Train one booster.

        Args:
            y, weight, init_score: (n,) over all rows of the table; `rows` selects from them too. Without init_score
                the model starts from the average.
            rows: sorted row numbers to train on; None: all.
        """
        chosen = np.arange(self.rows) if rows is None else rows
        # A copy of the bins per model: labels set on a subset before it is constructed are silently the parent's,
        # and a weight once set on a shared dataset cannot be taken back by None.
        data = self._dataset.subset(chosen.astype(np.int32).tolist()).construct()
        data.set_label(y[chosen])
        if weight is not None:
            data.set_weight(weight[chosen])
        if init_score is not None:
            data.set_init_score(init_score[chosen])
        parameters = self._dataset_parameters | {
            "objective": objective,
            "boost_from_average": init_score is None,
            "num_leaves": settings.leaves,
            "learning_rate": settings.rate,
            "min_data_in_leaf": max(1, min(settings.min_rows, chosen.size // 40)),
            # Hessians of a binary model sum to less than rows: the limit on rows is the one that is meant.
            "min_sum_hessian_in_leaf": 1e-3,
            "lambda_l2": settings.l2,
            "feature_fraction": settings.feature_share,
            "bagging_fraction": settings.row_share,
            "bagging_freq": 1 if settings.row_share < 1 else 0,
            "seed": settings.seed,
        }
        return lgb.train(parameters, data, num_boost_round=settings.rounds)


def raw_score(booster: lgb.Booster, X: Features, rounds: int | None = None) -> FloatArray:
    """(n,) score on the model's own scale (log-odds, log money or the outcome's unit), of the first `rounds` trees."""
    return np.asarray(booster.predict(X, raw_score=True, num_threads=THREADS, num_iteration=rounds), dtype=np.float64)


def contributions(booster: lgb.Booster, X: Features) -> FloatArray:
    """(n, p + 1) what each feature adds to `raw_score`; the last column is the average."""
    return np.asarray(booster.predict(X, pred_contrib=True, num_threads=THREADS), dtype=np.float64)


def sigmoid(score: FloatArray) -> FloatArray:
    """Probability of log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-score)), dtype=np.float64)


def logit(share: float) -> float:
    """Log-odds of a share strictly between 0 and 1."""
    return float(np.log(share / (1 - share)))
