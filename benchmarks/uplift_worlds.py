"""Worlds with 20 features whose effect is known, on the log-odds or on the probability scale: error, order, cost.

PEHE is the root mean square error of predicted effects on new people. Ours and the peers' sizes come from one grid by
one held-out criterion (ml.uplift.selection); the selection is no part of the cost. The floor of the cost is binning
the table once and training one model of 100 rounds and 31 leaves.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from benchmarks.figures import Figure
from benchmarks.uplift_peers import TUNED, peers
from ml.arrays import checked_sample
from ml.crossfit import doubly_robust_scores
from ml.trees import Binned, TreeSettings, sigmoid
from ml.uplift.base import StagedLearner
from ml.uplift.catalogue import candidates
from ml.uplift.selection import choose

SIZES = {"64k": 64_000, "1m": 1_000_000}
NEW_ROWS = 100_000
FLOOR = TreeSettings(leaves=31, rate=0.1, rounds=100, min_rows=20, l2=0.0, feature_share=1.0, row_share=1.0)
COST_TURNS = 3


def world(rows: int, scale: str, seed: int) -> dict[str, Any]:
    """X (rows, 20), y, t, effect, and the expected outcomes p0, p1 of every row.

    Ten correlated normal features, five uniform, three yes/no, two codes; eight of them move the outcome, five the
    effect. scale: "logit" or "probability".
    """
    rng = np.random.default_rng([seed, rows, scale == "logit"])
    X = np.empty((rows, 20), dtype=np.float32)
    shared = rng.standard_normal((rows, 3))
    for column in range(10):
        X[:, column] = 0.8 * rng.standard_normal(rows) + 0.6 * shared[:, column % 3]
    X[:, 10:15] = rng.random((rows, 5))
    X[:, 15:18] = rng.random((rows, 3)) < [0.5, 0.3, 0.1]
    X[:, 18], X[:, 19] = rng.integers(0, 5, rows), rng.integers(0, 12, rows)
    level = (
        -1.6 + 0.6 * X[:, 0] - 0.4 * X[:, 1] + 0.5 * (X[:, 2] > 0) * X[:, 3] + 0.4 * np.sin(2 * X[:, 4])
        + 0.4 * X[:, 15] + 0.3 * (X[:, 18] == 2) + 0.5 * X[:, 10]
    ).astype(np.float64)  # fmt: skip
    effect = (
        0.3 + 0.35 * np.tanh(X[:, 1]) + 0.3 * (X[:, 2] > 0) - 0.35 * X[:, 15]
        + 0.3 * (X[:, 11] > 0.6) * X[:, 5] + 0.15 * X[:, 0]
    ).astype(np.float64)  # fmt: skip
    if scale == "logit":
        p0, p1 = sigmoid(level - effect / 2), sigmoid(level + effect / 2)
    else:
        p0 = sigmoid(level)
        p1 = np.clip(p0 + 0.12 * effect, 0.005, 0.995)
    t = (rng.random(rows) < 0.5).astype(np.float64)
    y = (rng.random(rows) < np.where(t == 1, p1, p0)).astype(np.float64)
    return {"X": X, "y": y, "t": t, "effect": p1 - p0, "p0": p0, "p1": p1}


def figures(quick: bool) -> Iterator[Figure]:
    """PEHE against the best peer in every cell, order, oracle, cost, memory."""
    for size, rows in {"8k": 8_000}.items() if quick else SIZES.items():
        for scale in ("logit", "probability"):
            yield from _cell(size, rows, scale, quick)
    if not quick:
        yield from _ten_million()


def _cell(size: str, rows: int, scale: str, quick: bool) -> Iterator[Figure]:
    made, new = world(rows, scale, 1), world(NEW_ROWS, scale, 2)
    sample = checked_sample(made["X"], made["y"], made["t"], 0.5)
    started = time.process_time()
    choice = choose(sample, is_randomised=True, seed=1)
    cell = f"{size}_{scale}"
    yield Figure(f"selection_cpu_seconds_{cell}", time.process_time() - started)
    learner = choice.learner
    print(f"  {cell}: {type(learner).__name__} {getattr(learner, 'scale', '')} {learner.effect_trees}")
    own = learner.fit(made["X"], made["y"], made["t"], 0.5).predict(new["X"])
    ours = _pehe(own, new)
    yield Figure(f"pehe_{cell}", ours)
    order = float(spearmanr(own, new["effect"]).statistic)
    yield Figure(f"rank_correlation_{cell}", order, low=0.9 if cell == "64k_logit" else None)
    yield Figure(f"pehe_vs_oracle_dr_{cell}", ours / _oracle(made, new, learner), high=None if quick else 1.02)
    if quick:
        return
    found = peers(made["X"], made["y"], made["t"], new["X"], chance=0.5)
    for name in TUNED:
        yield Figure(f"pehe_{cell} {name} {found[f'{name}_size'].tolist()}", _pehe(found[name], new))
    yield Figure(f"pehe_vs_best_peer_{cell}", ours / min(_pehe(found[name], new) for name in TUNED), high=0.95)
    if scale == "logit":
        yield from _cost(size, made, new["X"], learner, found)


def _pehe(predicted: Any, new: dict[str, Any]) -> float:
    return float(np.sqrt(np.mean((predicted - new["effect"]) ** 2)))


def _oracle(made: dict[str, Any], new: dict[str, Any], learner: StagedLearner[Any, Any]) -> float:
    """PEHE of the DR learner that is told m*, with the same effect trees."""
    half = np.full(len(made["y"]), 0.5)
    gamma = doubly_robust_scores(made["y"], made["t"], half, (made["p0"] + made["p1"]) / 2)
    booster = Binned(made["X"]).train(gamma, objective="regression", settings=learner.effect_trees)
    return _pehe(booster.predict(new["X"], num_threads=1), new)


def _cost(
    size: str, made: dict[str, Any], new: Any, learner: StagedLearner[Any, Any], found: dict[str, Any]
) -> Iterator[Figure]:
    """CPU seconds of fit and score over those of the floor, turn by turn; and over causalml X's for the same work.

    Against the floor the rows that taught are scored; against causalml the new ones that it scored.
    """
    X, y, t = made["X"], made["y"], made["t"]
    ours, floors, with_new = [], [], []
    for _ in range(COST_TURNS):
        started = time.process_time()
        Binned(X).train(y, objective="binary", settings=FLOOR)
        floors.append(time.process_time() - started)
        started = time.process_time()
        learner.fit(X, y, t, 0.5).predict(X)
        ours.append(time.process_time() - started)
        started = time.process_time()
        learner.fit(X, y, t, 0.5).predict(new)
        with_new.append(time.process_time() - started)
    ratio = float(np.median(np.asarray(ours) / np.asarray(floors)))
    yield Figure(f"cpu_seconds_{size}", float(np.median(ours)))
    yield Figure(f"cpu_vs_floor_{size}", ratio, high=2.5)
    if size == "64k":
        yield Figure(f"cpu_vs_causalml_x_{size}", float(np.median(with_new) / found["causalml_x_seconds"]), high=0.5)
        # LightGBM's own default size, which is what users of causalml run who choose none.
        usual = peers(X, y, t, new, chance=0.5, learners=("causalml_x",), size=(31, 0.1, 100))
        yield Figure(
            f"cpu_vs_causalml_x_{size} (default size)", float(np.median(with_new) / usual["causalml_x_seconds"])
        )


def _ten_million() -> Iterator[Figure]:
    """A process of its own makes 10 M x 20 float32, fits and scores; its peak is the peak of everything in it."""
    script = "import sys; sys.path.insert(0, '.')\nfrom benchmarks.uplift_worlds import large\nlarge()\n"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    seconds, peak = map(float, done.stdout.split()[-2:])
    yield Figure("cpu_seconds_10m", seconds)
    yield Figure("peak_gb_10m", peak, high=6.0)


def large(rows: int = 10_000_000) -> None:
    """Fit and score 10 M rows made without a second copy; prints CPU seconds and the peak in GB."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((rows, 20), dtype=np.float32)
    t = (rng.random(rows, dtype=np.float32) < 0.5).astype(np.int8)
    chance = 0.2 + 0.1 * np.tanh(X[:, 0]) + 0.05 * t * (X[:, 1] > 0)
    y = (rng.random(rows, dtype=np.float32) < chance).astype(np.int8)
    del chance
    learner = candidates(rows, is_binary=True, is_randomised=True, seed=1)[0]
    started = time.process_time()
    learner.fit(X, y, t, 0.5).predict(X)
    seconds = time.process_time() - started
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
