"""The export text_check: what people had said texts say, against what was read from them.

Belongs here: putting labels and readings side by side. Does not: labels into training; they come in the stream
ugc_labels, which no training reads.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_texts import (
    MOMENT_WORDS,
    NOT_READ,
    NOTHING_TOLD,
    REASONS_GIVEN,
    SENTIMENT_GIVEN,
    STARS_GIVEN,
    TEXT_CHECK,
)
from orchestration.exports.inputs import take
from orchestration.exports.texts import in_words

# Stars as a feeling: up to two of five are bad, from four of five on good.
BAD_UP_TO, GOOD_FROM = 0.4, 0.8
_LABEL = ["comparison", "source", "given", "expected"]


def text_check(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """Reasons given against moments told, feelings and stars given against the sentiment read."""
    ugc = take(frames, "fct_ugc").filter(pl.col("is_counted") & (pl.col("text_length") > 0))
    labels = take(frames, "fct_ugc_labels").join(ugc, on="ugc_key", how="inner")
    feeling = pl.col("sentiment").fill_null(NOT_READ)
    told = pl.concat(
        [
            _reasons(labels.filter(pl.col("label_set") == "moment"), take(frames, "fct_moments")),
            labels.filter(pl.col("label_set") == "sentiment").select(
                "ugc_key",
                comparison=pl.lit(SENTIMENT_GIVEN),
                source="source",
                given="given_words",
                expected=pl.when(pl.col("label") != "other").then("label"),
                told=feeling,
            ),
            _stars(ugc).select("ugc_key", *_LABEL, told=feeling),
        ]
    )
    whole = told.group_by(_LABEL).agg(given_count=pl.col("ugc_key").n_unique().cast(pl.Int64))
    cells = told.group_by(*_LABEL, "told").agg(pieces_count=pl.len().cast(pl.Int64))
    table = cells.join(whole, on=_LABEL, how="inner", nulls_equal=True).with_columns(
        share=pl.col("pieces_count") / pl.col("given_count"),
        is_right=pl.col("told") == pl.col("expected"),
        as_of=pl.lit(context.as_of),
        basis=pl.lit(context.bases()),
    )
    return TEXT_CHECK.conform(table)


def _reasons(labels: pl.DataFrame, moments: pl.DataFrame) -> pl.DataFrame:
    """One row per labelled piece and moment told surely; one with "nothing told" or "not read" where there is none."""
    sure = moments.filter(~pl.col("is_unsure")).select("ugc_key", told=in_words(pl.col("moment")))
    none = pl.when(pl.col("sentiment").is_null()).then(pl.lit(NOT_READ)).otherwise(pl.lit(NOTHING_TOLD))
    return labels.join(sure, on="ugc_key", how="left").select(
        "ugc_key",
        comparison=pl.lit(REASONS_GIVEN),
        source="source",
        given="given_words",
        expected=pl.col("label").replace_strict(MOMENT_WORDS, default=None, return_dtype=pl.String),
        told=pl.coalesce("told", none),
    )


def _stars(ugc: pl.DataFrame) -> pl.DataFrame:
    """Rated texts with their stars in words and the feeling they stand for."""
    rated = ugc.drop_nulls(["rating", "rating_max"]).filter(pl.col("rating_share").is_not_null())
    share = pl.col("rating_share")
    expected = pl.when(share <= BAD_UP_TO).then(pl.lit("negative")).when(share < GOOD_FROM).then(pl.lit("neutral"))

    def plain(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.String).str.strip_suffix(".0")

    return rated.with_columns(
        comparison=pl.lit(STARS_GIVEN),
        given=pl.concat_str([plain("rating"), pl.lit(" of "), plain("rating_max")]),
        expected=expected.otherwise(pl.lit("positive")),
    )
