"""Which areas met nano members, which an influencer, when, and the windows in which their sales are compared.

Belongs here: cells and days. Does not: the regression (interaction.py), visitors of pages (visitors.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from ml.arrays import FloatArray
from ml.errors import NothingToLearnError, TooFewRowsError
from ml.measurement.store_lift.features import SMALLEST_RATIO, before_start
from ml.measurement.store_lift.panel import Calendar, StorePanel, store_panel

# How long an influencer's post is taken to move an area, as long as campaigns' own measurement of posts: four weeks.
POST_DAYS = 28
# A post within three days of the members' start is neither first nor second.
TOGETHER_DAYS = 3
ORDERS = ("influencer first", "together", "nano first")
ANY = "any order"
DAYS_BEFORE = 182
FEWEST_DAYS_BEFORE = 42
FEWEST_DAYS = 7
WEEK = 7


@dataclass(frozen=True)
class Burst:
    """An influencer's post: the day, the areas it was aimed at (empty: everybody), the tier as booked."""

    on: date
    areas: tuple[str, ...]
    tier: str | None


@dataclass(frozen=True)
class Meeting:
    """A campaign of areas or stores with its influencers' posts.

    Attributes:
        panel: areas × days, from DAYS_BEFORE before the first touch to the last day compared.
        nano: (areas,) 1 where members live.
        order: (areas,) place in ORDERS, -1: no influencer.
        windows: order → first and last day compared.
    """

    panel: StorePanel
    nano: FloatArray
    order: FloatArray
    windows: dict[int, tuple[date, date]]

    def change(self, first: date, last: date) -> FloatArray:
        """Log of mean sales a day from first to last, less that before any touch."""
        start = self.panel.periods_before
        at = [(day - self.panel.starts_on).days + start for day in (first, last)]
        return log_change(self.panel.Y[:, :start], self.panel.Y[:, at[0] : at[1] + 1])

    def change_before(self, length: int) -> FloatArray:
        """The same just before any touch: the last days, as many as compared, less those before them."""
        before = self.panel.Y[:, : self.panel.periods_before]
        return log_change(before[:, :-length], before[:, -length:])

    def covariates(self) -> FloatArray:
        """One factor of the weeks before, and the growth just before: few, since cells are small."""
        known = before_start(*self.weeks())
        return np.column_stack([known.factors[:, :1], known.trend])

    def weeks(self) -> tuple[FloatArray, int]:
        """The days before, in whole weeks, the last four standing for what comes just before."""
        days = self.panel.Y[:, : self.panel.periods_before]
        count = days.shape[1] // WEEK
        weekly = days[:, days.shape[1] - count * WEEK :].reshape(len(days), count, WEEK).sum(axis=2)
        # before_start looks at as many periods before the end as follow it.
        return np.hstack([weekly, weekly[:, -4:]]), count


def log_change(before: FloatArray, after: FloatArray) -> FloatArray:
    """Log ratio of means a day."""
    return np.asarray(np.log(np.maximum(after.mean(axis=1) / np.maximum(before.mean(axis=1), 1e-12), SMALLEST_RATIO)))


def order_of(burst_on: date, nano_on: date) -> int:
    """Place in ORDERS of a post beside the members' start."""
    after = (burst_on - nano_on).days
    return 1 if abs(after) <= TOGETHER_DAYS else 2 if after > 0 else 0


@dataclass(frozen=True)
class Units:
    """What is compared: areas, or stores in areas.

    Attributes:
        with_nano, without: unit ids.
        area_of: unit → area that an influencer's post may be aimed at.
        by_area: whether units are areas.
    """

    with_nano: tuple[str, ...]
    without: tuple[str, ...]
    area_of: Mapping[str, str | None]
    by_area: bool


def meeting(
    units: Units,
    bursts: Sequence[Burst],
    span: tuple[date, date],
    days: pl.DataFrame,
    stores: pl.DataFrame,
    value: str,
    as_of: date,
) -> Meeting:
    """The panel with its cells.

    Args:
        bursts: the campaign's; none: everybody is in one window, the members' own.
        span: the members' first and last day.
        days: fct_store_days of stores in one currency.
        stores: dim_stores.
        value: the column counted.
        as_of: last day known.

    Raises:
        NothingToLearnError: no post aimed at some areas only, a campaign that is not over, or too little known before.
    """
    aimed = [burst for burst in bursts if burst.areas]
    if bursts and not aimed:
        raise NothingToLearnError(
            "the influencer's posts were aimed at everybody: without areas they did not reach nothing tells them apart"
        )
    first_touch = min(span[0], *(burst.on for burst in aimed), span[0])
    windows = _windows(aimed, span) if bursts else {-1: span}
    if not windows:
        raise NothingToLearnError("members and influencer's posts hardly overlap: at least a week of both is needed")
    last_day = max(last for _, last in windows.values())
    if last_day > as_of:
        raise NothingToLearnError(f"the campaign is not over: both are at work until {last_day}")
    first_known = days["business_on"].min()
    known = (first_touch - first_known).days if isinstance(first_known, date) else 0
    if known < FEWEST_DAYS_BEFORE:
        raise TooFewRowsError(f"sales of {max(known, 0)} days before are known, {FEWEST_DAYS_BEFORE} are needed")
    when = Calendar(1, min(known, DAYS_BEFORE), (last_day - first_touch).days + 1, first_touch)
    panel = store_panel(days, stores, units.with_nano, units.without, when, value=value, by_area=units.by_area)
    order = {area: order_of(burst.on, span[0]) for burst in aimed for area in burst.areas}
    orders = [float(order.get(units.area_of.get(unit) or "", -1)) for unit in panel.units]
    return Meeting(panel, panel.treated.astype(np.float64), np.array(orders), windows)


def _windows(aimed: Sequence[Burst], span: tuple[date, date]) -> dict[int, tuple[date, date]]:
    """The days on which members and posts of an order are both at work, where that is a week or more."""
    found = {}
    for place in sorted({order_of(burst.on, span[0]) for burst in aimed}):
        own = [burst.on for burst in aimed if order_of(burst.on, span[0]) == place]
        first, last = max(span[0], *own), min(span[1], min(own) + timedelta(days=POST_DAYS - 1))
        if (last - first).days + 1 >= FEWEST_DAYS:
            found[place] = (first, last)
    return found
