"""model_quality: how good every model trained is, in units and words of the exports.

Belongs here: units and words. Does not: the figures (ml/evaluate/quality.py), the page (report/model_quality.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_quality import FIGURE_WORDS, MODEL_QUALITY, ORDER_WORDS, PART_WORDS, STATUSES
from orchestration.exports.formatting import currency_decimals
from orchestration.exports.inputs import take
from orchestration.exports.scores import unit_of

RATIO, MONEY = "ratio", "minor"


def model_quality(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The export; no row where nothing was trained."""
    table = take(frames, "model_quality")
    outcomes = table["outcome"].unique().to_list()
    outcome_unit = pl.col("outcome").replace_strict(
        {name: unit_of(name, context.currency) for name in outcomes}, return_dtype=pl.String
    )
    unit = (
        pl.when(pl.col("unit") == RATIO)
        .then(pl.lit(RATIO))
        .when(pl.col("unit") == MONEY)
        .then(pl.lit(context.currency))
        .otherwise(outcome_unit)
    )
    scale = pl.when(pl.col("unit") == context.currency).then(10 ** currency_decimals(context.currency)).otherwise(1)
    used, refused = STATUSES
    return MODEL_QUALITY.conform(
        table.with_columns(unit=unit)
        .with_columns(pl.col(name) / scale for name in ("value", "low", "high"))
        .with_columns(
            status=pl.when("is_promoted").then(pl.lit(used)).otherwise(pl.lit(refused)),
            part=pl.col("part").replace_strict(PART_WORDS, return_dtype=pl.String),
            figure=pl.col("figure").replace(FIGURE_WORDS).str.replace_all("_", " "),
            ranked_by=_ranked_by(),
            judged_count=pl.col("rows"),
            as_of=pl.lit(context.as_of),
            basis=pl.lit(context.bases()),
        )
    )


def _ranked_by() -> pl.Expr:
    """The order's words; "candidate, part of the people" keeps its part."""
    name, part = (pl.col("ranked_by").str.splitn(", ", 2).struct.field(f"field_{n}") for n in (0, 1))
    words = name.replace(ORDER_WORDS)
    return pl.when(part.is_null()).then(words).otherwise(pl.concat_str(words, pl.lit(", "), part))
