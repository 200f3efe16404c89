"""The learners by name, and those the shipped default chooses from.

Belongs here: which learners and settings stand for choice, with the measured reason. Does not: formulas, the choosing
(selection.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import lightgbm as lgb

from ml.errors import ModelFileError
from ml.trees import EFFECT_TREES, LEVEL_TREES
from ml.uplift.base import FittedUplift, StagedLearner
from ml.uplift.dr_learner import DrLearner, FittedDr
from ml.uplift.oct import FittedOct, OctLearner
from ml.uplift.s_learner import FittedS
from ml.uplift.t_learner import FittedT
from ml.uplift.x_learner import FittedX, FittedXLogOdds, XLearner

AnyStaged = StagedLearner[Any, Any]

MODEL_KINDS: dict[str, type[FittedUplift]] = {
    model.kind: model for model in (FittedOct, FittedDr, FittedX, FittedXLogOdds, FittedT, FittedS)
}
# Sizes of the effect model. Each wins somewhere: stumps where effects hardly differ (Hillstrom), 8 leaves at a million
# rows, never below MANY_ROWS. A quarter and half of the rounds are judged without a fit of their own.
LEAVES, LEAVES_OF_MANY, LEAVES_OF_VERY_MANY = (2, 4), (2, 4, 8), (4, 8)
RATE, ROUNDS = 0.1, (25, 50, 100)
MANY_ROWS = 50_000
# From here on stumps cost more than noise does, and the half of the arm models' errors that an X-learner keeps
# outweighs what it saves.
VERY_MANY_ROWS = 200_000


def candidates(rows: int, *, is_binary: bool, is_randomised: bool, seed: int) -> list[AnyStaged]:
    """The learners that compete to be the model, each with the most rounds it may use.

    Randomised yes/no outcomes: X on both scales and OCT, from MANY_ROWS on DR too, from VERY_MANY_ROWS on OCT and DR
    alone; amounts: X and DR, then DR alone. Without randomisation only the DR learner uses each person's estimated
    chance of contact, so it stands alone.
    """
    level = LEVEL_TREES.with_seed(seed)
    learners: list[AnyStaged] = []
    if is_randomised and rows < VERY_MANY_ROWS:
        learners += [XLearner(level), XLearner(level, scale="log_odds")] if is_binary else [XLearner(level)]
    if is_randomised and is_binary:
        learners += [OctLearner(level)]
    if not is_randomised or not is_binary or rows >= MANY_ROWS:
        learners += [DrLearner(level)]
    return [
        replace(learner, effect_trees=replace(EFFECT_TREES, leaves=leaves, rate=RATE, rounds=max(ROUNDS), seed=seed))
        for learner in learners
        for leaves in leaves_of(rows)
    ]


def leaves_of(rows: int) -> tuple[int, ...]:
    """Sizes of the effect model that stand for choice."""
    if rows >= VERY_MANY_ROWS:
        return LEAVES_OF_VERY_MANY
    return LEAVES_OF_MANY if rows >= MANY_ROWS else LEAVES


def model_from_parts(
    kind: str, boosters: Mapping[str, lgb.Booster], constants: Mapping[str, float], *, is_binary: bool
) -> FittedUplift:
    """A fitted model as it was before it was written.

    Raises:
        ModelFileError: a kind this version does not know.
    """
    if kind not in MODEL_KINDS:
        raise ModelFileError(f"uplift model of unknown kind {kind!r}; known: {sorted(MODEL_KINDS)}")
    return MODEL_KINDS[kind](boosters, constants, is_binary)
