"""What the history of pages says: the curve, the reviews that are not there yet, and steps against the smooth curve.

Belongs here: three regressions on one panel. Does not: the fit (poisson.py), randomised campaigns (seeded.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.stats import t as student

from ml.arrays import BoolArray, FloatArray
from ml.errors import NothingToLearnError
from ml.measurement.review_effect.absorb import Counts, informative
from ml.measurement.review_effect.curve import REFERENCE, spline, told_knots
from ml.measurement.review_effect.poisson import PoissonFit, fit_added, fit_poisson

STEPS = (5, 10, 25, 50, 100)
# Without them lasting demand bends the curve beyond 50, and a jump is called there in one case of six.
BENDS = (15.0, 35.0, 75.0, 150.0)
FEWEST_PRODUCTS, FEWEST_WEEKS, FEWEST_ORDERS = 10, 12, 200
FEWEST_CROSSINGS = 8  # products that pass a number of reviews: below, a step is the story of a few pages
# Reviews that come two to four months later were not written by the buyers of this week.
NEXT, LATER = 8, 16
KNOWN_SHARE = 0.9  # a control known in fewer weeks is left out


@dataclass(frozen=True)
class Step:
    """A jump of orders per view at a number of reviews, beyond the smooth curve, in log units; None: too few cross."""

    at: int
    products: int
    log_effect: float | None = None
    log_low: float | None = None
    log_high: float | None = None
    p_value: float | None = None


@dataclass(frozen=True)
class Observed:
    """The history of pages of one kind of dose.

    Attributes:
        fit: its first columns are the spline's.
        knots: those of the spline that could be told.
        lowest, highest: numbers of reviews that a tenth and nine tenths of the orders were made at.
        rating, rating_error: log rise per star; None: not told.
        next_log, next_low, next_high: what as many reviews "do" months before they come; None: history too short.
    """

    fit: PoissonFit
    knots: tuple[float, ...]
    lowest: float
    highest: float
    pages: int
    products: int
    weeks: int
    orders: int
    rating: float | None
    rating_error: float | None
    next_log: float | None
    next_low: float | None
    next_high: float | None
    steps: tuple[Step, ...]

    def between(self, low: FloatArray, high: FloatArray, level: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log rise of orders per view from so many reviews to so many: middle, low, high."""
        contrast = np.zeros((np.asarray(low).size, self.fit.beta.size))
        contrast[:, : 1 + len(self.knots)] = spline(high, self.knots) - spline(low, self.knots)
        middle, reach = contrast @ self.fit.beta, self.fit.reach(level) * self.fit.error_of(contrast)
        return middle, middle - reach, middle + reach


def observed_effect(panel: pl.DataFrame, level: float) -> Observed:
    """Fit the curve, the check and the steps on a panel (panel.PANEL_SCHEMA) of one kind of dose.

    Raises:
        NothingToLearnError: too few pages, weeks or orders, or reviews that hardly change.
    """
    table = _Table.of(panel)
    _check_size(table)
    fit = fit_poisson(table.counts, table.X)
    rating = table.names.index("rating") if "rating" in table.names else None
    ahead = _ahead(table, fit, level)
    low, high = _middle_doses(table)
    return Observed(
        fit=fit,
        knots=table.knots,
        lowest=low,
        highest=high,
        pages=int(table.counts.page.max()) + 1,
        products=int(table.counts.cluster.max()) + 1,
        weeks=int(table.counts.week.max()) + 1,
        orders=int(table.counts.y.sum()),
        rating=None if rating is None else float(fit.beta[rating]),
        rating_error=None if rating is None else float(np.sqrt(fit.covariance[rating, rating])),
        next_log=ahead[0],
        next_low=ahead[1],
        next_high=ahead[2],
        steps=_steps(table, fit, level),
    )


@dataclass(frozen=True)
class _Table:
    """A panel as arrays: counts, the columns of the regression and their names."""

    counts: Counts
    reviews: FloatArray
    X: FloatArray
    names: tuple[str, ...]
    knots: tuple[float, ...]

    @classmethod
    def of(cls, panel: pl.DataFrame) -> _Table:
        rows, controls = _known_controls(panel)
        rows = rows.sort("site", "product_id", "week_on")
        if rows.is_empty():
            raise NothingToLearnError("no page has a week with orders and a known number of reviews")
        counts = Counts(
            rows["orders"].to_numpy(),
            np.log(rows["exposure"].to_numpy()),
            rows.select(pl.struct("site", "product_id").rle_id()).to_series().to_numpy().astype(np.int64),
            rows["week_on"].rank("dense").to_numpy().astype(np.int64) - 1,
            rows["site"].rle_id().to_numpy().astype(np.int64),
            rows["product_id"].rank("dense").to_numpy().astype(np.int64) - 1,
        )
        at = informative(counts)
        if at.size == 0:
            raise NothingToLearnError("no page has orders")
        counts, rows = counts.kept(at), rows[at]
        reviews = rows["reviews"].to_numpy()
        knots = told_knots(reviews, counts.page, counts.cluster, FEWEST_CROSSINGS)
        curve = spline(reviews, knots)
        others = {name: rows[name].to_numpy() for name in controls}
        if "rating" in others:  # no rating yet: told by the curve's first steps
            others["rating"] = rows["rating"].fill_null(rows["rating"].mean()).to_numpy()
        others = {name: column for name, column in others.items() if _varies(column[:, None], counts)[0]}
        names = (*(f"curve_{n}" for n in range(curve.shape[1])), *others)
        return cls(counts, reviews, np.column_stack([curve, *others.values()]), names, knots)


