"""One row per reach, point of a curve and engagement rate for the scores gate: which of the rules it breaks."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

COLUMNS = (
    "reach_result", "is_outside_its_range", "is_outside_its_bounds", "is_disordered", "is_without_value",
    "is_unexplained",
)  # fmt: skip
# Rounding of sums of floats.
SLACK = 1 + 1e-9


def reach_results(measured: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Rules broken, 0 or 1; empty where no campaign and no post is known."""
    parts = [
        rows(measured[name])
        for name, rows in (("reach", _reach), ("reach_curve", _curve), ("engagement_by_tier", _engagement))
        if name in measured and len(measured[name])
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))


def _reach(table: pd.DataFrame) -> pd.DataFrame:
    is_measured = table["status"] == "measured"
    unique, low, high, gross, population = (
        table[name].astype("float64")
        for name in ("unique_reach", "unique_low", "unique_high", "gross_reach", "population")
    )
    lowest, highest = table["bound_low"].astype("float64"), table["bound_high"].astype("float64")
    effective = table["effective_unique"].astype("float64")
    is_known, is_estimate = unique.notna(), table["basis"] == "estimate"
    over = (unique > highest * SLACK) | (highest > gross * SLACK) | (is_estimate & (unique > population * SLACK))
    return _rows(
        "reach." + table["campaign_id"] + "." + table["platform"] + "." + table["tier"],
        is_outside_its_range=is_known & ~((low <= unique * SLACK) & (unique <= high * SLACK)),
        is_outside_its_bounds=is_measured & (over | (unique * SLACK < lowest) | (lowest > highest * SLACK)),
        is_disordered=effective > unique * SLACK,
        is_without_value=is_measured & ~is_known & (lowest.isna() | highest.isna()),
        is_unexplained=(~is_measured | ~is_known) & table["note"].isna(),
    )


def _curve(table: pd.DataFrame) -> pd.DataFrame:
    ordered = table.sort_values(["campaign_id", "ambassadors_count"])
    unique, low, high = (ordered[name].astype("float64") for name in ("unique_reach", "unique_low", "unique_high"))
    before = ordered.groupby("campaign_id")["unique_reach"].shift().astype("float64")
    number = ordered["ambassadors_count"].astype("str")
    return _rows(
        "curve." + ordered["campaign_id"] + "." + number,
        is_outside_its_range=~((low <= unique * SLACK) & (unique <= high * SLACK)),
        is_outside_its_bounds=unique > ordered["gross_reach"].astype("float64") * SLACK,
        is_disordered=before > unique * SLACK,
        is_without_value=unique.isna(),
        is_unexplained=unique.isna(),
    )


def _engagement(table: pd.DataFrame) -> pd.DataFrame:
    is_measured = table["status"] == "measured"
    value, low, high = (table[name].astype("float64") for name in ("value", "low", "high"))
    is_ranged = low.notna() | high.notna()
    against = table["against_tier"].fillna("itself")
    return _rows(
        "engagement." + table["platform"] + "." + table["rate"] + "." + table["tier"] + "." + against,
        is_outside_its_range=is_ranged & ~((low <= value) & (value <= high)),
        is_outside_its_bounds=value < 0,
        is_disordered=value < 0,
        is_without_value=is_measured & value.isna(),
        is_unexplained=(~is_measured | ~is_ranged) & table["note"].isna(),
    )


def _rows(label: pd.Series, **broken: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"reach_result": label, **{rule: rows.astype("int64") for rule, rows in broken.items()}})
