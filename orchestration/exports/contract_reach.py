"""The outputs about audiences: how many people campaigns reached on social platforms, and how audiences engage.

Belongs here: descriptions only. Does not: how rows are made (reach.py).
"""

from __future__ import annotations

from orchestration.exports.columns import ALL_BASES, AS_OF, CAMPAIGN
from orchestration.exports.schema import Column, Output

_NOT_KNOWN = "not known: see note"
_NOT_REPORTED = "not reported: no piece of the group tells it"
_WHOLE = "stands in the row of all platforms and tiers, where a cost is booked"
PLATFORM_ALL, TIER_ALL = "all platforms", "all tiers"
VERDICTS = ("counted", "estimated", "only bounds", "not measured")
HOW = {
    "follower lists": "counted",
    "sketches of follower lists": "counted",
    "estimate": "estimated",
    "bounds only": "only bounds",
}
NAME = Column("campaign_name", "Name", "text", "name of the campaign", when_null="not given")
NOTE = Column("note", "Note", "text", "what to keep in mind, or what is missing", when_null="nothing to add")


def _people(name: str, title: str, meaning: str, when_null: str = _NOT_KNOWN) -> Column:
    return Column(name, title, "number", meaning, unit="people", when_null=when_null)


def _contacts(name: str, title: str, meaning: str) -> Column:
    return Column(name, title, "number", meaning, unit="contacts", when_null=_NOT_REPORTED)


def _count(name: str, title: str, meaning: str, unit: str) -> Column:
    return Column(name, title, "integer", meaning, unit=unit, when_null=_NOT_KNOWN)


def _cost(name: str, title: str, meaning: str) -> Column:
    return Column(
        name, title, "number", meaning, unit="main units of currency", when_null=_WHOLE, unit_column="currency"
    )


REACH = Output(
    name="reach",
    title="Reach",
    grain="One row per campaign, platform and audience tier, and for all of them together.",
    purpose="How many people a campaign's posts could reach, how many different people that is, how many of them saw "
    "one, what a thousand cost, how much of it told of something bad. Parts overlap: do not add them up.",
    sort_key=("campaign_id", "platform", "tier"),
    columns=(
        CAMPAIGN,
        NAME,
        Column("platform", "Platform", "text", f"social platform, or {PLATFORM_ALL}"),
        Column("tier", "Audience tier", "text", f"by followers, or {TIER_ALL}"),
        Column("in_words", "In words", "text", "the result in one sentence"),
        Column(
            "how",
            "How it is known",
            "text",
            "counted: from complete follower lists; estimated: from audience sizes and what is known of their overlap; "
            "only bounds: between the largest audience and the sum",
            allowed=VERDICTS,
        ),
        _people("gross_reach", "Gross reach", "sum of the audiences: who follows two ambassadors counts twice"),
        _people("unique_reach", "Different people", "people in at least one of the audiences"),
        _people("unique_low", "low", "lower end of its range"),
        _people("unique_high", "high", "upper end of its range"),
        Column(
            "interval_level",
            "Range holds",
            "share",
            "how often such a range holds the truth",
            unit="0 to 1",
            when_null="counted, or not known: see note",
        ),
        _people("bound_low", "At least", "no fewer than this: the largest audience, or everybody in the lists"),
        _people("bound_high", "At most", "no more than this: the sum of the audiences, or everybody there is"),
        Column(
            "overlap",
            "Overlap",
            "number",
            "gross reach divided by different people, minus 1",
            unit="ratio: 0.2 is 20 % counted twice",
            when_null=_NOT_KNOWN,
        ),
        _people("effective_unique", "Different people who saw it", "of these, who saw at least one piece"),
        _people("effective_low", "low", "lower end of its range", "counted, or not known: see note"),
        _people("effective_high", "high", "upper end of its range", "counted, or not known: see note"),
        _contacts(
            "contacts", "Contacts", "times a piece was seen: reach or views as the platform tells them, else modelled"
        ),
        _contacts("bad_contacts", "Contacts with something bad", "with pieces that tell of a bad experience"),
        _contacts("good_contacts", "Contacts with something good", "with pieces that tell of a good experience"),
        _count("bad_pieces_count", "Pieces that tell of something bad", "pieces with a bad experience", "pieces"),
        _count("good_pieces_count", "Pieces that tell of something good", "pieces with a good experience", "pieces"),
        _count("pieces_count", "Pieces", "social posts ascribed to the campaign", "pieces"),
        _count("reported_pieces_count", "… whose reach is reported", "by the platform, as reach or views", "pieces"),
        _count("modelled_pieces_count", "… modelled", "seen by the platform's usual share of followers", "pieces"),
        _count("unseen_pieces_count", "… not known", "neither reported nor modelled: not in contacts", "pieces"),
        _count("accounts_count", "Accounts", "people who published, one account a platform: the largest", "accounts"),
        _count("sized_accounts_count", "… with known audience", "accounts whose followers are known", "accounts"),
        _count("listed_accounts_count", "… with follower list", "accounts whose followers are listed", "accounts"),
        _people("population", "Could be reached at all", "people on the platforms where the brand sells"),
        Column("population_basis", "Where that is from", "text", "source of that figure", when_null=_NOT_KNOWN),
        _cost("cost_per_1000_unique", "Cost of 1,000 different people", "all booked cost by different people"),
        _cost("cost_per_1000_unique_low", "low", "where most people were reached"),
        _cost("cost_per_1000_unique_high", "high", "where fewest people were reached"),
        _cost("cost_per_1000_effective", "Cost of 1,000 who saw it", "all booked cost by different people who saw it"),
        _cost("cost_per_1000_contacts", "Cost of 1,000 contacts", "all booked cost by contacts"),
        Column("currency", "Currency", "text", "ISO 4217 code", when_null=_WHOLE),
        NOTE,
        AS_OF,
        ALL_BASES,
    ),
)

