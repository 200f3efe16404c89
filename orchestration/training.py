"""Training beside the measurements: begun once the features are kept, awaited by the models' step.

Belongs here: which models a run trains, and what is in use where one cannot be. Does not: learners and the rule of
promotion (ml/), where models are kept (model_store.py), what the UI is told (assets/models.py).

Nothing that is trained counts before the features gate has passed: the models' step alone takes it up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import polars as pl

from ml.errors import NothingToLearnError
from ml.evaluate.quality import figures_only, labelled
from ml.measurement.design_checks import DesignCheck
from ml.train import UpliftOutcome, train_uplift
from ml.train_ambassador import train_ambassador
from orchestration.drift import people_reference
from orchestration.model_store import InUse, candidate_in_use, champion, champion_in_use
from orchestration.session import RunSession

AMBASSADOR = "ambassador"
OUTCOMES: tuple[UpliftOutcome, ...] = get_args(UpliftOutcome)
UPLIFT = {f"uplift_{outcome}": outcome for outcome in OUTCOMES}
MODELS = (*UPLIFT, AMBASSADOR)

Trained = tuple[InUse, DesignCheck | None, pl.DataFrame | None]


def begin(session: RunSession, training: pl.DataFrame, scoring: pl.DataFrame) -> None:
    """Train every model on threads of the session, while the run goes on."""
    session.training = {name: session.beside.submit(train, session, name, training, scoring) for name in MODELS}


def without(frame: pl.DataFrame, never_use: Sequence[str]) -> pl.DataFrame:
    """The frame with features that the brand forbids unknown for everybody: no model can learn from them."""
    return frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in never_use)


def train(session: RunSession, name: str, training: pl.DataFrame, scoring: pl.DataFrame) -> Trained:
    """Train one model, or say why it cannot be.

    Args:
        session: the run.
        name: of MODELS.
        training: one row per campaign and person in an arm.
        scoring: one row per person for whom the model will be used.

    Returns:
        What is in use afterwards, the check of who was compared, how good the model is; None where there is none.
    """
    frame, people = (without(each, session.settings.models.never_use) for each in (training, scoring))
    seed = session.settings.seed
    try:
        if name == AMBASSADOR:
            ambassador = train_ambassador(frame, seed=seed, as_of=session.as_of, today=people, kept=session.kept_lots)
            card = dict(ambassador.card) | {"people": people_reference(scoring)}
            in_use = candidate_in_use(session, name, ambassador.model.boosters, card, ambassador.decision)
            quality = labelled(figures_only(ambassador.table), name, card["outcome"], ambassador.decision.is_promoted)
            return in_use, None, quality
        uplift = train_uplift(frame, UPLIFT[name], seed=seed, as_of=session.as_of, champion=champion(session, name))
        card = dict(uplift.card) | {"people": people_reference(scoring)}
        in_use = candidate_in_use(session, name, uplift.model.boosters, card, uplift.decision)
        return in_use, uplift.design_check, uplift.quality
    except NothingToLearnError as error:
        return champion_in_use(session, name, str(error), "absent"), None, None
