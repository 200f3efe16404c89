"""Topics that no model may learn of a person: health, religion, politics, sexuality, ethnicity, union membership.

Belongs here: the words of each topic, and refusing them. Does not: traits that are columns (features/dictionary.py,
FORBIDDEN_COLUMNS), patterns taken out of texts (text/scrub.py).

The words of the special categories of Article 9 of the GDPR, as names of topics, labels, features and product
categories use them, in English and French. A word is only taken for a topic where it hardly means anything else: a till
says "health and beauty" of shampoo, so "health" alone is refused as a topic and not as a category of products.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import pairwise

import polars as pl

from ml.errors import InputError

# What gives a topic away wherever it stands, also in the name of a product.
PRODUCT_WORDS: Mapping[str, tuple[str, ...]] = {
    "health": (
        *("medication", "medications", "medicine", "medicines", "medicinal", "medicament", "medicaments", "pharmacy"),
        *("pharmacie", "prescription", "pregnancy", "grossesse", "fertility", "incontinence", "diabetic", "diabetes"),
        *("antidepressant", "laxative", "laxatives", "hiv", "aids", "cancer", "hemorrhoid", "antacid", "antacids"),
    ),
    "religion": (
        *("religion", "religious", "religieux", "church", "bible", "quran", "coran", "torah", "halal", "kosher"),
        *("casher", "ramadan", "muslim", "islam", "christian", "jewish", "judaism", "hindu", "buddhist"),
    ),
    "politics": ("politics", "political", "politique", "politician", "election", "elections", "vote", "party_politics"),
    "sexuality": (
        *("sexuality", "sexual", "sexualite", "sex", "gay", "lesbian", "lgbt", "lgbtq", "transgender", "erotic"),
        *("contraceptive", "contraceptives", "contraception", "condom", "condoms", "preservatif", "preservatifs"),
    ),
    "ethnicity": ("ethnicity", "ethnic", "ethnique", "race", "racial", "nationality", "immigrant", "immigration"),
    "union": ("labor_union", "labour_union", "trade_union", "unionised", "unionized", "syndicat", "syndicats"),
}
# What is a topic by itself, in a name of nanolift's own.
TOPIC_WORDS: Mapping[str, tuple[str, ...]] = {
    "health": ("health", "sante", "illness", "disease", "disability", "medical", "symptom", "symptoms", "therapy"),
    "religion": ("faith", "belief", "worship", "prayer"),
    "politics": ("party", "parti", "government"),
    "sexuality": ("orientation", "gender_identity"),
    "ethnicity": ("origin", "skin_colour", "skin_color", "race"),
    "union": ("union", "strike"),
}
_WORDS = re.compile(r"[^\W_]+")


def topic_of(name: str, words: Mapping[str, Iterable[str]] | None = None) -> str | None:
    """The special category that a name speaks of; None: none of them.

    Args:
        words: topic → words; None: those of names of topics, labels and features.
    """
    parts = _WORDS.findall(_plain(name))
    said = {*parts, *("_".join(pair) for pair in pairwise(parts))}
    for topic in PRODUCT_WORDS:
        known = {*PRODUCT_WORDS[topic], *TOPIC_WORDS[topic]} if words is None else set(words.get(topic, ()))
        if said & known:
            return topic
    return None


def refuse_special(names: Iterable[str], what: str) -> None:
    """Stop where a name speaks of a special category.

    Args:
        what: what the names are of, for the message.

    Raises:
        InputError: with the names and their topics.
    """
    if found := {name: topic for name in names if (topic := topic_of(name)) is not None}:
        told = ", ".join(f"{name} ({topic})" for name, topic in sorted(found.items()))
        raise InputError(f"{what} may not be about special categories of personal data: {told}; leave them out")


def without_special(products: pl.DataFrame) -> pl.DataFrame:
    """Products whose category or name tells nothing of the kind about who buys them.

    Args:
        products: category, and name where it is known; NULL tells nothing.
    """
    kept = products
    for column in ("category", "name"):
        if column in products.columns:
            values = kept.get_column(column).drop_nulls().unique().to_list()
            special = [value for value in values if topic_of(value, PRODUCT_WORDS) is not None]
            kept = kept.filter(pl.col(column).is_in(special).not_().fill_null(True))
    return kept


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
