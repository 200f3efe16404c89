"""Poisson regression of counts on a page × week panel, page and week effects absorbed, clustered errors.

Belongs here: the fit, exact to machine precision, and its covariance. Does not: what is regressed (curve.py, steps.py).

Pages and weeks are eliminated from Newton's equations by blocks: page effects are a diagonal, the weeks of one site a
small dense matrix, because a page belongs to one site. Nothing is iterated within a step, so half a million rows take
a second. The coefficients and clustered errors are those of pyfixest's `fepois`, which a test holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.sparse import csc_array
from scipy.stats import t as student

from ml.arrays import FloatArray, IntArray
from ml.errors import NothingToLearnError

TOLERANCE = 1e-4  # of a step in log units; Newton squares the error: what is left is far below any digit shown
ALONE = 1e-10  # smallest eigenvalue of the correlations that a fit without a cluster must leave
ITERATIONS = 50
PAGES_AT_ONCE = 20_000  # pages × weeks held as a dense block: 17 MB at two years of weeks


@dataclass(frozen=True)
class Counts:
    """Rows of a panel in order of site, page, week; a page stands in one site and has one row a week.

    Attributes:
        y: (n,) counts, at least 0.
        offset: (n,) log of what the count is divided by; 0 where it is divided by nothing.
        page: (n,) codes 0, 1, … in row order.
        week: (n,) codes of week within site, 0, 1, …
        site: (n,) codes, constant within a page, ascending.
        cluster: (n,) codes 0, 1, … of what errors are correlated within, constant within a page.
    """

    y: FloatArray
    offset: FloatArray
    page: IntArray
    week: IntArray
    site: IntArray
    cluster: IntArray

    def site_week(self) -> IntArray:
        """(n,) codes of weeks within sites, those of one site in a row."""
        return _dense(self.site * (int(self.week.max()) + 1) + self.week)

    def kept(self, rows: IntArray) -> Counts:
        """These rows only, codes made dense again; `rows` ascending."""
        return Counts(
            self.y[rows],
            self.offset[rows],
            _dense(self.page[rows]),
            _dense(self.week[rows]),
            _dense(self.site[rows]),
            _dense(self.cluster[rows]),
        )


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


def informative(counts: Counts) -> IntArray:
    """Rows that tell something: pages and weeks (of a site) without a single count are left out, again and again."""
    rows = np.arange(counts.y.size, dtype=np.int64)
    while rows.size:
        y, page = counts.y[rows], counts.page[rows]
        when = counts.site[rows] * (int(counts.week.max()) + 1) + counts.week[rows]
        stays = (np.bincount(page, y)[page] > 0) & (np.bincount(when, y)[when] > 0)
        if stays.all():
            break
        rows = rows[stays]
    return rows


def fit_poisson(counts: Counts, X: FloatArray, start: PoissonFit | None = None) -> PoissonFit:
    """Maximum likelihood of y ~ Poisson(exp(offset + page + site-week + X beta)).

    Args:
        counts: informative rows only.
        X: (n, k); no column may be constant within every page or move with the week alone.
        start: a fit of the same counts on the first columns of X, to begin from.

    Raises:
        NothingToLearnError: a column of X cannot be told from page and week effects, or the fit does not settle.
    """
    layout = _Layout.of(counts)
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
    eliminated = _Layout.of(counts).eliminate(fit.mean, columns)
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
    order = np.argsort(cluster, kind="stable")
    edges = np.flatnonzero(np.r_[True, np.diff(cluster[order]) != 0, True]).tolist()
    columns, weight = within[order], mean[order]
    scores = np.add.reduceat(columns * residual[order][:, None], edges[:-1], axis=0)
    own = np.stack([columns[a:b].T @ (columns[a:b] * weight[a:b, None]) for a, b in pairwise(edges)])
    scale = np.sqrt(np.diag(information))
    left = (information - own) / np.outer(scale, scale)
    # A cluster that alone moves a column has no fit without it: its score counts as it is.
    is_alone = np.linalg.eigvalsh(left)[:, 0] < ALONE
    left[is_alone] = information / np.outer(scale, scale)
    moved = np.linalg.solve(left, (scores / scale)[:, :, None])[:, :, 0] / scale
    centred = moved - moved.mean(axis=0)
    clusters = scores.shape[0]
    return np.asarray((clusters - 1) / clusters * centred.T @ centred)


@dataclass(frozen=True)
class _Eliminated:
    """Columns regressed on page and week effects: their cross product without them, and the effects' coefficients."""

    cross: FloatArray
    page: FloatArray
    week: FloatArray


