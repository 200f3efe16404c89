"""The average effect of each campaign on its people, or in words why it cannot be measured.

Belongs here: which members, outcomes and placebos; refusals. Does not: the arithmetic (estimators.py), effects by
person (uplift/), campaigns assigned by store (a store test).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ml.arrays import BoolArray, FloatArray, IntArray, cluster_codes
from ml.features.dictionary import FEATURE_NAMES
from ml.measurement.estimators import (
    Estimate,
    adjusted_difference,
    aipw,
    compared,
    permutation_p,
    residuals,
)
from ml.observational.overlap import OVERLAP
from ml.observational.propensity import propensity_scores

INTERVAL_LEVEL = 0.9
# Below 30 a side the t interval of a skewed outcome does not hold what it promises.
FEWEST_MEMBERS = 30
# Members whose window is over must be nearly all: the early ones are not a random part.
LEAST_COMPLETE_SHARE = 0.9

EFFECT_SCHEMA = {
    "campaign_id": pl.String,
    "outcome": pl.String,
    "outcome_unit": pl.String,
    "currency": pl.String,
    "unit": pl.String,
    "treated_count": pl.Int64,
    "control_count": pl.Int64,
    "control_mean": pl.Float64,
    "effect": pl.Float64,
    "effect_low": pl.Float64,
    "effect_high": pl.Float64,
    "interval_level": pl.Float64,
    "relative_effect": pl.Float64,
    "placebo_effect": pl.Float64,
    "placebo_low": pl.Float64,
    "placebo_high": pl.Float64,
    "placebo_p": pl.Float64,
    "design": pl.String,
    "estimator": pl.String,
    "status": pl.String,
    "note": pl.String,
}


@dataclass(frozen=True)
class Outcome:
    """What is measured: the column after the start, its unit, and the same thing before it for the placebo."""

    name: str
    after: pl.Expr
    before: pl.Expr
    unit: str


OUTCOMES = (
    Outcome(
        "first_purchase",
        pl.col("first_purchase").cast(pl.Float64),
        (pl.col("net_spend_before_minor") > 0).cast(pl.Float64),
        "share",
    ),
    Outcome(
        "net_spend",
        pl.col("net_spend_after_minor").cast(pl.Float64),
        pl.col("net_spend_before_minor").cast(pl.Float64),
        "minor",
    ),
)


@dataclass(frozen=True)
class _Rows:
    X: FloatArray
    y: FloatArray
    treatment: FloatArray
    propensity: FloatArray
    cluster: IntArray

    def kept(self, keep: BoolArray) -> _Rows:
        return _Rows(self.X[keep], self.y[keep], self.treatment[keep], self.propensity[keep], self.cluster[keep])

    @property
    def smallest_arm(self) -> int:
        treated = int(self.treatment.sum())
        return min(treated, self.y.size - treated)


def campaign_effects(
    members: pl.DataFrame, frame: pl.DataFrame, placebo_frame: pl.DataFrame, *, seed: int
) -> pl.DataFrame:
    """One row per campaign, unit of assignment and outcome (EFFECT_SCHEMA), measured or refused with a note.

    Args:
        members: fct_campaign_members: every campaign in it gets its rows.
        frame: ml.features.training.training_frame at the start.
        placebo_frame: the same before the window that precedes the campaign.
    """
    rows: list[dict[str, Any]] = []
    for (campaign_id, unit), part in members.sort("campaign_id", "unit").group_by(
        ["campaign_id", "unit"], maintain_order=True
    ):
        is_randomised = part["design"][0] == "randomised"
        if is_randomised:  # people outside the draw are no control
            part = part.filter(pl.col("arm") != "comparison")
        own, placebo = (
            one.filter(pl.col("campaign_id") == campaign_id, pl.col("arm").is_in(part["arm"].unique().implode())).sort(
                "consumer_key"
            )
            for one in (frame, placebo_frame)
        )
        for outcome in OUTCOMES:
            label = {
                "campaign_id": campaign_id,
                "outcome": outcome.name,
                "outcome_unit": outcome.unit,
                "currency": part["currency"].drop_nulls().first() if outcome.unit == "minor" else None,
                "unit": unit,
                "interval_level": INTERVAL_LEVEL,
                "design": "randomised" if is_randomised else "observational",
                "estimator": "difference of covariate-adjusted means" if is_randomised else "AIPW on trimmed people",
            }
            refusal = _refusal(part, str(unit))
            found = {"note": refusal} if refusal else _measured(own, outcome, is_randomised, seed)
            status = "measured" if "effect" in found else "refused"
            placebo_found = _placebo(placebo, outcome, is_randomised, seed) if status == "measured" else {}
            rows.append(dict.fromkeys(EFFECT_SCHEMA) | label | found | placebo_found | {"status": status})
    return pl.DataFrame(rows, schema=EFFECT_SCHEMA).sort("campaign_id", "unit", "outcome")


def _refusal(part: pl.DataFrame, unit: str) -> str | None:
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


def _measured(part: pl.DataFrame, outcome: Outcome, is_randomised: bool, seed: int) -> dict[str, Any]:
    """The figures of one outcome with their note; only a note if they cannot be had."""
    data = _rows(part.with_columns(outcome_value=outcome.after), is_randomised)
    if data.smallest_arm < FEWEST_MEMBERS:
        return {"note": f"too few members: {data.smallest_arm} in the smaller group, {FEWEST_MEMBERS} are needed"}
    if np.ptp(data.y) == 0:
        return {"note": f"all {data.y.size} members have the same outcome ({data.y[0]:g})"}
    notes = [_overlap_note(part)]
    if not is_randomised:
        before = data.y.size
        data = _overlapping(data, seed)
        if data.smallest_arm < FEWEST_MEMBERS or np.ptp(data.y) == 0:
            return {"note": "treated and untreated people hardly compare: after trimming too few are left"}
        notes.append(
            f"holds for the {data.y.size} of {before} people whose estimated chance of being chosen lay between "
            f"{OVERLAP[0]} and {OVERLAP[1]}"
        )
    estimate, _ = _estimate(data, is_randomised, seed)
    low, high = estimate.interval(INTERVAL_LEVEL)
    return {
        "treated_count": int(data.treatment.sum()),
        "control_count": int((1 - data.treatment).sum()),
        "control_mean": estimate.control_mean,
        "effect": estimate.effect,
        "effect_low": low,
        "effect_high": high,
        "relative_effect": estimate.effect / estimate.control_mean if estimate.control_mean > 0 else None,
        "note": "; ".join(note for note in notes if note) or None,
    }


def _estimate(data: _Rows, is_randomised: bool, seed: int) -> tuple[Estimate, FloatArray]:
    """The effect, and the residuals a permutation needs."""
    if not is_randomised:
        return aipw(compared(data.X, data.y, data.treatment, data.propensity, data.cluster, seed)), data.y
    residual, _ = residuals(data.X, data.y, data.treatment, data.propensity, data.cluster, seed)
    return adjusted_difference(residual, data.y, data.treatment, data.propensity, data.cluster), residual


def _placebo(placebo: pl.DataFrame, outcome: Outcome, is_randomised: bool, seed: int) -> dict[str, float | None]:
    """The same estimator on the window before the campaign, with features from before that window."""
    nothing: dict[str, float | None] = dict.fromkeys(("placebo_effect", "placebo_low", "placebo_high", "placebo_p"))
    data = _rows(placebo.with_columns(outcome_value=outcome.before), is_randomised)
    if data.smallest_arm >= FEWEST_MEMBERS and not is_randomised:
        data = _overlapping(data, seed)
    if data.smallest_arm < FEWEST_MEMBERS or np.ptp(data.y) == 0:
        return nothing
    estimate, residual = _estimate(data, is_randomised, seed)
    low, high = estimate.interval(INTERVAL_LEVEL)
    p = permutation_p(residual, data.treatment, data.cluster, seed) if is_randomised else estimate.p_value()
    return {"placebo_effect": estimate.effect, "placebo_low": low, "placebo_high": high, "placebo_p": p}


def _rows(part: pl.DataFrame, is_randomised: bool) -> _Rows:
    known = part.filter(pl.col("outcome_value").is_not_null(), pl.col("window_status") == "complete")
    treatment = known["treatment"].cast(pl.Float64).to_numpy()
    share = float(treatment.mean()) if treatment.size else 0.5
    chance = known["assignment_probability"].is_between(0, 1, closed="none")
    # A stated chance that differs between people must be used; one chance for all is best replaced by its realisation.
    states_chances = is_randomised and chance.fill_null(False).all() and known["assignment_probability"].n_unique() > 1
    propensity = known["assignment_probability"].to_numpy() if states_chances else np.full(known.height, share)
    cluster = known.select(pl.coalesce("cluster_id", "consumer_key")).to_series().to_numpy()
    X = known.select(FEATURE_NAMES).to_numpy().astype(np.float64)
    y = known["outcome_value"].to_numpy().astype(np.float64)
    return _Rows(X, y, treatment, propensity.astype(np.float64), cluster_codes(cluster, known.height))


def _overlapping(data: _Rows, seed: int) -> _Rows:
    """Rows with an estimated chance inside OVERLAP, and that chance."""
    chance = propensity_scores(data.X, data.treatment, data.cluster, seed)
    keep: BoolArray = (chance >= OVERLAP[0]) & (chance <= OVERLAP[1])
    kept = _Rows(data.X, data.y, data.treatment, chance, data.cluster).kept(keep)
    return _Rows(kept.X, kept.y, kept.treatment, kept.propensity, cluster_codes(kept.cluster, kept.y.size))


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


def _overlap_note(part: pl.DataFrame) -> str:
    overlapping = int((part["overlapping_campaigns_count"] > 0).sum())
    return f"{overlapping} of {part.height} members were in another campaign at the same time" if overlapping else ""
