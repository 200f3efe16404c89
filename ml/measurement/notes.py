"""What a campaign's number must say of itself, and why some have none: words only.

Belongs here: refusals before any outcome is looked at, notes beside a number. Does not: the number (average_effect.py).
"""

from __future__ import annotations

import polars as pl

from ml.features.dictionary import BY_NAME
from ml.measurement.design_checks import DesignCheck
from ml.observational.balance import BALANCED_BELOW

# Members whose window is over must be nearly all: the early ones are not a random part.
LEAST_COMPLETE_SHARE = 0.9


def refusal(part: pl.DataFrame, unit: str) -> str | None:
    """Why nothing of this campaign can be measured, before any outcome is looked at; None: it can be tried."""
    if unit != "consumer":
        return f"assigned by {unit}, not by person: it needs a test that compares {unit}s"
    treated = int((part["arm"] == "treatment").sum())
    if treated == 0:
        return "no comparison: nobody was treated"
    if treated == part.height:
        return "no comparison: there is no control, holdout or comparison group"
    complete = int((part["window_status"] == "complete").sum())
    if complete < LEAST_COMPLETE_SHARE * part.height:
        return _window_note(part)
    return None


def _window_note(part: pl.DataFrame) -> str:
    counts = {status: int((part["window_status"] == status).sum()) for status in ("immature", "no_pre")}
    if counts["immature"]:
        return (
            f"the outcome window of {counts['immature']} of {part.height} members is not over "
            f"(the last ends on {part['outcome_ends_on'].max()!s})"
        )
    if counts["no_pre"]:
        return f"sales do not reach back to the window before the start of {counts['no_pre']} of {part.height} members"
    return f"the outcome windows of {part.height} members are unknown"


def overlap_note(part: pl.DataFrame) -> str:
    """How many members were in another campaign at the same time; "" where nobody was."""
    overlapping = int((part["overlapping_campaigns_count"] > 0).sum())
    return f"{overlapping} of {part.height} members were in another campaign at the same time" if overlapping else ""


def unfair_note(check: DesignCheck | None) -> str:
    """What a comparison that was not fair must say of itself; "" where it was."""
    if check is None or check.verdict == "passed":
        return ""
    if check.imbalance_p is not None:
        return (
            "the arms differ before the campaign more than a fair draw leaves them in one case of "
            f"{round(1 / check.imbalance_p)}: chance alone did not decide"
        )
    stays = check.balance.filter(pl.col("smd_after").abs() >= BALANCED_BELOW)
    worst = check.balance.sort(pl.col("smd_after").abs(), descending=True, nulls_last=True)["feature"][0]
    return (
        f"{stays.height} of {check.balance.height} known traits still differ between the people compared, most: "
        f"{BY_NAME[worst].meaning}"
    )