@dataclass(frozen=True)
class _Layout:
    """Where pages begin, and which rows share a site's week."""

    counts: Counts
    first: IntArray
    when: IntArray
    weeks: int
    week_of: Any  # sparse (weeks, n): which rows are of a site's week
    sites: tuple[tuple[slice, slice, slice], ...]  # rows, pages, site-weeks of each site

    @classmethod
    def of(cls, counts: Counts) -> _Layout:
        when = counts.site_week()
        first = np.flatnonzero(np.r_[True, np.diff(counts.page) != 0])
        edges = np.flatnonzero(np.r_[True, np.diff(counts.site) != 0, True])
        sites = tuple(
            (
                slice(a, b),
                slice(int(counts.page[a]), int(counts.page[b - 1]) + 1),
                slice(int(when[a:b].min()), int(when[a:b].max()) + 1),
            )
            for a, b in pairwise(edges.tolist())
        )
        rows, weeks = when.size, int(when.max()) + 1
        week_of = csc_array((np.ones(rows), when, np.arange(rows + 1)), shape=(weeks, rows))
        return cls(counts, first, when, weeks, week_of, sites)

    def by_page(self, values: FloatArray) -> FloatArray:
        """Sum over a page's rows; (n,) or (n, k)."""
        return np.asarray(np.add.reduceat(values, self.first, axis=0))

    def eliminate(self, weight: FloatArray, columns: FloatArray) -> _Eliminated:
        """Weighted regression of every column on page and week effects."""
        weighted = columns * weight[:, None]
        page_weight, page_sum = self.by_page(weight), self.by_page(weighted)
        page_mean = page_sum / page_weight[:, None]
        week_sum = np.asarray(self.week_of @ weighted)
        week = np.zeros((self.weeks, columns.shape[1]))
        page = page_mean.copy()
        cross = columns.T @ weighted - page_sum.T @ page_mean
        for rows, pages, weeks in self.sites:
            width = weeks.stop - weeks.start
            base = np.bincount(self.when[rows] - weeks.start, weight[rows], width).astype(np.float64)
            left: FloatArray = np.diag(base)
            right = week_sum[weeks].copy()
            for block, chunk in self._blocks(weight, rows, pages, weeks):
                left = np.subtract(left, block.T @ (block / page_weight[chunk, None]))
                right = right - block.T @ page_mean[chunk]
            # One week of a site is the base the others are told from.
            own = np.linalg.pinv(left, rcond=1e-10, hermitian=True) @ right
            cross -= right.T @ own
            week[weeks] = own
            for block, chunk in self._blocks(weight, rows, pages, weeks):
                page[chunk] -= (block @ own) / page_weight[chunk, None]
        return _Eliminated(cross, page, week)

    def _blocks(self, weight: FloatArray, rows: slice, pages: slice, weeks: slice) -> list[tuple[FloatArray, slice]]:
        """Weights of pages × weeks of a site, some pages at a time."""
        width = weeks.stop - weeks.start
        found: list[tuple[FloatArray, slice]] = []
        for begin in range(pages.start, pages.stop, PAGES_AT_ONCE):
            end = min(begin + PAGES_AT_ONCE, pages.stop)
            a = int(self.first[begin])
            b = int(self.first[end]) if end < self.first.size else self.counts.y.size
            at = (self.counts.page[a:b] - begin) * width + self.when[a:b] - weeks.start
            block = np.bincount(at, weight[a:b], (end - begin) * width).reshape(end - begin, width)
            found.append((block.astype(np.float64), slice(begin, end)))
        return found


def _solved(information: FloatArray, score: FloatArray) -> FloatArray:
    scale = np.sqrt(np.diag(information).clip(min=1e-300))
    scaled = information / np.outer(scale, scale)
    if np.linalg.cond(scaled) > 1e10:
        raise NothingToLearnError(
            "reviews hardly change on their own: their course cannot be told from pages, weeks, rating and price"
        )
    return np.asarray(np.linalg.solve(scaled, score / scale) / scale)


def _dense(code: IntArray) -> IntArray:
    return np.unique(code, return_inverse=True)[1].astype(np.int64)