def _known_controls(panel: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    controls = ["is_promoted"]
    rows = panel
    if panel["rating"].is_not_null().any():
        controls.append("rating")
    if panel.height - panel["log_price"].null_count() >= KNOWN_SHARE * panel.height:
        controls.append("log_price")
        rows = rows.filter(pl.col("log_price").is_not_null())
    return rows, controls


def _varies(columns: FloatArray, counts: Counts) -> BoolArray:
    """Columns that move within pages beyond what their weeks do, on enough pages to be told."""
    size = np.bincount(counts.page)
    found = []
    for column in columns.T:
        mean = np.bincount(counts.page, column) / size
        moved = np.abs(column - mean[counts.page]) > 1e-9
        found.append(np.unique(counts.cluster[moved]).size >= FEWEST_CROSSINGS)
    return np.array(found, dtype=np.bool_)


def _check_size(table: _Table) -> None:
    counts = table.counts
    products, weeks = int(counts.cluster.max()) + 1, int(counts.week.max()) + 1
    if products < FEWEST_PRODUCTS:
        raise NothingToLearnError(f"{products} products have a page with orders; at least {FEWEST_PRODUCTS} are needed")
    if weeks < FEWEST_WEEKS:
        raise NothingToLearnError(f"{weeks} weeks of pages are known; at least {FEWEST_WEEKS} are needed")
    if counts.y.sum() < FEWEST_ORDERS:
        raise NothingToLearnError(f"{int(counts.y.sum())} orders in all; at least {FEWEST_ORDERS} are needed")
    if not _varies(np.log1p(table.reviews)[:, None], counts)[0]:
        raise NothingToLearnError(
            f"the number of reviews changed on fewer than {FEWEST_CROSSINGS} products: there is nothing to compare"
        )


def _middle_doses(table: _Table) -> tuple[float, float]:
    order = np.argsort(table.reviews, kind="stable")
    share = np.cumsum(table.counts.y[order]) / table.counts.y.sum()
    low, high = (table.reviews[order][np.searchsorted(share, q)] for q in (0.02, 0.98))
    return float(low), float(high)


def _ahead(table: _Table, fit: PoissonFit, level: float) -> tuple[float | None, float | None, float | None]:
    """The reviews of two to four months later, beside the curve: they cannot have sold anything yet."""
    counts = table.counts
    key = counts.page * (int(counts.week.max()) + LATER + 1) + counts.week
    log = np.log1p(table.reviews)
    soon, late = (np.searchsorted(key, key + lead) for lead in (NEXT, LATER))
    inside = late < key.size
    rows = np.flatnonzero(inside)
    rows = rows[(key[soon[rows]] == key[rows] + NEXT) & (key[late[rows]] == key[rows] + LATER)]
    growth = log[late[rows]] - log[soon[rows]]
    try:
        part = counts.kept(rows)
        at = informative(part)
        part, rows, growth = part.kept(at), rows[at], growth[at]
        if not (rows.size and int(part.week.max()) + 1 >= FEWEST_WEEKS and _varies(growth[:, None], part)[0]):
            return None, None, None
        X = table.X[rows]
        X = X[:, _varies(X, part)]
        found = fit_poisson(part, np.column_stack([X, growth]))
    except NothingToLearnError:
        return None, None, None
    scale = float(np.log1p(REFERENCE))
    middle, error = float(found.beta[-1]) * scale, float(np.sqrt(found.covariance[-1, -1])) * scale
    reach = found.reach(level) * error
    return middle, middle - reach, middle + reach


def _steps(table: _Table, fit: PoissonFit, level: float) -> tuple[Step, ...]:
    """At each number of reviews, a jump beside the smooth curve."""
    beyond = (table.reviews[:, None] >= np.array(STEPS)).astype(np.float64)
    seen = [_crossing(column, table.counts) for column in beyond.T]
    told = [place for place, products in enumerate(seen) if products >= FEWEST_CROSSINGS]
    steps = {place: Step(STEPS[place], products) for place, products in enumerate(seen)}
    if told:
        fit = _smoother(table, fit)
        reach = fit.reach(level)
        for place, effect, error in zip(told, *fit_added(table.counts, fit, beyond[:, told]), strict=True):
            if np.isfinite(effect) and error > 0:
                ends = (float(effect), float(effect - reach * error), float(effect + reach * error))
                p_value = 2 * float(student.sf(abs(effect) / error, fit.freedom))
                steps[place] = Step(STEPS[place], seen[place], *ends, p_value)
    return tuple(steps.values())


def _smoother(table: _Table, fit: PoissonFit) -> PoissonFit:
    """The curve with bends between and beyond the numbers looked at, lest a bend be taken for a jump."""
    u = np.log1p(table.reviews)
    bends = np.maximum(u[:, None] - np.log1p(BENDS), 0.0)
    bends = bends[:, _varies(bends, table.counts)]
    try:
        return fit_poisson(table.counts, np.column_stack([table.X, bends]), fit) if bends.shape[1] else fit
    except NothingToLearnError:  # too few pages for so many bends
        return fit


def _crossing(beyond: FloatArray, counts: Counts) -> int:
    """Products with a page seen on both sides."""
    share = np.bincount(counts.page, beyond) / np.bincount(counts.page)
    return int(np.unique(counts.cluster[((share > 0) & (share < 1))[counts.page]]).size)


def holm(steps: tuple[Step, ...], first: int) -> dict[int, float]:
    """p by number of reviews: the one stated beforehand as it is, the others by Holm's rule among themselves."""
    told = {step.at: step.p_value for step in steps if step.p_value is not None}
    found = {first: told[first]} if first in told else {}
    worst = 0.0
    others = sorted((p, at) for at, p in told.items() if at != first)
    for rank, (p, at) in enumerate(others):
        worst = max(worst, min(1.0, p * (len(others) - rank)))
        found[at] = worst
    return found
