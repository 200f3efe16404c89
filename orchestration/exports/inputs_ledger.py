"""What the export of extra sales reads: the tables of the ledger, and nothing more."""

from __future__ import annotations

import polars as pl

from ml.measurement.ledger.build import PARTS_SCHEMA, VALUE_SCHEMA

LEDGER_MEASUREMENTS: dict[str, dict[str, pl.DataType]] = {
    "incremental_sales": dict(PARTS_SCHEMA),
    "campaign_value": dict(VALUE_SCHEMA),
}
