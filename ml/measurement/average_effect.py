"""The average effect of each campaign on its people, or in words why it cannot be measured.

Belongs here: which members count, which estimator for which design, placebos. Does not: the arithmetic (estimators.py),
rows and outcomes (campaign_rows.py), words (notes.py), whether the comparison was fair (design_checks.py), effects by
person (uplift/), campaigns assigned by store (a store test).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ml.features.dictionary import FEATURE_NAMES
from ml.measurement.campaign_rows import OUTCOMES, CampaignRows, Outcome, rows_of
from ml.measurement.chosen_people import INTERVAL_LEVEL, compared_with_their_like, with_sensitivity
from ml.measurement.design_checks import DesignCheck, check_observational, check_randomised
from ml.measurement.estimators import Estimate, adjusted_difference, aipw, permutation_p, residuals
from ml.measurement.notes import overlap_note, refusal, unfair_note
from ml.observational.propensity import propensity_scores
from ml.observational.sensitivity import Comparison

# Below 30 a side the t interval of a skewed outcome does not hold what it promises.
FEWEST_MEMBERS = 30
# With fewer groups assigned together, an arm's variance is guessed from a handful of numbers.
FEWEST_CLUSTERS = 5

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
    "design_check": pl.String,
    "status": pl.String,
    "note": pl.String,
}


@dataclass(frozen=True)
class CampaignFindings:
    """What a run found of its campaigns.

    Attributes:
        effects: one row per campaign, unit of assignment and outcome (EFFECT_SCHEMA).
        checks: one per randomised campaign with people, one per measured outcome of an observational one.
    """

    effects: pl.DataFrame
    checks: tuple[DesignCheck, ...]


def campaign_effects(
    members: pl.DataFrame, frame: pl.DataFrame, placebo_frame: pl.DataFrame, *, seed: int
) -> CampaignFindings:
    """Every campaign, unit of assignment and outcome, measured or refused with a note; and how fair it was.

    Args:
        members: fct_campaign_members: every campaign in it gets its rows.
        frame: ml.features.training.training_frame at the start.
        placebo_frame: the same before the window that precedes the campaign.
    """
    rows: list[dict[str, Any]] = []
    checks: list[DesignCheck] = []
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
        refused = refusal(part, str(unit))
        drawn = _drawn(str(campaign_id), own, seed) if is_randomised and not refused else None
        checks += [drawn] if drawn else []
        for outcome in OUTCOMES:
            label = {
                "campaign_id": campaign_id,
                "outcome": outcome.name,
                "outcome_unit": outcome.unit,
                "currency": part["currency"].drop_nulls().first() if outcome.unit == "minor" else None,
                "unit": unit,
                "interval_level": INTERVAL_LEVEL,
                "design": "randomised" if is_randomised else "observational",
                "estimator": "difference of covariate-adjusted means" if is_randomised else "AIPW, overlap weights",
            }
            found, check = ({"note": refused}, None) if refused else _measured(own, outcome, drawn, seed)
            status = "measured" if "effect" in found else "refused"
            checks += [check] if check else []
            placebo_found = _placebo(placebo, outcome, is_randomised, seed) if status == "measured" else {}
            rows.append(dict.fromkeys(EFFECT_SCHEMA) | label | found | placebo_found | {"status": status})
    effects = pl.DataFrame(rows, schema=EFFECT_SCHEMA).sort("campaign_id", "unit", "outcome")
    return CampaignFindings(effects, tuple(checks))


def _drawn(campaign_id: str, own: pl.DataFrame, seed: int) -> DesignCheck | None:
    """Whether the arms look like a fair draw; None: too few people to say."""
    rows = rows_of(own, pl.lit(0.0), is_randomised=True)
    if rows.smallest_arm < FEWEST_MEMBERS or rows.fewest_clusters < FEWEST_CLUSTERS:
        return None
    return check_randomised(
        campaign_id, rows.X, rows.treatment, rows.propensity, rows.cluster, feature_names=FEATURE_NAMES, seed=seed
    )


def _measured(
    part: pl.DataFrame, outcome: Outcome, drawn: DesignCheck | None, seed: int
) -> tuple[dict[str, Any], DesignCheck | None]:
    """The figures of one outcome with their note, and the check of chosen people; only a note if they cannot be had."""
    is_randomised = part["design"][0] == "randomised"
    data = rows_of(part, outcome.after, is_randomised=is_randomised)
    if data.smallest_arm < FEWEST_MEMBERS:
        return {"note": f"too few members: {data.smallest_arm} in the smaller group, {FEWEST_MEMBERS} are needed"}, None
    if data.fewest_clusters < FEWEST_CLUSTERS:
        return {
            "note": f"people were assigned in groups, and one arm has only {data.fewest_clusters} of them; "
            f"{FEWEST_CLUSTERS} are needed"
        }, None
    if np.ptp(data.y) == 0:
        return {"note": f"all {data.y.size} members have the same outcome ({data.y[0]:g})"}, None
    if not is_randomised:
        return _chosen(part, data, outcome, seed)
    residual, _ = residuals(data.X, data.y, data.treatment, data.propensity, data.cluster, seed)
    estimate = adjusted_difference(residual, data.y, data.treatment, data.propensity, data.cluster)
    treated = int(data.treatment.sum())
    figures = _figures(estimate, treated, data.y.size - treated)
    notes = (overlap_note(part), unfair_note(drawn))
    verdict = None if drawn is None else drawn.verdict
    return figures | {"note": "; ".join(note for note in notes if note) or None, "design_check": verdict}, None


def _chosen(
    part: pl.DataFrame, data: CampaignRows, outcome: Outcome, seed: int
) -> tuple[dict[str, Any], DesignCheck | None]:
    """As _measured, of people who were chosen: compared with their like, with overlap, balance and sensitivity."""
    comparison = _like(data, seed)
    campaign_id = str(part["campaign_id"][0])
    check = check_observational(
        "campaign",
        campaign_id,
        outcome.name,
        data.X,
        data.treatment,
        comparison.chance,
        data.cluster,
        feature_names=FEATURE_NAMES,
    )
    overlap = check.overlap
    assert overlap is not None
    others = overlap.inside_count - overlap.inside_treated_count
    comparable = min(overlap.inside_treated_count, others, overlap.effective_treated, overlap.effective_untreated)
    if comparable < FEWEST_MEMBERS:
        return {"note": f"treated and untreated people hardly compare: {overlap.estimand}"}, check
    if check.verdict == "failed":
        return {"note": f"treated and untreated people hardly compare: {unfair_note(check)}"}, check
    estimate = aipw(comparison)
    notes = (overlap_note(part), overlap.estimand, unfair_note(check))
    found = _figures(estimate, overlap.inside_treated_count, others)
    note = "; ".join(note for note in notes if note)
    return found | {"note": note, "design_check": check.verdict}, with_sensitivity(
        check, data.X, comparison, estimate, FEATURE_NAMES
    )


def _figures(estimate: Estimate, treated: int, others: int) -> dict[str, Any]:
    low, high = estimate.interval(INTERVAL_LEVEL)
    return {
        "treated_count": treated,
        "control_count": others,
        "control_mean": estimate.control_mean,
        "effect": estimate.effect,
        "effect_low": low,
        "effect_high": high,
        "relative_effect": estimate.effect / estimate.control_mean if estimate.control_mean > 0 else None,
    }


def _like(data: CampaignRows, seed: int) -> Comparison:
    chance = propensity_scores(data.X, data.treatment, data.cluster, seed)
    return compared_with_their_like(data.X, data.y, data.treatment, chance, data.cluster, seed)


def _placebo(placebo: pl.DataFrame, outcome: Outcome, is_randomised: bool, seed: int) -> dict[str, float | None]:
    """The same estimator on the window before the campaign, with features from before that window."""
    nothing: dict[str, float | None] = dict.fromkeys(("placebo_effect", "placebo_low", "placebo_high", "placebo_p"))
    data = rows_of(placebo, outcome.before, is_randomised=is_randomised)
    if data.smallest_arm < FEWEST_MEMBERS or data.fewest_clusters < FEWEST_CLUSTERS or np.ptp(data.y) == 0:
        return nothing
    if is_randomised:
        residual, _ = residuals(data.X, data.y, data.treatment, data.propensity, data.cluster, seed)
        estimate = adjusted_difference(residual, data.y, data.treatment, data.propensity, data.cluster)
        p = permutation_p(residual, data.treatment, data.cluster, seed)
    else:
        estimate = aipw(_like(data, seed))
        p = estimate.p_value()
    low, high = estimate.interval(INTERVAL_LEVEL)
    return {"placebo_effect": estimate.effect, "placebo_low": low, "placebo_high": high, "placebo_p": p}
