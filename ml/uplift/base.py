"""What every uplift learner and every fitted uplift model can do.

A learner is settings with `fit(X, y, treatment, propensity=None, cluster=None, sample_weight=None)`; it returns a
FittedUplift, which is boosters and a few constants: nothing that could not be written as LightGBM text and JSON.
Does not belong here: any formula of a learner.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import lightgbm as lgb
import numpy.typing as npt

from ml.arrays import FloatArray


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
    def predict(self, X: FloatArray) -> FloatArray:
        """(n,) effect of contact on the outcome (probability or the outcome's unit)."""

    @abstractmethod
    def expected_without(self, X: FloatArray) -> FloatArray:
        """(n,) expected outcome without contact."""

    @abstractmethod
    def effect_score(self, X: FloatArray) -> FloatArray:
        """(n,) effect on the model's own scale: log-odds for yes/no outcomes where it has one, else the unit."""

    @abstractmethod
    def contributions(self, X: FloatArray) -> FloatArray:
        """(n, p + 1) what each feature adds to `effect_score`; the last column is the rest that is equal for all."""


class UpliftLearner(Protocol):
    """Settings that can be fitted."""

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

        Raises:
            InputError, OutcomeError: see ml.arrays.checked_sample.
        """
        ...
