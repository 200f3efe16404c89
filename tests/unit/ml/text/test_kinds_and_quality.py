"""Kinds go by structure first; disclosure words are known in several languages."""

from __future__ import annotations

import polars as pl
import pytest

from ml.text.kinds import kinds
from ml.text.quality import components, discloses


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"stream": "reviews", "text": None, "rating": 5.0}, "rating"),
        ({"stream": "reviews", "text": "  ", "rating": 5.0}, "rating"),
        ({"stream": "reviews", "text": "Does it fit?", "rating": 4.0}, "review"),
        ({"stream": "reviews", "text": "Does it fit a tall person?"}, "question"),
        ({"stream": "social_posts", "text": "wow", "media_kinds": ["photo", "video"]}, "video"),
        ({"stream": "social_posts", "text": "wow", "media_kinds": ["photo"]}, "photo"),
        ({"stream": "social_posts", "text": "yes", "media_kinds": ["photo"], "parent_post_id": "1"}, "comment"),
        ({"stream": "social_posts", "text": None, "repost_of_post_id": "1"}, "repost"),
        ({"stream": "social_posts", "text": "How to tie it, step by step", "media_kinds": ["video"]}, "tutorial"),
        ({"stream": "social_posts", "text": "Ingredients: 2 cups of flour. Preheat to 180"}, "recipe"),
        ({"stream": "social_posts", "text": "Where can I buy this?"}, "question"),
        ({"stream": "social_posts", "text": "[handle] #summer"}, "mention"),
        ({"stream": "social_posts", "text": "The oven was hot"}, "post"),
    ],
)
def test_kind_of_a_piece(row: dict[str, object], kind: str) -> None:
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "media_kinds": pl.List(pl.String),
        "parent_post_id": pl.String,
        "repost_of_post_id": pl.String,
    }
    types: dict[str, pl.DataType | type[pl.DataType]] = {
        **schema,
        "stream": pl.String,
        "text": pl.String,
        "rating": pl.Float64,
    }
    assert kinds(pl.DataFrame([row], schema=types)).to_list() == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "New cream #ad love it",
        "I received this product for free from the brand",
        "in exchange for an honest review",
        "gifted by the shop",
        "#Werbung heute",
        "habe ich kostenlos erhalten",
        "produit offert par la marque",
        "en colaboración con la tienda",
        "ho ricevuto il prodotto in omaggio",
        "gratis ontvangen van de winkel",
    ],
)
def test_a_disclosure_is_seen(text: str) -> None:
    assert pl.select(discloses(pl.lit(text))).item() is True


@pytest.mark.parametrize("text", ["I bought it in an #adventure shop", "sugar free and gifted hands", "bad day"])
def test_other_words_disclose_nothing(text: str) -> None:
    assert pl.select(discloses(pl.lit(text))).item() is False


def test_components_count_what_is_there_and_know_nothing_of_no_text() -> None:
    frame = pl.DataFrame({"text": ["Go GO https://example.com [handle] #a 😀", None]})
    got = frame.select(value.alias(name) for name, value in components(pl.col("text")).items()).to_dicts()
    assert (got[0]["links_count"], got[0]["handles_count"], got[0]["hashtags_count"], got[0]["emoji_count"]) == (
        1,
        1,
        1,
        1,
    )
    assert got[0]["words_count"] == 7  # go go https example com handle a
    assert got[0]["handle_density"] == pytest.approx(1 / 7)
    assert all(value is None for value in got[1].values())
