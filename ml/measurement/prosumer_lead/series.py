"""Two monthly series made comparable: trend, season and what both do in the same month taken out.

Shared seasons would look like a lead of twelve months, shared trends like a lead of any. Belongs here: what is taken
out, and the autoregression the permutations keep. Does not: the test (lead.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.arrays import FloatArray

MONTHS_A_YEAR = 12
# Pairs of waves a year that are tried: none, a smooth season, or (six) a mean of its own for every month of the year,
# since a single high month lies in all of them alike.
WAVES = (0, 1, 2, 6)
MOST_WAVES = 6
MOST_MEMORY = 2


@dataclass(frozen=True)
class Removal:
    """Whether a line, and how many pairs of waves a year, are taken out."""

    has_line: bool
    waves: int


@dataclass(frozen=True)
class Prepared:
    """Months × categories, all of mean zero.

    Attributes:
        cohort, others: the residuals that are compared.
        taken_out: months × months, the projection that took trend and season out.
        removal: what it took out.
    """

    cohort: FloatArray
    others: FloatArray
    taken_out: FloatArray
    removal: Removal


def prepare(cohort: FloatArray, others: FloatArray) -> Prepared:
    """Take out level, line and season, and from the cohort what it does in the same month as the others.

    Args:
        cohort, others: (months, categories), complete.
    """
    found = (_removal(cohort), _removal(others))
    removal = Removal(any(one.has_line for one in found), max(one.waves for one in found))
    projection = _projection(len(cohort), removal)
    own, theirs = projection @ cohort, projection @ others
    together = (own * theirs).sum(axis=0) / np.maximum((theirs**2).sum(axis=0), 1e-300)
    return Prepared(own - together * theirs, theirs, projection, removal)


def autoregression(series: FloatArray) -> FloatArray:
    """Coefficients of the last one or two months, up to MOST_MEMORY, by corrected Akaike; zeros where none helps.

    Args:
        series: (months,), mean zero.
    """
    months = len(series)
    best, chosen = np.inf, np.zeros(MOST_MEMORY)
    for order in range(MOST_MEMORY + 1):
        lagged = np.empty((months - MOST_MEMORY, order))
        for back in range(order):
            lagged[:, back] = series[MOST_MEMORY - back - 1 : months - back - 1]
        now = series[MOST_MEMORY:]
        coefficients = np.linalg.lstsq(lagged, now, rcond=None)[0]
        left = now - lagged @ coefficients
        n, k = len(now), order + 1
        criterion = n * np.log(max(float(left @ left) / n, 1e-300)) + 2 * k + 2 * k * (k + 1) / (n - k - 1)
        if criterion < best:
            best, chosen = criterion, np.concatenate([coefficients, np.zeros(MOST_MEMORY - order)])
    if chosen.any():
        # Short series show less memory than they have (Kendall 1954).
        chosen[0] += (1 + 3 * chosen.sum()) / months
    return _stationary(chosen)


def _stationary(coefficients: FloatArray) -> FloatArray:
    """Drawn in until a shock dies out: short series give roots on the wrong side now and then."""
    roots = np.abs(np.roots([1.0, *-coefficients]))
    largest = float(roots.max()) if roots.size else 0.0
    shrink = min(1.0, 0.97 / largest) if largest > 0 else 1.0
    return np.asarray(coefficients * shrink ** np.arange(1, len(coefficients) + 1))


def _removal(series: FloatArray) -> Removal:
    """Line and waves by the Bayesian criterion, the noise having a memory of one month, over all categories."""
    months, categories = series.shape
    best, chosen = np.inf, Removal(False, 0)
    for has_line in (False, True):
        for waves in WAVES:
            left = _projection(months, Removal(has_line, waves)) @ series
            memory = (left[1:] * left[:-1]).sum(axis=0) / np.maximum((left**2).sum(axis=0), 1e-300)
            shocks = left[1:] - memory * left[:-1]
            columns = has_line + 2 * waves - (waves == MOST_WAVES)
            spread = float(np.log(np.maximum((shocks**2).mean(axis=0), 1e-300)).sum())
            criterion = months * spread + columns * categories * np.log(months)
            if criterion < best:
                best, chosen = criterion, Removal(has_line, waves)
    return chosen


def _projection(months: int, removal: Removal) -> FloatArray:
    """The projection off level, line and so many pairs of waves a year."""
    time = np.arange(months)
    angles = [2 * np.pi * wave * time / MONTHS_A_YEAR for wave in range(1, removal.waves + 1)]
    seasonal = [part for angle in angles for part in (np.cos(angle), np.sin(angle))]
    line = [time - time.mean()] if removal.has_line else []
    design = np.column_stack([np.ones(months), *line, *seasonal])
    basis, size, _ = np.linalg.svd(design, full_matrices=False)
    basis = basis[:, size > 1e-9 * size[0]]
    return np.asarray(np.eye(months) - basis @ basis.T)
