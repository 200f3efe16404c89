"""Models between runs: the champion of earlier days, and the model a run uses.

Belongs here: folders of models in the state and in the build, which one is in use. Does not: training and judging
(ml/train*.py), files of one model (ml/registry.py), when the state is written (state.py).
"""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ml.errors import ModelFileError
from ml.promotion import Decision
from ml.registry import StoredModel, read_model, write_model
from orchestration.exports.context import ModelOutcome
from orchestration.generations import generations
from orchestration.session import RunSession
from orchestration.state import CHAMPIONS, keep_model
from orchestration.workspace import Build

logger = logging.getLogger(__name__)

# Of a model card: features the brand had forbidden when the model was trained.
NEVER_USE = "never_use"


@dataclass(frozen=True)
class InUse:
    """What a run scores with: a model folder of its own build, or nothing; and what to say about it."""

    outcome: ModelOutcome
    stored: StoredModel | None


def champion(session: RunSession, name: str) -> StoredModel | None:
    """The model earlier days left in use, with every byte checked; None: there is none that may be used.

    A model that may have learned from a feature the brand has forbidden since is none; nor is one whose files are
    damaged here and in every generation that is kept.
    """
    entry = (session.state.latest(CHAMPIONS) or {}).get(name)
    stored = None if entry is None else _restored(session, name, entry["model_id"])
    if stored is None:
        return None
    forbidden_since = set(session.settings.models.never_use) - set(stored.card.get(NEVER_USE, ()))
    return None if forbidden_since else stored


def _restored(session: RunSession, name: str, model_id: str) -> StoredModel | None:
    """The kept model, brought back from a generation where its own folder is damaged."""
    folder = session.state.model_folder(model_id)
    published = [Build(each.path).models / name for each in reversed(generations(session.workspace))]
    for place in (folder, *(each for each in published if each.is_dir())):
        try:
            stored = read_model(place)
        except ModelFileError as error:
            logger.warning("%s", error)
            continue
        if stored.model_id == model_id:
            if place != folder:
                keep_model(place, folder)
            return stored
    logger.warning("model %s of %s is damaged here and in every generation: the run goes on without it", model_id, name)
    return None


def candidate_in_use(session: RunSession, name: str, boosters: Any, card: dict[str, Any], decision: Decision) -> InUse:
    """Keep a promoted candidate, else what earlier days left; both in words."""
    reason = "; ".join(decision.reasons)
    if not decision.is_promoted:
        return champion_in_use(session, name, reason, "refused")
    folder = _folder(session, name)
    write_model(folder, boosters, card | {NEVER_USE: sorted(session.settings.models.never_use)})
    return _use(session, name, read_model(folder), reason)


def champion_in_use(session: RunSession, name: str, reason: str, status: Any) -> InUse:
    """Score with the champion where there is one; `reason` says why there is no new model."""
    previous = champion(session, name)
    if previous is None:
        return InUse(ModelOutcome(name, status, reason), None)
    folder = _folder(session, name)
    shutil.copytree(session.state.model_folder(previous.model_id), folder)
    stays = f"the model of {previous.card['as_of']} stays in use: {reason}"
    return _use(session, name, read_model(folder), stays)


def _use(session: RunSession, name: str, stored: StoredModel, reason: str) -> InUse:
    session.champions[name] = {"model_id": stored.model_id, "as_of": stored.card["as_of"]}
    as_of = date.fromisoformat(stored.card["as_of"])
    return InUse(ModelOutcome(name, "promoted", reason, stored.model_id, as_of), stored)


def _folder(session: RunSession, name: str) -> Path:
    session.build.models.mkdir(exist_ok=True)
    return session.build.models / name
