"""What campaigns truly do to stores: the log lift of every store and day, and the orders of nano and influencer.

Belongs here: store tests and mixed campaigns. Does not: drawing the extra baskets (lines.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from orchestration.demo.campaigns import Assignment, Campaign
from orchestration.demo.columns import typed
from orchestration.demo.places import Places
from orchestration.demo.randomness import Floats, Ints, Randomness
from orchestration.demo.world_parameters import WorldParameters

BURST_DAYS = 28  # how long an influencer's post moves an area
ORDERS = ("influencer_first", "together", "nano_first")
ORDER_OFFSETS = (-7, 0, 14)  # day of the bursts, from the campaign's start


@dataclass(frozen=True)
class StoreLifts:
    """log_lift and campaign (number, -1: none) by store and day; truth: one row per campaign and store."""

    log_lift: Floats
    campaign: Ints
    truth: pl.DataFrame
    burst_orders: dict[str, Ints]  # campaign → order of each area's burst, -1: none, by area


def store_lifts(
    parameters: WorldParameters,
    campaigns: tuple[Campaign, ...],
    assignments: dict[str, Assignment],
    places: Places,
    randomness: Randomness,
) -> StoreLifts:
    """Every store test and mixed campaign on one grid of stores and days."""
    log_lift = np.zeros((places.count, parameters.time.days))
    number = np.full((places.count, parameters.time.days), -1, dtype=np.int64)
    truth, orders = [], {}
    for campaign in campaigns:
        if campaign.plan.unit not in ("store", "area"):
            continue
        rng = randomness.part(f"lift {campaign.id}")
        assigned = assignments[campaign.id]
        if campaign.plan.unit == "store":
            own, cells = _tested_stores(parameters, campaign, assigned, places, rng)
        else:
            own, cells, orders[campaign.id] = _mixed_areas(parameters, campaign, assigned, places, rng)
        own *= campaign.plan.strength
        touched = own != 0
        log_lift += own
        number[touched] = campaign.number
        inside = slice(campaign.start_day, campaign.end_day + 1)
        truth.append(
            typed(
                {
                    "campaign_id": [campaign.id] * places.count,
                    "store_id": places.store_ids(),
                    "cell": cells,
                    "true_lift_share": np.expm1(own[:, inside]).mean(axis=1),
                }
            )
        )
    empty = pl.DataFrame(
        schema={"campaign_id": pl.String, "store_id": pl.String, "cell": pl.String, "true_lift_share": pl.Float64}
    )
    return StoreLifts(log_lift, number, pl.concat([empty, *truth]), orders)


def _tested_stores(
    parameters: WorldParameters, campaign: Campaign, assigned: Assignment, places: Places, rng: np.random.Generator
) -> tuple[Floats, npt.NDArray[np.object_]]:
    lift = np.zeros((places.count, parameters.time.days))
    effects, treated = parameters.effects, assigned.unit[assigned.is_treated]
    size = np.maximum(rng.normal(effects.store_lift, effects.store_lift_spread, len(treated)), 0.0)
    lift[treated, campaign.start_day : campaign.end_day + 1] = np.log1p(size)[:, None]
    cells = np.full(places.count, None, dtype=object)
    cells[assigned.unit] = campaign.plan.untreated_arm
    cells[treated] = "treatment"
    return lift, cells


def _mixed_areas(
    parameters: WorldParameters, campaign: Campaign, assigned: Assignment, places: Places, rng: np.random.Generator
) -> tuple[Floats, npt.NDArray[np.object_], Ints]:
    """Half of the areas with nano members and half of those without meet an influencer, in three orders."""
    effects, days = parameters.effects, parameters.time.days
    order = np.full(places.areas, -1, dtype=np.int64)
    for side in (True, False):
        shuffled = rng.permutation(assigned.unit[assigned.is_treated == side])
        chosen = shuffled[: (len(shuffled) + 1) // 2]
        order[chosen] = np.arange(len(chosen)) % len(ORDERS)
    has_nano = np.zeros(places.areas, bool)
    has_nano[assigned.unit[assigned.is_treated]] = True
    day = np.arange(days)
    nano = has_nano[:, None] & (day >= campaign.start_day) & (day <= campaign.end_day)
    burst_day = campaign.start_day + np.array([*ORDER_OFFSETS, 10**6])[order]
    macro = (day >= burst_day[:, None]) & (day < burst_day[:, None] + BURST_DAYS)
    by_order = effects.synergy + effects.synergy_order * np.array([-1.0, 0.0, 1.0, 0.0])[order]
    area_lift = effects.nano_area * nano + effects.macro_area * macro + by_order[:, None] * (nano & macro)
    names = np.array([*ORDERS, "influencer"], dtype=object)
    cells = np.where(
        has_nano, np.where(order >= 0, names[order], "nano"), np.where(order >= 0, "influencer", "none")
    ).astype(object)
    return area_lift[places.area_of_store], cells[places.area_of_store], order
