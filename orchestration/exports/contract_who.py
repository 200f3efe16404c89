"""The contract's front file: whom to turn to next, with what, and why.

Belongs here: descriptions only. Does not: how rows are made (who_next.py).
"""

from __future__ import annotations

from orchestration.exports.columns import AS_OF, BASIS, CONSUMER, PERSON_FACTS, VALUE_RANGE
from orchestration.exports.schema import Column, Output

FIX, RECRUIT, SAMPLE, THANK, LEAVE = "fix", "recruit", "sample", "thank", "leave alone"
ACTIONS = (FIX, RECRUIT, SAMPLE, THANK, LEAVE)
_NOT_KNOWN = "nothing is expected of this action in sales, or nothing could be learned"
_SHOWN = ("tier", "tier_preset", "followers_count", "state", "last_moment", "last_purchase_on", "consent_contact")

WHO_NEXT = Output(
    name="who_next",
    title="Who next",
    grain="One row per listed person with something to do, or who must be left alone though there would be something.",
    purpose=(
        "The list to start the day with. Bad moments come first, then people by what is expected of them after cost. "
        "nanolift does not know what was done since; a recruitment plan spends a budget better."
    ),
    sort_key=("place", "consumer_key"),
    columns=(
        Column("place", "Place", "integer", "1 comes first; people to be left alone stand last", unit="place"),
        CONSUMER,
        Column("action", "Action", "text", "what to do", allowed=ACTIONS),
        Column("why", "Why", "text", "in words"),
        Column(
            "expected_value_minor",
            "Expected extra sales",
            "minor",
            "sales that would not come without the action",
            unit="minor units of currency",
            when_null=_NOT_KNOWN,
            unit_column="currency",
        ),
        *VALUE_RANGE,
        Column(
            "cost_minor",
            "Cost",
            "minor",
            "what a member of past campaigns has cost on average, all booked costs",
            unit="minor units of currency",
            when_null="no costs were booked, or the action has none that is known",
            unit_column="currency",
        ),
        Column("currency", "Currency", "text", "ISO 4217 code of the money"),
        Column("do_by", "Do by", "date", "day until which the row holds", when_null="leave alone: no day"),
        Column(
            "score_rank",
            "Rank as ambassador",
            "integer",
            "in ambassador_scores",
            "rank",
            "not scored: insufficient data",
        ),
        *(column for column in PERSON_FACTS if column.name in _SHOWN),
        AS_OF,
        BASIS,
    ),
)
