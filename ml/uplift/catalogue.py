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
LEAVES, MANY_ROWS_LEAVES, MANY_ROWS = (2, 4), (2, 4, 8), 50_000
RATE, ROUNDS = 0.1, (25, 50, 100)


def candidates(rows: int, *, is_binary: bool, is_randomised: bool, seed: int) -> list[AnyStaged]:
    """The learners that compete to be the model, each with the most rounds it may use.

    Randomised yes/no outcomes: X on both scales and OCT; amounts: X and DR. From MANY_ROWS on DR stands for yes/no too
    (least error of all at a million rows where effects are differences of probabilities, never below). Without
    randomisation only the DR learner uses each person's estimated chance of contact, so it stands alone.
    """
    level, many = LEVEL_TREES.with_seed(seed), rows >= MANY_ROWS
    learners: list[AnyStaged] = [DrLearner(level)]
    if is_randomised and is_binary:
        few: list[AnyStaged] = [XLearner(level), XLearner(level, scale="log_odds"), OctLearner(level)]
        learners = few + learners if many else few
    elif is_randomised:
        learners = [XLearner(level), *learners]
    return [
        replace(learner, effect_trees=replace(EFFECT_TREES, leaves=leaves, rate=RATE, rounds=max(ROUNDS), seed=seed))
        for learner in learners
        for leaves in (MANY_ROWS_LEAVES if many else LEAVES)
    ]


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