REACH_CURVE = Output(
    name="reach_curve",
    title="Reach by number of ambassadors",
    grain="One row per campaign and number of ambassadors.",
    purpose="How many different people ambassadors like a campaign's reach together: 10, 20, 1,000 of them.",
    sort_key=("campaign_id", "ambassadors_count"),
    columns=(
        CAMPAIGN,
        NAME,
        Column("ambassadors_count", "Ambassadors", "integer", "number drawn from the campaign's", unit="people"),
        Column("gross_reach", "Gross reach", "number", "sum of their audiences", unit="people"),
        Column("unique_reach", "Different people", "number", "people in at least one of them", unit="people"),
        Column("unique_low", "low", "number", "lower end of its range", unit="people"),
        Column("unique_high", "high", "number", "upper end of its range", unit="people"),
        Column(
            "is_beyond", "More than took part", "boolean", "true: more ambassadors like these than the campaign had"
        ),
        Column("how", "How it is known", "text", "counted from follower lists, or estimated", allowed=VERDICTS),
        AS_OF,
        ALL_BASES,
    ),
)

RATES = {
    "engagement by followers": "likes, comments, shares and saves divided by followers at publication",
    "engagement by reach": "the same divided by people reached, where the platform tells it",
    "engagement by impressions": "the same divided by impressions, where the platform tells them",
    "shares by reach": "shares divided by people reached",
    "reposts a post": "reposts of a post, as far as they were delivered",
}
ITSELF = "itself"

ENGAGEMENT = Output(
    name="engagement",
    title="Engagement by tier",
    grain="One row per platform, rate and audience tier, and per pair of tiers compared.",
    purpose="How much audiences of each size react, each rate apart; and how many times more one tier's than another's "
    "in the same month and for the same kind of piece.",
    sort_key=("platform", "rate", "tier", "against_tier"),
    columns=(
        Column("platform", "Platform", "text", "social platform"),
        Column("rate", "Rate", "text", "what is divided by what", allowed=tuple(RATES)),
        Column("meaning", "Meaning", "text", "the rate in words"),
        Column("tier", "Audience tier", "text", "by followers"),
        Column("against_tier", "Compared with", "text", f"another tier; {ITSELF}: the rate as it is"),
        Column("in_words", "In words", "text", "the result in one sentence"),
        Column(
            "value",
            "Value",
            "number",
            "the rate, or how many times the other tier's rate it is",
            unit="ratio",
            when_null=_NOT_KNOWN,
        ),
        Column("low", "low", "number", "lower end of its 90 % range", unit="ratio", when_null=_NOT_KNOWN),
        Column("high", "high", "number", "upper end of its 90 % range", unit="ratio", when_null=_NOT_KNOWN),
        Column("pieces_count", "Pieces", "integer", "pieces that tell both numbers", unit="pieces"),
        Column("accounts_count", "Accounts", "integer", "accounts that published them", unit="accounts"),
        Column(
            "strata_count",
            "Months and kinds",
            "integer",
            "months and kinds of piece in which both tiers have enough",
            unit="months and kinds",
            when_null="no comparison of tiers",
        ),
        NOTE,
        AS_OF,
        ALL_BASES,
    ),
)
REACH_OUTPUTS = (REACH, REACH_CURVE, ENGAGEMENT)
