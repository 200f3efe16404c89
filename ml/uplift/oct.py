"""Offset class transformation (OCT) for yes/no outcomes (docs/methods/uplift.md).

With log-odds g(x) + tau(x)/2 under contact and g(x) - tau(x)/2 without, the turned label y' = y (contacted) or
1 - y (not) has log-odds s·g(x) + tau(x)/2 with s = ±1: given the offset s·g, LightGBM's own binary objective learns
tau/2 from all rows at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from ml.arrays import FloatArray, checked_sample
from ml.crossfit import cross_fitted_scores
from ml.errors import OutcomeError
from ml.trees import EFFECT_TREES, LEVEL_TREES, Binned, TreeSettings, contributions, logit, raw_score, sigmoid
from ml.uplift.base import FittedUplift

OFFSET_FOLDS = 2


@dataclass(frozen=True)
class FittedOct(FittedUplift):
    """Boosters "offset_0", "offset_1" (g, averaged) and "effect" (tau/2 above its start `half_average`)."""

    kind: ClassVar[str] = "oct"

    def _level(self, X: FloatArray) -> FloatArray:
        scores = [raw_score(self.boosters[f"offset_{number}"], X) for number in range(OFFSET_FOLDS)]
        return np.asarray(np.mean(scores, axis=0), dtype=np.float64)

    def _half_effect(self, X: FloatArray) -> FloatArray:
        return self.constants["half_average"] + raw_score(self.boosters["effect"], X)

    def predict(self, X: FloatArray) -> FloatArray:
        level, half = self._level(X), self._half_effect(X)
        return sigmoid(level + half) - sigmoid(level - half)

    def expected_without(self, X: FloatArray) -> FloatArray:
        return sigmoid(self._level(X) - self._half_effect(X))

    def effect_score(self, X: FloatArray) -> FloatArray:
        return 2 * self._half_effect(X)

    def contributions(self, X: FloatArray) -> FloatArray:
        parts = 2 * contributions(self.boosters["effect"], X)
        parts[:, -1] += 2 * self.constants["half_average"]
        return parts


@dataclass(frozen=True)
class OctLearner:
    """Settings of an OCT learner.

    Attributes:
        level_trees: of the pooled log-odds g.
        effect_trees: of tau/2; small and strongly regularised.
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
    ) -> FittedOct:
        """See ml.uplift.base.UpliftLearner.

        Raises:
            OutcomeError: the outcome is not yes/no, or one arm has no yes or no no.
        """
        sample = checked_sample(X, y, treatment, propensity, cluster, sample_weight)
        if not sample.is_binary:
            raise OutcomeError("OCT learns yes/no outcomes only: use the DR or the T-learner for amounts")
        treated = sample.treatment == 1
        weight = sample.weight * np.where(treated, 0.5 / sample.propensity, 0.5 / (1 - sample.propensity))
        rate_1, rate_0 = (float(np.average(sample.y[arm], weights=weight[arm])) for arm in (treated, ~treated))
        if not (0 < rate_1 < 1 and 0 < rate_0 < 1):
            raise OutcomeError("an arm in which everybody or nobody shows the outcome has no log-odds")
        half_average = (logit(rate_1) - logit(rate_0)) / 2
        binned = Binned(sample.X, feature_names)
        level, offsets = cross_fitted_scores(
            binned,
            sample.X,
            sample.y,
            is_binary=True,
            cluster=sample.cluster,
            settings=self.level_trees,
            folds=OFFSET_FOLDS,
            weight=weight,
        )
        effect = binned.train(
            np.where(treated, sample.y, 1 - sample.y),
            objective="binary",
            settings=self.effect_trees,
            weight=weight,
            init_score=np.where(treated, level, -level) + half_average,
        )
        boosters = {f"offset_{number}": booster for number, booster in enumerate(offsets)} | {"effect": effect}
        return FittedOct(boosters, {"half_average": half_average}, True)
