"""Hillstrom's e-mail experiment: women's e-mail against none, outcome visit, ten seeded half splits.

Fixed beforehand: features as they stand in the file (zip_code and channel as codes in alphabetical order), splits by
seeds 0 to 9, our learner as ml.uplift.selection chooses it inside each training half, peers' sizes chosen there by
the same criterion, and once more at 8 leaves, rate .1, 60 rounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.figures import Figure, real_data
from benchmarks.uplift_peers import TUNED, peers
from ml.arrays import checked_sample
from ml.crossfit import mean_outcome
from ml.evaluate.curves import qini_auc_scikit_uplift, uplift_at
from ml.trees import LEVEL_TREES, Binned, raw_score
from ml.uplift.selection import choose

SPLITS, FOREST_SPLITS = 10, 3
NUMBERS = ("recency", "history", "mens", "womens", "newbie")
CODES = ("zip_code", "channel")
FIXED_SIZE = (8, 0.1, 60)


def sample() -> tuple[Any, Any, Any]:
    """X, y, treatment of the two arms."""
    data = pd.read_csv(real_data() / "uplift" / "hillstrom.csv.gz")
    data = data[data["segment"].isin(["Womens E-Mail", "No E-Mail"])].reset_index(drop=True)
    codes = [data[name].astype("category").cat.codes for name in CODES]
    X = np.column_stack([*(data[name] for name in NUMBERS), *codes]).astype(np.float64)
    return X, data["visit"].to_numpy(np.float64), (data["segment"] == "Womens E-Mail").to_numpy(np.float64)


def figures(quick: bool) -> Iterator[Figure]:
    """Mean figures over the splits, ours and each peer's, and the paired comparison with the best."""
    X, y, t = sample()
    qini: dict[str, list[float]] = {}
    uplift: dict[str, list[float]] = {}
    for seed in range(2 if quick else SPLITS):
        order = np.random.default_rng(seed).permutation(len(y))
        train, test = np.sort(order[: len(y) // 2]), np.sort(order[len(y) // 2 :])
        chance = float(t[train].mean())
        scores = _ours(X[train], y[train], t[train], chance, X[test])
        if not quick:
            args = (X[train], y[train], t[train], X[test])
            tuned = peers(*args, chance=chance)
            fixed = peers(*args, chance=chance, size=FIXED_SIZE)
            scores |= {name: tuned[name] for name in TUNED}
            scores |= {f"{name} (fixed size)": fixed[name] for name in TUNED}
            if seed < FOREST_SPLITS:
                scores |= {"econml_forest": peers(*args, chance=chance, learners=("econml_forest",))["econml_forest"]}
        for name, score in scores.items():
            qini.setdefault(name, []).append(qini_auc_scikit_uplift(y[test], score, t[test]))
            uplift.setdefault(name, []).append(uplift_at(y[test], score, t[test], 0.3))
    for name in qini:
        if name != "nanolift":
            yield Figure(f"hillstrom_qini {name}", float(np.mean(qini[name])))
            yield Figure(f"hillstrom_uplift_at_30 {name}", float(np.mean(uplift[name])))
    yield Figure("hillstrom_qini", float(np.mean(qini["nanolift"])), low=0.056)
    yield Figure("hillstrom_uplift_at_30", float(np.mean(uplift["nanolift"])), low=0.066)
    rivals = [name for name in qini if name.startswith(("causalml", "econml"))]
    if rivals:
        # The forest has three splits: it is compared on those.
        ours = np.asarray(qini["nanolift"])
        ratios, worst = [], np.inf
        for name in rivals:
            theirs = np.asarray(qini[name])
            own = ours[: theirs.size]
            ratios.append(own.mean() / theirs.mean())
            difference = own - theirs
            worst = min(worst, difference.mean() / (difference.std(ddof=1) / np.sqrt(difference.size)))
        yield Figure("hillstrom_qini_vs_best_peer", float(min(ratios)), low=0.97)
        yield Figure("hillstrom_worst_paired_difference_in_se", float(worst), low=-2.0)


def _ours(X: Any, y: Any, t: Any, chance: float, new: Any) -> dict[str, Any]:
    part = checked_sample(X, y, t, chance)
    model = choose(part, is_randomised=True, seed=1).learner.fit(X, y, t, chance)
    response = Binned(X).train(y, objective="binary", settings=LEVEL_TREES.with_seed(1))
    return {
        "nanolift": model.predict(new),
        "response model": mean_outcome(raw_score(response, new), True),
        "random": np.random.default_rng(1).random(len(new)),
    }
