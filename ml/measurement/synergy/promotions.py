"""How much more of what a unit sells is discounted while members talk: the dose of promotion.

Belongs here: the dose. Does not: its interaction with members (interaction.py).
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from ml.arrays import FloatArray
from ml.errors import TooFewRowsError
from ml.measurement.store_lift.panel import StorePanel

# Below half a line in a hundred promotions did not move.
SMALLEST_SPREAD = 0.005


def promotion_change(
    days: pl.DataFrame, stores: pl.DataFrame, panel: StorePanel, first: date, last: date, by_area: bool
) -> FloatArray:
    """Share of discounted lines from first to last, less that before, by unit.

    Args:
        days: fct_store_days: store_id, business_on, channel, lines_count, discounted_lines_count (NULL: not told).

    Raises:
        TooFewRowsError: tills do not tell discounts, or promotions hardly differ between units.
    """
    unit = pl.col("area_id") if by_area else pl.col("store_id")
    told = days.filter(pl.col("channel") == "store").drop_nulls("discounted_lines_count")
    if told.is_empty():
        raise TooFewRowsError("tills do not tell which lines were discounted (discount_minor in pos_lines)")
    start = panel.starts_on - timedelta(days=panel.periods_before)
    shares = (
        told.join(stores.select("store_id", "area_id"), on="store_id")
        .with_columns(
            unit=unit,
            time=pl.when(pl.col("business_on").is_between(first, last))
            .then(pl.lit("during"))
            .when(pl.col("business_on").is_between(start, panel.starts_on - timedelta(days=1)))
            .then(pl.lit("before")),
        )
        .drop_nulls("time")
        .group_by("unit", "time")
        .agg(share=pl.col("discounted_lines_count").sum() / pl.col("lines_count").sum())
        .pivot(on="time", index="unit", values="share")
    )
    if not {"during", "before"} <= set(shares.columns):
        raise TooFewRowsError("tills do not tell which lines were discounted before and during the campaign")
    change = pl.DataFrame({"unit": panel.units}).join(
        shares.select("unit", change=pl.col("during") - pl.col("before")),
        on="unit",
        how="left",
        maintain_order="left",
    )["change"]
    if change.null_count():
        raise TooFewRowsError(f"{change.null_count()} of {len(change)} units do not tell which lines were discounted")
    dose = change.to_numpy().astype(np.float64)
    if dose.std() < SMALLEST_SPREAD:
        raise TooFewRowsError("the share of discounted lines hardly changed more in one place than in another")
    return dose
