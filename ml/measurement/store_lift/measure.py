"""Store lifts of campaigns: every campaign with stores or areas, measured or refused in words.

Belongs here: which stores are compared, over which days, and the rows. Does not: panels (panel.py), the estimate
(adaptive.py), its page (docs/methods/store_lift.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from ml.errors import NothingToLearnError
from ml.measurement.store_lift.adaptive import Calibration, Lift, calibrate, estimate
from ml.measurement.store_lift.conformal import conformal_p_value
from ml.measurement.store_lift.diagnostics import diagnose, nearest_kilometres
from ml.measurement.store_lift.panel import StorePanel, calendar, store_panel
from ml.measurement.store_lift.peers import peer_rows
from ml.measurement.store_lift.schema import ESTIMATE_SCHEMA, LIFT_SCHEMA, PLACEBO_SCHEMA, WEEKS_SCHEMA
from ml.measurement.store_lift.weekly import periods

INTERVAL_LEVEL = 0.9
OUTCOMES = {"store_sales": "net_amount_minor", "store_receipts": "transactions_count"}
# For the published result; the benchmark uses the defaults of calibrate.
GROUPS_NOW = 300


@dataclass(frozen=True)
class StoreTest:
    """A campaign's stores or areas, its days and design."""

    campaign_id: str
    unit: str
    treated: tuple[str, ...]
    controls: tuple[str, ...]
    starts_on: date | None
    ends_on: date | None
    design: str


def store_lifts(marts: Mapping[str, pl.DataFrame], as_of: date, *, seed: int) -> dict[str, pl.DataFrame]:
    """store_lift, store_lift_estimates, store_lift_placebo and store_lift_weeks (schema.py).

    Args:
        marts: fct_store_days, dim_stores, dim_campaigns, fct_campaign_members, bridge_campaign_areas.
        as_of: last day that is known; a campaign that is not over is refused, since looking early and often finds
            effects that are not there.
    """
    days = marts["fct_store_days"].filter(pl.col("channel") == "store")
    rows: list[dict[str, Any]] = []
    estimates: list[dict[str, Any]] = []
    placebo: list[dict[str, Any]] = []
    weeks: list[dict[str, Any]] = []
    for test in store_tests(marts):
        for outcome, column in OUTCOMES.items():
            label = {
                "campaign_id": test.campaign_id,
                "outcome": outcome,
                "unit": test.unit,
                "design": test.design,
                "interval_level": INTERVAL_LEVEL,
                "estimator": "placebo-weighted candidates",
            }
            try:
                panel, currency = _panel(test, days, marts["dim_stores"], column, as_of)
                calibration = calibrate(panel.window, panel.treated, seed=seed, groups_now=GROUPS_NOW)
            except NothingToLearnError as error:
                rows.append(label | {"status": "refused", "note": str(error)})
                continue
            lift = estimate(panel.window, panel.treated, calibration, INTERVAL_LEVEL)
            figures = _figures(panel, lift, calibration, marts["dim_stores"], test.unit)
            note = f"left out, not open through the whole time: {', '.join(panel.left_out)}" if panel.left_out else None
            money = currency if outcome == "store_sales" else None
            rows.append(label | figures | {"status": "measured", "currency": money, "note": note})
            own: dict[str, Any] = {"campaign_id": test.campaign_id, "outcome": outcome}
            estimates += [own | row for row in peer_rows(panel.window, panel.treated, lift, INTERVAL_LEVEL)]
            placebo += [own | {"number": n, "lift": float(np.expm1(x))} for n, x in enumerate(calibration.placebo)]
            own |= {"currency": money, "interval_level": INTERVAL_LEVEL, "period_days": panel.period_days}
            path = periods(panel, calibration, seed=seed, level=INTERVAL_LEVEL)
            weeks += [own | period.record() for period in path]
    keys = ("campaign_id", "outcome")
    return {
        "store_lift": pl.DataFrame(rows, schema=LIFT_SCHEMA).sort(keys),
        "store_lift_estimates": pl.DataFrame(estimates, schema=ESTIMATE_SCHEMA).sort(*keys, "estimator"),
        "store_lift_placebo": pl.DataFrame(placebo, schema=PLACEBO_SCHEMA).sort(*keys, "number"),
        "store_lift_weeks": pl.DataFrame(weeks, schema=WEEKS_SCHEMA).sort(*keys, "period_starts_on"),
    }


