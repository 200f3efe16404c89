"""The contract's outputs about what people say: moments, alerts, counts by kind, and the reading held against labels.

Belongs here: descriptions only. Does not: how rows are made (texts.py).
"""

from __future__ import annotations

from orchestration.exports.columns import ALL_BASES, AS_OF
from orchestration.exports.schema import Column, Output

MOMENT_WORDS = {
    "delight": "delight",
    "disappointment": "disappointment",
    "wait": "waiting",
    "confusing_instructions": "confusing instructions",
    "staff": "staff",
    "purchase": "purchase",
    "mixed": "mixed feelings",
    "support": "support",
    "product_fault": "product fault",
    "fulfilment": "delivery",
    "price": "price",
    "place": "place",
}
RECENT, EVER = "last 90 days", "all time"
NOTHING_TOLD, NOT_READ, UNSURE = "nothing told", "not read", "unsure"
REASONS_GIVEN, SENTIMENT_GIVEN, STARS_GIVEN = "reasons given", "feeling given", "stars given"

_MOMENT = Column(
    "moment", "Moment", "text", "what is told of an experience with the brand", allowed=tuple(MOMENT_WORDS.values())
)
_SUBJECT_ID = Column("subject_id", "Which", "text", "the brand's id of the store or product; all: the whole brand")


def _pieces(name: str, title: str, meaning: str, when_null: str = "") -> Column:
    return Column(f"{name}_count", title, "integer", meaning, unit="pieces", when_null=when_null)


def _rate(per: str, called: str) -> tuple[Column, ...]:
    unknown = f"{called} are not known, or the row is of all time"
    return (
        Column(f"{per}_count", called.capitalize(), "integer", f"{called} of the 90 days", called, unknown),
        Column(
            f"per_1000_{per}",
            f"Per 1,000 {called}",
            "number",
            f"pieces that tell of it per 1,000 {called}",
            unit=f"pieces per 1,000 {called}",
            when_null=unknown,
        ),
        *(
            Column(
                f"per_1000_{per}_{end}",
                end,
                "number",
                f"{end}er end of the range that holds the true rate nine times in ten",
                unit=f"pieces per 1,000 {called}",
                when_null=unknown,
            )
            for end in ("low", "high")
        ),
    )


MOMENTS = Output(
    name="moments",
    title="Moments",
    grain="One row per subject (the brand, a store, a product), moment and period in which it is told.",
    purpose="What people tell of their experiences, how often, and how it feels. Copies of a review, deleted pieces "
    "and unsure readings are not in the counts; only languages that a model reads are.",
    sort_key=("subject_kind", "subject_id", "period", "moment"),
    columns=(
        Column(
            "subject_kind", "About", "text", "what the pieces are about", allowed=("brand", "store", "product")
        ),
        _SUBJECT_ID,
        Column("period", "Period", "text", "all time counts undated pieces too", allowed=(RECENT, EVER)),
        _MOMENT,
        _pieces("pieces", "Pieces", "posts and reviews that tell of it"),
        _pieces("positive", "of these positive", "those that feel positive"),
        _pieces("negative", "of these negative", "those that feel negative"),
        _pieces(
            "after_campaign", "of these after a campaign", "those whose author, store or product a campaign had touched"
        ),
        _pieces("unsure", "Unsure", "posts and reviews that may tell of it; not in pieces_count"),
        _pieces("before", "90 days before", "pieces of the 90 days before the period", "the row is of all time"),
        *_rate("transactions", "sales"),
        *_rate("views", "page views"),
        AS_OF,
        ALL_BASES,
    ),
)  # fmt: skip

MOMENTS_BY_MONTH = Output(
    name="moments_by_month",
    title="Moments by month",
    grain="One row per month and moment in which it is told.",
    purpose="How what people tell of the brand changes over time. Counted as in moments; undated pieces are left out. "
    "A month without a row: nobody told of it.",
    sort_key=("month_starts_on", "moment"),
    columns=(
        Column("month_starts_on", "Month", "date", "first day of the month of publication"),
        Column("is_whole", "Whole month", "boolean", "false: the month was not over on as_of"),
        _MOMENT,
        _pieces("pieces", "Pieces", "posts and reviews that tell of it"),
        _pieces("positive", "of these positive", "those that feel positive"),
        _pieces("negative", "of these negative", "those that feel negative"),
        AS_OF,
        ALL_BASES,
    ),
)

