"""What the exports about stores read: columns of store_lift and store_lift_weeks, and nothing more."""

from __future__ import annotations

import polars as pl

from ml.measurement.store_lift.schema import LIFT_SCHEMA, WEEKS_SCHEMA

STORE_MEASUREMENTS: dict[str, dict[str, pl.DataType]] = {
    "store_lift": dict(LIFT_SCHEMA),
    "store_lift_weeks": dict(WEEKS_SCHEMA),
}
