"""Offset class transformation (OCT) for yes/no outcomes (docs/methods/uplift.md).

With log-odds g(x) + tau(x)/2 under contact and g(x) - tau(x)/2 without, the turned label y' = y (contacted) or
1 - y (not) has log-odds s·g(x) + tau(x)/2 with s = ±1: given the offset s·g, LightGBM's own binary objective learns
tau/2 from all rows at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import lightgbm as lgb
import numpy as np

from ml.arrays import Features, FloatArray, Sample
from ml.crossfit import cross_fitted_scores
from ml.errors import OutcomeError
from ml.trees import Binned, contributions, logit, raw_score, sigmoid
from ml.uplift.base import FittedStages, StagedLearner, balance_weights

OFFSET_FOLDS = 2


@dataclass(frozen=True)
class FittedOct(FittedStages):
    """Boosters "offset_0", "offset_1" (g, averaged) and "effect" (tau/2 above its start `half_average`)."""

    kind: ClassVar[str] = "oct"

    def levels(self, X: Features) -> tuple[FloatArray, ...]:
        return tuple(raw_score(self.boosters[f"offset_{number}"], X) for number in range(OFFSET_FOLDS))

    def combined(self, levels: tuple[FloatArray, ...], raw: FloatArray) -> FloatArray:
        level, half = sum(levels) / len(levels), self.constants["half_average"] + raw
        return sigmoid(level + half) - sigmoid(level - half)

    def expected_without(self, X: Features) -> FloatArray:
        return sigmoid(np.mean(self.levels(X), axis=0) - self.effect_score(X) / 2)

    def effect_score(self, X: Features) -> FloatArray:
        return 2 * (self.constants["half_average"] + raw_score(self.boosters["effect"], X))

    def contributions(self, X: Features) -> FloatArray:
        parts = 2 * contributions(self.boosters["effect"], X)
        parts[:, -1] += 2 * self.constants["half_average"]
        return parts


@dataclass(frozen=True)
class Offsets:
    """Cross-fitted pooled log-odds of every row, and the models they come from."""

    level: FloatArray
    boosters: list[lgb.Booster]
    half_average: float


@dataclass(frozen=True)
class OctLearner(StagedLearner[Offsets, FittedOct]):
    """Settings of an OCT learner; it refuses amounts (OutcomeError)."""

    def nuisance(self, sample: Sample, binned: Binned) -> Offsets:
        half = half_average_log_odds(sample)
        level, offsets = cross_fitted_scores(
            binned,
            sample.X,
            sample.y,
            is_binary=True,
            cluster=sample.cluster,
            settings=self.level_trees,
            folds=OFFSET_FOLDS,
            weight=balance_weights(sample),
        )
        return Offsets(level, offsets, half)

    def finish(self, sample: Sample, binned: Binned, nuisance: Offsets) -> FittedOct:
        treated = sample.treatment == 1
        effect = binned.train(
            np.where(treated, sample.y, 1 - sample.y),
            objective="binary",
            settings=self.effect_trees,
            weight=balance_weights(sample),
            init_score=np.where(treated, nuisance.level, -nuisance.level) + nuisance.half_average,
        )
        boosters = {f"offset_{number}": booster for number, booster in enumerate(nuisance.boosters)}
        return FittedOct(boosters | {"effect": effect}, {"half_average": nuisance.half_average}, True)


def half_average_log_odds(sample: Sample) -> float:
    """Half the difference of the arms' log-odds: where a model of the effect on that scale starts.

    Raises:
        OutcomeError: the outcome is not yes/no, or one arm has no yes or no no.
    """
    if not sample.is_binary:
        raise OutcomeError("log-odds are of yes/no outcomes only: use the DR or the X-learner for amounts")
    weight, treated = balance_weights(sample), sample.treatment == 1
    rate_1, rate_0 = (float(np.average(sample.y[arm], weights=weight[arm])) for arm in (treated, ~treated))
    if not (0 < rate_1 < 1 and 0 < rate_0 < 1):
        raise OutcomeError("an arm in which everybody or nobody shows the outcome has no log-odds")
    return (logit(rate_1) - logit(rate_0)) / 2
