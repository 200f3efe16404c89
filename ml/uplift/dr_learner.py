"""DR learner with the single nuisance m*(x) = (1-e)·mu1 + e·mu0, for yes/no outcomes and amounts.

Γ = (t-e)/(e(1-e))·(y - m*(x)) has the effect as its mean given x, and m* is the function that makes its variance
least (docs/methods/uplift.md); one strongly regularised model regresses it on x.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from ml.arrays import FloatArray, checked_sample
from ml.crossfit import cross_fitted_scores, doubly_robust_scores, mean_outcome, nuisance_weights
from ml.trees import EFFECT_TREES, LEVEL_TREES, Binned, TreeSettings, contributions, raw_score
from ml.uplift.base import FittedUplift

NUISANCE_FOLDS = 2


@dataclass(frozen=True)
class FittedDr(FittedUplift):
    """Boosters "level_0", "level_1" (m*, averaged) and "effect"; constant `treated_share`."""

    kind: ClassVar[str] = "dr_learner"

    def predict(self, X: FloatArray) -> FloatArray:
        return raw_score(self.boosters["effect"], X)

    def expected_without(self, X: FloatArray) -> FloatArray:
        levels = [
            mean_outcome(raw_score(self.boosters[f"level_{number}"], X), self.is_binary)
            for number in range(NUISANCE_FOLDS)
        ]
        without = np.mean(levels, axis=0) - (1 - self.constants["treated_share"]) * self.predict(X)
        return np.asarray(np.clip(without, 0, 1) if self.is_binary else without, dtype=np.float64)

    def effect_score(self, X: FloatArray) -> FloatArray:
        return self.predict(X)

    def contributions(self, X: FloatArray) -> FloatArray:
        return contributions(self.boosters["effect"], X)


@dataclass(frozen=True)
class DrLearner:
    """Settings of a DR learner.

    Attributes:
        level_trees: of the nuisance m*.
        effect_trees: of the effect.
    """

    level_trees: TreeSettings = LEVEL_TREES
    effect_trees: TreeSettings = EFFECT_TREES

    def fit(
        self,
        X: FloatArray,
        y: npt.ArrayLike,
        treatment: npt.ArrayLike,
        propensity: npt.ArrayLike | float | None = None,
        cluster: npt.ArrayLike | None = None,
        sample_weight: npt.ArrayLike | None = None,
        *,
        feature_names: Sequence[str] | None = None,
    ) -> FittedDr:
        """See ml.uplift.base.UpliftLearner."""
        sample = checked_sample(X, y, treatment, propensity, cluster, sample_weight)
        binned = Binned(sample.X, feature_names)
        level, levels = cross_fitted_scores(
            binned,
            sample.X,
            sample.y,
            is_binary=sample.is_binary,
            cluster=sample.cluster,
            settings=self.level_trees,
            folds=NUISANCE_FOLDS,
            weight=sample.weight * nuisance_weights(sample.treatment, sample.propensity),
        )
        m = mean_outcome(level, sample.is_binary)
        effect = binned.train(
            doubly_robust_scores(sample.y, sample.treatment, sample.propensity, m),
            objective="regression",
            settings=self.effect_trees,
            # Precision of a row's Γ is proportional to e(1-e): equal weights where everybody had equal chances.
            weight=sample.weight * sample.propensity * (1 - sample.propensity) * 4,
        )
        boosters = {f"level_{number}": booster for number, booster in enumerate(levels)} | {"effect": effect}
        share = float(np.average(sample.propensity, weights=sample.weight))
        return FittedDr(boosters, {"treated_share": share}, sample.is_binary)
