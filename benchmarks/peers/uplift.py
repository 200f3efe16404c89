"""Effects by causalml's and econml's learners: a job comes as .npz, predictions and CPU seconds go back as .npz.

Runs in the peers' environment. The base model of every learner is LightGBM on one thread with the library's own
defaults but for leaves, rate and rounds, which the held-out criterion chooses from the grid in the job.

Run: python -m benchmarks.peers.uplift JOB.npz RESULT.npz
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from causalml.inference.meta import BaseDRRegressor, BaseSRegressor, BaseTRegressor, BaseXRegressor
from econml.dml import CausalForestDML
from econml.dr import DRLearner
from lightgbm import LGBMRegressor
from sklearn.linear_model import LogisticRegression

Predict = Callable[[Any], Any]
META = {
    "causalml_s": BaseSRegressor,
    "causalml_t": BaseTRegressor,
    "causalml_x": BaseXRegressor,
    "causalml_dr": BaseDRRegressor,
}
# econml's DR learner is the algorithm of causalml's: it takes over the size chosen there.
SAME_SIZE = {"econml_dr": "causalml_dr"}


def fitted(name: str, X: Any, y: Any, t: Any, chance: float, size: tuple[int, float, int]) -> Predict:
    """A fitted learner as a function of features."""
    leaves, rate, rounds = size

    def base() -> Any:
        return LGBMRegressor(num_leaves=leaves, learning_rate=rate, n_estimators=rounds, verbose=-1, n_jobs=1)

    if name == "econml_forest":
        forest = CausalForestDML(
            model_y=base(),
            model_t=LogisticRegression(max_iter=1000),
            discrete_treatment=True,
            cv=2,
            random_state=0,
            n_jobs=1,
        ).fit(y, t, X=X)
        return lambda new: forest.effect(new)
    if name == "econml_dr":
        learner = DRLearner(
            model_propensity=LogisticRegression(max_iter=1000),
            model_regression=base(),
            model_final=base(),
            cv=2,
            random_state=0,
        ).fit(y, t, X=X)
        return lambda new: learner.effect(new)
    model = META[name](base())
    chances = {"p": np.full(len(y), chance)} if name in ("causalml_x", "causalml_dr") else {}
    model.fit(X, t, y, **chances)
    if name == "causalml_x":
        return lambda new: model.predict(new, p=np.full(len(new), chance))
    return lambda new: model.predict(new)


def main() -> None:
    """Do the job."""
    warnings.filterwarnings("ignore")
    logging.getLogger("causalml").setLevel(logging.ERROR)
    job = np.load(sys.argv[1])
    told = json.loads(str(job["told"]))
    X, y, t, new = (job[name].astype(np.float64) for name in ("X", "y", "t", "new"))
    part, fold, gamma = job["part"], job["fold"], job["gamma"]
    t, chance = t.astype(int), float(told["chance"])
    sizes: dict[str, tuple[int, float, int]] = {}
    result: dict[str, Any] = {}
    for name in told["learners"]:
        if name in SAME_SIZE and SAME_SIZE[name] in sizes:
            sizes[name] = sizes[SAME_SIZE[name]]
        elif name == "econml_forest" or "size" in told:
            sizes[name] = tuple(told.get("size", (8, 0.1, 100)))
        else:
            errors = {}
            for size in map(tuple, told["grid"]):
                error = 0.0
                for number in told["judged"]:
                    train, held_out = part[fold != number], fold == number
                    effect = fitted(name, X[train], y[train], t[train], chance, size)(X[part[held_out]]).ravel()
                    error += float(np.sum((gamma[held_out] - effect) ** 2))
                errors[size] = error
            sizes[name] = min(errors, key=lambda size: errors[size])
        started = time.process_time()
        result[name] = fitted(name, X, y, t, chance, sizes[name])(new).ravel()
        result[f"{name}_seconds"] = time.process_time() - started
        result[f"{name}_size"] = np.asarray(sizes[name])
    np.savez(sys.argv[2], **result)


if __name__ == "__main__":
    main()
