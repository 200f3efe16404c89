"""store_lift_weeks: what stores sold week by week beside what they would have sold.

Belongs here: units. Does not: measuring (ml/measurement/store_lift/weekly.py), the whole lift (store_lift.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_stores import COUNTED, STORE_LIFT_WEEKS
from orchestration.exports.inputs import take
from orchestration.exports.store_lift import SALES, main_units


def store_lift_weeks(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The export: one row per store test and week, in main units."""
    names = take(frames, "dim_campaigns").select("campaign_id", campaign_name="name")
    is_money = pl.col("outcome") == SALES
    table = take(frames, "store_lift_weeks").join(names, on="campaign_id", how="left")
    scale = main_units(table, context.currency)
    return STORE_LIFT_WEEKS.conform(
        table.with_columns(
            *(pl.col(name) * scale for name in ("seen", "without", "without_low", "without_high")),
            counted=pl.col("outcome").replace_strict(COUNTED, return_dtype=pl.String),
            period_days_count="period_days",
            unit=pl.when(is_money)
            .then(pl.coalesce("currency", pl.lit(context.currency)))
            .otherwise(pl.lit("receipts")),
            as_of=pl.lit(context.as_of),
            basis=pl.lit(context.bases()),
        )
    )
