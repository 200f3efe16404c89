"""The kind of a piece of UGC: from its structure first, from its words second.

Belongs here: the order of the rules. Does not: what a text says (moments.py).
"""

from __future__ import annotations

import polars as pl

KINDS = ("post", "photo", "video", "tutorial", "recipe", "question", "comment", "repost", "review", "rating", "mention")

_TUTORIAL = (
    r"(?i)\b(?:tutorial|how[ -]to|step[ -]by[ -]step|diy|walkthrough|guide to|anleitung|tuto|paso a paso|hoe maak)\b"
)
_RECIPE = (
    r"(?i)\b(?:recipe|ingredients?|preheat|tbsp|tsp|tablespoons?|teaspoons?|cups? of|whisk|simmer|bake (?:for|at)|oven"
    r"|rezept|zutaten|recette|ingr[ée]dients|receta|ingredientes|ricetta|ingredienti|recept)\b"
)
# Two recipe words: one ("oven") is in any kitchen post.
_RECIPE_WORDS = 2
_QUESTION = (
    r"(?i)^\W*(?:who|what|when|where|why|how|which|does|do|did|is|are|can|could|would|will|has|have|anyone|anybody"
    r"|wer|was|wann|wo|warum|wie|kann|qui|quand|comment|pourquoi|qu[ée]|c[oó]mo|d[oó]nde)\b[^.!]*\?"
)
_ONLY_HANDLES = r"^(?:\s|\[handle\]|#\w+|\[url\]|\p{Extended_Pictographic})*$"


def kinds(frame: pl.DataFrame) -> pl.Series:
    """The kind of each row; never NULL.

    Args:
        frame: stream (social_posts or reviews) and text; and of these what is known: media_kinds (list),
            video_seconds, parent_post_id, repost_of_post_id, rating. A missing column says nothing.

    Returns:
        One of KINDS. A rating is a review without text; a tutorial is a video or post that teaches; a mention is a post
        of nothing but handles, hashtags and links.
    """
    have = set(frame.columns)

    def column(name: str, dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
        return pl.col(name) if name in have else pl.lit(None, dtype=dtype)

    text = pl.col("text").cast(pl.String)
    has_text = text.str.contains(r"[^\s]").fill_null(False)
    media = column("media_kinds", pl.List(pl.String))
    has_video = media.list.contains("video").fill_null(False) | column("video_seconds", pl.Float64).is_not_null()
    has_photo = media.list.contains("photo").fill_null(False)
    is_recipe = (text.str.count_matches(_RECIPE) >= _RECIPE_WORDS).fill_null(False)
    teaches = text.str.contains(_TUTORIAL).fill_null(False)
    asks = text.str.contains(_QUESTION).fill_null(False)
    is_review = pl.col("stream") == "reviews"
    steps: tuple[tuple[pl.Expr, str], ...] = (
        (is_review & ~has_text, "rating"),
        (is_review & column("rating", pl.Float64).is_null() & asks, "question"),
        (is_review, "review"),
        (column("repost_of_post_id", pl.String).is_not_null(), "repost"),
        (column("parent_post_id", pl.String).is_not_null(), "comment"),
        (is_recipe, "recipe"),
        (teaches & (has_video | ~asks), "tutorial"),
        (has_video, "video"),
        (has_photo, "photo"),
        (asks, "question"),
        (has_text & text.str.contains(_ONLY_HANDLES), "mention"),
    )
    kind = pl.lit("post")
    for condition, name in reversed(steps):
        kind = pl.when(condition).then(pl.lit(name)).otherwise(kind)
    return frame.select(kind.alias("ugc_kind")).to_series()
