"""Whose audiences a campaign used, how large they are, and how much of them saw a piece.

Belongs here: from marts to one row per campaign and account. Does not: how audiences overlap (measure.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

# Pieces with a reported reach that a platform needs before others are modelled from them.
FEWEST_REPORTED = 30
BAD, GOOD = "negative", "positive"


def social_pieces(marts: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per social post, with the audience at publication and what was seen of it.

    Columns added: followers (at publication, else the first snapshot after it, else the last; NULL unknown),
    reported (people reached as the platform tells it, else views; NULL not told), seen (reported, else modelled by the
    platform's usual share of followers; NULL neither), is_bad, is_good (a sure moment of that polarity; NULL: no text
    was read).
    """
    accounts = marts["dim_accounts"].select("account_key", last_followers="followers_count", tier="tier")
    pieces = (
        marts["fct_ugc"]
        .filter((pl.col("ugc_source") == "social_posts") & pl.col("author_identity_key").is_not_null())
        .rename({"author_identity_key": "account_key", "platform_or_site": "platform"})
        .join(accounts, on="account_key", how="left")
        .with_columns(
            followers=pl.coalesce("followers_count", "followers_first_seen_after_count", "last_followers").cast(
                pl.Float64
            ),
            reported=pl.coalesce("reach_count", "views_count").cast(pl.Float64),
            tier=pl.col("tier").fill_null("unknown"),
            person=pl.coalesce("consumer_key", "account_key"),
        )
    )
    told = pieces.filter(pl.col("reported").is_not_null() & (pl.col("followers") > 0))
    usual = (
        told.group_by("platform")
        .agg(pl.len(), usual_share=pl.col("reported").sum() / pl.col("followers").sum())
        .filter(pl.col("len") >= FEWEST_REPORTED)
        .drop("len")
    )
    texts_were_read = pl.lit(marts["fct_moments"].height > 0)
    return (
        pieces.join(usual, on="platform", how="left")
        .with_columns(seen=pl.coalesce("reported", pl.col("followers") * pl.col("usual_share")))
        .join(_moments(marts["fct_moments"]), on="ugc_key", how="left")
        .with_columns(pl.when(texts_were_read).then(pl.col(name).fill_null(False)) for name in ("is_bad", "is_good"))
        .sort("ugc_key")
    )


def campaign_accounts(pieces: pl.DataFrame, of_campaigns: pl.DataFrame) -> pl.DataFrame:
    """One row per campaign, person and platform: the person's largest account there, and what was seen of its pieces.

    Args:
        pieces: of social_pieces.
        of_campaigns: bridge_campaign_ugc: campaign_id, ugc_key.

    Returns:
        campaign_id, platform, tier, account_key, size (NULL: unknown), seen_share (of the audience, at least one of
        the pieces; NULL: unknown).
    """
    share = pl.when(pl.col("followers") > 0).then((pl.col("seen") / pl.col("followers")).clip(0, 1 - 1e-9))
    own = _of_campaigns(of_campaigns, pieces).with_columns(missed=(1 - share).log())
    accounts = own.group_by("campaign_id", "platform", "person", "account_key", maintain_order=True).agg(
        tier=pl.col("tier").first(),
        size=pl.col("followers").max(),
        missed=pl.when(pl.col("missed").count() > 0).then(pl.col("missed").sum()),
    )
    return (
        accounts.sort(
            "campaign_id",
            "platform",
            "person",
            "size",
            "account_key",
            descending=[False] * 3 + [True, False],
            nulls_last=True,
        )
        .unique(["campaign_id", "platform", "person"], keep="first", maintain_order=True)
        .with_columns(seen_share=1 - pl.col("missed").exp())
        .drop("person", "missed")
        .sort("campaign_id", "platform", "account_key")
    )


def campaign_contacts(pieces: pl.DataFrame, of_campaigns: pl.DataFrame) -> pl.DataFrame:
    """Contacts of a campaign's pieces by platform and tier, good and bad moments apart; a person counts each time."""
    own = _of_campaigns(of_campaigns, pieces)
    reported = pl.col("reported").is_not_null()
    return own.group_by("campaign_id", "platform", "tier", maintain_order=True).agg(
        pieces_count=pl.len().cast(pl.Int64),
        reported_pieces_count=reported.sum().cast(pl.Int64),
        modelled_pieces_count=(~reported & pl.col("seen").is_not_null()).sum().cast(pl.Int64),
        unseen_pieces_count=pl.col("seen").is_null().sum().cast(pl.Int64),
        contacts=_known_sum(pl.col("seen")),
        bad_contacts=_known_sum(pl.col("seen").filter(pl.col("is_bad"))),
        good_contacts=_known_sum(pl.col("seen").filter(pl.col("is_good"))),
        bad_pieces_count=_known_sum(pl.col("is_bad").cast(pl.Int64)),
        good_pieces_count=_known_sum(pl.col("is_good").cast(pl.Int64)),
    )


def _of_campaigns(of_campaigns: pl.DataFrame, pieces: pl.DataFrame) -> pl.DataFrame:
    """Pieces beside their campaigns in one fixed order: sums of floats depend on it, and a join promises none."""
    return of_campaigns.join(pieces, on="ugc_key").sort("campaign_id", "ugc_key")


def _known_sum(values: pl.Expr) -> pl.Expr:
    """Sum of what is known; NULL where nothing is."""
    return pl.when(values.count() > 0).then(values.sum())


def _moments(moments: pl.DataFrame) -> pl.DataFrame:
    sure = moments.filter(~pl.col("is_unsure"))
    return sure.group_by("ugc_key").agg(
        is_bad=(pl.col("polarity") == BAD).any(), is_good=(pl.col("polarity") == GOOD).any()
    )
