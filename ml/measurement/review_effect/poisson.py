"""Poisson regression of counts on a page × week panel, page and week effects absorbed, clustered errors.

Belongs here: the fit and its covariance. Does not: taking out effects (absorb.py), what is regressed (observed.py).
The coefficients and clustered errors are those of pyfixest's `fepois`, which a test holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.stats import t as student

from ml.arrays import FloatArray, IntArray
from ml.errors import NothingToLearnError
from ml.measurement.review_effect.absorb import Counts, Layout

TOLERANCE = 1e-4  # of a step in log units; Newton squares the error: what is left is far below any digit shown
ALONE = 1e-10  # smallest eigenvalue of the correlations that a fit without a cluster must leave
ITERATIONS = 50


@dataclass(frozen=True)
class PoissonFit:
    """Coefficients of X with their clustered covariance.

    Attributes:
        beta: (k,) coefficients.
        covariance: (k, k), corrected for few or unequal clusters (CR3).
        freedom: clusters minus 1, for t quantiles.
        mean: (n,) fitted counts.
        within: (n, k) X with page and week effects taken out, weighted by the mean.
        information: (k, k).
        week: effects of the weeks of each site, to begin another fit from.
    """

    beta: FloatArray
    covariance: FloatArray
    freedom: int
    mean: FloatArray
    within: FloatArray
    information: FloatArray
    week: FloatArray

    def error_of(self, contrast: FloatArray) -> FloatArray:
        """Standard error of `contrast @ beta`, for one contrast (k,) or several (m, k)."""
        return np.asarray(np.sqrt(np.einsum("...i,ij,...j->...", contrast, self.covariance, contrast)))

    def reach(self, level: float) -> float:
        """Quantile that a standard error is multiplied by for a two-sided interval of this level."""
        return float(student.ppf(0.5 + level / 2, self.freedom))


def fit_poisson(counts: Counts, X: FloatArray, start: PoissonFit | None = None) -> PoissonFit:
    """Maximum likelihood of y ~ Poisson(exp(offset + page + site-week + X beta)).

    Args:
        counts: informative rows only.
        X: (n, k); no column may be constant within every page or move with the week alone.
        start: a fit of the same counts on the first columns of X, to begin from.

    Raises:
        NothingToLearnError: a column of X cannot be told from page and week effects, or the fit does not settle.
    """
    layout = Layout.of(counts)
    beta, week = np.zeros(X.shape[1]), np.zeros(layout.weeks)
    if start is not None:
        beta[: start.beta.size], week = start.beta, start.week
    logs = np.log(layout.by_page(counts.y))

    def filled(b: FloatArray, g: FloatArray) -> tuple[FloatArray, float]:
        """Fitted counts with the page effects that fit best, and the log likelihood but for a constant."""
        eta = counts.offset + g[layout.when] + X @ b
        eta -= np.maximum.reduceat(eta, layout.first)[counts.page]
        scale = layout.by_page(np.exp(eta))
        eta += (logs - np.log(scale))[counts.page]
        return np.exp(eta), float(counts.y @ eta)

    mean, likelihood = filled(beta, week)
    for _ in range(ITERATIONS):
        eliminated = layout.eliminate(mean, np.column_stack([X, (counts.y - mean) / mean]))
        step = _solved(eliminated.cross[:-1, :-1], eliminated.cross[:-1, -1])
        step_week = eliminated.week[:, -1] - eliminated.week[:, :-1] @ step
        size = 1.0
        while True:
            trial = filled(beta + size * step, week + size * step_week)
            if trial[1] >= likelihood - 1e-10 * abs(likelihood) or size < 1e-4:
                break
            size /= 2
        beta, week = beta + size * step, week + size * step_week
        mean, likelihood = trial
        if max(np.abs(step).max(initial=0.0), np.abs(step_week).max(initial=0.0)) < TOLERANCE:
            break
    else:
        raise NothingToLearnError("the regression of orders on reviews does not settle: too few orders a page")
    # As of before the last step, which was too small to matter.
    information = eliminated.cross[:-1, :-1]
    within = X - eliminated.week[layout.when, :-1] - eliminated.page[counts.page, :-1]
    covariance = clustered(within, counts.y - mean, mean, information, counts.cluster)
    clusters = int(counts.cluster.max()) + 1
    return PoissonFit(beta, covariance, clusters - 1, mean, within, information, week)


def fit_added(counts: Counts, fit: PoissonFit, columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Coefficients and errors of each of these columns, added to the fit alone, one after the other.

    Each column's part that is orthogonal to all of the fit is given its own maximum likelihood; what the other
    coefficients would then move is of the order of its square. Costs a small part of a fit of its own.
    """
    eliminated = Layout.of(counts).eliminate(fit.mean, columns)
    within = columns - eliminated.week[counts.site_week()] - eliminated.page[counts.page]
    known = np.linalg.solve(fit.information, fit.within.T @ (within * fit.mean[:, None]))
    within -= fit.within @ known
    found = [_added(column, counts, fit) for column in within.T]
    return np.array([effect for effect, _ in found]), np.array([error for _, error in found])


