"""What the files of people say: candidates, ambassador scores, uplift scores.

Belongs here: their columns with units and NULL meaning. Does not: filling them (people.py, scores.py).
"""

from __future__ import annotations

from orchestration.exports.columns import (
    AS_OF,
    BASIS,
    CAMPAIGN,
    CONSUMER,
    DESIGNS,
    GROUPS,
    MODEL,
    NOT_A_PREDICTION,
    PERSON_FACTS,
    REACH_AND_CONSENT,
    REASONS,
    UNIT,
    VALUE_RANGE,
)
from orchestration.exports.schema import Column, Output

AMBASSADOR_CANDIDATES = Output(
    name="ambassador_candidates",
    title="Ambassador candidates",
    grain="One row per person who may be listed (neither scoring consent withdrawn nor known to be a minor).",
    purpose="Facts about people worth asking, before anything was learned: not a prediction, and in no order of merit.",
    sort_key=("consumer_key",),
    columns=(
        CONSUMER,
        Column("label", "What this is", "text", "facts only", allowed=(NOT_A_PREDICTION,)),
        *PERSON_FACTS,
        AS_OF,
        BASIS,
    ),
)

AMBASSADOR_SCORES = Output(
    name="ambassador_scores",
    title="Ambassador scores",
    grain="One row per scored person.",
    purpose="The extra sales expected of inviting each person, through others and of their own, and why.",
    sort_key=("rank", "consumer_key"),
    columns=(
        CONSUMER,
        Column("rank", "Rank", "integer", "1 is the highest expected value on this list", unit="rank"),
        Column(
            "loyalty_rank",
            "Rank by loyalty",
            "integer",
            "the same people by purchases and spend of the last year, for comparison: loyal buyers need not be those "
            "who bring in others",
            unit="rank",
            when_null="no purchases of the person can be known",
        ),
        Column(
            "expected_value_minor",
            "Expected extra sales",
            "minor",
            "sales that would not come without inviting the person: through others, and more purchases of their own",
            unit="minor units of currency",
            unit_column="currency",
        ),
        *VALUE_RANGE,
        Column(
            "expected_through_others_minor",
            "… of these through others",
            "minor",
            "the part that others buy because of the person",
            unit="minor units of currency",
            unit_column="currency",
        ),
        Column("currency", "Currency", "text", "ISO 4217 code of the expected sales"),
        Column(
            "is_exploration",
            "Invite to learn",
            "boolean",
            "true: one of a few drawn by lot, worth inviting whatever their rank, so that the list can be judged",
        ),
        *REASONS,
        *PERSON_FACTS,
        *MODEL,
        AS_OF,
        BASIS,
    ),
)

UPLIFT_SCORES = Output(
    name="uplift_scores",
    title="Effect of contact, per person",
    grain="One row per campaign learned from, outcome and person.",
    purpose="Whom contact is expected to move, and who would buy anyway or is better left alone.",
    sort_key=("campaign_id", "outcome", "rank", "consumer_key"),
    columns=(
        CAMPAIGN,
        Column("outcome", "What is counted", "text", "the outcome the effect is on"),
        CONSUMER,
        Column("rank", "Rank", "integer", "1 is the largest expected effect on this list", unit="rank"),
        Column("group_label", "Group", "text", "what contact is expected to do", allowed=GROUPS),
        Column(
            "expected_extra",
            "Expected extra",
            "number",
            "expected outcome if contacted, minus if not",
            unit="see unit",
            unit_column="unit",
        ),
        Column(
            "expected_extra_low",
            "low",
            "number",
            "lower end of its range",
            unit="see unit",
            when_null="no range available",
            unit_column="unit",
        ),
        Column(
            "expected_extra_high",
            "high",
            "number",
            "upper end of its range",
            unit="see unit",
            when_null="no range available",
            unit_column="unit",
        ),
        UNIT,
        *REASONS,
        Column("design", "Learned from", "text", "how the people compared were chosen", allowed=DESIGNS),
        *REACH_AND_CONSENT,
        *MODEL,
        AS_OF,
        BASIS,
    ),
)
