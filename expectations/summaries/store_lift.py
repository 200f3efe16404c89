"""One row per store test for the scores gate: which of the rules it breaks."""

from __future__ import annotations

import pandas as pd

COLUMNS = (
    "store_test", "is_outside_its_range", "is_unchecked", "is_clear_wrongly", "is_impossible", "is_unexplained",
)  # fmt: skip
FEWEST_CONTROLS, LARGEST_LIFT, SIGNIFICANCE = 6, 5.0, 0.1


def store_tests(lifts: pd.DataFrame | None) -> pd.DataFrame:
    """Rules broken, 0 or 1; empty where no campaign had stores or areas."""
    if lifts is None or lifts.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    is_measured = lifts["status"] == "measured"
    lift, low, high = (lifts[name].astype("float64") for name in ("lift", "lift_low", "lift_high"))
    p, placebo = lifts["p_value"].astype("float64"), lifts["placebo_p"].astype("float64")
    is_clear = lifts["is_clear"].fillna(False).astype("bool")
    broken = {
        "is_outside_its_range": is_measured & ~((low <= lift) & (lift <= high)),
        "is_unchecked": is_measured & (placebo.isna() | ~(lifts["control_count"] >= FEWEST_CONTROLS)),
        "is_clear_wrongly": is_clear & ~((p <= SIGNIFICANCE) & (placebo <= SIGNIFICANCE)),
        "is_impossible": is_measured & ~((lift > -1) & (lift <= LARGEST_LIFT)),
        "is_unexplained": ~is_measured & lifts["note"].isna(),
    }
    label = lifts["campaign_id"].astype("str") + "." + lifts["outcome"].astype("str")
    return pd.DataFrame({"store_test": label, **{name: rows.astype("int64") for name, rows in broken.items()}})
