"""From a model and the scoring frame to the rows of scores/uplift.parquet and scores/ambassador.parquet.

Belongs here: columns, groups, ranks, reasons. Does not: who may be scored (features/decisions.py), training.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from ml.ambassador.exploration import in_exploration
from ml.ambassador.model import FittedAmbassador
from ml.arrays import BoolArray, FloatArray
from ml.evaluate.calibration import Calibration
from ml.explain import REASON_COLUMNS, check_additive, reasons
from ml.features.dictionary import PARTS
from ml.lots import NONE_KEPT, KeptLots
from ml.uplift.base import FittedUplift

GROUP_LABELS = ("contact helps", "buys anyway", "no effect", "contact hurts", "unknown")
# "Buys anyway": more likely than not without contact, where contact's effect could be none.
BUYS_ANYWAY_FROM = 0.5
# "No effect": the whole interval within a point of purchase probability. Wider is "unknown", not "none".
NEGLIGIBLE_POINTS = 0.01

UPLIFT_COLUMNS = (
    "campaign_id",
    "consumer_key",
    "outcome",
    "uplift",
    "uplift_low",
    "uplift_high",
    "rank",
    "group_label",
    *REASON_COLUMNS,
    "model_id",
    "model_as_of",
    "design",
)
AMBASSADOR_COLUMNS = (
    "consumer_key",
    "expected_value_minor",
    "expected_value_low_minor",
    "expected_value_high_minor",
    "expected_through_others_minor",
    "currency",
    "rank",
    "loyalty_rank",
    "is_exploration",
    *REASON_COLUMNS,
    "model_id",
    "model_as_of",
)


def score_uplift(
    model: FittedUplift, card: Mapping[str, Any], features: pl.DataFrame, *, model_id: str
) -> pl.DataFrame:
    """Calibrated uplift of everybody in the frame (UPLIFT_COLUMNS), best first.

    `uplift` is a difference of probabilities (first_purchase) or money in minor units (net_spend), with the 90 %
    interval of the average effect of people predicted alike (evaluate/calibration.py). For first_purchase, people who
    bought the products before are left out: they have no first purchase to win.

    Args:
        card: the model's card.
        features: ml.features.build.scoring_frame.
        model_id: of the model folder.
    """
    rows = features
    if card["outcome"] == "first_purchase":
        basis = "category" if card["outcome_basis"] == "category" else "products"
        rows = features.filter(pl.col(f"campaign_{basis}_last_age_days").is_null())
    names = list(card["features"])
    X = rows.select(names).to_numpy().astype(np.float64)
    if not rows.height:
        return _empty(UPLIFT_COLUMNS)
    uplift, low, high = Calibration.from_dict(card["calibration"]).apply(model.predict(X))
    parts = model.contributions(X)
    check_additive(parts, model.effect_score(X))
    return (
        rows.select(
            pl.col("campaign_id").fill_null("next"),
            "consumer_key",
            outcome=pl.lit(card["outcome"]),
            uplift=pl.Series(uplift),
            uplift_low=pl.Series(low),
            uplift_high=pl.Series(high),
            group_label=pl.Series(group_labels(low, high, model.expected_without(X), is_binary=model.is_binary)),
            model_id=pl.lit(model_id),
            model_as_of=pl.lit(card["as_of"]).str.to_date(),
            design=pl.lit(card["design"]),
        )
        .hstack(reasons(parts, rows, names, currency=str(card["currency"])))
        .sort("uplift", "consumer_key", descending=[True, False])
        .with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
        .select(UPLIFT_COLUMNS)
    )


def group_labels(low: FloatArray, high: FloatArray, without: FloatArray, *, is_binary: bool) -> list[str]:
    """Plain-word groups by the interval's place; amounts know no "buys anyway" or "no effect"."""
    never: BoolArray = np.zeros(low.size, dtype=np.bool_)
    anyway = without >= BUYS_ANYWAY_FROM if is_binary else never
    negligible = (low >= -NEGLIGIBLE_POINTS) & (high <= NEGLIGIBLE_POINTS) if is_binary else never
    labels = np.select(
        [low > 0, high < 0, anyway, negligible],
        ["contact helps", "contact hurts", "buys anyway", "no effect"],
        default="unknown",
    )
    return [str(label) for label in labels]


