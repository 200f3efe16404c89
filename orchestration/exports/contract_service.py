"""The contract's outputs for those who answer people: the queue of bad moments, and whom its order favours.

Belongs here: descriptions only. Does not: how rows are made and ordered (service.py).
"""

from __future__ import annotations

from orchestration.exports.columns import ALL_BASES, AS_OF
from orchestration.exports.contract_texts import MOMENT_WORDS
from orchestration.exports.schema import Column, Output

URGENCY = ("urgent", "soon", "when possible")
BY_URGENCY, BY_WAITING = "urgency", "waiting longest"
GROUP_KINDS = ("tier", "language", "place")

SERVICE_QUEUE = Output(
    name="service_queue",
    title="Whom to answer",
    grain="One row per post or review of the last 30 days that tells of a bad moment.",
    purpose=(
        "Answer from the top. Urgency first, then how many will hear it, then age; every fifth place goes to whoever "
        "has waited longest, so that people whom few follow are answered too. nanolift does not know who was answered."
    ),
    sort_key=("queue_place",),
    columns=(
        Column("queue_place", "Place", "integer", "1 is to be answered first", unit="place"),
        Column("place_reason", "Why this place", "text", "what put it there", allowed=(BY_URGENCY, BY_WAITING)),
        Column("ugc_key", "Piece", "text", "pseudonym of the post or review"),
        Column(
            "consumer_key",
            "Person",
            "text",
            "pseudonym of who told it",
            when_null="author unknown, or may not be named in exports",
        ),
        Column("platform_or_site", "Where", "text", "platform or site it stands on"),
        Column("told_on", "Told on", "date", "day of publication"),
        Column("moment", "Moment", "text", "the gravest bad moment it tells of", allowed=tuple(MOMENT_WORDS.values())),
        Column("urgency", "Urgency", "text", "by the gravest moment", allowed=URGENCY),
        Column("reply_by", "Reply by", "date", "day by which an answer is due: 1, 3 or 7 days after it was told"),
        Column("is_overdue", "Overdue", "boolean", "true: reply_by is over"),
        Column(
            "hearers_count",
            "May hear it",
            "integer",
            "followers of the account that told it",
            unit="people",
            when_null="not reported",
        ),
        Column("store_id", "Store", "text", "store it is about", when_null="about no one store"),
        Column("product_id", "Product", "text", "product it names", when_null="none, or several"),
        AS_OF,
        ALL_BASES,
    ),
)

SERVICE_AUDIT = Output(
    name="service_audit",
    title="Whom the queue favours",
    grain="One row per group of the people in the queue of the last 30 days.",
    purpose="Whether some groups stand in front more often than they are in the queue at all. Look at it every month.",
    sort_key=("group_kind", "group"),
    columns=(
        Column("group_kind", "Grouped by", "text", "what the groups are", allowed=GROUP_KINDS),
        Column("group", "Group", "text", "audience tier, language or platform"),
        Column("pieces_count", "In the queue", "integer", "pieces of the group in the queue", unit="pieces"),
        Column(
            "front_count",
            "In the first fifth",
            "integer",
            "of these, in the first fifth of the queue",
            unit="pieces",
            when_null="fewer than 10 pieces of the group: not shown",
        ),
        Column(
            "front_ratio",
            "Favoured",
            "number",
            "its share of the first fifth, by its share of the queue; 1: neither favoured nor held back",
            unit="times",
            when_null="fewer than 10 pieces of the group: not shown",
        ),
        *(
            Column(
                f"front_ratio_{end}",
                end,
                "number",
                f"{end}er end of the range that holds a queue without favour nine times in ten, at this many pieces",
                unit="times",
                when_null="fewer than 10 pieces of the group: not shown",
            )
            for end in ("low", "high")
        ),
        AS_OF,
        ALL_BASES,
    ),
)
