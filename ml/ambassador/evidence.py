"""Purchases through others as a rate that a person's features explain in part, and their own past explains further.

count ~ Poisson(exp(b·x + campaign) · theta), log theta ~ N(-s²/2, s²): what no feature shows of a person, the same in
every campaign. Who brought in four purchases where an average member of the same campaigns brought in one is worth
more than their features say, and less than four times as much: the posterior mean of theta weighs it (Poisson
log-normal mixture; empirical Bayes, as Gelman et al., Bayesian Data Analysis, ch. 5). b by penalised quasi-likelihood
with variance mu + (e^(s²) - 1)·mu², s by marginal likelihood over all campaigns of a person, larger where no account
of the person is known.

Belongs here: this model. Does not: its columns (design.py), money (model.py), who teaches (train_ambassador.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from scipy.optimize import minimize

from ml.ambassador.design import COLUMNS, SHAPES, UNKNOWN, Design, Shape, fit_design
from ml.arrays import BoolArray, FloatArray, IntArray, cluster_codes, cluster_folds
from ml.errors import InputError, TooFewRowsError

# Below, neither a weight nor a spread can be told from chance.
FEWEST_PURCHASES = 50
# On standardised columns, as if 100 purchases had said that a column means nothing.
PENALTY = 100.0
# Campaigns differ in season, price and length: their level is hardly held back.
CAMPAIGN_PENALTY = 0.5
STRENGTHS = (0.3, 1.0)
SPREAD_BOUNDS = (np.log(0.15), np.log(2.5))
# Standard normal nodes: steps of .1 are finer than the posterior of somebody with 200 purchases.
NODES = np.linspace(-6, 6, 121)
LOG_WEIGHTS = -0.5 * NODES**2 - np.log(np.exp(-0.5 * NODES**2).sum())
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
            joint = _log_joint(np.nan_to_num(brought[past]), mean, self._spread(X[past]))
            joint -= joint.max(axis=1, keepdims=True)
            weight = np.exp(joint)
            theta = np.exp(_log_theta(self._spread(X[past])))
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
        return _spread(np.array(self.log_spread), _is_unknown(X, self.feature_names))


@dataclass(frozen=True)
class EvidenceLearner:
    """How the evidence model is fitted."""

    seed: int = 0
    folds: int = 5

    def fit(
        self,
        X: FloatArray,
        purchases: FloatArray,
        campaign: IntArray,
        person: IntArray,
        *,
        feature_names: Sequence[str],
        is_drawn: BoolArray | None = None,
    ) -> FittedEvidence:
        """Learn rates of purchases.

        The shape of the post rate and the strength of its prior are chosen by the deviance of left-out people.

        Args:
            X: (n, p) features known before the decision; NaN is unknown.
            purchases: (n,) tracked purchases through others in the window.
            campaign, person: (n,) codes 0, 1, ….
            is_drawn: (n,) members drawn by lot: they set the level, since others were picked for more than features
                tell. None, or too few purchases among them: all do.

        Raises:
            InputError: lengths differ, or a count is negative or unknown.
            TooFewRowsError: fewer than FEWEST_PURCHASES purchases.
        """
        if not (purchases.shape == campaign.shape == person.shape == (X.shape[0],)) or not (purchases >= 0).all():
            raise InputError(f"purchases, campaign and person must be one known number for each of {X.shape[0]} rows")
        if purchases.sum() < FEWEST_PURCHASES:
            raise TooFewRowsError(
                f"{purchases.sum():.0f} purchases through others are tracked; learning who brings them in needs "
                f"{FEWEST_PURCHASES}"
            )
        names = tuple(feature_names)
        settings = [(shape, strength) for shape in SHAPES for strength in STRENGTHS]
        fold = cluster_folds(person, self.folds, self.seed)
        left_out = [self._left_out(X, purchases, campaign, person, fold, names, *setting) for setting in settings]
        fitted = _fit(X, purchases, campaign, person, names, *settings[int(np.argmin(left_out))])
        if is_drawn is None or purchases[is_drawn].sum() < FEWEST_PURCHASES:
            return fitted
        drawn = purchases[is_drawn]
        by_features = fitted.features_rate(X[is_drawn]).sum()
        return replace(
            fitted,
            level=fitted.level + float(np.log(drawn.sum() / by_features)),
            mean_rate=fitted.mean_rate * float(drawn.sum() / by_features),
        )

    def _left_out(
        self,
        X: FloatArray,
        y: FloatArray,
        campaign: IntArray,
        person: IntArray,
        fold: IntArray,
        names: tuple[str, ...],
        shape: Shape,
        strength: float,
    ) -> float:
        deviance = 0.0
        for number in range(self.folds):
            own = fold == number
            if not y[~own].sum():
                continue
            taught = cluster_codes(person[~own], int((~own).sum()))
            fitted = _fit(X[~own], y[~own], campaign[~own], taught, names, shape, strength, rounds=1)
            rate = fitted.features_rate(X[own])
            rate *= y[own].sum() / rate.sum() if y[own].sum() else 1.0
            deviance += float(((y[own] + 1) * np.log1p(rate) - y[own] * np.log(rate)).sum())
        return deviance


def _fit(
    X: FloatArray,
    y: FloatArray,
    campaign: IntArray,
    person: IntArray,
    names: tuple[str, ...],
    shape: Shape,
    strength: float,
    rounds: int = 3,
) -> FittedEvidence:
    design = fit_design(X, names, shape=shape, strength=strength)
    columns = design.columns(X, names)
    indicators = (campaign[:, None] == np.unique(campaign)[None, 1:]).astype(np.float64)
    matrix = np.column_stack([np.ones(y.size), columns, indicators])
    penalty = np.r_[0.0, np.full(columns.shape[1], PENALTY), np.full(indicators.shape[1], CAMPAIGN_PENALTY)]
    is_unknown = _is_unknown(X, names)
    first = np.unique(person, return_index=True)[1]
    log_spread = np.zeros(2)
    for _ in range(rounds):
        b = _weights(matrix, y, penalty, np.expm1(_spread(log_spread, is_unknown) ** 2))
        mean = np.exp(matrix @ b)
        if rounds > 1:
            brought, expected = (np.bincount(person, part).astype(np.float64) for part in (y, mean))
            log_spread = _fitted_spread(brought, expected, is_unknown[first], log_spread)
    weights = b[1 : 1 + columns.shape[1]]
    by_columns = np.exp(columns @ weights)
    # One level for all campaigns: predictions of the taught people add up to what they brought in.
    level = float(np.log(y.sum() / by_columns.sum()))
    return FittedEvidence(
        design, names, level, tuple(weights.tolist()), (float(log_spread[0]), float(log_spread[1])), float(y.mean())
    )


def _weights(matrix: FloatArray, y: FloatArray, penalty: FloatArray, excess: FloatArray) -> FloatArray:
    """Penalised quasi-likelihood by Fisher scoring: log link, variance mu + excess·mu²."""
    b = np.zeros(matrix.shape[1])
    b[0] = np.log(y.mean())
    for _ in range(100):
        mean = np.exp(np.clip(matrix @ b, -15, 8))
        weight = 1 / (1 + excess * mean)
        gradient = matrix.T @ (weight * (y - mean)) - penalty * b
        step = np.linalg.solve((matrix * (weight * mean)[:, None]).T @ matrix + np.diag(penalty), gradient)
        b = b + step * min(1.0, 2.0 / max(1e-12, float(np.abs(step).max())))
        if float(np.abs(step).max()) < 1e-9:
            break
    return np.asarray(b, dtype=np.float64)


def _fitted_spread(y: FloatArray, mean: FloatArray, is_unknown: FloatArray, start: FloatArray) -> FloatArray:
    def misfit(value: FloatArray) -> float:
        joint = _log_joint(y, mean, _spread(value, is_unknown))
        top = joint.max(axis=1)
        # A weak prior: spreads within a factor of 1.6 of 1, and alike with and without an account.
        prior = 0.5 * float((value**2).sum()) / 0.25
        return prior - float((top + np.log(np.exp(joint - top[:, None]).sum(axis=1))).sum())

    found = minimize(misfit, start, method="L-BFGS-B", options={"maxiter": 15})
    return np.asarray(found.x, dtype=np.float64)


def _log_theta(spread: FloatArray) -> FloatArray:
    return np.asarray(spread[:, None] * NODES[None, :] - spread[:, None] ** 2 / 2, dtype=np.float64)


def _log_joint(y: FloatArray, mean: FloatArray, spread: FloatArray) -> FloatArray:
    """(n, nodes) log of Poisson likelihood × weight of the node, constants of y left out."""
    log_theta = _log_theta(spread)
    return (
        np.asarray(LOG_WEIGHTS[None, :] + y[:, None] * log_theta - mean[:, None] * np.exp(log_theta), dtype=np.float64)
        + (y * np.log(np.maximum(mean, 1e-12)))[:, None]
    )


def _spread(log_spread: FloatArray, is_unknown: FloatArray) -> FloatArray:
    return np.asarray(np.exp(np.clip(log_spread[0] + log_spread[1] * is_unknown, *SPREAD_BOUNDS)), dtype=np.float64)


def _is_unknown(X: FloatArray, names: Sequence[str]) -> FloatArray:
    feature = list(COLUMNS.values())[UNKNOWN]
    return np.asarray(~(X[:, names.index(feature)] > 0), dtype=np.float64)
