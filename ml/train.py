"""From the training frame to a judged uplift model: what the models' asset calls. No files, no orchestration.

Belongs here: in which order things are fitted and judged, what the card says. Does not: which rows teach
(train_rows.py), formulas (uplift/, evaluate/), the rule (promotion.py), files (registry.py), ambassadors
(train_ambassador.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import polars as pl

from ml.arrays import BoolArray, FloatArray, Sample, checked_sample, cluster_codes
from ml.clusters import assigned_together
from ml.evaluate.calibration import fit_calibration
from ml.evaluate.heldout import HeldOut, held_out
from ml.evaluate.placebo import Assignment
from ml.evaluate.quality import JudgedModel, labelled, model_quality
from ml.evaluate.table import evaluation_table
from ml.features.dictionary import FEATURE_NAMES, check_allowed
from ml.measurement.design_checks import DesignCheck
from ml.promotion import Decision, Judged, decide
from ml.registry import StoredModel
from ml.train_rows import training_rows, with_propensity
from ml.uplift.base import FittedUplift
from ml.uplift.catalogue import model_from_parts
from ml.uplift.selection import Choice, choose

UpliftOutcome = Literal["first_purchase", "net_spend"]
OUTCOME_COLUMNS: dict[UpliftOutcome, str] = {
    "first_purchase": "first_purchase",
    "net_spend": "net_spend_after_minor",
}


@dataclass(frozen=True)
class TrainedUplift:
    """A fitted and judged uplift model.

    Attributes:
        model: fitted on all rows.
        card: JSON-ready description, with calibration, evaluation and decision.
        table: ml.evaluate.table of held-out rows: candidate, response model, random order, champion if there is one.
        decision: whether it may be used, and why.
        quality: ml.evaluate.quality of held-out rows: curves, tenths, budgets, placebos beside the table's figures.
        design_check: how alike the people compared were; None where chance decided.
    """

    model: FittedUplift
    card: Mapping[str, Any]
    table: pl.DataFrame
    decision: Decision
    quality: pl.DataFrame
    design_check: DesignCheck | None = None


def train_uplift(
    frame: pl.DataFrame,
    outcome: UpliftOutcome,
    *,
    seed: int,
    as_of: date,
    champion: StoredModel | None = None,
    feature_names: Sequence[str] = FEATURE_NAMES,
) -> TrainedUplift:
    """Fit, judge on held-out people, decide.

    Args:
        frame: ml.features.training.training_frame. Randomised campaigns teach; only where there is none, chosen
            members beside everybody else do, and everything is labelled observational.
        outcome: what contact should change.
        seed: of folds, trees and bootstraps.
        as_of: the run's date, for the card.
        champion: the model in use for this outcome, if any.
        feature_names: the columns of `frame` to learn from.

    Raises:
        NothingToLearnError: too few rows or outcomes; the message is the reason to pass on.
        InputError: a feature is forbidden or has no dictionary entry.
    """
    check_allowed(feature_names)
    rows = training_rows(frame, OUTCOME_COLUMNS[outcome])
    is_randomised = rows["design"][0] == "randomised"
    rows, propensity, design_check = with_propensity(rows, is_randomised, outcome, seed, feature_names)
    sample = checked_sample(
        rows.select(feature_names).to_numpy(),
        rows["label"].to_numpy(),
        rows["treatment"].to_numpy(),
        propensity,
        assigned_together(rows),
    )

    def chosen(part: Sample) -> Choice:
        return choose(part, is_randomised=is_randomised, seed=seed)

    passes = held_out(lambda part: chosen(part).learner, sample, seed=seed, feature_names=feature_names)
    choice = chosen(sample)
    model = choice.learner.fit(
        sample.X, sample.y, sample.treatment, sample.propensity, sample.cluster, feature_names=feature_names
    )
    rival = None if champion is None else _champion_scores(champion, rows)
    is_new: BoolArray = np.zeros(rows.height, dtype=np.bool_)
    if champion is not None:
        is_new = (rows["outcome_ends_on"] > date.fromisoformat(champion.card["as_of"])).to_numpy()
    decision = decide([_judged(one, sample, rival, is_new) for one in passes], seed=seed)
    orders = _orders(passes[0], rival, seed)
    own = sample.kept(passes[0].rows)
    table = evaluation_table(own, passes[0].gamma, orders, has_equal_chances=is_randomised, seed=seed)
    calibration = fit_calibration(choice.gamma, choice.effect, choice.cluster)
    quality = model_quality(
        _judged_model(passes[0], own, orders, rows, is_randomised),
        table,
        calibration,
        (choice.gamma, choice.effect, choice.cluster),
        seed=seed,
    )
    quality = labelled(quality, f"uplift_{outcome}", outcome, decision.is_promoted)
    card = {
        "kind": model.kind,
        "constants": dict(model.constants),
        "is_binary": model.is_binary,
        "outcome": outcome,
        "outcome_basis": rows["outcome_basis"].drop_nulls().last(),
        "currency": rows["currency"].drop_nulls().first(),
        "features": list(feature_names),
        "design": "randomised" if is_randomised else "observational",
        "as_of": as_of.isoformat(),
        "campaigns": rows["campaign_id"].unique().sort().to_list(),
        "reference_campaign": rows.sort("decision_on", "campaign_id")["campaign_id"][-1],
        "rows": rows.height,
        "treated_rows": int(sample.treatment.sum()),
        "outcome_share": float(np.mean(sample.y != 0)),
        "seed": seed,
        "parameters": {
            "level": choice.learner.level_trees.as_dict(),
            "effect": choice.learner.effect_trees.as_dict(),
        },
        "selection": choice.errors,
        "calibration": calibration.as_dict(),
        "decision": {
            "is_promoted": decision.is_promoted,
            "reasons": list(decision.reasons),
            "figures": {name: vars(figure) for name, figure in decision.figures.items()},
        },
        "evaluation": table.to_dicts(),
        "design_check": None if design_check is None else design_check.as_dict(),
    }
    return TrainedUplift(model, card, table, decision, quality, design_check)


def _champion_scores(champion: StoredModel, rows: pl.DataFrame) -> FloatArray | None:
    """The champion's predictions; None if it needs features this version no longer has."""
    names = list(champion.card["features"])
    if not set(names) <= set(rows.columns):
        return None
    return stored_uplift(champion).predict(rows.select(names).to_numpy())


