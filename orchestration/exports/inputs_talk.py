"""What the exports about talk read: columns of its measurements, and nothing more."""

from __future__ import annotations

import polars as pl

from ml.measurement.brand_effect.schema import EFFECT_SCHEMA, SALES_SCHEMA
from ml.measurement.prosumer_lead.schema import LAG_SCHEMA, LEAD_SCHEMA
from ml.measurement.synergy.schema import SYNERGY_SCHEMA
from ml.measurement.trust.measure import TRUST_SCHEMA
from ml.measurement.word_of_mouth.schema import GENERATION_SCHEMA, REACH_SCHEMA

TALK_MEASUREMENTS: dict[str, dict[str, pl.DataType]] = {
    "word_of_mouth": dict(REACH_SCHEMA),
    "word_of_mouth_generations": dict(GENERATION_SCHEMA),
    "prosumer_lead": dict(LEAD_SCHEMA),
    "prosumer_lead_lags": dict(LAG_SCHEMA),
    "synergy": dict(SYNERGY_SCHEMA),
    "brand_effect": dict(EFFECT_SCHEMA),
    "posts_sell": dict(SALES_SCHEMA),
    "trust_sensitivity": dict(TRUST_SCHEMA),
}