STORE_ALERTS = Output(
    name="store_alerts",
    title="Store and product alerts",
    grain="One row per store or product and moment whose bad experiences jumped in the last two weeks.",
    purpose="Where a manager should look today: the last 14 days against the 84 before, per sale or page view. Of all "
    "alerts of a day at most one in ten is expected to be chance.",
    sort_key=("subject_kind", "subject_id", "moment"),
    columns=(
        Column("subject_kind", "About", "text", "a store or a product", allowed=("store", "product")),
        _SUBJECT_ID,
        _MOMENT,
        Column("headline", "In words", "text", "the alert in one sentence"),
        _pieces("recent", "Last 14 days", "bad pieces since recent_from"),
        Column("recent_from", "From", "date", "first of the last 14 days"),
        _pieces("earlier", "84 days before", "bad pieces of the 84 days before"),
        Column("opportunity", "Counted per", "text", "what people came for", allowed=("sales", "page views")),
        Column("recent_per_1000", "Rate now", "number", "bad pieces per 1,000 of opportunity", unit="per 1,000"),
        Column("earlier_per_1000", "Rate before", "number", "the same, 84 days before", unit="per 1,000"),
        Column(
            "times_as_often",
            "Times as often",
            "number",
            "rate now divided by rate before",
            unit="ratio",
            when_null="none before",
        ),
        AS_OF,
        ALL_BASES,
    ),
)

_READ_SHARE = "no text of the row was read"


def _feeling(name: str) -> Column:
    return Column(f"{name}_share", name.capitalize(), "share", f"texts read as {name}", "0 to 1", _READ_SHARE)


UGC_KINDS = Output(
    name="ugc_kinds",
    title="Posts and reviews by kind",
    grain="One row per place (platform or site) and kind of piece.",
    purpose="What people publish and where, how much of it is unpaid, and how much of it could be read.",
    sort_key=("place", "kind"),
    columns=(
        Column("place", "Where", "text", "platform of the posts, site of the reviews"),
        Column("kind", "Kind", "text", "post, photo, video, review, question, recipe …"),
        _pieces("pieces", "Pieces", "pieces that still stand, copies of reviews left out"),
        _pieces("last_90_days", "Last 90 days", "those published in the last 90 days"),
        _pieces("unpaid", "Unpaid", "those known to be unpaid"),
        _pieces("incentive", "Incentive", "those of a free product or a payment, by the source or their own words"),
        _pieces("undisclosed", "Undisclosed", "those of an incentive that neither source nor text tells"),
        _pieces("copies_left_out", "Copies left out", "copies of reviews that count at their origin"),
        _pieces("look_twice", "Look twice", "those with a hint (many copies, a burst, mostly links …): no verdict"),
        _pieces("texts", "With text", "those with a text"),
        Column("language_told_share", "Language told", "share", "texts whose language is told", "0 to 1", "no texts"),
        Column("read_share", "Read", "share", "texts in a language that a model reads", "0 to 1", "no texts"),
        *(_feeling(name) for name in ("positive", "neutral", "negative", "unsure")),
        AS_OF,
        ALL_BASES,
    ),
)  # fmt: skip

TEXT_CHECK = Output(
    name="text_check",
    title="Reading against labels",
    grain="One row per comparison, source, label given and thing told by the reading.",
    purpose="How well texts are read: what people had said a text says (a reason, a feeling, stars) against what was "
    "read from it. A text may tell of several moments, so rows of reasons overlap. Labels are never learned from.",
    sort_key=("comparison", "source", "given", "told"),
    columns=(
        Column(
            "comparison",
            "Held against",
            "text",
            "the kind of label",
            allowed=(REASONS_GIVEN, SENTIMENT_GIVEN, STARS_GIVEN),
        ),
        Column("source", "Source", "text", "system the texts come from"),
        Column("given", "Given", "text", "the label, in the source's own words"),
        Column("expected", "Should read", "text", "the label in nanolift's words", when_null="none of these words"),
        Column("told", "Reads", "text", "what the text was read as"),
        _pieces("pieces", "Pieces", "pieces with that label that were read so"),
        _pieces("given", "All with that label", "pieces with that label and a text"),
        Column("share", "Share", "share", "pieces_count of given_count", unit="0 to 1"),
        Column("is_right", "Right", "boolean", "told is what was expected", when_null="nothing was expected"),
        AS_OF,
        ALL_BASES,
    ),
)

TEXT_OUTPUTS = (MOMENTS, MOMENTS_BY_MONTH, STORE_ALERTS, UGC_KINDS, TEXT_CHECK)
