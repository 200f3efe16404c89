"""The outputs about talk: how far it reaches offline, whom it follows, what it does together with other media.

Belongs here: descriptions only. Does not: how rows are made (wom_reach.py …).
"""

from __future__ import annotations

from orchestration.exports.columns import ALL_BASES, AS_OF, CAMPAIGN, DESIGNS
from orchestration.exports.schema import Column, Output

NOT_MEASURED = "not measured: see note"
_OF_ALL = "stands in the row of everybody, or not known: see note"
STEPS = ("everybody", "told by members", "told by their hearers", "third step", "fourth step", "fifth step")
NAME = Column("campaign_name", "Name", "text", "name of the campaign", when_null="not given")
NOTE = Column("note", "Note", "text", "what to keep in mind, or what is missing", when_null="nothing to add")
LEVEL = Column(
    "interval_level",
    "Range holds",
    "share",
    "how often such a range holds the truth",
    unit="0 to 1",
    when_null=NOT_MEASURED,
)


def ranged(name: str, title: str, meaning: str, unit: str, when_null: str = NOT_MEASURED) -> tuple[Column, ...]:
    """A number with the ends of its range."""
    return (
        Column(name, title, "number", meaning, unit=unit, when_null=when_null),
        Column(f"{name}_low", "low", "number", "lower end of its range", unit=unit, when_null=when_null),
        Column(f"{name}_high", "high", "number", "upper end of its range", unit=unit, when_null=when_null),
    )


def _count(name: str, title: str, meaning: str, unit: str) -> Column:
    return Column(name, title, "integer", meaning, unit=unit, when_null=_OF_ALL)


def _share(name: str, title: str, meaning: str) -> Column:
    return Column(name, title, "share", meaning, unit="0 to 1", when_null=_OF_ALL)


WOM_REACH = Output(
    name="wom_reach",
    title="Reach by word of mouth",
    grain="One row per campaign with a survey of what people told, and step of the telling; the first is everybody.",
    purpose="How many people heard of it from a campaign's members and from those who heard it from them, offline; "
    "what the survey cannot carry, and how many to ask for a range of plus or minus 15 %.",
    sort_key=("campaign_id", "step_no"),
    columns=(
        CAMPAIGN,
        NAME,
        Column(
            "step_no", "Step", "integer", "0: everybody; 1: told by members; 2: by those who heard it …", unit="no."
        ),
        Column("step", "Told by whom", "text", "the step in words", allowed=STEPS),
        Column(
            "in_words", "In words", "text", "the result in one sentence", when_null="stands in the row of everybody"
        ),
        Column(
            "status",
            "Status",
            "text",
            "in part: only what members told themselves",
            allowed=("measured", "in part", "not measured"),
        ),
        *ranged("people", "People told", "people told, each as often as told", "people"),
        LEVEL,
        *ranged(
            "different_people",
            "Different people",
            "those people counted once, living where the members live: at most so many, since friends share friends",
            "people",
            _OF_ALL,
        ),
        *ranged(
            "listed_people",
            "Different people, from two surveys",
            "people who heard of it, from how many of them are in both of two surveys of hearers",
            "people",
            _OF_ALL,
        ),
        *ranged("told_mean", "Told per member", "people a member told", "people", _OF_ALL),
        *ranged("relay_probability", "Tell it on", "share of those who heard it who told somebody", "0 to 1", _OF_ALL),
        *ranged("fan_out", "Told per person who tells it on", "people told by one of these", "people", _OF_ALL),
        *ranged(
            "relay_ratio",
            "Told per hearer",
            "people told by one hearer on average: below 1 the talk ends",
            "people",
            _OF_ALL,
        ),
        *ranged(
            "remembered_share",
            "Remembered",
            "share of the people told that answers still held, from members asked twice; what was forgotten is added",
            "0 to 1",
            _OF_ALL,
        ),
        _share("positive_share", "Of these told good", "share of people told whose teller spoke well of it"),
        _share("negative_share", "Of these told bad", "share of people told whose teller spoke badly of it"),
        _count("members_count", "Members", "members the answers stand for", "people"),
        Column(
            "members_group", "Which members", "text", "the group of members the answers stand for", when_null=_OF_ALL
        ),
        _count("asked_count", "Members who answered", "members who said how many people they told", "people"),
        _count("unanswered_count", "Left it open", "members asked who did not say", "people"),
        _count(
            "hearers_count",
            "Hearers who answered",
            "people who had heard it and said whether they told others",
            "people",
        ),
        _count("members_needed_count", "Members to ask", "answers of members for a range of ± 15 %", "people"),
        _count("hearers_needed_count", "Hearers to ask", "answers of hearers for a range of ± 15 %", "people"),
        NOTE,
        AS_OF,
        ALL_BASES,
    ),
)

