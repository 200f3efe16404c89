"""Columns that several outputs of the contract share, and their closed sets of values.

Belongs here: descriptions only. Does not: outputs (contract.py), the shape of a description (schema.py).
"""

from __future__ import annotations

from orchestration.exports.schema import Column

TIERS = ("nano", "micro", "macro", "unknown")
STATES = ("candidate", "member", "active", "ambassador")
BASIS_VALUES = ("consent", "research_dataset")
GROUPS = ("contact helps", "buys anyway", "no effect", "contact hurts", "unknown")
DESIGNS = ("randomised", "matched", "observational")
NOT_A_PREDICTION = "not a prediction"

AS_OF = Column("as_of", "As of", "date", "last day that was known when the row was made, in the brand's time zone")
BASIS = Column(
    "basis",
    "Basis",
    "text",
    "why this person may be listed: own consent, or the research basis declared for every source",
    allowed=BASIS_VALUES,
)
ALL_BASES = Column("basis", "Basis", "text", "every basis the run's sources declare, joined by +")
CONSUMER = Column("consumer_key", "Person", "text", "pseudonym of the person; only the vault leads back to a contact")
CAMPAIGN = Column("campaign_id", "Campaign", "text", "the brand's id of the campaign")

# The ends of expected_value_minor's range.
VALUE_RANGE = tuple(
    Column(
        f"expected_value_{end}_minor",
        end,
        "minor",
        f"{end}er end of the range that holds the average of people scored alike nine times in ten",
        unit="minor units of currency",
        when_null="no range available",
        unit_column="currency",
    )
    for end in ("low", "high")
)

PERSON_FACTS = (
    Column("tier", "Audience tier", "text", "by the followers of the largest known account", allowed=TIERS),
    Column("tier_preset", "Tier boundaries", "text", "name of the boundaries in force"),
    Column(
        "followers_count",
        "Followers",
        "integer",
        "followers of the largest known account, never a sum over accounts",
        unit="people",
        when_null="no account of the person is known, or the platform does not report followers",
    ),
    Column(
        "ugc_90_days_count",
        "Posts and reviews, 90 days",
        "integer",
        "posts, photos, videos, comments, reviews and ratings of the last 90 days that still stand",
        unit="pieces",
        when_null="not reported: no account or review of the person is known",
    ),
    Column(
        "organic_ugc_90_days_count",
        "of these unpaid",
        "integer",
        "those of the 90 days known to be unpaid; content of an incentive, disclosed or not, is not among them",
        unit="pieces",
        when_null="not reported: nothing of the person is known, or the incentive of a piece is unknown",
    ),
    Column(
        "last_ugc_on",
        "Last post or review",
        "date",
        "day of the person's latest dated post or review",
        when_null="none known, or undated",
    ),
    Column(
        "last_moment",
        "Last moment",
        "text",
        "what the latest post or review that tells of an experience with the brand tells of",
        when_null="none told: nothing of the person tells of one, or no model reads its language",
    ),
    Column(
        "last_purchase_on",
        "Last purchase",
        "date",
        "day of the latest purchase, store or online; returns are no purchases",
        when_null="no purchase of the person is known",
    ),
    Column("state", "State", "text", "furthest state reached so far", allowed=STATES),
    Column(
        "standing_holdout",
        "Kept out by lot",
        "boolean",
        "true: never contact this person, so that the worth of contacting the others can be told (score_results)",
    ),
    Column("member_on", "Member since", "date", "first accepted invitation", when_null="never accepted one"),
    Column("active_on", "Active since", "date", "first told or published as a member", when_null="not active yet"),
    Column(
        "ambassador_on",
        "Ambassador since",
        "date",
        "first unpaid post or review after the campaign the person was active in had ended",
        when_null="not seen",
    ),
    Column(
        "consent_contact",
        "Contact consent",
        "text",
        "consent to be contacted; contact nobody who has withdrawn it",
        when_null="never asked",
        allowed=("granted", "withdrawn"),
    ),
)

# Beside an effect per person: the other facts of a person stand in ambassador_candidates, by consumer_key.
REACH_AND_CONSENT = tuple(
    column
    for column in PERSON_FACTS
    if column.name in ("tier", "tier_preset", "followers_count", "state", "standing_holdout", "consent_contact")
)
REASONS = tuple(
    Column(
        f"reason_{n}", f"Reason {n}", "text", f"no. {n} of what moved this score most", when_null="no further reason"
    )
    for n in (1, 2, 3)
)
MODEL = (
    Column("model_id", "Model", "text", "the model that made the score"),
    Column("model_as_of", "Model trained as of", "date", "last day the model learned from"),
)
UNIT = Column(
    "unit",
    "Unit",
    "text",
    "unit of the figures of this row: `share` (0.05 = 5 more in 100), or a currency code (main units, not cents)",
)
