"""What the exports about audiences read: columns of the measurements of reach and engagement, and nothing more."""

from __future__ import annotations

import polars as pl

from ml.measurement.reach.schema import CURVE_SCHEMA, ENGAGEMENT_SCHEMA, REACH_SCHEMA

REACH_MEASUREMENTS: dict[str, dict[str, pl.DataType]] = {
    "reach": dict(REACH_SCHEMA),
    "reach_curve": dict(CURVE_SCHEMA),
    "engagement_by_tier": dict(ENGAGEMENT_SCHEMA),
}