def store_tests(marts: Mapping[str, pl.DataFrame]) -> list[StoreTest]:
    """Campaigns whose members are stores or areas, else those that name areas or stores; in order of their ids."""
    members = marts["fct_campaign_members"].filter(pl.col("unit").is_in(["store", "area"]))
    places = marts["bridge_campaign_areas"].filter(pl.col("place").is_in(["store", "area"]))
    stores = marts["dim_stores"].filter("is_known")
    found = []
    for campaign in marts["dim_campaigns"].sort("campaign_id").iter_rows(named=True):
        own = members.filter(pl.col("campaign_id") == campaign["campaign_id"])
        named = places.filter(pl.col("campaign_id") == campaign["campaign_id"])
        if own.height:
            unit, design = str(own["unit"][0]), str(own["design"][0])
            own = own.filter(pl.col("unit") == unit)
            treated, others = (
                own.filter(arm="treatment")["unit_id"],
                own.filter(pl.col("arm") != "treatment")["unit_id"],
            )
        elif named.height:
            unit, design = str(named.sort("place")["place"][0]), "observational"
            treated, others = named.filter(place=unit)["place_id"], pl.Series([], dtype=pl.String)
        else:
            continue
        if others.is_empty():  # nobody was drawn to be compared with: every other store stands in
            design = "observational"
            others = stores[f"{unit}_id"].drop_nulls().unique()
        found.append(
            StoreTest(
                campaign["campaign_id"],
                unit,
                tuple(sorted(treated.unique())),
                tuple(sorted(set(others) - set(treated))),
                campaign["starts_on"],
                campaign["ends_on"],
                design,
            )
        )
    return found


def _panel(
    test: StoreTest, days: pl.DataFrame, stores: pl.DataFrame, column: str, as_of: date
) -> tuple[StorePanel, str | None]:
    if test.starts_on is None or test.ends_on is None:
        raise NothingToLearnError("the first or the last day of the campaign is not known")
    if test.ends_on > as_of:
        raise NothingToLearnError(f"the campaign is not over: it ends on {test.ends_on}")
    if days.is_empty():
        raise NothingToLearnError("no sales of stores are known (pos_lines of channel store)")
    currency = days.group_by("currency").agg(pl.col("lines_count").sum()).sort("lines_count", descending=True)
    main = currency["currency"][0]
    own = days.filter(pl.col("currency").eq_missing(main))
    when = calendar(test.starts_on, test.ends_on, days["business_on"].min())  # type: ignore[arg-type]
    panel = store_panel(own, stores, test.treated, test.controls, when, value=column, by_area=test.unit == "area")
    return panel, main


def _figures(
    panel: StorePanel, lift: Lift, calibration: Calibration, stores: pl.DataFrame, unit: str
) -> dict[str, Any]:
    told = diagnose(panel.window, panel.treated, calibration, INTERVAL_LEVEL)
    seen = float(panel.Y[panel.treated, panel.periods_before :].sum())
    extra = {end: seen * (1 - 1 / (1 + getattr(lift, name))) for end, name in _ENDS.items()}
    before = calibration.before_start[0] if calibration.before_start else None
    reach = float(np.log1p(lift.high) - np.log1p(lift.effect))
    return {
        "treated_count": int(panel.treated.sum()),
        "control_count": int((~panel.treated).sum()),
        "left_out_count": len(panel.left_out),
        "period_days": panel.period_days,
        "periods_before_count": panel.periods_before,
        "periods_after_count": panel.window.periods_after,
        "starts_on": panel.starts_on,
        "ends_before": panel.ends_before,
        "lift": lift.effect,
        "lift_low": lift.low,
        "lift_high": lift.high,
        "log_error": lift.error,
        "freedom": lift.freedom,
        "p_value": lift.p_value,
        "placebo_p": lift.placebo_p,
        "conformal_p": conformal_p_value(panel.Y, panel.treated, panel.periods_before),
        "is_clear": lift.is_clear(INTERVAL_LEVEL),
        "outcome_seen": seen,
        "extra": extra["mid"],
        "extra_low": extra["low"],
        "extra_high": extra["high"],
        "check_lift": None if before is None else float(np.expm1(before)),
        "check_low": None if before is None else float(np.expm1(before - reach)),
        "check_high": None if before is None else float(np.expm1(before + reach)),
        "fit_before": told.fit_before,
        "smallest_lift": told.smallest_lift,
        "size_difference": told.size_difference,
        "trend_difference": told.trend_difference,
        "nearest_km": _nearest(panel, stores, unit),
        "main_candidate": calibration.names[int(calibration.weights.argmax())],
    }


_ENDS = {"low": "low", "mid": "effect", "high": "high"}


def _nearest(panel: StorePanel, stores: pl.DataFrame, unit: str) -> float | None:
    """Median distance of an untreated unit to the nearest treated one; None: places are not known."""
    place = stores.group_by(pl.col(f"{unit}_id").alias("unit_id")).agg(
        pl.col("latitude").cast(pl.Float64).mean(), pl.col("longitude").cast(pl.Float64).mean()
    )
    joined = pl.DataFrame({"unit_id": panel.units}).join(place, on="unit_id", how="left", maintain_order="left")
    at = joined.select("latitude", "longitude").to_numpy().astype(np.float64)
    found = nearest_kilometres(at[:, 0], at[:, 1], panel.treated)
    return float(np.nanmedian(found)) if np.isfinite(found).any() else None
