"""From the training frame to a judged model of expected value through others. No files, no orchestration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from ml.ambassador.hurdle import HURDLE_TREES, FittedHurdle, HurdleLearner
from ml.arrays import FloatArray, IntArray, cluster_codes, cluster_folds
from ml.errors import TooFewRowsError
from ml.evaluate.intervals import bootstrap_interval
from ml.evaluate.ranking import calibration_ratio, ndcg_at, normalised_gini, value_captured_at
from ml.evaluate.table import INTERVAL_LEVEL, TABLE_SCHEMA
from ml.features.dictionary import FEATURE_NAMES
from ml.promotion import Comparison, Decision
from ml.registry import StoredModel

FOLDS = 5
FEWEST_ROWS = 200
DRAWS = 200
# What people rank by without a model; shown beside the candidate.
RIVALS = {"followers": "followers_largest_count", "past spend": "net_spend_90d_minor"}


@dataclass(frozen=True)
class TrainedAmbassador:
    """A fitted and judged model; fields as ml.train.TrainedUplift."""

    model: FittedHurdle
    card: Mapping[str, Any]
    table: pl.DataFrame
    decision: Decision


def train_ambassador(frame: pl.DataFrame, *, seed: int, as_of: date) -> TrainedAmbassador:
    """Fit, judge out of fold, decide: used if the 90 % interval of its normalised Gini lies above 0.

    Args:
        frame: ml.features.training.training_frame. Treated members whose campaign tracks codes or links teach;
            own spend is no label.
        seed: of folds, trees and bootstraps.
        as_of: the run's date, for the card.

    Raises:
        NothingToLearnError: no such label, or too few people with value; the message is the reason to pass on.
    """
    rows = frame.filter(pl.col("treatment") == 1, pl.col("referred_net_minor").is_not_null()).sort(
        "campaign_id", "consumer_key"
    )
    if rows.height < FEWEST_ROWS:
        raise TooFewRowsError(
            f"{rows.height} members of campaigns whose codes or links are tracked and whose window is over; "
            f"at least {FEWEST_ROWS} are needed: without tracking nobody knows who brought in what"
        )
    X = rows.select(FEATURE_NAMES).to_numpy()
    value = np.maximum(rows["referred_net_minor"].to_numpy().astype(np.float64), 0)
    cluster = cluster_codes(rows["consumer_key"].to_numpy(), rows.height)
    learner = HurdleLearner(HURDLE_TREES.with_seed(seed))
    model = learner.fit(X, value, feature_names=FEATURE_NAMES)
    fold = cluster_folds(cluster, FOLDS, seed)
    predicted = np.empty(rows.height)
    for number in range(FOLDS):
        own = fold == number
        predicted[own] = learner.fit(X[~own], value[~own], feature_names=FEATURE_NAMES).predict(X[own])
    scores = {"candidate": predicted} | {
        name: rows[column].fill_null(-1.0).to_numpy()  # unknown ranks last: nothing to rank by
        for name, column in RIVALS.items()
    }
    scores["random"] = np.random.default_rng(seed).random(rows.height)
    table = _table(value, scores, cluster, seed)
    decision = _decide(value, predicted, cluster, seed)
    card = {
        "kind": model.kind,
        "constants": {"scale": model.scale},
        "outcome": "expected_value",
        "currency": rows["currency"].drop_nulls().first(),
        "features": list(FEATURE_NAMES),
        "design": "observational",
        "as_of": as_of.isoformat(),
        "campaigns": rows["campaign_id"].unique().sort().to_list(),
        "reference_campaign": rows.sort("decision_on", "campaign_id")["campaign_id"][-1],
        "rows": rows.height,
        "rows_with_value": int((value > 0).sum()),
        "seed": seed,
        "parameters": HURDLE_TREES.as_dict(),
        "decision": {
            "is_promoted": decision.is_promoted,
            "reasons": list(decision.reasons),
            "figures": {name: vars(figure) for name, figure in decision.figures.items()},
        },
        "evaluation": table.to_dicts(),
    }
    return TrainedAmbassador(model, card, table, decision)


def stored_ambassador(stored: StoredModel) -> FittedHurdle:
    """The fitted model of a checked model folder."""
    return FittedHurdle(stored.boosters, stored.card["constants"]["scale"])


def _decide(value: FloatArray, predicted: FloatArray, cluster: IntArray, seed: int) -> Decision:
    low, high = bootstrap_interval(
        lambda rows: normalised_gini(value[rows], predicted[rows]),
        cluster,
        level=INTERVAL_LEVEL,
        draws=DRAWS,
        seed=seed,
    )
    figure = Comparison(normalised_gini(value, predicted), low, high)
    words = f"normalised Gini {figure.value:.3f}, 90 % interval {low:.3f} to {high:.3f}"
    is_promoted = bool(low > 0)
    reason = "ranks people better than chance" if is_promoted else "the ranking could not be told from a random order"
    return Decision(is_promoted, (f"{reason} ({words})",), {"candidate": figure})


def _table(value: FloatArray, scores: Mapping[str, FloatArray], cluster: IntArray, seed: int) -> pl.DataFrame:
    figures: dict[str, Callable[[FloatArray, FloatArray], float]] = {
        "normalised_gini": normalised_gini,
        "ndcg_50": ndcg_at,
        "value_captured_10": value_captured_at,
    }
    rows = []
    for model, score in scores.items():
        own = figures | ({"calibration_ratio": calibration_ratio} if model == "candidate" else {})
        for name, figure in own.items():
            drawn = partial(_of_rows, figure, value, score)
            low, high = bootstrap_interval(drawn, cluster, level=INTERVAL_LEVEL, draws=100, seed=seed)
            rows.append((model, name, figure(value, score), low, high, INTERVAL_LEVEL, value.size))
    table = pl.DataFrame(rows, schema=TABLE_SCHEMA, orient="row")
    return table.with_columns(pl.col("value", "low", "high").fill_nan(None))


def _of_rows(
    figure: Callable[[FloatArray, FloatArray], float], value: FloatArray, score: FloatArray, rows: IntArray
) -> float:
    return figure(value[rows], score[rows])
