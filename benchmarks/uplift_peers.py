"""The peers' side of benchmarks/uplift.py: a job, its process in the peers' environment, its kept result."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ml.arrays import checked_sample, cluster_folds
from ml.trees import LEVEL_TREES
from ml.uplift import catalogue, selection
from ml.uplift.dr_learner import DrLearner

HERE = Path(__file__).parent
PYTHON = HERE / ".venv" / "bin" / "python"
CACHE = HERE / "results" / "uplift_cache"
TUNED = ("causalml_s", "causalml_t", "causalml_x", "causalml_dr", "econml_dr")


def peers(
    X: Any,
    y: Any,
    t: Any,
    new: Any,
    *,
    chance: float,
    learners: tuple[str, ...] = TUNED,
    size: tuple[Any, ...] | None = None,
) -> dict[str, Any]:
    """Predicted effects by learner, with `<learner>_seconds` (CPU, fit and score) and `<learner>_size`.

    Args:
        size: leaves, rate, rounds for all; None: each chooses from our own grid, on the same folds and held-out
            doubly-robust scores as our selection.
    """
    if not PYTHON.exists():
        raise SystemExit("the peers' environment is missing: make bench-env")
    sample = checked_sample(X, y, t, chance)
    part = selection.part_of(sample, seed=1, most=selection.MOST_ROWS)
    kept = part.cluster  # without clusters every row is its own, so its code is its row number
    gamma = selection.held_out_gamma(part, DrLearner(LEVEL_TREES.with_seed(1)), 1)
    rows = len(y)
    leaves = catalogue.LEAVES_OF_MANY if rows >= catalogue.MANY_ROWS else catalogue.LEAVES
    told = {
        "learners": learners,
        "chance": chance,
        "grid": [(count, catalogue.RATE, rounds) for count in leaves for rounds in catalogue.ROUNDS],
        "judged": list(selection.judged_folds(part.y.size)),
    } | ({} if size is None else {"size": size})
    content = {
        "X": np.asarray(X, dtype=np.float32 if rows > 200_000 else np.float64),
        "y": np.asarray(y, dtype=np.float32),
        "t": np.asarray(t, dtype=np.int8),
        "new": np.asarray(new),
        "part": kept,
        "fold": cluster_folds(part.cluster, selection.FOLDS, 1),
        "gamma": gamma,
        "told": json.dumps(told),
    }
    digest = hashlib.sha256(b"".join(np.ascontiguousarray(value).tobytes() for value in content.values())).hexdigest()
    target = CACHE / f"{digest[:24]}.npz"
    if not target.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            np.savez(f"{folder}/job.npz", **content)
            # The environment of the application must not reach the peers': same names, other versions.
            environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
            subprocess.run(
                [PYTHON, "-m", "benchmarks.peers.uplift", f"{folder}/job.npz", f"{folder}/result.npz"],
                check=True,
                cwd=HERE.parent,
                env=environment | {"OMP_NUM_THREADS": "1"},
            )
            Path(f"{folder}/result.npz").rename(target)
    return dict(np.load(target))
