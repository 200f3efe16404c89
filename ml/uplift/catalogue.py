"""The learners by name, and the shipped choice.

Belongs here: which learner is the default for which outcome, with the measured reason. Does not: formulas.
"""

from __future__ import annotations

from collections.abc import Mapping

import lightgbm as lgb

from ml.errors import ModelFileError
from ml.trees import EFFECT_TREES, LEVEL_TREES
from ml.uplift.base import FittedUplift, UpliftLearner
from ml.uplift.dr_learner import DrLearner, FittedDr
from ml.uplift.oct import FittedOct, OctLearner
from ml.uplift.s_learner import FittedS
from ml.uplift.t_learner import FittedT

MODEL_KINDS: dict[str, type[FittedUplift]] = {model.kind: model for model in (FittedOct, FittedDr, FittedT, FittedS)}


def default_learner(*, is_binary: bool, seed: int) -> UpliftLearner:
    """OCT for yes/no outcomes, the DR learner for amounts; both with strongly regularised trees of 4 leaves."""
    level, effect = LEVEL_TREES.with_seed(seed), EFFECT_TREES.with_seed(seed)
    return OctLearner(level, effect) if is_binary else DrLearner(level, effect)


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
