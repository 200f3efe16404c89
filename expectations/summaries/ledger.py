"""One row per campaign's sum in the ledger for the scores gate: which of the rules it breaks."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

COLUMNS = (
    "sum", "is_outside_its_range", "is_not_its_parts", "is_counted_twice", "is_a_claim", "is_unexplained",
)  # fmt: skip
ALL_CAMPAIGNS, CLAIMS = "all campaigns", "codes and links"


def ledger_sums(parts: pd.DataFrame | None, values: pd.DataFrame | None) -> pd.DataFrame:
    """Rules broken, 0 or 1; empty where there is no campaign.

    Args:
        parts: measurement.incremental_sales.
        values: measurement.campaign_value; the row without campaign_id is the sum of all.
    """
    if parts is None or values is None or values.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    counted = parts[parts["is_counted"]]
    added = counted.groupby("campaign_id")["extra_minor"].sum()
    campaign = values["campaign_id"]
    extra, low, high = (values[f"extra{end}_minor"].astype("float64") for end in ("", "_low", "_high"))
    is_measured = values["status"] == "measured"
    expected = campaign.map(added).astype("float64").where(campaign.notna(), counted["extra_minor"].sum())
    broken = {
        "is_outside_its_range": is_measured & ~((low <= extra) & (extra <= high)),
        "is_not_its_parts": is_measured & ~((extra - expected).abs() <= 1e-6 * (1 + expected.abs())),
        "is_counted_twice": campaign.isin([name for name, own in counted.groupby("campaign_id") if _overlaps(own)]),
        "is_a_claim": campaign.isin(counted.loc[counted["evidence"] == CLAIMS, "campaign_id"]),
        "is_unexplained": ~is_measured & values["note"].isna(),
    }
    label = campaign.fillna(ALL_CAMPAIGNS)
    return pd.DataFrame({"sum": label, **{name: rows.astype("int64") for name, rows in broken.items()}})


def _overlaps(own: pd.DataFrame) -> bool:
    """Whether two of a campaign's counted parts share buyers and channel."""
    rows = list(zip(own["channel"], own["buyers"], strict=True))
    return any(
        (a[0] == b[0] or "all" in (a[0], b[0])) and (a[1] == b[1] or "everybody" in (a[1], b[1]))
        for a, b in combinations(rows, 2)
    )