LEAD_VERDICTS = ("leads", "leads by less", "no lead found", "not measured")


def _when(name: str, title: str, meaning: str) -> Column:
    return Column(name, title, "integer", meaning, unit="months", when_null=NOT_MEASURED)


PROSUMER_LEAD = Output(
    name="prosumer_lead",
    title="Do prosumers lead",
    grain="One row per lag of 1 to 18 months; one row without a lag where nothing can be said.",
    purpose="Whether what early, socially active buyers buy comes 6 to 18 months before what everybody else buys; "
    "a claim to test, which may come out empty.",
    sort_key=("lag_months",),
    columns=(
        Column("lag_months", "Months earlier", "integer", "months compared", unit="months", when_null="not measured"),
        Column(
            "fit",
            "Fit",
            "number",
            "how well the cohort's purchases so many months before go with everybody else's; 1: perfectly, 0: not",
            unit="correlation, -1 to 1",
            when_null=NOT_MEASURED,
        ),
        Column("is_best", "Best fit", "boolean", "true: the lag that fits best", when_null=NOT_MEASURED),
        Column("in_words", "In words", "text", "the result in one sentence; the same in every row"),
        Column(
            "verdict",
            "Verdict",
            "text",
            "leads: by 6 to 18 months, and chance is ruled out; leads by less: by 1 to 5 months",
            allowed=LEAD_VERDICTS,
        ),
        _when("best_months", "Leads by", "the lag that fits best"),
        _when("best_months_low", "low", "shortest lag that fits nearly as well"),
        _when("best_months_high", "high", "longest lag that fits nearly as well"),
        LEVEL,
        Column(
            "chance",
            "Chance",
            "share",
            "how often chance alone gives as good a fit at any lag of 6 to 18 months",
            unit="0 to 1",
            when_null=NOT_MEASURED,
        ),
        Column(
            "chance_reversed",
            "Chance, the other way round",
            "share",
            "the check: the same for everybody else leading the cohort; low means that both follow something else",
            unit="0 to 1",
            when_null=NOT_MEASURED,
        ),
        Column("cohort", "Cohort", "text", "whose purchases are compared; the rule stands in the method notes"),
        Column(
            "people_count", "People in it", "integer", "people of the cohort", unit="people", when_null=NOT_MEASURED
        ),
        Column(
            "others_count", "Everybody else", "integer", "known buyers not in it", unit="people", when_null=NOT_MEASURED
        ),
        Column(
            "categories_count",
            "Categories",
            "integer",
            "categories compared",
            unit="categories",
            when_null=NOT_MEASURED,
        ),
        Column("months_count", "Months", "integer", "whole months compared", unit="months", when_null=NOT_MEASURED),
        Column("design", "Design", "text", "observational: no proof of cause", allowed=DESIGNS),
        NOTE,
        AS_OF,
        ALL_BASES,
    ),
)

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

BRAND_QUESTIONS = {"trust": "trust in the brand", "recommend": "would recommend it", "intent": "means to buy"}
BRAND_VERDICTS = ("clear gain", "clear loss", "not clear", "not measured")
_POINTS = "points of 10"


def _answers(name: str, title: str, meaning: str) -> Column:
    return Column(name, title, "number", meaning, unit=_POINTS, when_null="not measured, or nobody answered then")


