"""Our figures against those of scikit-uplift and causalml themselves (`make oracles` writes the golden values)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml.errors import InputError
from ml.evaluate.curves import auuc_causalml, qini_auc_scikit_uplift, uplift_at

CASES = json.loads((Path(__file__).parent / "golden_curves.json").read_text(encoding="utf-8"))
FIGURES = {
    "qini_auc_scikit_uplift": qini_auc_scikit_uplift,
    "auuc_causalml": auuc_causalml,
    "uplift_at_30": uplift_at,
}


@pytest.mark.parametrize(
    ("case", "figure"),
    [(case, figure) for case in CASES for figure in case["figures"]],
    ids=lambda value: value if isinstance(value, str) else value["name"],
)
def test_a_figure_is_the_one_of_the_library_whose_name_it_carries(case: Mapping[str, Any], figure: str) -> None:
    ours = FIGURES[figure](case["y"], case["score"], case["treatment"], weight=case["weight"])
    assert ours == pytest.approx(case["figures"][figure], abs=1e-12)


@pytest.mark.parametrize("weight", [[1.0, 0.5], [1], [-1, 2], [0, 0]])
def test_weights_that_are_not_counts_of_rows_are_refused(weight: list[float]) -> None:
    with pytest.raises(InputError, match="weights"):
        qini_auc_scikit_uplift([1, 0], [0.2, 0.1], [1, 0], np.asarray(weight))
