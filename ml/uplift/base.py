"""What every uplift learner and every fitted uplift model can do.

A learner is settings with `fit(X, y, treatment, propensity=None, cluster=None, sample_weight=None)`; it returns a
FittedUplift, which is boosters and a few constants: nothing that could not be written as LightGBM text and JSON.
Does not belong here: any formula of a learner.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar

import lightgbm as lgb
import numpy.typing as npt

from ml.arrays import Features, FloatArray, Sample, checked_sample
from ml.trees import EFFECT_TREES, LEVEL_TREES, Binned, TreeSettings, raw_score


@dataclass(frozen=True)
class FittedUplift(ABC):
    """A fitted uplift model.

    Attributes:
        boosters: LightGBM models by role ("effect", "control", …).
        constants: numbers the formula needs besides (average effect, treated share …).
        is_binary: the outcome is yes or no: effects are differences of probabilities; else of the outcome's unit.
    """

    boosters: Mapping[str, lgb.Booster]
    constants: Mapping[str, float]
    is_binary: bool

    kind: ClassVar[str]

    @abstractmethod
    def predict(self, X: Features) -> FloatArray:
        """(n,) effect of contact on the outcome (probability or the outcome's unit)."""

    @abstractmethod
    def expected_without(self, X: Features) -> FloatArray:
        """(n,) expected outcome without contact."""

    @abstractmethod
    def effect_score(self, X: Features) -> FloatArray:
        """(n,) effect on the model's own scale: log-odds for yes/no outcomes where it has one, else the unit."""

    @abstractmethod
    def contributions(self, X: Features) -> FloatArray:
        """(n, p + 1) what each feature adds to `effect_score`; the last column is the rest that is equal for all."""


class UpliftLearner(Protocol):
    """Settings that can be fitted."""

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
    ) -> FittedUplift:
        """Learn the effect of `treatment` on `y` given `X`.

        Args:
            X: (n, p) features known before the decision; NaN is unknown.
            y: (n,) outcome: 0/1 or a number.
            treatment: (n,) 0/1.
            propensity: probability of treatment; None: the treated share (a randomised design of equal chances).
            cluster: what was assigned together, or one person's rows; folds never split it.
            sample_weight: None: 1 a row.
            feature_names: names of X's columns for the model file.
            categorical: numbers of X's columns that hold codes 0, 1, … of a category.

        Raises:
            InputError, OutcomeError: see ml.arrays.checked_sample.
        """
        ...


@dataclass(frozen=True)
class FittedStages(FittedUplift):
    """A model of an effect ("effect") above models of the level, of which every one is told apart by `levels`."""

    @abstractmethod
    def levels(self, X: Features) -> tuple[FloatArray, ...]:
        """What the formula needs to know of people besides the effect model: (n,) each."""

    @abstractmethod
    def combined(self, levels: tuple[FloatArray, ...], raw: FloatArray) -> FloatArray:
        """(n,) effect from levels and the effect model's raw score."""

    def predict(self, X: Features) -> FloatArray:
        return self.combined(self.levels(X), raw_score(self.boosters["effect"], X))


Nuisance = TypeVar("Nuisance")
Fitted = TypeVar("Fitted", bound=FittedStages, covariant=True)


@dataclass(frozen=True)
class StagedLearner(ABC, Generic[Nuisance, Fitted]):
    """A learner in two stages: what the outcome is like (the nuisance), then the effect.

    The selection fits the first stage once and many second stages on it.

    Attributes:
        level_trees: of the first stage.
        effect_trees: of the effect; small and strongly regularised.
    """

    level_trees: TreeSettings = LEVEL_TREES
    effect_trees: TreeSettings = EFFECT_TREES

    @abstractmethod
    def nuisance(self, sample: Sample, binned: Binned) -> Nuisance:
        """The first stage, with predictions for every row of the sample."""

    @abstractmethod
    def finish(self, sample: Sample, binned: Binned, nuisance: Nuisance) -> Fitted:
        """The second stage."""

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
    ) -> Fitted:
        """See UpliftLearner."""
        sample = checked_sample(X, y, treatment, propensity, cluster, sample_weight)
        binned = Binned(sample.X, feature_names, categorical)
        return self.finish(sample, binned, self.nuisance(sample, binned))


def balance_weights(sample: Sample) -> FloatArray:
    """(n,) weights under which both arms count the same: half of the inverse chance of the own arm."""
    own = sample.treatment * sample.propensity + (1 - sample.treatment) * (1 - sample.propensity)
    return sample.weight * 0.5 / own
