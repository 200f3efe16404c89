"""The challenger: one tweedie model of a value that is mostly zero, instead of two parts (LightGBM's, power 1.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from ml.ambassador.hurdle import FEWEST_WITH_VALUE, HURDLE_TREES
from ml.arrays import FloatArray
from ml.errors import InputError, TooFewRowsError
from ml.trees import Binned, TreeSettings, contributions, raw_score


@dataclass(frozen=True)
class FittedTweedie:
    """Booster "all" (log of the value); `scale` makes predictions add up to the training sum."""

    boosters: Mapping[str, lgb.Booster]
    scale: float
    kind: ClassVar[str] = "tweedie"

    def predict(self, X: FloatArray) -> FloatArray:
        """(n,) expected value, > 0."""
        return np.asarray(np.exp(self.score(X)), dtype=np.float64)

    def score(self, X: FloatArray) -> FloatArray:
        """(n,) log of the expected value: what `contributions` add up to."""
        return np.asarray(raw_score(self.boosters["all"], X) + np.log(self.scale), dtype=np.float64)

    def contributions(self, X: FloatArray) -> FloatArray:
        """(n, p + 1) what each feature adds to the log; the last column is the average."""
        parts = contributions(self.boosters["all"], X)
        parts[:, -1] += np.log(self.scale)
        return parts


@dataclass(frozen=True)
class TweedieLearner:
    """Settings of the trees: those of the hurdle, so that the two differ in the distribution alone."""

    trees: TreeSettings = HURDLE_TREES

    def fit(self, X: FloatArray, value: npt.ArrayLike, *, feature_names: Sequence[str] | None = None) -> FittedTweedie:
        """Learn the expected value.

        Args:
            X: (n, p) features known before the decision; NaN is unknown.
            value: (n,) counts or money, >= 0.

        Raises:
            InputError: lengths differ, or a value is negative or unknown.
            TooFewRowsError: fewer than FEWEST_WITH_VALUE rows with some.
        """
        amount = np.asarray(value, dtype=np.float64)
        if amount.shape != (X.shape[0],) or not (amount >= 0).all():
            raise InputError(f"value must be one number, at least 0, for each of {X.shape[0]} rows")
        if int((amount > 0).sum()) < FEWEST_WITH_VALUE:
            raise TooFewRowsError(f"{int((amount > 0).sum())} rows with value; {FEWEST_WITH_VALUE} are needed")
        booster = Binned(X, feature_names).train(amount, objective="tweedie", settings=self.trees)
        unscaled = FittedTweedie({"all": booster}, 1.0).predict(X)
        return FittedTweedie({"all": booster}, float(amount.sum() / unscaled.sum()))
