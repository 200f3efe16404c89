"""What the export about reviews reads: columns of the measurements review_effect*, and nothing more."""

from __future__ import annotations

import polars as pl

from ml.measurement.review_effect.schema import CURVE_SCHEMA, EFFECT_SCHEMA, REFERENCE_SCHEMA, STEP_SCHEMA

REVIEW_MEASUREMENTS: dict[str, dict[str, pl.DataType]] = {
    "review_effect": dict(EFFECT_SCHEMA),
    "review_effect_curve": dict(CURVE_SCHEMA),
    "review_effect_steps": dict(STEP_SCHEMA),
    "review_effect_references": dict(REFERENCE_SCHEMA),
}
