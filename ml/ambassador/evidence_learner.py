"""Fitting the evidence model: weights by penalised quasi-likelihood, the spread by marginal likelihood.

Belongs here: shape and strength by left-out people, the two fits in turn. Does not: the model and its source
(evidence.py), who teaches (train_ambassador.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from ml.ambassador.design import SHAPES, Shape, fit_design
from ml.ambassador.evidence import FEWEST_PURCHASES, FittedEvidence
from ml.ambassador.mixture import is_account_unknown, log_joint, spread_of
from ml.arrays import BoolArray, FloatArray, IntArray, cluster_codes, cluster_folds
from ml.errors import InputError, TooFewRowsError

# On standardised columns, as if 100 purchases had said that a column means nothing.
PENALTY = 100.0
# Campaigns differ in season, price and length: their level is hardly held back.
CAMPAIGN_PENALTY = 0.5
STRENGTHS = (0.3, 1.0)


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
    is_unknown = is_account_unknown(X, names)
    first = np.unique(person, return_index=True)[1]
    log_spread = np.zeros(2)
    for _ in range(rounds):
        b = _weights(matrix, y, penalty, np.expm1(spread_of(log_spread, is_unknown) ** 2))
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
        joint = log_joint(y, mean, spread_of(value, is_unknown))
        top = joint.max(axis=1)
        # A weak prior: spreads within a factor of 1.6 of 1, and alike with and without an account.
        prior = 0.5 * float((value**2).sum()) / 0.25
        return prior - float((top + np.log(np.exp(joint - top[:, None]).sum(axis=1))).sum())

    found = minimize(misfit, start, method="L-BFGS-B", options={"maxiter": 15})
    return np.asarray(found.x, dtype=np.float64)
