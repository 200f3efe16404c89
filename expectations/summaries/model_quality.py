"""One row per model trained for the scores gate: which rules its table of how good it is breaks."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

COLUMNS = (
    "model_trained", "is_incomplete", "has_no_rivals", "without_value_count", "misordered_count", "is_without_tenths",
    "outside_share_count",
)  # fmt: skip
# Models of effects show every part; models of other kinds their figures alone.
OF_EFFECTS = "uplift_"
PARTS = frozenset({"figure", "toc", "qini_curve", "decile", "policy", "placebo"})
RIVALS = frozenset({"response model", "random"})
RANKED = ("figure", "toc", "qini_curve", "policy", "placebo")
BY_SHARE = ("toc", "qini_curve", "policy")
# Values and ends of a range are computed by different sums: they may differ in the last bits.
ROUNDING = 1e-9


def model_quality(table: pd.DataFrame | None, trained: Collection[str]) -> pd.DataFrame:
    """Rules broken, as counts or 0 and 1.

    Args:
        table: model_quality of ml.evaluate.quality; None: nothing was trained.
        trained: models this run trained; one that the table lacks is incomplete.
    """
    known = pd.DataFrame(columns=["model"]) if table is None else table
    names = sorted({*trained, *known["model"].unique()})
    rows = [_row(name, known[known["model"] == name]) for name in names]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(name: str, own: pd.DataFrame) -> dict[str, object]:
    if own.empty:
        return dict.fromkeys(COLUMNS, 0) | {"model_trained": name, "is_incomplete": 1}
    of_effects = name.startswith(OF_EFFECTS)
    value, low, high, position = (own[each].astype("float64") for each in ("value", "low", "high", "position"))
    slack = ROUNDING * value.abs().clip(lower=1)
    # A figure's range comes from draws that may lie beside the figure itself, but never ends before it begins.
    beside = (own["part"] != "figure") & ((low > value + slack) | (value > high + slack))
    tenths = own[(own["part"] == "decile") & (own["figure"] == "realised")]["position"]
    ranked = own[own["part"].isin(RANKED)].groupby("part")["ranked_by"].agg(set)
    return {
        "model_trained": name,
        "is_incomplete": int(of_effects and not set(own["part"]) >= PARTS),
        "has_no_rivals": int(of_effects and not all(found >= RIVALS for found in ranked)),
        "without_value_count": int(((own["part"] != "figure") & ~np.isfinite(value)).sum()),
        "misordered_count": int((beside | (low > high)).sum()),
        "is_without_tenths": int(of_effects and sorted(tenths) != list(range(1, 11))),
        "outside_share_count": int((own["part"].isin(BY_SHARE) & ~position.between(0, 1)).sum()),
    }
