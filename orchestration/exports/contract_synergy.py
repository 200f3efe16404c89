"""The output about members together with influencers and promotions.

Belongs here: descriptions only. Does not: how rows are made.
"""

from __future__ import annotations

from orchestration.exports.columns import ALL_BASES, AS_OF, CAMPAIGN, DESIGNS
from orchestration.exports.columns_talk import LEVEL, NAME, NOT_MEASURED, NOTE, ranged
from orchestration.exports.schema import Column, Output

SYNERGY_VERDICTS = ("more together", "less together", "not clear", "not measured")
SYNERGY_COUNTED = {
    "store_sales": "sales",
    "store_receipts": "receipts",
    "new_visitor_orders": "orders of new visitors",
}
SYNERGY_PARTNERS = {"influencer": "influencer or expert", "promotion": "promotion"}
SYNERGY_ORDERS = ("any order", "nano first", "influencer first", "together")
_RATIO = "ratio: 0.05 is 5 %"


def _places(name: str, title: str, meaning: str) -> Column:
    return Column(
        name, title, "integer", meaning, unit="areas, stores or pages", when_null="not measured, or of no use"
    )


SYNERGY = Output(
    name="synergy",
    title="Members together with influencers and promotions",
    grain="One row per campaign, thing counted, partner and order of the two.",
    purpose="Whether ordinary members and an influencer (or a promotion) together do more than each alone adds up to, "
    "and in which order; suggestive only, since nobody drew by lot where the partner came.",
    sort_key=("campaign_id", "partner", "counted", "order"),
    columns=(
        CAMPAIGN,
        NAME,
        Column("partner", "Together with", "text", "what members met", allowed=tuple(SYNERGY_PARTNERS.values())),
        Column("counted", "What is counted", "text", "what it is measured on", allowed=tuple(SYNERGY_COUNTED.values())),
        Column("order", "Order", "text", "who came first; together: within three days", allowed=SYNERGY_ORDERS),
        Column("in_words", "In words", "text", "the result in one sentence"),
        Column("verdict", "Verdict", "text", "more or less: the range lies off 0", allowed=SYNERGY_VERDICTS),
        *ranged("on_top", "On top of each alone", "what both do beyond members alone times partner alone", _RATIO),
        *ranged(
            "on_top_added",
            "On top, added up",
            "the same where the two alone are added instead of multiplied",
            _RATIO,
            "not measured: see note, or pages cannot tell the two apart",
        ),
        *ranged(
            "members_alone",
            "Members alone",
            "change where only members were",
            _RATIO,
            "not measured, or not told apart",
        ),
        *ranged(
            "partner_alone",
            "Partner alone",
            "change where only the partner was",
            _RATIO,
            "not measured, or not told apart",
        ),
        LEVEL,
        *ranged(
            "check",
            "Check",
            "the same just before, where no effect can be; of new visitors: the same of returning visitors",
            _RATIO,
            "no check was possible",
        ),
        _places("both_count", "With both", "places with members and partner; pages of the campaign"),
        _places("members_count", "Members only", "places with members alone"),
        _places("partner_count", "Partner only", "places with the partner alone"),
        _places("neither_count", "Neither", "places with neither; other pages"),
        Column("tiers", "Influencers", "text", "tiers as booked", when_null="unknown, or a promotion"),
        Column("first_on", "From", "date", "first day both were at work", when_null=NOT_MEASURED),
        Column("last_on", "To", "date", "last day both were at work", when_null=NOT_MEASURED),
        Column("reading", "How to read it", "text", "suggestive: no proof of cause", allowed=("suggestive",)),
        Column("design", "Design", "text", "observational: no proof of cause", allowed=DESIGNS),
        NOTE,
        AS_OF,
        ALL_BASES,
    ),
)
