"""trust_sensitivity: contacts under every published figure of trust.

Belongs here: words of channels. Does not: weighting (ml/measurement/trust).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_brand import TRUST_CHANNELS, TRUST_SENSITIVITY
from orchestration.exports.inputs import take


def trust_sensitivity(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The export."""
    names = take(frames, "dim_campaigns").select("campaign_id", campaign_name="name")
    plain = pl.col("note")
    for channel, words in TRUST_CHANNELS.items():
        plain = plain.str.replace_all(channel, words, literal=True)
    table = (
        take(frames, "trust_sensitivity")
        .join(names, on="campaign_id", how="left")
        .with_columns(
            channel=pl.col("channel").replace_strict(TRUST_CHANNELS, return_dtype=pl.String),
            note=plain,
            as_of=pl.lit(context.as_of),
            basis=pl.lit(context.bases()),
        )
    )
    return TRUST_SENSITIVITY.conform(table)
