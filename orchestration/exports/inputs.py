"""What the exports read: the columns of each mart, score and measurement, and nothing more.

Belongs here: names and types of the inputs, typed empty frames for those that do not exist in a run. Does not: reading
them (orchestration/assets/exports.py selects exactly INPUTS' columns from the warehouse and the score files).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from orchestration.errors import IntegrityError
from orchestration.exports.inputs_ledger import LEDGER_MEASUREMENTS
from orchestration.exports.inputs_quality import QUALITY_MEASUREMENTS
from orchestration.exports.inputs_reach import REACH_MEASUREMENTS
from orchestration.exports.inputs_reviews import REVIEW_MEASUREMENTS
from orchestration.exports.inputs_stores import STORE_MEASUREMENTS
from orchestration.exports.inputs_talk import TALK_MEASUREMENTS
from orchestration.exports.inputs_texts import TEXT_MARTS, TEXT_MEASUREMENTS, UGC_TEXT_COLUMNS

_TEXT, _INT, _NUMBER, _FLAG, _DAY, _INSTANT = (
    pl.String(),
    pl.Int64(),
    pl.Float64(),
    pl.Boolean(),
    pl.Date(),
    pl.Datetime("us"),
)

_SUBJECT = {"subject": _TEXT, "subject_id": _TEXT, "outcome": _TEXT, "design": _TEXT}

MART_INPUTS: dict[str, dict[str, pl.DataType]] = {
    "dim_consumers": {
        "consumer_key": _TEXT,
        "is_minor": _FLAG,
        "consent_scoring": _TEXT,
        "consent_contact": _TEXT,
        "consent_ugc_reuse": _TEXT,
        "accounts_count": _INT,
        "followers_count": _INT,
        "tier": _TEXT,
    },
    "dim_campaigns": {
        "campaign_id": _TEXT,
        "name": _TEXT,
        "kind": _TEXT,
        "starts_on": _DAY,
        "ends_on": _DAY,
    },
    "fct_sales_lines": {"consumer_key": _TEXT, "business_on": _DAY, "is_return": _FLAG, "margin_minor": _INT},
    "fct_ugc": {
        "consumer_key": _TEXT,
        "published_on": _DAY,
        "deleted_at": _INSTANT,
        "is_organic": _FLAG,
        "rating_share": _NUMBER,
        "likes_count": _INT,
        "comments_count": _INT,
        "shares_count": _INT,
        "saves_count": _INT,
        "views_count": _INT,
        "reach_count": _INT,
        "impressions_count": _INT,
        "followers_count": _INT,
    }
    | UGC_TEXT_COLUMNS,
    **TEXT_MARTS,
    "fct_campaign_members": {
        "campaign_id": _TEXT,
        "consumer_key": _TEXT,
        "arm": _TEXT,
        "invited_on": _DAY,
        "accepted_on": _DAY,
        "delivered_on": _DAY,
        "active_on": _DAY,
        "published_on": _DAY,
        "window_status": _TEXT,
        "referred_net_minor": _INT,
        "currency": _TEXT,
    },
    "fct_campaign_costs": {"campaign_id": _TEXT, "amount_minor": _INT, "currency": _TEXT},
    "fct_campaigns": {
        "campaign_id": _TEXT,
        "ugc_count": _INT,
        "is_sales_additive": _FLAG,
        "budget_minor": _INT,
        "budget_currency": _TEXT,
        "cost_minor": _INT,
        "cost_currency": _TEXT,
    },
    "bridge_campaign_ugc": {"campaign_id": _TEXT, "ugc_key": _TEXT},
}

SCORE_INPUTS: dict[str, dict[str, pl.DataType]] = {
    "uplift": {
        "campaign_id": _TEXT,
        "consumer_key": _TEXT,
        "outcome": _TEXT,
        "uplift": _NUMBER,
        "uplift_low": _NUMBER,
        "uplift_high": _NUMBER,
        "rank": _INT,
        "group_label": _TEXT,
        "reason_1": _TEXT,
        "reason_2": _TEXT,
        "reason_3": _TEXT,
        "model_id": _TEXT,
        "model_as_of": _DAY,
        "design": _TEXT,
    },
    "ambassador": {
        "consumer_key": _TEXT,
        "expected_value_minor": _INT,
        "expected_value_low_minor": _INT,
        "expected_value_high_minor": _INT,
        "expected_through_others_minor": _INT,
        "currency": _TEXT,
        "rank": _INT,
        "loyalty_rank": _INT,
        "is_exploration": _FLAG,
        "reason_1": _TEXT,
        "reason_2": _TEXT,
        "reason_3": _TEXT,
        "model_id": _TEXT,
        "model_as_of": _DAY,
    },
}

MEASUREMENT_INPUTS: dict[str, dict[str, pl.DataType]] = {
    **TEXT_MEASUREMENTS,
    **STORE_MEASUREMENTS,
    **REVIEW_MEASUREMENTS,
    **LEDGER_MEASUREMENTS,
    **TALK_MEASUREMENTS,
    **REACH_MEASUREMENTS,
    **QUALITY_MEASUREMENTS,
    "campaign_effects": {
        "campaign_id": _TEXT,
        "outcome": _TEXT,
        "unit": _TEXT,
        "treated_count": _INT,
        "control_count": _INT,
        "control_mean": _NUMBER,
        "effect": _NUMBER,
        "effect_low": _NUMBER,
        "effect_high": _NUMBER,
        "interval_level": _NUMBER,
        "relative_effect": _NUMBER,
        "placebo_effect": _NUMBER,
        "placebo_low": _NUMBER,
        "placebo_high": _NUMBER,
        "design": _TEXT,
        "estimator": _TEXT,
        "design_check": _TEXT,
        "status": _TEXT,
        "note": _TEXT,
    },
    "score_results": {
        "scored_on": _DAY,
        "campaign_id": _TEXT,
        "outcome": _TEXT,
        "model_id": _TEXT,
        "compared_with": _TEXT,
        "later_campaign_id": _TEXT,
        "people_group": _TEXT,
        "status": _TEXT,
        "people_count": _INT,
        "compared_count": _INT,
        "contacted_share": _NUMBER,
        "compared_contacted_share": _NUMBER,
        "predicted_extra": _NUMBER,
        "realised_extra": _NUMBER,
        "realised_low": _NUMBER,
        "realised_high": _NUMBER,
        "interval_level": _NUMBER,
        "matures_on": _DAY,
        "note": _TEXT,
    },
    "drift": {"model": _TEXT, "subject": _TEXT, "name": _TEXT, "psi": _NUMBER, "model_as_of": _DAY},
    "design_checks": _SUBJECT
    | {
        "verdict": _TEXT,
        "features_count": _INT,
        "unbalanced_before_count": _INT,
        "unbalanced_after_count": _INT,
        "largest_smd_before": _NUMBER,
        "largest_smd_after": _NUMBER,
        "most_different_feature": _TEXT,
        "imbalance_p": _NUMBER,
    },
    "overlap": _SUBJECT
    | {
        "people_count": _INT,
        "treated_count": _INT,
        "inside_count": _INT,
        "outside_share": _NUMBER,
        "effective_treated": _NUMBER,
        "effective_untreated": _NUMBER,
        "estimand": _TEXT,
    },
    "sensitivity": _SUBJECT
    | {
        "robustness_value": _NUMBER,
        "robustness_value_interval": _NUMBER,
        "known_group": _TEXT,
        "shift_by_known": _NUMBER,
        "erasing_gamma": _NUMBER,
        **{f"{end}_at_gamma_{_}": _NUMBER for _ in ("1_25", "1_50", "2_00") for end in ("low", "high")},
    },
}

# From the _load.json of every selected load.
LOAD_INPUTS: dict[str, dict[str, pl.DataType]] = {
    "loads": {
        "source": _TEXT,
        "stream": _TEXT,
        "rows_read": _INT,
        "rows_accepted": _INT,
        "rows_quarantined": _INT,
        "rows_duplicate": _INT,
        "conflicting_duplicates": _INT,
        "rows_removed": _INT,
        "last_occurred_on": _DAY,
    },
}

INPUTS: dict[str, dict[str, pl.DataType]] = MART_INPUTS | SCORE_INPUTS | MEASUREMENT_INPUTS | LOAD_INPUTS


def take(frames: Mapping[str, pl.DataFrame], name: str) -> pl.DataFrame:
    """The input `name` with exactly its declared columns and types; typed and empty where the run has none.

    Raises:
        IntegrityError: the frame is there but lacks a declared column, or holds a type that does not cast.
    """
    schema = INPUTS[name]
    if name not in frames:
        return pl.DataFrame(schema=schema)
    frame = frames[name]
    if missing := sorted(set(schema) - set(frame.columns)):
        raise IntegrityError(f"exports read {missing} of {name}, which has only {sorted(frame.columns)}")
    try:
        return frame.select(list(schema)).cast(pl.Schema(schema))
    except pl.exceptions.PolarsError as error:
        raise IntegrityError(f"exports cannot read {name}: {error}") from error


def loads_frame(records: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """The `loads` input from parsed _load.json records; one row per load.

    `max_occurred_at` is an ISO 8601 instant or NULL (reference data has no time).
    """
    rows = [
        {name: record.get(name) for name in LOAD_INPUTS["loads"] if name != "last_occurred_on"}
        | {"last_occurred_on": (record.get("max_occurred_at") or "")[:10] or None}
        for record in records
    ]
    schema = LOAD_INPUTS["loads"] | {"last_occurred_on": pl.String()}
    return pl.DataFrame(rows, schema=schema).with_columns(pl.col("last_occurred_on").str.to_date("%Y-%m-%d"))
