"""What the export about models reads: the table of ml.evaluate.quality, and nothing more."""

from __future__ import annotations

import polars as pl

from ml.evaluate.quality import QUALITY_SCHEMA

QUALITY_MEASUREMENTS: dict[str, dict[str, pl.DataType]] = {
    "model_quality": {name: kind() for name, kind in QUALITY_SCHEMA.items()}
}
