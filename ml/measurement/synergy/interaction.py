"""The interaction of two media on the log scale, from changes of areas in four cells.

    d_sw = b0_w + b1·nano_s + b2·partner_s + b3·nano_s·partner_s + covariates_s + e_sw          area s, window w

b3 above 0: together they do more than the product of each alone. Windows have a level of their own; areas are clusters
over them, with CR2 errors (Bell and McCaffrey 2002; HC2 where there is one window) and Welch-Satterthwaite degrees of
freedom over the cells, which may be as small as three areas. Belongs here: the regression. Does not: days (areas.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from ml.arrays import BoolArray, FloatArray, IntArray
from ml.errors import TooFewRowsError

FEWEST_IN_CELL = 3
# nano, partner, both: the columns of the design after the windows' levels.
CELLS = ((0, 0, "with neither"), (1, 0, "with nano members only"), (0, 1, "with the partner only"), (1, 1, "with both"))
DRAWS = 4_000


@dataclass(frozen=True)
class Changes:
    """One row per area and window it is compared in.

    Attributes:
        change: log change of sales.
        nano, partner: 0 or 1.
        window: number of the window. area: number of the area.
        covariates: (rows, k), may have no column.
    """

    change: FloatArray
    nano: FloatArray
    partner: FloatArray
    window: IntArray
    area: IntArray
    covariates: FloatArray

    def kept(self, rows: BoolArray) -> Changes:
        """These rows only."""
        return Changes(
            self.change[rows],
            self.nano[rows],
            self.partner[rows],
            self.window[rows],
            self.area[rows],
            self.covariates[rows],
        )


@dataclass(frozen=True)
class Effect:
    """A number on the log scale with its interval."""

    value: float
    low: float
    high: float
    error: float
    freedom: float
    p_value: float


@dataclass(frozen=True)
class Interaction:
    """nano, partner, both: b1, b2, b3; additive: exp(b1+b2+b3) - exp(b1) - exp(b2) + 1 with its interval."""

    nano: Effect
    partner: Effect
    both: Effect
    additive: tuple[float, float, float]
    cells: tuple[int, ...]


def interaction(rows: Changes, level: float, rng: np.random.Generator) -> Interaction:
    """The regression.

    Raises:
        TooFewRowsError: a cell holds fewer than three areas.
    """
    cell_of = _cells(rows)
    windows, window = np.unique(rows.window, return_inverse=True)
    levels = (window[:, None] == np.arange(len(windows))).astype(np.float64)
    covariates = rows.covariates - rows.covariates.mean(axis=0)
    X = np.column_stack([levels, rows.nano, rows.partner, rows.nano * rows.partner, covariates])
    solve = np.linalg.pinv(X.T @ X) @ X.T
    wanted = solve[len(windows) : len(windows) + 3]
    beta, left = wanted @ rows.change, rows.change - X @ (solve @ rows.change)
    areas, area = np.unique(rows.area, return_inverse=True)
    influence, weights = np.zeros((3, len(areas))), np.zeros(len(areas))
    for place in range(len(areas)):
        own = np.flatnonzero(area == place)
        influence[:, place] = wanted[:, own] @ _root_of_inverse(np.eye(len(own)) - X[own] @ solve[:, own]) @ left[own]
        weights[place] = wanted[2, own].sum()
    covariance = influence @ influence.T
    freedom = _freedom(weights, cell_of[areas], covariates.shape[1])
    errors = np.sqrt(covariance.diagonal())
    nano, partner, both = (
        _effect(float(value), float(error), freedom, level) for value, error in zip(beta, errors, strict=True)
    )
    counts = tuple(int((cell_of[areas] == number).sum()) for number in range(len(CELLS)))
    return Interaction(nano, partner, both, _additive(beta, covariance, freedom, level, rng), counts)


def _cells(rows: Changes) -> IntArray:
    """Cell of every area number, -1 where it has no row."""
    cell_of = np.full(int(rows.area.max(initial=0)) + 1, -1, dtype=np.int64)
    cell_of[rows.area] = (rows.nano + 2 * rows.partner).astype(np.int64)
    for has_nano, has_partner, words in CELLS:
        count = int((cell_of == has_nano + 2 * has_partner).sum())
        if count < FEWEST_IN_CELL:
            raise TooFewRowsError(f"{count} areas {words}: {FEWEST_IN_CELL} are needed in each of the four groups")
    return cell_of


def _root_of_inverse(matrix: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors / np.sqrt(np.maximum(values, 1e-9))) @ vectors.T)


def _freedom(weights: FloatArray, cell: IntArray, columns: int) -> float:
    parts = np.array([(weights[cell == number] ** 2).sum() for number in range(4)])
    sizes = np.array([(cell == number).sum() for number in range(4)])
    return float(max(parts.sum() ** 2 / (parts**2 / np.maximum(sizes - 1, 1)).sum() - columns, 2.0))


def _effect(value: float, error: float, freedom: float, level: float) -> Effect:
    reach = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    p = float(2 * stats.t.sf(abs(value) / error, freedom)) if error > 0 else float("nan")
    return Effect(value, value - reach, value + reach, error, freedom, p)


def _additive(
    beta: FloatArray, covariance: FloatArray, freedom: float, level: float, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Ratio of both less that of each: what is on top when the two are added up, from draws of the coefficients."""
    root = np.linalg.cholesky(covariance + 1e-15 * np.eye(3))
    scale = np.sqrt(freedom / rng.chisquare(freedom, DRAWS))
    drawn = np.vstack([beta, beta + (rng.standard_normal((DRAWS, 3)) @ root.T) * scale[:, None]])
    on_top = np.exp(drawn.sum(axis=1)) - np.exp(drawn[:, 0]) - np.exp(drawn[:, 1]) + 1
    low, high = np.quantile(on_top[1:], [(1 - level) / 2, (1 + level) / 2])
    return float(on_top[0]), float(low), float(high)
