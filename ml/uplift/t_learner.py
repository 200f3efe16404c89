"""T-learner: one model of the outcome per arm; the effect is their difference (Künzel et al. 2019)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from ml.arrays import Features, FloatArray, checked_sample
from ml.crossfit import mean_outcome
from ml.trees import LEVEL_TREES, Binned, TreeSettings, contributions, raw_score
from ml.uplift.base import FittedUplift


@dataclass(frozen=True)
class FittedT(FittedUplift):
    """Boosters "treated" and "control"; the effect score is the difference of their raw scores."""

    kind: ClassVar[str] = "t_learner"

    def predict(self, X: Features) -> FloatArray:
        treated = mean_outcome(raw_score(self.boosters["treated"], X), self.is_binary)
        return treated - self.expected_without(X)

    def expected_without(self, X: Features) -> FloatArray:
        return mean_outcome(raw_score(self.boosters["control"], X), self.is_binary)

    def effect_score(self, X: Features) -> FloatArray:
        return raw_score(self.boosters["treated"], X) - raw_score(self.boosters["control"], X)

    def contributions(self, X: Features) -> FloatArray:
        return contributions(self.boosters["treated"], X) - contributions(self.boosters["control"], X)


@dataclass(frozen=True)
class TLearner:
    """Settings of a T-learner."""

    trees: TreeSettings = LEVEL_TREES

    def fit(
        self,
        X: Features,
        y: npt.ArrayLike,
        treatment: npt.ArrayLike,
        propensity: npt.ArrayLike | float | None = None,
        cluster: npt.ArrayLike | None = None,
        sample_weight: npt.ArrayLike | None = None,
        *,
        feature_names: Sequence[str] | None = None,
        categorical: Sequence[int] = (),
    ) -> FittedT:
        """See ml.uplift.base.UpliftLearner; propensity and cluster are checked and not needed."""
        sample = checked_sample(X, y, treatment, propensity, cluster, sample_weight)
        binned = Binned(sample.X, feature_names, categorical)
        boosters = {
            name: binned.train(
                sample.y,
                objective="binary" if sample.is_binary else "regression",
                settings=self.trees,
                rows=np.flatnonzero(sample.treatment == arm),
                weight=sample.weight,
            )
            for name, arm in (("treated", 1.0), ("control", 0.0))
        }
        return FittedT(boosters, {}, sample.is_binary)
