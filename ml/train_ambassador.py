"""From the training frame to a judged model of expected value. No files, no orchestration.

Belongs here: which rows teach, in which order things are fitted and judged, what the card says. Does not: formulas
(ambassador/), files (registry.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from ml.ambassador.capture import fit_capture
from ml.ambassador.evidence import FittedEvidence
from ml.ambassador.evidence_learner import EvidenceLearner
from ml.ambassador.exploration import in_exploration
from ml.ambassador.hurdle import HURDLE_TREES, HurdleLearner
from ml.ambassador.judge import RIVALS, Pass, decide_ambassador, gini_gain, is_new, judged_table, passes_of
from ml.ambassador.model import FittedAmbassador, Others, ambassador_from_parts
from ml.ambassador.own import fit_own
from ml.ambassador.ranges import fit_tenths
from ml.ambassador.tweedie import FittedTweedie, TweedieLearner
from ml.arrays import FloatArray, IntArray, cluster_codes
from ml.errors import OutcomeError, TooFewRowsError
from ml.features.dictionary import AMBASSADOR_FEATURE_NAMES, check_allowed
from ml.lots import NONE_KEPT, KeptLots
from ml.promotion import Comparison, Decision
from ml.registry import StoredModel

FEWEST_ROWS = 200
# Of card["features"]; own purchases are a part of the score and no feature.
NAMES = AMBASSADOR_FEATURE_NAMES
CHALLENGERS = ("hurdle", "tweedie")


@dataclass(frozen=True)
class TrainedAmbassador:
    """A fitted and judged model; fields as ml.train.TrainedUplift."""

    model: FittedAmbassador
    card: Mapping[str, Any]
    table: pl.DataFrame
    decision: Decision


def train_ambassador(
    frame: pl.DataFrame,
    *,
    seed: int,
    as_of: date,
    today: pl.DataFrame | None = None,
    kept: KeptLots = NONE_KEPT,
) -> TrainedAmbassador:
    """Fit, judge on later campaigns, decide by ml.ambassador.judge.decide_ambassador.

    The evidence model is used unless a challenger's gain of normalised Gini over it has an interval above 0.

    Args:
        frame: ml.features.training.training_frame. Treated members whose campaign tracks codes or links teach what
            comes through others; members of randomised campaigns, treated or not, teach own purchases.
        seed: of folds, trees and bootstraps.
        as_of: the run's date, for the card.
        today: the scoring frame; how far past referrals agree with the features of today is read from it, and own
            purchases are centred on it.
        kept: lots drawn before keys changed.

    Raises:
        NothingToLearnError: no such label, or too few people with value; the message is the reason to pass on.
    """
    check_allowed(NAMES)
    rows = frame.filter(pl.col("treatment") == 1, pl.col("referred_purchases_count").is_not_null()).sort(
        "campaign_id", "consumer_key"
    )
    if rows.height < FEWEST_ROWS:
        raise TooFewRowsError(
            f"{rows.height} members of campaigns whose codes or links are tracked and whose window is over; "
            f"at least {FEWEST_ROWS} are needed: without tracking nobody knows who brought in what"
        )
    X, purchases, _, person = _arrays(rows)
    every = np.arange(rows.height, dtype=np.int64)
    split, passes = passes_of(rows, seed)
    judged = np.concatenate([one.judged for one in passes])
    predicted: dict[str, FloatArray] = {}
    for name in (FittedEvidence.kind, *CHALLENGERS):
        if (found := _predicted(name, rows, passes, seed)) is not None:
            predicted[name] = found
    cluster, value = person[judged], purchases[judged]
    gains = {
        name: gini_gain(value, predicted[name], predicted[FittedEvidence.kind], cluster, seed)
        for name in CHALLENGERS
        if name in predicted
    }
    kind = _chosen(gains)
    others = _fit(kind, rows, every, seed)
    own = fit_own(frame, NAMES, seed=seed)
    if today is not None and today.height:
        now = today.select(NAMES).to_numpy()
        others = others.with_past_of(now) if isinstance(others, FittedEvidence) else others
        own = own.with_average_over(now)
    # A folder holds at least one booster.
    beside = _tweedie(X, purchases, seed).boosters if own.booster is None else {}
    capture = fit_capture(frame)
    tenths = fit_tenths(value, predicted[kind], cluster)
    model = FittedAmbassador(others, own, capture, _usual_value(rows), beside, tenths)
    scores = {"candidate": predicted[kind]} | {n: s for n, s in predicted.items() if n != kind}
    judged_rows = rows[judged]
    scores |= {name: judged_rows[column].fill_null(-1.0).to_numpy() for name, column in RIVALS.items()}
    scores["random"] = np.random.default_rng(seed).random(judged.size)
    new = np.concatenate([is_new(rows, one) for one in passes])
    parts = {
        "people not taught": new,
        "people taught before": ~new,
        "exploration slice": in_exploration(judged_rows["consumer_key"], seed=seed, kept=kept).to_numpy(),
    }
    table = judged_table(value, scores, parts, cluster, calibrated=frozenset(predicted), seed=seed)
    decision = decide_ambassador(value, predicted[kind], cluster, split, capture, seed)
    figures = dict(decision.figures) | {f"{name} minus evidence": gain for name, gain in gains.items()}
    card = {
        "kind": kind,
        "constants": model.constants(),
        "outcome": "expected_value",
        "currency": rows["currency"].drop_nulls().first(),
        "features": list(NAMES),
        "design": "observational",
        "judged_on": split,
        "as_of": as_of.isoformat(),
        "campaigns": rows["campaign_id"].unique().sort().to_list(),
        "reference_campaign": rows.sort("decision_on", "campaign_id")["campaign_id"][-1],
        "rows": rows.height,
        "rows_with_value": int((purchases > 0).sum()),
        "seed": seed,
        "parameters": HURDLE_TREES.as_dict(),
        "decision": {
            "is_promoted": decision.is_promoted,
            "reasons": list(decision.reasons),
            "figures": {name: vars(figure) for name, figure in figures.items()},
        },
        "evaluation": table.to_dicts(),
    }
    return TrainedAmbassador(model, card, table, decision)


def stored_ambassador(stored: StoredModel) -> FittedAmbassador:
    """The fitted model of a checked model folder."""
    return ambassador_from_parts(stored.boosters, stored.card["constants"])


def _arrays(rows: pl.DataFrame) -> tuple[FloatArray, FloatArray, IntArray, IntArray]:
    return (
        rows.select(NAMES).to_numpy(),
        rows["referred_purchases_count"].to_numpy().astype(np.float64),
        cluster_codes(rows["campaign_id"].to_numpy(), rows.height),
        cluster_codes(rows["consumer_key"].to_numpy(), rows.height),
    )


def _predicted(name: str, rows: pl.DataFrame, passes: list[Pass], seed: int) -> FloatArray | None:
    """Predictions of all judged rows, pass after pass; None: a challenger found too little to learn from."""
    X = rows.select(NAMES).to_numpy()
    try:
        return np.concatenate([_fit(name, rows, one.taught, seed).predict(X[one.judged]) for one in passes])
    except (TooFewRowsError, OutcomeError):
        if name == FittedEvidence.kind:
            raise
        return None


def _fit(name: str, rows: pl.DataFrame, taught: IntArray, seed: int) -> Others:
    own = rows[taught]
    X, purchases, campaign, person = _arrays(own)
    if name == "hurdle":
        return HurdleLearner(HURDLE_TREES.with_seed(seed)).fit(X, purchases, feature_names=NAMES)
    if name == "tweedie":
        return _tweedie(X, purchases, seed)
    is_drawn = (own["design"] == "randomised").fill_null(False).to_numpy()
    return EvidenceLearner(seed).fit(X, purchases, campaign, person, feature_names=NAMES, is_drawn=is_drawn)


def _tweedie(X: FloatArray, purchases: FloatArray, seed: int) -> FittedTweedie:
    return TweedieLearner(HURDLE_TREES.with_seed(seed)).fit(X, purchases, feature_names=NAMES)


def _chosen(gains: Mapping[str, Comparison]) -> str:
    """The challenger with the largest certain gain; without one, the evidence model."""
    better = {name: gain for name, gain in gains.items() if gain.low > 0}
    return max(better, key=lambda name: better[name].low) if better else FittedEvidence.kind


def _usual_value(rows: pl.DataFrame) -> float:
    """Minor units of a purchase where the campaign's products have no price yet: the mean over taught members."""
    known = rows["purchase_value_minor"].drop_nulls()
    if known.len():
        return float(known.to_numpy().mean())
    purchases = float(rows["referred_purchases_count"].sum())
    return max(1.0, float(rows["referred_net_minor"].sum()) / purchases) if purchases else 1.0
