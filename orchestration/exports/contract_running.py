"""The contract's outputs while a campaign runs, and of what people made: whom to remind, the pace, the library.

Belongs here: descriptions only. Does not: how rows are made (running.py, library.py).
"""

from __future__ import annotations

from orchestration.exports.columns import ALL_BASES, AS_OF, BASIS, CAMPAIGN, CONSUMER
from orchestration.exports.contract_texts import MOMENT_WORDS
from orchestration.exports.schema import Column, Output

NO_ANSWER, NOT_SENT, SILENT, UNDISCLOSED = (
    "invited, no answer",
    "accepted, nothing delivered",
    "delivered and silent",
    "disclosure missing",
)
DUE = (UNDISCLOSED, NOT_SENT, SILENT, NO_ANSWER)
PACES = ("ahead", "as usual", "behind", "no campaign to compare with")
STEPS = ("invited", "accepted", "delivered", "published")
UNPAID, DISCLOSED, HIDDEN, NOT_KNOWN = "unpaid", "disclosed", "disclosure missing", "not known"
GRANTED, WITHDRAWN, NOT_ASKED, NO_AUTHOR = "granted", "withdrawn", "not asked", "author unknown"

CAMPAIGN_FOLLOW_UP = Output(
    name="campaign_follow_up",
    title="Whom to follow up",
    grain="One row per member of a running campaign and thing that is due.",
    purpose="Whom to remind, what to send, and where a disclosure has to be asked for.",
    sort_key=("campaign_id", "due", "since_on", "consumer_key"),
    columns=(
        CAMPAIGN,
        CONSUMER,
        Column("due", "What is due", "text", "what has not happened yet", allowed=DUE),
        Column("since_on", "Since", "date", "day of the last thing that happened"),
        Column("waiting_days", "Days", "integer", "days since then", unit="days"),
        Column(
            "consent_contact",
            "Contact consent",
            "text",
            "consent to be contacted; remind nobody who has withdrawn it",
            when_null="never asked",
            allowed=("granted", "withdrawn"),
        ),
        AS_OF,
        BASIS,
    ),
)

CAMPAIGN_PACING = Output(
    name="campaign_pacing",
    title="Pace of running campaigns",
    grain="One row per running campaign and step.",
    purpose="Whether a campaign is where earlier ones were on the same day after their start.",
    sort_key=("campaign_id", "step"),
    columns=(
        CAMPAIGN,
        Column("step", "Step", "text", "how far members came", allowed=STEPS),
        Column("day_number", "Day", "integer", "days since the campaign's start", unit="days"),
        Column("members_count", "Members", "integer", "people who take part", unit="people"),
        Column("reached_count", "Reached the step", "integer", "members who did so far", unit="people"),
        Column("reached_share", "Share", "share", "of the members", unit="share"),
        Column(
            "usual_share",
            "Usual share",
            "share",
            "median of the finished campaigns on the same day after their start",
            unit="share",
            when_null="no finished campaign took this step",
        ),
        Column("pace", "Pace", "text", "by more than a tenth of the members, or not", allowed=PACES),
        Column(
            "budget_spent_share",
            "Budget spent",
            "share",
            "booked costs by budget; above 1: overspent",
            unit="share",
            when_null="no budget is known, or it is in another currency than the costs",
        ),
        AS_OF,
        ALL_BASES,
    ),
)

UGC_LIBRARY = Output(
    name="ugc_library",
    title="Library of posts and reviews",
    grain="One row per post or review of the last 90 days that speaks well of the brand.",
    purpose="What could be shown again, and whether it may be. Nothing without a granted right leaves this list.",
    sort_key=("published_on", "ugc_key"),
    columns=(
        Column("ugc_key", "Piece", "text", "pseudonym of the post or review; its address is in the vault"),
        Column(
            "consumer_key",
            "Person",
            "text",
            "pseudonym of its author",
            when_null="author unknown, or may not be named in exports",
        ),
        Column("platform_or_site", "Where", "text", "platform or site it stands on"),
        Column("ugc_kind", "Kind", "text", "post, photo, video, review …"),
        Column("published_on", "Published on", "date", "day of publication"),
        Column("product_id", "Product", "text", "product it names", when_null="none, or several"),
        Column(
            "moment",
            "Moment",
            "text",
            "the surest good moment it tells of",
            when_null="a good feeling or rating without a moment",
            allowed=tuple(MOMENT_WORDS.values()),
        ),
        Column("rating_share", "Rating", "share", "stars given, of all possible", "share", "no rating"),
        Column(
            "disclosure",
            "Disclosure",
            "text",
            "whether something was given for it, and whether it says so",
            allowed=(UNPAID, DISCLOSED, HIDDEN, NOT_KNOWN),
        ),
        Column(
            "rights_status",
            "Right to reuse",
            "text",
            "the author's last word on reuse (consents, purpose ugc_reuse)",
            allowed=(GRANTED, WITHDRAWN, NOT_ASKED, NO_AUTHOR),
        ),
        Column(
            "engagements_count", "Engagements", "integer", "likes, comments, shares, saves", "times", "none reported"
        ),
        AS_OF,
        ALL_BASES,
    ),
)
RUNNING_OUTPUTS = (CAMPAIGN_FOLLOW_UP, CAMPAIGN_PACING, UGC_LIBRARY)