BRAND_EFFECT = Output(
    name="brand_effect",
    title="Effect on the brand",
    grain="One row per campaign with a brand survey and question.",
    purpose="What a campaign did to trust, recommendation and intent: people invited against people who were not, "
    "after against before.",
    sort_key=("campaign_id", "question"),
    columns=(
        CAMPAIGN,
        NAME,
        Column("question", "Question", "text", "what was asked", allowed=tuple(BRAND_QUESTIONS.values())),
        Column("in_words", "In words", "text", "the result in one sentence"),
        Column("verdict", "Verdict", "text", "clear: the range lies off 0", allowed=BRAND_VERDICTS),
        *ranged("effect", "Effect", "rise of those invited beyond that of the others", _POINTS),
        LEVEL,
        *ranged(
            "check", "Check before", "difference before the campaign: none should be", _POINTS, "no check was possible"
        ),
        _answers("treated_before", "Invited, before", "mean answer of those invited, before"),
        _answers("treated_after", "Invited, after", "mean answer of those invited, after"),
        _answers("control_before", "Others, before", "mean answer of the others, before"),
        _answers("control_after", "Others, after", "mean answer of the others, after"),
        Column("treated_count", "Invited, answers", "integer", "answers after", unit="people", when_null=NOT_MEASURED),
        Column("control_count", "Others, answers", "integer", "answers after", unit="people", when_null=NOT_MEASURED),
        Column(
            "design", "Design", "text", "randomised: chance chose; observational: no proof of cause", allowed=DESIGNS
        ),
        NOTE,
        AS_OF,
        ALL_BASES,
    ),
)

POST_MEASURES = ("said in a survey", "came by code or link", "more than in the holdout")

POSTS_SELL = Output(
    name="posts_sell",
    title="Do posts sell",
    grain="One row per campaign among people and way of telling what was bought after a post.",
    purpose="What people say they bought, what codes and links show, what a holdout shows. They are not the same "
    "thing: do not add them up.",
    sort_key=("campaign_id", "measure"),
    columns=(
        CAMPAIGN,
        NAME,
        Column("measure", "Told by", "text", "how the purchases are known", allowed=POST_MEASURES),
        Column("in_words", "In words", "text", "the result in one sentence"),
        Column("status", "Status", "text", "measured or not", allowed=("measured", "not measured")),
        *ranged(
            "share",
            "Share who bought",
            "of those asked, tracked or invited; of the holdout: beyond the share that buys anyway",
            "0 to 1",
            "not measured, or only a count is known: see note",
        ),
        LEVEL,
        Column("people_count", "People", "integer", "asked, tracked or invited", unit="people", when_null=NOT_MEASURED),
        Column("buyers_count", "Bought", "integer", "of them bought", unit="people", when_null=NOT_MEASURED),
        Column(
            "design", "Design", "text", "randomised: chance chose; observational: no proof of cause", allowed=DESIGNS
        ),
        NOTE,
        AS_OF,
        ALL_BASES,
    ),
)

TRUST_CHANNELS = {
    "friends_and_family": "told by people they know",
    "online_opinions": "posts of people",
    "brand_site": "the brand's pages",
    "all channels": "all together",
}
_NOT_COUNTED = "not counted: see note"

TRUST_SENSITIVITY = Output(
    name="trust_sensitivity",
    title="Contacts weighted by trust",
    grain="One row per campaign with contacts, published source of trust figures and channel.",
    purpose="What a campaign's contacts are worth under each published figure of trust: no figure is taken for true, "
    "and a conclusion should hold under all of them.",
    sort_key=("campaign_id", "source", "published_year", "channel"),
    columns=(
        CAMPAIGN,
        NAME,
        Column("source", "Source", "text", "who published the figures"),
        Column(
            "published_year", "Year", "integer", "year of publication", unit="year", when_null="the source states none"
        ),
        Column("scale", "Kind of figure", "text", "share of people, or a ratio", allowed=("share", "relative")),
        Column("channel", "Channel", "text", "where people met it", allowed=tuple(TRUST_CHANNELS.values())),
        Column("contacts", "Contacts", "number", "contacts of the channel", unit="contacts", when_null=_NOT_COUNTED),
        Column(
            "contacts_are",
            "Counted as",
            "text",
            "what a contact of this channel is",
            when_null="several, or not counted",
        ),
        Column(
            "trust_share",
            "Trusted by",
            "number",
            "the source's figure",
            unit="0 to 1",
            when_null="the source gives none",
        ),
        Column(
            "trusted_contacts",
            "Trusted contacts",
            "number",
            "contacts times the source's figure: a weight, not a number of people",
            unit="contacts",
            when_null=_NOT_COUNTED,
        ),
        Column(
            "weighted_share",
            "Trust of all contacts",
            "number",
            "trusted contacts divided by contacts",
            unit="0 to 1",
            when_null="stands in the row of all together",
        ),
        NOTE,
        AS_OF,
        ALL_BASES,
    ),
)

TALK_OUTPUTS = (WOM_REACH, PROSUMER_LEAD, SYNERGY, BRAND_EFFECT, POSTS_SELL, TRUST_SENSITIVITY)
