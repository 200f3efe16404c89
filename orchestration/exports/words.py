"""Plain words for what the pipeline names technically: outcomes, designs, units.

Belongs here: vocabulary and the sentences built from it. Does not: numbers' formats (formatting.py), layout (report/).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestration.exports.language import Language, mark
from orchestration.exports.retelling import label

SHARE_UNIT = "share"


@dataclass(frozen=True)
class Outcome:
    """What an effect is counted in.

    Attributes:
        noun: what one more of it is called ("first purchases").
        kind: `share`: the effect is a difference of shares of people; `money`: of minor units per person.
    """

    title: str
    noun: str
    kind: Literal["share", "money"]


OUTCOMES: dict[str, Outcome] = {
    "first_purchase": Outcome("First purchase of the campaign's products", "first-time buyers", "share"),
    "net_spend": Outcome("Spend on the campaign's products", "sales", "money"),
    "total_spend": Outcome("Spend on everything", "sales of all products", "money"),
    "store_sales": Outcome("Sales of the campaign's stores", "sales", "money"),
}


def outcome_of(name: str) -> Outcome:
    """The outcome's words. A name not in the list that ends in _minor or holds `spend` or `sales` is money."""
    known = OUTCOMES.get(name.removesuffix("_minor"))
    if known is not None:
        return known
    is_money = name.endswith("_minor") or "spend" in name or "sales" in name
    words = name.removesuffix("_minor").replace("_", " ")
    return Outcome(words.capitalize(), words, "money" if is_money else "share")


DESIGN_WORDS: dict[str, str] = {
    "randomised": "chance decided who took part",
    "matched": "compared with similar people; no proof of cause",
    "observational": "compared with people who differ; no proof of cause",
}

UNKNOWN_UNIT = (mark("unit"), mark("units"))
UNIT_WORDS: dict[str, tuple[str, str]] = {
    "consumer": ("person", "people"),
    "person": ("person", "people"),
    "household": ("household", "households"),
    "store": ("store", "stores"),
    "area": ("area", "areas"),
    "product": ("product", "products"),
}


def counted(unit: str, number: int, language: Language) -> str:
    """A number of units: "1 store", "19 areas"."""
    one, many = UNIT_WORDS.get(unit, UNKNOWN_UNIT)
    return language.say(
        "%(number)s %(units)s", number=language.number(number), units=label(one if number == 1 else many, language)
    )


METRIC_WORDS: dict[str, str] = {
    "followers_count": "followers",
    "is_minor": "whether under age",
    "consent_scoring": "consent to scoring",
    "consent_contact": "consent to contact",
    "consumer_key": "linked to a person",
    "margin_minor": "margin",
    "published_on": "date of publication",
    "likes_count": "likes",
    "comments_count": "comments",
    "shares_count": "shares",
    "saves_count": "saves",
    "views_count": "views",
    "reach_count": "reach",
    "impressions_count": "impressions",
    "rating_share": "rating",
    "sentiment": "text read for its feeling",
}

# What the report shows of data_quality, of pieces and of sources, as their writers say it.
SHOWN = (
    mark("promoted"),
    mark("absent"),
    mark("recent"),
    mark("old"),
    mark("steady"),
    mark("small"),
    mark("large"),
    mark("age"),
    mark("checks"),
    mark("days"),
    mark("nothing to compare with yet"),
    mark("post"),
    mark("photo"),
    mark("video"),
    mark("comment"),
    mark("review"),
    mark("repost"),
    mark("tutorial"),
    mark("recipe"),
    mark("question"),
    mark("mention"),
    mark("positive"),
    mark("neutral"),
    mark("negative"),
    mark("unsure"),
    mark("not read"),
    mark("nothing told"),
    mark("itself"),
    mark("all platforms"),
    mark("all tiers"),
    mark("mixed"),
    mark("product test"),
    mark("seeding"),
    mark("founding articles"),
    mark("founding articles: ten times"),
)
