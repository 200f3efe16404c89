"""DR learner with the single nuisance m*(x) = (1-e)·mu1 + e·mu0, for yes/no outcomes and amounts.

Γ = (t-e)/(e(1-e))·(y - m*(x)) has the effect as its mean given x, and m* is the function that makes its variance
least (docs/methods/uplift.md); one strongly regularised model regresses it on x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import lightgbm as lgb
import numpy as np

from ml.arrays import Features, FloatArray, Sample
from ml.crossfit import cross_fitted_scores, doubly_robust_scores, mean_outcome, nuisance_weights
from ml.trees import Binned, contributions, raw_score
from ml.uplift.base import FittedStages, StagedLearner

NUISANCE_FOLDS = 2


@dataclass(frozen=True)
class FittedDr(FittedStages):
    """Boosters "level_0", "level_1" (m*, averaged) and "effect"; constant `treated_share`."""

    kind: ClassVar[str] = "dr_learner"

    def levels(self, X: Features) -> tuple[FloatArray, ...]:
        return ()

    def combined(self, levels: tuple[FloatArray, ...], raw: FloatArray) -> FloatArray:
        return raw

    def expected_without(self, X: Features) -> FloatArray:
        levels = [
            mean_outcome(raw_score(self.boosters[f"level_{number}"], X), self.is_binary)
            for number in range(NUISANCE_FOLDS)
        ]
        without = np.mean(levels, axis=0) - (1 - self.constants["treated_share"]) * self.predict(X)
        return np.asarray(np.clip(without, 0, 1) if self.is_binary else without, dtype=np.float64)

    def effect_score(self, X: Features) -> FloatArray:
        return self.predict(X)

    def contributions(self, X: Features) -> FloatArray:
        return contributions(self.boosters["effect"], X)


@dataclass(frozen=True)
class Level:
    """Cross-fitted m*(x) of every row, and the models it comes from."""

    m: FloatArray
    boosters: list[lgb.Booster]


@dataclass(frozen=True)
class DrLearner(StagedLearner[Level, FittedDr]):
    """Settings of a DR learner."""

    def nuisance(self, sample: Sample, binned: Binned) -> Level:
        scores, boosters = cross_fitted_scores(
            binned,
            sample.X,
            sample.y,
            is_binary=sample.is_binary,
            cluster=sample.cluster,
            settings=self.level_trees,
            folds=NUISANCE_FOLDS,
            weight=sample.weight * nuisance_weights(sample.treatment, sample.propensity),
        )
        return Level(mean_outcome(scores, sample.is_binary), boosters)

    def finish(self, sample: Sample, binned: Binned, nuisance: Level) -> FittedDr:
        effect = binned.train(
            doubly_robust_scores(sample.y, sample.treatment, sample.propensity, nuisance.m),
            objective="regression",
            settings=self.effect_trees,
            # Precision of a row's Γ is proportional to e(1-e): equal weights where everybody had equal chances.
            weight=sample.weight * sample.propensity * (1 - sample.propensity) * 4,
        )
        boosters = {f"level_{number}": booster for number, booster in enumerate(nuisance.boosters)}
        share = float(np.average(sample.propensity, weights=sample.weight))
        return FittedDr(boosters | {"effect": effect}, {"treated_share": share}, sample.is_binary)
