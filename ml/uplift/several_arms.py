"""More than one kind of contact: an effect model per treatment arm, each against the same people without contact.

One model a pair, not one model with the arm as a feature: an arm with little data must not borrow another's effect.
Does not belong here: how a pair is learned (the learners), which arm a person should get (the plan).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Features, FloatArray
from ml.errors import InputError
from ml.uplift.base import FittedUplift, UpliftLearner


@dataclass(frozen=True)
class FittedArms:
    """A fitted model by arm."""

    models: Mapping[str, FittedUplift]

    def predict(self, X: Features) -> dict[str, FloatArray]:
        """(n,) effect of each arm against no contact."""
        return {arm: model.predict(X) for arm, model in self.models.items()}

    def best(self, X: Features, *, cost: Mapping[str, float] | None = None) -> npt.NDArray[np.str_]:
        """(n,) the arm with the largest effect less its cost, "" where none is above 0."""
        names = list(self.models)
        effects = self.predict(X)
        net = np.column_stack([effects[arm] - (cost or {}).get(arm, 0.0) for arm in names])
        return np.where(net.max(axis=1) > 0, np.asarray(names)[net.argmax(axis=1)], "")


def fit_arms(
    learner: UpliftLearner,
    X: Features,
    y: npt.ArrayLike,
    arm: npt.ArrayLike,
    *,
    control: str,
    propensity: Mapping[str, npt.ArrayLike | float] | None = None,
    cluster: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    feature_names: Sequence[str] | None = None,
) -> FittedArms:
    """Fit every arm against `control`.

    Args:
        arm: (n,) name of each row's arm.
        control: the arm without contact.
        propensity: probability of each arm, `control` included, one for all or (n,); None: the arms' shares. A pair
            is learned from its own rows, where the chance of treatment is that arm's share of both chances.
        cluster, sample_weight, feature_names: as in ml.uplift.base.UpliftLearner.

    Raises:
        InputError: nobody in `control`, no other arm, or an arm whose chance is not given.
    """
    names = np.asarray(arm, dtype=np.str_)
    outcome = np.asarray(y, dtype=np.float64)
    others = sorted(set(np.unique(names).tolist()) - {control})
    if not others or not (names == control).any():
        raise InputError(f"arms {sorted(set(names.tolist()))}: people in {control!r} and in another arm are needed")
    chances = {one: float((names == one).mean()) for one in (control, *others)} if propensity is None else propensity
    if missing := {control, *others} - set(chances):
        raise InputError(f"the chance of {sorted(missing)} is not given")
    models = {}
    for one in others:
        pair = np.flatnonzero((names == one) | (names == control))
        own, none = (
            np.broadcast_to(np.asarray(chances[name], dtype=np.float64), names.shape) for name in (one, control)
        )
        models[one] = learner.fit(
            X[pair],
            outcome[pair],
            (names[pair] == one).astype(np.float64),
            (own / (own + none))[pair],
            None if cluster is None else np.asarray(cluster)[pair],
            None if sample_weight is None else np.asarray(sample_weight)[pair],
            feature_names=feature_names,
        )
    return FittedArms(models)