def stored_uplift(stored: StoredModel) -> FittedUplift:
    """The fitted model of a checked model folder."""
    card = stored.card
    return model_from_parts(card["kind"], stored.boosters, card["constants"], is_binary=card["is_binary"])


def _judged(one: HeldOut, sample: Sample, champion: FloatArray | None, is_new: BoolArray) -> Judged:
    return Judged(
        gamma=one.gamma,
        candidate=one.order(one.uplift),
        response=one.order(one.response),
        cluster=sample.cluster[one.rows],
        champion=None if champion is None else one.order(champion[one.rows]),
        is_new_to_champion=is_new[one.rows],
    )


def _orders(one: HeldOut, champion: FloatArray | None, seed: int) -> dict[str, FloatArray]:
    """What the candidate is shown beside: a plain response model, a random order, the model in use."""
    orders = {
        "candidate": one.order(one.uplift),
        "response model": one.order(one.response),
        "random": one.random_order(seed),
    }
    return orders if champion is None else orders | {"champion": one.order(champion[one.rows])}


def _judged_model(
    one: HeldOut, own: Sample, orders: Mapping[str, FloatArray], rows: pl.DataFrame, is_randomised: bool
) -> JudgedModel:
    """The judged rows for ml.evaluate.quality; who was assigned together is told within each campaign."""
    judged = rows[one.rows]
    unit = pl.concat_str("campaign_id", pl.coalesce("cluster_id", "consumer_key"), separator=" ")
    assigned = Assignment(
        own.treatment,
        own.propensity,
        cluster_codes(judged.select(unit).to_series().to_numpy(), judged.height),
        cluster_codes(judged["campaign_id"].to_numpy(), judged.height),
        is_randomised,
    )
    before = judged["net_spend_before_minor"].cast(pl.Float64).to_numpy()
    return JudgedModel(own, one.gamma, one.expected, orders, assigned, before)
