"""What the export about stores reads: columns of the measurement store_lift, and nothing more."""

from __future__ import annotations

import polars as pl

from ml.measurement.store_lift.schema import LIFT_SCHEMA

STORE_MEASUREMENTS: dict[str, dict[str, pl.DataType]] = {"store_lift": dict(LIFT_SCHEMA)}
