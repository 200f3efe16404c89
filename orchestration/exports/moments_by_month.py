"""moments_by_month: how what people tell of the brand changes over time.

Belongs here: counting by month. Does not: which pieces count, and rates by subject (texts.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_texts import MOMENTS_BY_MONTH
from orchestration.exports.texts import counted_moments, in_words


def moments_by_month(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The brand's moments by month of publication; unsure readings are not counted."""
    told = counted_moments(frames).filter(~pl.col("is_unsure") & (pl.col("published_on") <= context.as_of))
    month = pl.col("published_on").dt.truncate("1mo")

    def count(polarity: str) -> pl.Expr:
        return (pl.col("polarity") == polarity).sum().cast(pl.Int64)

    table = told.group_by(month_starts_on=month, moment=in_words(pl.col("moment"))).agg(
        pieces_count=pl.len().cast(pl.Int64), positive_count=count("positive"), negative_count=count("negative")
    )
    return MOMENTS_BY_MONTH.conform(
        table.with_columns(
            is_whole=pl.col("month_starts_on").dt.month_end() <= context.as_of,
            as_of=pl.lit(context.as_of),
            basis=pl.lit(context.bases()),
        )
    )
