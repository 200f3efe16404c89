"""Hurdle model of the value a person brings in through others: P(any)·E[value | any].

The first part is a binary model of whether anything comes in at all, the second a gamma model (log link) of how much,
among those with some: a gamma fits the mean of skewed money directly, without a correction from the log scale.
Own spend is no label. Does not belong here: which people may teach it (ml/train.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from ml.arrays import FloatArray, check_base_rate
from ml.errors import InputError, TooFewRowsError
from ml.trees import Binned, TreeSettings, contributions, raw_score, sigmoid

# Below, the amount has too few examples for any tree: 50 rows in two leaves of 25 already say little.
FEWEST_WITH_VALUE = 50
HURDLE_TREES = TreeSettings(leaves=4, rate=0.05, rounds=60, min_rows=50, l2=10.0)


@dataclass(frozen=True)
class FittedHurdle:
    """Boosters "any" (log-odds) and "amount" (log money).

    Attributes:
        scale: what makes predictions add up to the training sum: a regularised gamma model is right in ratios, and
            exp of a shrunken score sums to too little (11 % in a simulated world).
    """

    boosters: Mapping[str, lgb.Booster]
    scale: float
    kind: ClassVar[str] = "hurdle"

    def predict(self, X: FloatArray) -> FloatArray:
        """(n,) expected value in minor units, > 0."""
        chance, amount = sigmoid(raw_score(self.boosters["any"], X)), np.exp(raw_score(self.boosters["amount"], X))
        return np.asarray(self.scale * chance * amount, dtype=np.float64)

    def score(self, X: FloatArray) -> FloatArray:
        """(n,) log-odds of any value + log of the amount: what `contributions` add up to."""
        return raw_score(self.boosters["any"], X) + raw_score(self.boosters["amount"], X)

    def contributions(self, X: FloatArray) -> FloatArray:
        """(n, p + 1) what each feature adds to both parts; the last column is the average."""
        return contributions(self.boosters["any"], X) + contributions(self.boosters["amount"], X)


@dataclass(frozen=True)
class HurdleLearner:
    """Settings of both parts."""

    trees: TreeSettings = HURDLE_TREES

    def fit(self, X: FloatArray, value: npt.ArrayLike, *, feature_names: Sequence[str] | None = None) -> FittedHurdle:
        """Learn the expected value.

        Args:
            X: (n, p) features known before the decision; NaN is unknown.
            value: (n,) money brought in through others, minor units. Negative sums (more came back than was bought)
                count as nothing brought in.

        Raises:
            InputError: lengths differ or a value is unknown.
            OutcomeError: nobody, or nearly everybody, brought in anything.
            TooFewRowsError: fewer than FEWEST_WITH_VALUE people brought in something.
        """
        money = np.asarray(value, dtype=np.float64)
        if money.shape != (X.shape[0],) or not np.isfinite(money).all():
            raise InputError(f"value must be one known number for each of {X.shape[0]} rows")
        has_any = (money > 0).astype(np.float64)
        check_base_rate(has_any, is_binary=True)
        some = np.flatnonzero(has_any)
        if some.size < FEWEST_WITH_VALUE:
            raise TooFewRowsError(
                f"{some.size} people brought in value through others; learning how much needs {FEWEST_WITH_VALUE}"
            )
        binned = Binned(X, feature_names)
        boosters = {
            "any": binned.train(has_any, objective="binary", settings=self.trees),
            "amount": binned.train(money, objective="gamma", settings=self.trees, rows=some),
        }
        # The sum of what came in, negatives counted as nothing, over the sum predicted for the same people.
        unscaled = FittedHurdle(boosters, 1.0).predict(X)
        return FittedHurdle(boosters, float(np.maximum(money, 0).sum() / unscaled.sum()))
