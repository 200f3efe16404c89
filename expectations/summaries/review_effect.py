"""One row per result of review_effect for the scores gate: which of the rules it breaks."""

from __future__ import annotations

import pandas as pd

COLUMNS = (
    "review_result", "is_outside_its_range", "is_unchecked", "is_called_cause", "is_impossible", "is_unexplained",
)  # fmt: skip
LARGEST_EFFECT = 20.0  # 50 reviews against none, 21-fold: no page was ever known to


def review_results(effects: pd.DataFrame | None) -> pd.DataFrame:
    """Rules broken, 0 or 1; empty where nothing was tried."""
    if effects is None or effects.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    is_measured = effects["status"] == "measured"
    number = {
        name: effects[name].astype("float64")
        for base in ("effect", "gain", "reviews_gained")
        for name in ("effect_at_50" if base == "effect" else base, f"{base}_low", f"{base}_high")
    }
    outside = pd.Series(False, index=effects.index)
    for middle, low, high in (
        ("effect_at_50", "effect_low", "effect_high"),
        ("gain", "gain_low", "gain_high"),
        ("reviews_gained", "reviews_gained_low", "reviews_gained_high"),
    ):
        known = number[middle].notna()
        outside |= known & ~((number[low] <= number[middle]) & (number[middle] <= number[high]))
    # Orders of pages that chance seeded have a time before; histories too short for a check say nothing of it.
    drawn = effects["method"] == "drawn_products"
    is_history = effects["method"] == "page_history"
    effect = number["effect_at_50"]
    broken = {
        "is_outside_its_range": is_measured & outside,
        "is_unchecked": is_measured & drawn & effects["placebo_effect"].isna(),
        "is_called_cause": is_measured
        & is_history
        & ((effects["design"] != "observational") | ~effects["note"].fillna("").str.contains("likely upward")),
        "is_impossible": is_measured & effect.notna() & ~((effect > -1) & (effect <= LARGEST_EFFECT)),
        "is_unexplained": ~is_measured & effects["note"].isna(),
    }
    return pd.DataFrame(
        {
            "review_result": effects["result_id"].astype("str"),
            **{name: rows.astype("int64") for name, rows in broken.items()},
        }
    )
