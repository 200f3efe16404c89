"""Purchases through others as a rate that a person's features explain in part, and their own past explains further.

count ~ Poisson(exp(b·x + campaign) · theta), log theta ~ N(-s²/2, s²): what no feature shows of a person, the same in
every campaign. Who brought in four purchases where an average member of the same campaigns brought in one is worth
more than their features say, and less than four times as much: the posterior mean of theta weighs it (Poisson
log-normal mixture; empirical Bayes, as Gelman et al., Bayesian Data Analysis, ch. 5). b by penalised quasi-likelihood
with variance mu + (e^(s²) - 1)·mu², s by marginal likelihood over all campaigns of a person, larger where no account
of the person is known.

Belongs here: the fitted model. Does not: fitting it (evidence_learner.py), the mixture's arithmetic (mixture.py), its
columns (design.py), money (model.py), who teaches (train_ambassador.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from scipy.optimize import minimize

from ml.ambassador.design import COLUMNS, Design
from ml.ambassador.mixture import is_account_unknown, log_joint, log_thetas, spread_of
from ml.arrays import FloatArray

# Below, neither a weight nor a spread can be told from chance.
FEWEST_PURCHASES = 50
HISTORY = ("referrals_before_count", "referrals_expected_count")


@dataclass(frozen=True)
class FittedEvidence:
    """Rates of tracked purchases per member.

    Attributes:
        design: of the columns.
        level: log of the rate at average columns.
        weights: (columns,) of b.
        log_spread: log s of people with a known account, and what is added without.
        mean_rate: of the taught people.
        past_level, past_slope: what people with a past had brought in, over what an average member had, rises with
            exp(past_level)·(today's rate/mean_rate)^past_slope: features of today know more than those of then.
    """

    design: Design
    feature_names: tuple[str, ...]
    level: float
    weights: tuple[float, ...]
    log_spread: tuple[float, float]
    mean_rate: float
    past_level: float = 0.0
    past_slope: float = 1.0
    kind: ClassVar[str] = "evidence"

    def features_rate(self, X: FloatArray) -> FloatArray:
        """(n,) expected purchases by features alone."""
        return np.asarray(np.exp(self.level + self._columns(X) @ np.array(self.weights)), dtype=np.float64)

    def predict(self, X: FloatArray) -> FloatArray:
        """(n,) expected purchases through others, > 0."""
        return np.asarray(np.exp(self.score(X)), dtype=np.float64)

    def score(self, X: FloatArray) -> FloatArray:
        """(n,) log of the expected purchases: what `contributions` add up to."""
        return np.asarray(np.log(self.features_rate(X)) + np.log(self.personal_factor(X)), dtype=np.float64)

    def contributions(self, X: FloatArray) -> FloatArray:
        """(n, p + 1) what each feature adds to the log; a person's own past counts as their referrals."""
        parts = np.zeros((X.shape[0], len(self.feature_names) + 1))
        for column, weight, feature in zip(self._columns(X).T, self.weights, COLUMNS.values(), strict=True):
            parts[:, self.feature_names.index(feature)] += weight * column
        parts[:, self.feature_names.index(HISTORY[0])] += np.log(self.personal_factor(X))
        parts[:, -1] = self.level
        return parts

    def personal_factor(self, X: FloatArray) -> FloatArray:
        """(n,) posterior mean of theta; 1 for a person without a past."""
        brought, expected = (X[:, self.feature_names.index(name)] for name in HISTORY)
        factor = np.ones(X.shape[0])
        past = np.flatnonzero(np.nan_to_num(expected) > 0)
        if past.size:
            mean = expected[past] * self._past_rate(X[past])
            joint = log_joint(np.nan_to_num(brought[past]), mean, self._spread(X[past]))
            joint -= joint.max(axis=1, keepdims=True)
            weight = np.exp(joint)
            theta = np.exp(log_thetas(self._spread(X[past])))
            factor[past] = (weight * theta).sum(axis=1) / weight.sum(axis=1)
        return factor

    def with_past_of(self, X: FloatArray) -> FittedEvidence:
        """Level and slope of the past, learned from the people of today's list who have one."""
        brought, expected = (X[:, self.feature_names.index(name)] for name in HISTORY)
        past = np.nan_to_num(expected) > 0
        if np.nan_to_num(brought[past]).sum() < FEWEST_PURCHASES:
            return self
        log_rate = np.log(self.features_rate(X[past]) / self.mean_rate)
        y, e = brought[past], expected[past]

        def misfit(value: FloatArray) -> float:
            mean = e * np.exp(value[0] + value[1] * log_rate)
            # Negative binomial of size 1, and priors that keep both near "the past was like today".
            fit = (y + 1) * np.log1p(mean) - y * np.log(mean)
            return float(fit.sum() + 0.5 * (value[0] / 0.5) ** 2 + 0.5 * ((value[1] - 1) / 0.5) ** 2)

        level, slope = minimize(misfit, np.array([0.0, 1.0]), method="L-BFGS-B").x
        return replace(self, past_level=float(level), past_slope=float(slope))

    def as_dict(self) -> dict[str, Any]:
        """For a model card."""
        own = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}
        return own | {"design": self.design.as_dict()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> FittedEvidence:
        """Back from a model card."""
        own: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
        return cls(**own | {"design": Design.from_dict(values["design"])})

    def _columns(self, X: FloatArray) -> FloatArray:
        return self.design.columns(X, self.feature_names)

    def _past_rate(self, X: FloatArray) -> FloatArray:
        relative = np.log(self.features_rate(X) / self.mean_rate)
        return np.asarray(np.exp(self.past_level + self.past_slope * relative), dtype=np.float64)

    def _spread(self, X: FloatArray) -> FloatArray:
        return spread_of(np.array(self.log_spread), is_account_unknown(X, self.feature_names))
