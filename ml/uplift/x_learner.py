"""X-learner with one pooled effect model, on the outcome's scale or on that of log-odds (docs/methods/uplift.md).

Each arm's model says what the other arm's people would have done. On the outcome's scale the imputed effects
D = y - mu0(x) of the treated and mu1(x) - y of the others (Künzel et al. 2019) teach one model instead of two: treated
rows weigh (1-e)/e and the others e/(1-e), which are Künzel's weights of the two. On the scale of log-odds the turned
label y' = y (treated) or 1 - y has log-odds logit mu0(x) + tau(x) and -logit mu1(x) + tau(x): OCT with the other arm's
model as offset. No row's offset saw the row, so all rows teach both stages; half of the arm models' errors stay in
tau, which is why OCT wins where there are very many rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import lightgbm as lgb
import numpy as np

from ml.arrays import Features, FloatArray, Sample
from ml.crossfit import mean_outcome, nuisance_weights
from ml.trees import Binned, contributions, raw_score, sigmoid
from ml.uplift.base import FittedStages, StagedLearner, balance_weights
from ml.uplift.oct import half_average_log_odds

Scale = Literal["outcome", "log_odds"]
ARMS = {"control": 0.0, "treated": 1.0}


@dataclass(frozen=True)
class FittedX(FittedStages):
    """Boosters "control" and "treated" (levels) and "effect", of the outcome's own unit."""

    kind: ClassVar[str] = "x_learner"

    def levels(self, X: Features) -> tuple[FloatArray, ...]:
        return ()

    def combined(self, levels: tuple[FloatArray, ...], raw: FloatArray) -> FloatArray:
        return raw

    def expected_without(self, X: Features) -> FloatArray:
        arms = [mean_outcome(raw_score(self.boosters[arm], X), self.is_binary) for arm in ARMS]
        without = np.mean(arms, axis=0) - self.predict(X) / 2
        return np.asarray(np.clip(without, 0, 1) if self.is_binary else without, dtype=np.float64)

    def effect_score(self, X: Features) -> FloatArray:
        return self.predict(X)

    def contributions(self, X: Features) -> FloatArray:
        return contributions(self.boosters["effect"], X)


@dataclass(frozen=True)
class FittedXLogOdds(FittedStages):
    """Boosters "control" and "treated" (log-odds) and "effect" (tau above its start `average`)."""

    kind: ClassVar[str] = "x_learner_log_odds"

    def levels(self, X: Features) -> tuple[FloatArray, ...]:
        return tuple(raw_score(self.boosters[arm], X) for arm in ARMS)

    def combined(self, levels: tuple[FloatArray, ...], raw: FloatArray) -> FloatArray:
        level, half = sum(levels) / len(levels), (self.constants["average"] + raw) / 2
        return sigmoid(level + half) - sigmoid(level - half)

    def expected_without(self, X: Features) -> FloatArray:
        return sigmoid(np.mean(self.levels(X), axis=0) - self.effect_score(X) / 2)

    def effect_score(self, X: Features) -> FloatArray:
        return self.constants["average"] + raw_score(self.boosters["effect"], X)

    def contributions(self, X: Features) -> FloatArray:
        parts = contributions(self.boosters["effect"], X)
        parts[:, -1] += self.constants["average"]
        return parts


@dataclass(frozen=True)
class Arms:
    """Models of both arms, and what each row's other arm would have scored."""

    boosters: dict[str, lgb.Booster]
    other: FloatArray


@dataclass(frozen=True)
class XLearner(StagedLearner[Arms, FittedStages]):
    """Settings of an X-learner.

    Attributes:
        scale: "outcome", or "log_odds" for yes/no outcomes (OutcomeError for amounts).
    """

    scale: Scale = "outcome"

    def nuisance(self, sample: Sample, binned: Binned) -> Arms:
        rows = {name: np.flatnonzero(sample.treatment == arm) for name, arm in ARMS.items()}
        boosters = {
            name: binned.train(
                sample.y,
                objective="binary" if sample.is_binary else "regression",
                settings=self.level_trees,
                rows=rows[name],
                weight=sample.weight,
            )
            for name in ARMS
        }
        other = np.empty(sample.y.size)
        other[rows["treated"]] = raw_score(boosters["control"], sample.X[rows["treated"]])
        other[rows["control"]] = raw_score(boosters["treated"], sample.X[rows["control"]])
        return Arms(boosters, other)

    def finish(self, sample: Sample, binned: Binned, nuisance: Arms) -> FittedStages:
        treated = sample.treatment == 1
        if self.scale == "log_odds":
            average = 2 * half_average_log_odds(sample)
            effect = binned.train(
                np.where(treated, sample.y, 1 - sample.y),
                objective="binary",
                settings=self.effect_trees,
                weight=balance_weights(sample),
                init_score=np.where(treated, nuisance.other, -nuisance.other) + average,
            )
            return FittedXLogOdds(nuisance.boosters | {"effect": effect}, {"average": average}, True)
        other = mean_outcome(nuisance.other, sample.is_binary)
        effect = binned.train(
            np.where(treated, sample.y - other, other - sample.y),
            objective="regression",
            settings=self.effect_trees,
            weight=sample.weight * nuisance_weights(sample.treatment, sample.propensity),
        )
        return FittedX(nuisance.boosters | {"effect": effect}, {}, sample.is_binary)
