"""S-learner: one model of the outcome with the treatment as a feature (Künzel et al. 2019).

Collapses to no effect where treatment is a weak split: never the only candidate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from ml.arrays import Features, FloatArray, checked_sample
from ml.crossfit import mean_outcome
from ml.trees import LEVEL_TREES, Binned, TreeSettings, contributions, raw_score
from ml.uplift.base import FittedUplift, balance_weights

TREATMENT_COLUMN = "is_treated"


def _with_arm(X: Features, arm: float | FloatArray) -> Features:
    return np.column_stack([X, np.broadcast_to(np.asarray(arm, dtype=X.dtype), (X.shape[0],))])


@dataclass(frozen=True)
class FittedS(FittedUplift):
    """Booster "outcome"; the effect score is its raw score with contact minus without."""

    kind: ClassVar[str] = "s_learner"

    def predict(self, X: Features) -> FloatArray:
        treated = mean_outcome(raw_score(self.boosters["outcome"], _with_arm(X, 1.0)), self.is_binary)
        return treated - self.expected_without(X)

    def expected_without(self, X: Features) -> FloatArray:
        return mean_outcome(raw_score(self.boosters["outcome"], _with_arm(X, 0.0)), self.is_binary)

    def effect_score(self, X: Features) -> FloatArray:
        outcome = self.boosters["outcome"]
        return raw_score(outcome, _with_arm(X, 1.0)) - raw_score(outcome, _with_arm(X, 0.0))

    def contributions(self, X: Features) -> FloatArray:
        outcome = self.boosters["outcome"]
        change = contributions(outcome, _with_arm(X, 1.0)) - contributions(outcome, _with_arm(X, 0.0))
        # The treatment column's own share differs by person but is no trait of theirs: it goes to the rest.
        return np.column_stack([change[:, :-2], change[:, -2] + change[:, -1]])


@dataclass(frozen=True)
class SLearner:
    """Settings of an S-learner; every tree sees all features, or many would never see the treatment."""

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
    ) -> FittedS:
        """See ml.uplift.base.UpliftLearner; rows are weighted so that both arms count the same."""
        sample = checked_sample(X, y, treatment, propensity, cluster, sample_weight)
        names = None if feature_names is None else [*feature_names, TREATMENT_COLUMN]
        booster = Binned(_with_arm(sample.X, sample.treatment), names, categorical).train(
            sample.y,
            objective="binary" if sample.is_binary else "regression",
            settings=replace(self.trees, feature_share=1.0),
            weight=balance_weights(sample),
        )
        return FittedS({"outcome": booster}, {}, sample.is_binary)
