"""moments_by_month: how what people tell of the brand changes over time.

Belongs here: counting by month. Does not: which pieces count, and rates by subject (texts.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_texts import MOMENTS_BY_MONTH
from orchestration.exports.pieces import beside, pieces_and_people
from orchestration.exports.texts import counted_moments, in_words


def moments_by_month(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The brand's moments by month of publication; unsure readings are not counted."""
    told = counted_moments(frames).filter(~pl.col("is_unsure") & (pl.col("published_on") <= context.as_of))
    month = pl.col("published_on").dt.truncate("1mo")
    polarity = pl.col("polarity")
    counts = pieces_and_people(
        pieces_count=pl.lit(True), positive_count=polarity == "positive", negative_count=polarity == "negative"
    )
    table = told.group_by(month_starts_on=month, moment=in_words(pl.col("moment"))).agg(**counts)
    table = table.with_columns(
        is_whole=pl.col("month_starts_on").dt.month_end() <= context.as_of,
        as_of=pl.lit(context.as_of),
        basis=pl.lit(context.bases()),
    )
    return MOMENTS_BY_MONTH.conform(table, beside("moments_by_month"))
