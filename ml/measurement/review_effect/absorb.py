"""Page and week effects of a panel, taken out of weighted regressions exactly.

Belongs here: the panel as arrays, and the elimination. Does not: the likelihood (poisson.py).

Pages are a diagonal, the weeks of one site a small dense matrix, because a page belongs to one site: Newton's equations
are solved by blocks, and nothing is iterated within a step.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.sparse import csc_array

from ml.arrays import FloatArray, IntArray

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


@dataclass(frozen=True)
class Eliminated:
    """Columns regressed on page and week effects: their cross product without them, and the effects' coefficients."""

    cross: FloatArray
    page: FloatArray
    week: FloatArray


@dataclass(frozen=True)
class Layout:
    """Where pages begin, and which rows share a site's week."""

    counts: Counts
    first: IntArray
    when: IntArray
    weeks: int
    week_of: Any  # sparse (weeks, n): which rows are of a site's week
    sites: tuple[tuple[slice, slice, slice], ...]  # rows, pages, site-weeks of each site

    @classmethod
    def of(cls, counts: Counts) -> Layout:
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

    def eliminate(self, weight: FloatArray, columns: FloatArray) -> Eliminated:
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
        return Eliminated(cross, page, week)

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


def _dense(code: IntArray) -> IntArray:
    return np.unique(code, return_inverse=True)[1].astype(np.int64)
