"""Golden values of uplift metrics, made by the libraries whose definitions ml/evaluate/curves.py claims to follow.

Runs in the peers' environment (`make oracles`) and writes tests/unit/ml/evaluate/golden_curves.json, which is
committed; the tests hold our figures to it within 1e-12. Cases: distinct scores, ties, unequal arms, and whole-number
weights as replicated rows. causalml's order of equal scores is not defined, so its ties are replicated rows only.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from causalml.metrics import auuc_score
from sklift.metrics import qini_auc_score, uplift_at_k

TARGET = Path(__file__).parents[2] / "tests" / "unit" / "ml" / "evaluate" / "golden_curves.json"


def case(name: str, seed: int, *, rows: int, share: float, levels: int | None, weighted: bool) -> dict[str, Any]:
    """One sample with both libraries' figures; levels: number of distinct scores, None: all differ."""
    rng = np.random.default_rng(seed)
    score = rng.permutation(rows) / rows if levels is None else rng.integers(0, levels, rows) / levels
    treatment = (rng.random(rows) < share).astype(int)
    y = (rng.random(rows) < 0.2 + 0.3 * score * treatment).astype(int)
    weight = rng.integers(0, 4, rows) if weighted else np.ones(rows, dtype=int)
    wide = {"y": np.repeat(y, weight), "t": np.repeat(treatment, weight), "s": np.repeat(score, weight)}
    figures = {
        "qini_auc_scikit_uplift": float(qini_auc_score(wide["y"], wide["s"], wide["t"])),
        "uplift_at_30": float(uplift_at_k(wide["y"], wide["s"], wide["t"], strategy="overall", k=0.3)),
    }
    if levels is None:
        frame = pd.DataFrame({"model": wide["s"], "y": wide["y"], "t": wide["t"]})
        figures["auuc_causalml"] = float(
            auuc_score(frame, outcome_col="y", treatment_col="t", normalize=True, random_state=1)["model"]
        )
    else:
        # Which of equal scores stand inside the first 30 % depends on the sort; only whole groups are defined.
        figures.pop("uplift_at_30")
    return {
        "name": name,
        "score": score.tolist(),
        "treatment": treatment.tolist(),
        "y": y.tolist(),
        "weight": weight.tolist() if weighted else None,
        "figures": figures,
    }


def main() -> None:
    """Write the golden values."""
    logging.getLogger("causalml").setLevel(logging.ERROR)
    cases = [
        case("distinct scores", 1, rows=200, share=0.5, levels=None, weighted=False),
        case("ties", 2, rows=200, share=0.5, levels=12, weighted=False),
        case("unequal arms", 3, rows=300, share=0.15, levels=None, weighted=False),
        case("unequal arms with ties", 4, rows=300, share=0.85, levels=7, weighted=False),
        case("weights", 5, rows=150, share=0.4, levels=None, weighted=True),
        case("weights with ties", 6, rows=150, share=0.4, levels=9, weighted=True),
    ]
    TARGET.write_text(json.dumps(cases) + "\n", encoding="utf-8")
    logging.getLogger(__name__).info("%d cases written", len(cases))


if __name__ == "__main__":
    main()
