"""The outputs about the brand: what people think, what posts sell, how much contacts are trusted.

Belongs here: descriptions only. Does not: how rows are made.
"""

from __future__ import annotations

from orchestration.exports.columns import ALL_BASES, AS_OF, CAMPAIGN, DESIGNS
from orchestration.exports.columns_talk import LEVEL, NAME, NOT_MEASURED, NOTE, ranged
from orchestration.exports.schema import Column, Output

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
    grain="One row per campaign with posts, and way of telling what was bought after one.",
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
