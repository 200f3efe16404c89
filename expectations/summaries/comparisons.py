"""The frame of the scores gate about comparisons: one row per measured effect on people, of counts that must be 0.

Belongs here: whether labels, checks and bounds agree with each other. Does not: making them (ml/measurement), limits
(suites/scores.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

KEY = ["subject_id", "outcome"]
COLUMNS = (
    "comparison", "is_unchecked", "is_mislabelled", "has_no_sensitivity", "is_counted_wrong", "is_balance_untold",
    "is_bound_misordered",
)  # fmt: skip
# As ml/observational/balance.py: from here on a difference must be told.
BALANCED_BELOW = 0.1


def comparisons(measured: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per measured effect of a campaign on people (COLUMNS; 1: the fault is there).

    Args:
        measured: campaign_effects, design_checks, overlap, sensitivity, as the measurements layer keeps them.
    """
    effects = measured["campaign_effects"]
    effects = effects[(effects["status"] == "measured") & (effects["unit"] == "consumer")]
    if effects.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    effects = effects.rename(columns={"campaign_id": "subject_id"})
    checks = _campaigns(measured["design_checks"])
    drawn = checks[checks["outcome"].isna()].drop(columns="outcome")
    chosen = checks[checks["outcome"].notna()]
    is_chosen = effects["design"] != "randomised"
    table = pd.concat(
        [
            effects[~is_chosen].merge(drawn, on="subject_id", how="left", suffixes=("", "_checked")),
            effects[is_chosen].merge(chosen, on=KEY, how="left", suffixes=("", "_checked")),
        ]
    )
    table = table.merge(_campaigns(measured["overlap"]), on=KEY, how="left", suffixes=("", "_overlap"))
    table = table.merge(_campaigns(measured["sensitivity"]), on=KEY, how="left", suffixes=("", "_sensitivity"))
    was_chosen = table["design"] != "randomised"
    bounds = [table[name].astype("float64") for name in ("low_at_gamma_2_00", "low_at_gamma_1_50", "low_at_gamma_1_25")]
    return pd.DataFrame(
        {
            "comparison": table["subject_id"].astype("str") + "." + table["outcome"].astype("str"),
            "is_unchecked": table["verdict"].isna().astype("int64"),
            "is_mislabelled": (table["verdict"].notna() & (table["design"] != table["design_checked"])).astype("int64"),
            "has_no_sensitivity": (was_chosen & table["robustness_value"].isna()).astype("int64"),
            "is_counted_wrong": (
                was_chosen & (table["treated_count"] + table["control_count"] != table["inside_count"])
            ).astype("int64"),
            "is_balance_untold": (
                was_chosen
                & (table["largest_smd_after"].astype("float64") >= BALANCED_BELOW)
                & (table["verdict"] == "passed")
            ).astype("int64"),
            "is_bound_misordered": (was_chosen & ((bounds[0] > bounds[1]) | (bounds[1] > bounds[2]))).astype("int64"),
        }
    ).reset_index(drop=True)


def _campaigns(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["subject"] == "campaign"].drop(columns="subject")
