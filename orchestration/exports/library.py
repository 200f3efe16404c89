"""The library of what people made: pieces that speak well of the brand, and whether they may be shown again.

Belongs here: ugc_library. Does not: counts by kind (texts.ugc_kinds), the queue of answers (service.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_running import (
    DISCLOSED,
    GRANTED,
    HIDDEN,
    NO_AUTHOR,
    NOT_ASKED,
    NOT_KNOWN,
    UGC_LIBRARY,
    UNPAID,
    WITHDRAWN,
)
from orchestration.exports.inputs import take
from orchestration.exports.texts import PERIOD, counted_moments, in_words

Frames = Mapping[str, pl.DataFrame]
# Four of five stars and more speak well.
GOOD_RATING = 0.8
_ENGAGEMENTS = ("likes_count", "comments_count", "shares_count", "saves_count")


def ugc_library(frames: Frames, listed: pl.DataFrame, context: ExportContext) -> pl.DataFrame:
    """Standing pieces of the last 90 days with a good moment, feeling or rating, and no bad one.

    Args:
        listed: consumer_key of the people exports may name.
    """
    day = pl.col("published_on")
    ugc = take(frames, "fct_ugc").filter(
        pl.col("deleted_at").is_null() & pl.col("is_counted") & (day > context.as_of - PERIOD) & (day <= context.as_of)
    )
    sure = counted_moments(frames).filter(~pl.col("is_unsure"))
    bad = sure.filter(pl.col("polarity").is_in(["negative", "mixed"])).select("ugc_key").unique()
    good = sure.filter(pl.col("polarity") == "positive").sort(
        ["confidence", "moment"], descending=[True, False], nulls_last=True
    )
    good = good.unique("ugc_key", keep="first", maintain_order=True).select(
        "ugc_key", moment=in_words(pl.col("moment"))
    )
    consents = take(frames, "dim_consumers").select("consumer_key", "consent_ugc_reuse")
    pieces = ugc.join(bad, on="ugc_key", how="anti").join(good, on="ugc_key", how="left")
    speaks_well = (
        pl.col("moment").is_not_null() | (pl.col("sentiment") == "positive") | (pl.col("rating_share") >= GOOD_RATING)
    )
    named = pl.col("consumer_key").is_in(listed.get_column("consumer_key").to_list())
    is_any_known = pl.any_horizontal(pl.col(name).is_not_null() for name in _ENGAGEMENTS)
    return UGC_LIBRARY.conform(
        pieces.filter(speaks_well.fill_null(False))
        .join(consents, on="consumer_key", how="left")
        .with_columns(
            disclosure=_disclosure(),
            rights_status=_rights(),
            engagements_count=pl.when(is_any_known).then(pl.sum_horizontal(*_ENGAGEMENTS)),
            as_of=pl.lit(context.as_of),
            basis=pl.lit(context.bases()),
        )
        .with_columns(consumer_key=pl.when(named).then("consumer_key"))
    )


def _disclosure() -> pl.Expr:
    hidden = pl.col("is_undisclosed_incentive")
    return (
        pl.when(pl.col("is_organic"))
        .then(pl.lit(UNPAID))
        .when(hidden)
        .then(pl.lit(HIDDEN))
        .when(hidden.not_())
        .then(pl.lit(DISCLOSED))
        .otherwise(pl.lit(NOT_KNOWN))
    )


def _rights() -> pl.Expr:
    said = pl.col("consent_ugc_reuse")
    return (
        pl.when(pl.col("consumer_key").is_null())
        .then(pl.lit(NO_AUTHOR))
        .when(said == "granted")
        .then(pl.lit(GRANTED))
        .when(said == "withdrawn")
        .then(pl.lit(WITHDRAWN))
        .otherwise(pl.lit(NOT_ASKED))
    )