def score_ambassadors(
    model: FittedAmbassador,
    card: Mapping[str, Any],
    features: pl.DataFrame,
    *,
    model_id: str,
    kept: KeptLots = NONE_KEPT,
) -> pl.DataFrame:
    """Expected value of inviting everybody in the frame (AMBASSADOR_COLUMNS), best first.

    expected_value_minor is what comes through others and through more purchases of their own, between low and high nine
    times in ten for the average of people scored alike (ambassador/ranges.py; NULL: a model of before ranges).
    loyalty_rank orders the same people by purchases of the last 365 days (90 where the data is younger), then by net
    spend: shown beside the rank, and no part of it; NULL where purchases are unknown. is_exploration: worth inviting
    whatever the rank, by lot (kept: lots drawn before keys changed).
    """
    if not features.height:
        return _empty(AMBASSADOR_COLUMNS)
    names = list(card["features"])
    X = features.select(names).to_numpy().astype(np.float64)
    parts = model.contributions(X)
    check_additive(parts, model.score(X))
    purchase_value = features["purchase_value_minor"].to_numpy().astype(np.float64)
    total, through_others = model.values_minor(X, purchase_value)
    half = model.half_range_minor(X, purchase_value)
    own = pl.Series(PARTS[0].name, model.own_purchases(X))
    why = reasons(parts, features.with_columns(own), [*names, own.name], currency=str(card["currency"]))
    return (
        features.select(
            "consumer_key",
            expected_value_minor=pl.Series(np.rint(total).astype(np.int64)),
            expected_value_low_minor=_whole(total - half),
            expected_value_high_minor=_whole(total + half),
            expected_through_others_minor=pl.Series(np.rint(through_others).astype(np.int64)),
            currency=pl.lit(card["currency"], dtype=pl.String),
            exact=pl.Series(total),
            loyalty_rank=_loyalty_rank(features),
            is_exploration=in_exploration(features["consumer_key"], seed=int(card["seed"]), kept=kept),
            model_id=pl.lit(model_id),
            model_as_of=pl.lit(card["as_of"]).str.to_date(),
        )
        .hstack(why)
        .sort("exact", "consumer_key", descending=[True, False])
        .with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
        .select(AMBASSADOR_COLUMNS)
    )


def _whole(values: FloatArray) -> pl.Series:
    """Minor units; NULL where not known."""
    return pl.Series(np.rint(values)).fill_nan(None).cast(pl.Int64)


def _loyalty_rank(features: pl.DataFrame) -> pl.Series:
    """1 = the most loyal; NULL: their purchases are unknown."""
    purchases = pl.coalesce("purchases_365d_count", "purchases_90d_count")
    spend = pl.coalesce("net_spend_365d_minor", "net_spend_90d_minor")
    known = (
        features.select("consumer_key", purchases=purchases, spend=spend)
        .drop_nulls("purchases")
        .sort("purchases", "spend", "consumer_key", descending=[True, True, False], nulls_last=True)
        .select("consumer_key", loyalty_rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    )
    return features.select("consumer_key").join(known, on="consumer_key", how="left", maintain_order="left")[
        "loyalty_rank"
    ]


_TYPES: dict[str, pl.DataType] = {
    "uplift": pl.Float64(),
    "uplift_low": pl.Float64(),
    "uplift_high": pl.Float64(),
    "rank": pl.Int64(),
    "expected_value_minor": pl.Int64(),
    "expected_value_low_minor": pl.Int64(),
    "expected_value_high_minor": pl.Int64(),
    "expected_through_others_minor": pl.Int64(),
    "loyalty_rank": pl.Int64(),
    "is_exploration": pl.Boolean(),
    "model_as_of": pl.Date(),
}


def _empty(columns: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(schema={name: _TYPES.get(name, pl.String()) for name in columns})
