"""The output about reviews: what so many reviews on a page do to its orders.

Belongs here: descriptions only. Does not: how rows are made (review_effect.py).
"""

from __future__ import annotations

from orchestration.exports.columns import ALL_BASES, AS_OF, DESIGNS
from orchestration.exports.schema import Column, Output

FIFTY, TEN_MORE, JUMP, SEEDED, WRITTEN, PUBLISHED = (
    "50 reviews against none",
    "ten more reviews",
    "a jump at a number",
    "seeded pages against others",
    "reviews a campaign brought",
    "published elsewhere",
)
KINDS = (FIFTY, TEN_MORE, JUMP, SEEDED, WRITTEN, PUBLISHED)
METHOD_WORDS = {
    "page_history": "page histories",
    "drawn_products": "products drawn by lot",
    "drawn_people": "people drawn by lot",
    "published": "other people's figures",
}
DOSE_WORDS = {"displayed": "as displayed", "rebuilt": "counted from reviews"}
OUTCOME_WORDS = {
    "orders_per_view": "orders per page view",
    "orders_per_day": "orders per day",
    "reviews_per_100_members": "reviews per 100 people asked",
    "reviews_per_product": "reviews per product",
}
VERDICTS = ("clear gain", "clear loss", "not clear", "jump", "no jump found", "not measured", "not ours")
LIKELY_HIGH = "likely too high"
_NOT_MEASURED = "not measured: see note"


def _extra(name: str, title: str, meaning: str, when_null: str = _NOT_MEASURED) -> Column:
    return Column(name, title, "number", meaning, unit="see unit", when_null=when_null, unit_column="unit")


def _count(
    name: str, title: str, meaning: str, unit: str, when_null: str = "does not apply, or not measured"
) -> Column:
    return Column(name, title, "integer", meaning, unit=unit, when_null=when_null)


REVIEW_EFFECT = Output(
    name="review_effect",
    title="Effect of reviews",
    grain="One row per way of telling and step in the number of reviews; and one per figure published elsewhere.",
    purpose="What more reviews on a product page do to its orders, with ranges: ten more at every number, 50 against "
    "none, whether there is a jump, and what others published. Only products drawn by lot prove a cause.",
    sort_key=("told_by", "reviews_known", "campaign_id", "kind", "reviews_from", "reviews_to", "source"),
    columns=(
        Column("told_by", "Told by", "text", "what the figure rests on", allowed=tuple(METHOD_WORDS.values())),
        Column(
            "reviews_known",
            "Reviews are known",
            "text",
            "as the page displayed them, or counted from the reviews written there",
            when_null="does not apply, or not measured",
            allowed=tuple(DOSE_WORDS.values()),
        ),
        Column("campaign_id", "Campaign", "text", "the brand's id of the campaign", when_null="not of one campaign"),
        Column("campaign_name", "Name", "text", "name of the campaign", when_null="not of one campaign, or not given"),
        Column("kind", "What it is", "text", "what is compared", allowed=KINDS),
        Column(
            "counted",
            "What is counted",
            "text",
            "what the extra is of",
            when_null="not measured",
            allowed=tuple(OUTCOME_WORDS.values()),
        ),
        _count("reviews_from", "From", "reviews before the step", "reviews", "not a step in reviews"),
        _count(
            "reviews_to", "To", "reviews after the step; of a jump: where it is", "reviews", "not a step in reviews"
        ),
        Column("in_words", "In words", "text", "the result in one sentence"),
        Column(
            "verdict",
            "Verdict",
            "text",
            "clear: the range lies off 0; a jump: beyond the smooth curve, after allowing for looking at several",
            allowed=VERDICTS,
        ),
        _extra("extra", "Extra", "orders with the reviews, divided by those without, minus 1; or reviews"),
        _extra("extra_low", "low", "lower end of its range", "not measured, or published without a range"),
        _extra("extra_high", "high", "upper end of its range", "not measured, or published without a range"),
        Column(
            "unit",
            "Unit",
            "text",
            "`ratio` (0.15 is 15 % more) or `reviews`",
            when_null="not measured",
            allowed=("ratio", "reviews"),
        ),
        Column(
            "interval_level",
            "Range holds",
            "share",
            "how often such a range holds the truth, where the design is fair",
            unit="0 to 1",
            when_null="not measured, or published",
        ),
        Column(
            "design",
            "Design",
            "text",
            "randomised: chance decided; observational: no proof of cause",
            when_null="published",
            allowed=DESIGNS,
        ),
        Column(
            "caution",
            "Caution",
            "text",
            "pages that sell well get reviews because they sell: histories tell too much",
            when_null="none",
            allowed=(LIKELY_HIGH,),
        ),
        Column(
            "chance",
            "Chance",
            "share",
            "of a jump: how often chance alone shows one as large at one of the numbers looked at",
            unit="0 to 1",
            when_null="not a jump, or not measured",
        ),
        _count("pages_count", "Pages", "pages (a product on a site)", "pages"),
        _count("products_count", "Products", "products; of a jump: those seen on both sides of it", "products"),
        _count("treated_count", "Took part", "products or people that chance chose", "units"),
        _count("compared_count", "Compared with", "products or people that chance left out", "units"),
        _count("weeks_count", "Weeks", "whole weeks; of products drawn by lot: those after the start", "weeks"),
        _count("orders_count", "Orders", "orders the figure rests on", "orders"),
        _extra(
            "check_extra",
            "Check",
            "histories: what reviews that come months later seem to do; draws: the same comparison before",
            "no check was possible",
        ),
        _extra("check_low", "low", "lower end of the check's range", "no check was possible"),
        _extra("check_high", "high", "upper end of the check's range", "no check was possible"),
        Column(
            "check",
            "Check says",
            "text",
            "passed: the check's range holds 0",
            when_null="no check was possible",
            allowed=("passed", "failed"),
        ),
        Column("source", "Published by", "text", "who published the figure", when_null="the brand's own figure"),
        _count("source_year", "Year", "year of publication", "year", "the brand's own figure, or no year is stated"),
        Column("note", "Note", "text", "what to keep in mind, or what is missing", when_null="nothing to add"),
        AS_OF,
        ALL_BASES,
    ),
)
