"""What becomes of landed rows when people are forgotten. Pure: the same at ingest and in rows landed before.

Belongs here: which rows are about a person, which only name one. Does not: who is forgotten (erase_people.py), files
(rewrite.py), the list (suppression.py).

A row that is about the person goes: their consents, links, purchases, posts, reviews, answers, figures of their posts.
A row about somebody else stays, without what leads to the person: mentions and referrers are taken out, an answer to
(or a repeat of) the person's post keeps that it is one, and of which post it no longer says; a repeat has no text then.
"""

from __future__ import annotations

from collections.abc import Set

import polars as pl

from orchestration.connectors.landing_rows import REMOVED, row_hashes
from orchestration.connectors.streams.schema import Stream
from orchestration.privacy.suppression import Suppression, published

# Stands in the place of a post that was erased: a reply stays a reply.
ERASED = "erased"
# Columns with a person who is not the one the row is about.
_ASIDE = {"referrer_identity_key"}
# What a person leaves: stream → kind, column of the scope, column of the id.
OWN_IDS: dict[str, tuple[str, str | None, str]] = {
    "social_posts": ("post", "platform", "post_id"),
    "reviews": ("review", "site", "review_id"),
    "pos_lines": ("sale", "store_id", "transaction_id"),
}
# Rows about one of these: stream → kind, scope, id. A label's kind is told by its row.
_ABOUT: dict[str, tuple[tuple[pl.Expr, str, str], ...]] = {
    "social_post_metrics": ((pl.lit("post"), "platform", "post_id"),),
    "ugc_labels": (
        (
            pl.when(pl.col("ugc_source") == "reviews").then(pl.lit("review")).otherwise(pl.lit("post")),
            "platform_or_site",
            "external_id",
        ),
    ),
}
# Cells of other people's rows that name one of these: stream → kind, scope, column.
_NAMING: dict[str, tuple[tuple[str, str, str], ...]] = {
    "social_posts": (("post", "platform", "parent_post_id"), ("post", "platform", "repost_of_post_id")),
    "pos_lines": (("sale", "store_id", "return_of_transaction_id"),),
}


def owners(stream: Stream) -> list[str]:
    """Landed columns that hold the identity key of whom a row is about."""
    named = [each.reference.landed_as for each in stream.columns if each.reference and each.type != "text_list"]
    return [name for name in named if name not in _ASIDE]


def owned(rows: pl.DataFrame, stream: Stream, people: Set[str]) -> pl.Series:
    """Which rows are about one of the people (identity keys)."""
    keys = pl.Series(sorted(people), dtype=pl.String).implode()
    about = [rows.get_column(name).is_in(keys).fill_null(False) for name in owners(stream)]
    return pl.DataFrame(about).select(pl.any_horizontal(pl.all())).to_series() if about else _none(rows)


def ids_of(rows: pl.DataFrame, stream: Stream) -> list[str]:
    """Messages (suppression.published) of what rows of a person published or bought."""
    if stream.name not in OWN_IDS:
        return []
    kind, scope, name = OWN_IDS[stream.name]
    pairs = rows.select(scope or pl.lit(None), name).unique().drop_nulls(name)
    return [published(kind, place, external) for place, external in pairs.iter_rows()]


def forgotten(rows: pl.DataFrame, stream: Stream, people: Set[str], listed: Suppression) -> pl.DataFrame:
    """Landed rows as they are without the people, in their order; row_hash of changed rows is made anew.

    Args:
        people: identity keys.
        listed: knows the ids of what they published.
    """
    gone = owned(rows, stream, people)
    for kind, scope, name in _ABOUT.get(stream.name, ()):
        gone = gone | listed.held(rows.select(_published(kind, scope, name)).to_series())
    rows = rows.filter(~gone)
    cleared = _cleared(rows, stream, people, listed)
    if "row_hash" not in rows.columns or rows.schema["row_hash"] != pl.Int64 or cleared.equals(rows):
        return cleared
    changed = _changed(rows, cleared) & (rows.get_column("row_hash") != REMOVED)
    fresh = row_hashes(cleared, stream)
    return cleared.with_columns(pl.when(changed).then(fresh).otherwise("row_hash").alias("row_hash"))


def _cleared(rows: pl.DataFrame, stream: Stream, people: Set[str], listed: Suppression) -> pl.DataFrame:
    keys = pl.Series(sorted(people), dtype=pl.String)
    for column in stream.columns:
        if column.reference is not None and column.type == "text_list":
            name = column.reference.landed_as
            stay = pl.col(name).list.filter(~pl.element().is_in(keys.implode()))
            rows = rows.with_columns(stay.alias(name))
    if stream.name == "campaign_events":
        named = rows.get_column("referrer_identity_key").is_in(keys.implode()).fill_null(False)
        rows = rows.with_columns(
            pl.when(named).then(None).otherwise(pl.col(name)).alias(name)
            for name in ("referrer_identity_key", "reference")
        )
    for kind, scope, name in _NAMING.get(stream.name, ()):
        named = listed.held(rows.select(_published(pl.lit(kind), scope, name)).to_series())
        rows = rows.with_columns(pl.when(named).then(pl.lit(ERASED)).otherwise(pl.col(name)).alias(name))
        if name == "repost_of_post_id":
            rows = rows.with_columns(pl.when(named).then(None).otherwise(pl.col("text")).alias("text"))
    return rows


def _published(kind: pl.Expr, scope: str, name: str) -> pl.Expr:
    """As suppression.published; NULL where there is no id."""
    place = pl.col(scope).fill_null("").str.to_lowercase()
    return pl.concat_str([kind, place, pl.col(name)], separator="|").alias("message")


def _changed(before: pl.DataFrame, after: pl.DataFrame) -> pl.Series:
    differ = [before.get_column(name).ne_missing(after.get_column(name)).alias(name) for name in before.columns]
    return pl.DataFrame(differ).select(pl.any_horizontal(pl.all())).to_series()


def _none(rows: pl.DataFrame) -> pl.Series:
    return pl.repeat(False, rows.height, eager=True)
