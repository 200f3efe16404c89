"""Features of what a person publishes and for how many followers, as they stood at the decision."""

from __future__ import annotations

import polars as pl

from ml.features.dictionary import UGC_WINDOWS_DAYS
from ml.features.visible import visible_facts


def ugc_facts(ugc: pl.DataFrame) -> pl.DataFrame:
    """One row per dated piece of UGC of a known person; an undated piece enters no feature."""
    return ugc.filter(pl.col("consumer_key").is_not_null(), pl.col("published_on").is_not_null()).select(
        "consumer_key",
        "rating_share",
        on=pl.col("published_on"),
        known=pl.col("known_at"),
        is_review=pl.col("ugc_source") == "reviews",
    )


def audience_facts(snapshots: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """One row per account of a known person and time it was looked at."""
    owners = accounts.filter(pl.col("consumer_key").is_not_null()).select("account_key", "consumer_key")
    return snapshots.join(owners, on="account_key", how="inner").select(
        "consumer_key",
        "account_key",
        "followers_count",
        on=pl.col("observed_at").dt.date(),
        known=pl.col("known_at"),
    )


def publishing_features(decisions: pl.DataFrame, ugc: pl.DataFrame, audience: pl.DataFrame) -> pl.DataFrame:
    """One row per decision of one campaign: consumer_key, UGC and audience features.

    UGC counts are NULL for a person of whom neither UGC nor an account was known: what they publish is unknown, not 0.
    Followers are the last ones seen before the decision, of the largest account; never a sum over accounts.
    """
    year = pl.col("age_days") <= 365
    written = (
        visible_facts(decisions, ugc)
        .group_by("consumer_key")
        .agg(
            *(
                (pl.col("age_days") <= days).sum().cast(pl.Int64).alias(f"ugc_{days}d_count")
                for days in UGC_WINDOWS_DAYS
            ),
            reviews_365d_count=(year & pl.col("is_review")).sum().cast(pl.Int64),
            rating_mean_365d_share=pl.col("rating_share").filter(year).sort().mean(),
            last_ugc_age_days=pl.col("age_days").min(),
        )
    )
    accounts = (
        visible_facts(decisions, audience)
        .sort("known", "on", "followers_count")
        .group_by("consumer_key", "account_key", maintain_order=True)
        .agg(pl.col("followers_count").drop_nulls().last())
        .group_by("consumer_key")
        .agg(
            followers_largest_count=pl.col("followers_count").max(),
            accounts_known_count=pl.len().cast(pl.Int64),
        )
    )
    joined = decisions.select("consumer_key").join(written, on="consumer_key", how="left")
    joined = joined.join(accounts, on="consumer_key", how="left")
    # With a known account and nothing seen on it, nothing was published: a true zero.
    return joined.with_columns(
        pl.when(pl.col(name).is_null() & pl.col("accounts_known_count").is_not_null())
        .then(0)
        .otherwise(pl.col(name))
        .alias(name)
        for name in (*(f"ugc_{days}d_count" for days in UGC_WINDOWS_DAYS), "reviews_365d_count")
    )
