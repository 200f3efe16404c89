"""A panel of stores or areas by week (or day) around a campaign's start, from the marts' store days.

Missing is not zero: a period counts as zero only where the store was open on all of its days, else it is unknown, and
stores with too many unknown periods are left out by name. Belongs here: which cells there are. Does not: estimates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from ml.arrays import BoolArray, FloatArray
from ml.errors import TooFewRowsError
from ml.measurement.store_lift.candidates import Window

WEEK = 7
PERIODS_BEFORE_AT_MOST = {WEEK: 52, 1: 60}
# Below two weeks weeks are too coarse, above they are steadier than days.
FEWEST_WEEKS = 2
LEAST_KNOWN_SHARE = 0.75


@dataclass(frozen=True)
class StorePanel:
    """Sales by unit and period, complete; the first columns lie before the start.

    Attributes:
        units: store_id or area_id of every row of Y, sorted.
        Y: (units, periods).
        treated: (units,).
        left_out: units that were not open, or not known, for long enough.
        period_days: 7 or 1.
        starts_on, ends_before: first day of the first period after the start, and the day after the last period.
    """

    units: tuple[str, ...]
    Y: FloatArray
    treated: BoolArray
    periods_before: int
    left_out: tuple[str, ...]
    period_days: int
    starts_on: date
    ends_before: date

    @property
    def window(self) -> Window:
        """The part the estimators see."""
        return Window(self.Y, self.periods_before)


@dataclass(frozen=True)
class Calendar:
    """Whole periods before and after a start, as many as the data reach."""

    period_days: int
    before: int
    after: int
    starts_on: date

    @property
    def first_on(self) -> date:
        return self.starts_on - timedelta(days=self.before * self.period_days)

    @property
    def days(self) -> int:
        return (self.before + self.after) * self.period_days


def calendar(starts_on: date, ends_on: date, first_known_on: date) -> Calendar:
    """Weeks from the start on where the campaign lasts two or more, else days."""
    length = (ends_on - starts_on).days + 1
    period_days = WEEK if length >= FEWEST_WEEKS * WEEK else 1
    before = max((starts_on - first_known_on).days, 0) // period_days
    return Calendar(period_days, min(before, PERIODS_BEFORE_AT_MOST[period_days]), length // period_days, starts_on)


def store_panel(
    days: pl.DataFrame,
    stores: pl.DataFrame,
    treated: Sequence[str],
    controls: Sequence[str],
    when: Calendar,
    *,
    value: str,
    by_area: bool = False,
) -> StorePanel:
    """The panel of these units.

    Args:
        days: fct_store_days of one channel and currency: store_id, business_on, and the column `value`.
        stores: dim_stores: store_id, area_id, opened_on, closed_on.
        treated, controls: store_ids, or area_ids where by_area.

    Raises:
        TooFewRowsError: no treated, or no other, unit is known for long enough.
    """
    unit = "area_id" if by_area else "store_id"
    wanted = pl.DataFrame(
        {unit: [*treated, *controls], "is_treated": [True] * len(treated) + [False] * len(controls)},
        schema={unit: pl.String, "is_treated": pl.Boolean},
    ).unique(unit, keep="first")
    chosen = stores.join(wanted, on=unit).select("store_id", pl.col(unit).alias("unit_id"), "opened_on", "closed_on")
    own = days.join(chosen.select("store_id"), on="store_id")
    chosen = chosen.join(
        own.group_by("store_id").agg(first=pl.col("business_on").min(), last=pl.col("business_on").max()), on="store_id"
    ).sort("unit_id", "store_id")
    if chosen.is_empty():
        raise TooFewRowsError("no sales of any of the campaign's stores are known")
    cells = _cells(own, chosen, when, value)
    known = ~np.isnan(cells)
    before, after = known[:, : when.before], known[:, when.before :]
    enough = (before.mean(axis=1) >= LEAST_KNOWN_SHARE) & (after.mean(axis=1) >= LEAST_KNOWN_SHARE)
    enough &= np.nansum(np.where(known, cells, 0.0)[:, : when.before], axis=1) > 0
    ids = chosen["unit_id"].to_numpy()
    kept = np.unique(ids[enough])
    filled = np.maximum(completed(cells[enough], when.before), 0.0)
    Y = np.vstack([filled[ids[enough] == one].sum(axis=0) for one in kept]) if kept.size else np.zeros((0, 1))
    is_treated = np.isin(kept, np.asarray(wanted.filter("is_treated")[unit].to_list(), dtype=object))
    if not is_treated.any() or is_treated.all():
        side = "treated" if not is_treated.any() else "untreated"
        raise TooFewRowsError(
            f"no {side} {'area' if by_area else 'store'} sold through the whole time before and after"
        )
    gone = sorted(set(wanted[unit].to_list()) - set(kept.tolist()))
    end = when.starts_on + timedelta(days=when.after * when.period_days)
    return StorePanel(
        tuple(kept.tolist()), Y, is_treated, when.before, tuple(gone), when.period_days, when.starts_on, end
    )


def history(
    days: pl.DataFrame, stores: pl.DataFrame, until: date, weeks: int, *, value: str
) -> tuple[list[str], FloatArray]:
    """Stores open through all of the last `weeks` whole weeks, and their sales by week: for planning.

    Args:
        until: last day that is known.

    Raises:
        TooFewRowsError: no store was open all the time.
    """
    first_known = days["business_on"].min()
    reach = ((until - first_known).days + 1) // WEEK if isinstance(first_known, date) else 0
    weeks = min(weeks, reach)
    when = Calendar(WEEK, weeks, 0, until + timedelta(days=1))
    chosen = stores.select("store_id", "opened_on", "closed_on").join(
        days.group_by("store_id").agg(first=pl.col("business_on").min(), last=pl.col("business_on").max()),
        on="store_id",
    )
    chosen = chosen.sort("store_id")
    cells = _cells(days.join(chosen.select("store_id"), on="store_id"), chosen, when, value)
    whole = ~np.isnan(cells).any(axis=1) & (np.nansum(cells, axis=1) > 0)
    if not weeks or not whole.any():
        raise TooFewRowsError("no store sold through the weeks to plan with")
    return chosen.filter(pl.Series(whole))["store_id"].to_list(), cells[whole]


def completed(cells: FloatArray, periods_before: int) -> FloatArray:
    """Unknown cells filled by the unit's own level, before and after apart, times the median unit's movement.

    A treated unit's level after the start carries its effect, so filling does not dilute it.
    """
    out = cells.copy()
    level = np.nanmean(cells, axis=1, keepdims=True)
    movement = np.nanmedian(cells / np.maximum(level, 1e-12), axis=0)
    for part in (slice(0, periods_before), slice(periods_before, cells.shape[1])):
        block, moves = cells[:, part], movement[part]
        known = ~np.isnan(block)
        scale = np.nansum(block, axis=1) / np.maximum((known * moves).sum(axis=1), 1e-12)
        out[:, part] = np.where(known, block, scale[:, None] * moves)
    return out


def _cells(own: pl.DataFrame, chosen: pl.DataFrame, when: Calendar, value: str) -> FloatArray:
    """(stores, periods): sums of days; NaN where the store was not open on every day of the period.

    Open: from opened_on to the day before closed_on; where neither is told, from its first to its last sale.
    """
    offset = (pl.col("business_on") - pl.lit(when.first_on)).dt.total_days()
    daily = (
        own.with_columns(day=offset)
        .filter(pl.col("day").is_between(0, when.days - 1))
        .group_by("store_id", "day")
        .agg(pl.col(value).sum().cast(pl.Float64))
    )
    place = {store: number for number, store in enumerate(chosen["store_id"].to_list())}
    grid = np.zeros((chosen.height, when.days))
    rows = np.array([place[store] for store in daily["store_id"].to_list()], dtype=np.int64)
    grid[rows, daily["day"].to_numpy().astype(np.int64)] = daily[value].to_numpy()
    first = chosen.select(_since(pl.coalesce("opened_on", "first"), when)).to_series().to_numpy()
    last = chosen.select(_since(pl.coalesce(pl.col("closed_on") - pl.duration(days=1), "last"), when)).to_series()
    day = np.arange(when.days)
    is_open = (day >= first[:, None]) & (day <= last.to_numpy()[:, None])
    periods = (grid.shape[0], when.before + when.after, when.period_days)
    sums, whole = grid.reshape(periods).sum(axis=2), is_open.reshape(periods).all(axis=2)
    return np.where(whole, sums, np.nan)


def _since(day: pl.Expr, when: Calendar) -> pl.Expr:
    return (day.cast(pl.Date) - pl.lit(when.first_on)).dt.total_days()