def _added(column: FloatArray, counts: Counts, fit: PoissonFit) -> tuple[float, float]:
    effect, mean = 0.0, fit.mean
    for _ in range(ITERATIONS):
        information = float(column @ (column * mean))
        if information <= 1e-9 * float(fit.mean.sum()):
            return float("nan"), float("nan")
        step = float(column @ (counts.y - mean)) / information
        effect, mean = effect + step, fit.mean * np.exp((effect + step) * column)
        if abs(step) < TOLERANCE:
            break
    columns = np.column_stack([fit.within, column])
    covariance = clustered(columns, counts.y - mean, mean, columns.T @ (columns * mean[:, None]), counts.cluster)
    return effect, float(np.sqrt(covariance[-1, -1]))


def clustered(
    within: FloatArray, residual: FloatArray, mean: FloatArray, information: FloatArray, cluster: IntArray
) -> FloatArray:
    """CR3: every cluster's score is that of a fit without it, to first order (Bell and McCaffrey 2002)."""
    columns, weight, left_over = within, mean, residual
    if (np.diff(cluster) < 0).any():
        order = np.argsort(cluster, kind="stable")
        columns, weight, left_over, cluster = within[order], mean[order], residual[order], cluster[order]
    edges = np.flatnonzero(np.r_[True, np.diff(cluster) != 0, True]).tolist()
    scores = np.add.reduceat(columns * left_over[:, None], edges[:-1], axis=0)
    own = np.stack([columns[a:b].T @ (columns[a:b] * weight[a:b, None]) for a, b in pairwise(edges)])
    scale = np.sqrt(np.diag(information))
    whole, own = information / np.outer(scale, scale), own / np.outer(scale, scale)
    left = whole - own
    # A cluster that alone moves a column has no fit without it: its score counts as it is. None has whose trace is
    # below the smallest eigenvalue of the whole (Weyl), which nearly all are.
    is_alone = np.trace(own, axis1=1, axis2=2) > np.linalg.eigvalsh(whole)[0] - ALONE
    is_alone[is_alone] = np.linalg.eigvalsh(left[is_alone])[:, 0] < ALONE
    left[is_alone] = whole
    moved = np.linalg.solve(left, (scores / scale)[:, :, None])[:, :, 0] / scale
    centred = moved - moved.mean(axis=0)
    clusters = scores.shape[0]
    return np.asarray((clusters - 1) / clusters * centred.T @ centred)


def _solved(information: FloatArray, score: FloatArray) -> FloatArray:
    scale = np.sqrt(np.diag(information).clip(min=1e-300))
    scaled = information / np.outer(scale, scale)
    if np.linalg.cond(scaled) > 1e10:
        raise NothingToLearnError(
            "reviews hardly change on their own: their course cannot be told from pages, weeks, rating and price"
        )
    return np.asarray(np.linalg.solve(scaled, score / scale) / scale)
