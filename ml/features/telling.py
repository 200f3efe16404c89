"""Features of how a person tells others: posts and reviews on record, engagement, what earlier members' words sold.

Belongs here: what only the ambassador model reads (dictionary.TELLING). Does not: counts per window for all models
(publishing.py), campaigns, codes and surveys (history.py), labels (tracking.py).
"""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from ml.features.visible import covered_from, visible_facts

FIGURES = ("likes_count", "comments_count", "shares_count")


def told_facts(ugc: pl.DataFrame) -> pl.DataFrame:
    """One row per dated post or review of a known person that nobody gave a product or money for.

    An unknown incentive counts as none; copies of a review on another site are left out.
    """
    return ugc.filter(
        pl.col("consumer_key").is_not_null(),
        pl.col("published_on").is_not_null(),
        pl.col("is_organic").is_null() | pl.col("is_organic"),
        pl.col("is_syndicated_copy").is_null() | ~pl.col("is_syndicated_copy"),
    ).select(
        "consumer_key",
        is_post=pl.col("ugc_source") == "social_posts",
        on=pl.col("published_on"),
        known=pl.col("known_at"),
    )


def engagement_facts(snapshots: pl.DataFrame, ugc: pl.DataFrame) -> pl.DataFrame:
    """One row per reading of a known person's post: engagements as far as the platform reports any."""
    posts = ugc.filter(pl.col("consumer_key").is_not_null(), pl.col("published_on").is_not_null())
    return (
        snapshots.join(posts.select("ugc_key", "consumer_key", "published_on"), on="ugc_key", how="inner")
        .filter(pl.any_horizontal(pl.col(FIGURES).is_not_null()))
        .select(
            "consumer_key",
            "ugc_key",
            "published_on",
            engagements=pl.sum_horizontal(FIGURES),
            on=pl.col("observed_at").dt.date(),
            known=pl.col("known_at"),
        )
    )


def referral_facts(referred_sales: pl.DataFrame) -> pl.DataFrame:
    """One row per purchase that a code, link or basket ties to the member who passed it on; returns are none."""
    return (
        referred_sales.filter(pl.col("referrer_consumer_key").is_not_null(), pl.col("net_amount_minor") > 0)
        .group_by("campaign_id", "referrer_consumer_key", "source", "store_id", "transaction_id")
        .agg(on=pl.col("business_on").min(), known=pl.col("known_at").min())
        .select("campaign_id", "on", "known", consumer_key="referrer_consumer_key")
    )


def joined_campaign_facts(members: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """One row per treated member and campaign: its start for them, and when they accepted (NULL: no yes is kept)."""
    treated = members.filter(
        pl.col("consumer_key").is_not_null(), pl.col("arm") == "treatment", pl.col("starts_on").is_not_null()
    ).select("campaign_id", "consumer_key", on="starts_on", known="assigned_at")
    accepted = (
        events.filter(pl.col("kind") == "accepted", pl.col("consumer_key").is_not_null())
        .sort("known_at", "happened_on")
        .group_by("campaign_id", "consumer_key", maintain_order=True)
        .agg(accepted_on=pl.col("happened_on").first(), accepted_at=pl.col("known_at").first())
    )
    return treated.join(accepted, on=["campaign_id", "consumer_key"], how="left")


def telling_features(
    decisions: pl.DataFrame,
    told: pl.DataFrame,
    engagement: pl.DataFrame,
    audience: pl.DataFrame,
    referrals: pl.DataFrame,
    joined: pl.DataFrame,
) -> pl.DataFrame:
    """One row per decision of one campaign: consumer_key and the telling features.

    Posts are NULL for a person without a known account and without a known post; engagements where no figure of a
    post is known. Referrals are NULL for a person who took part in no earlier campaign: unknown, not 0.
    """
    written = (
        visible_facts(decisions, told)
        .group_by("consumer_key")
        .agg(posts=pl.col("is_post").sum().cast(pl.Int64), reviews=(~pl.col("is_post")).sum().cast(pl.Int64))
    )
    accounts = visible_facts(decisions, audience).select("consumer_key").unique().with_columns(has_account=pl.lit(True))
    earliest = covered_from(decisions, told)
    people = decisions.select("consumer_key", "decision_on")
    for part in (
        written,
        accounts,
        _engagements(decisions, engagement),
        visible_facts(decisions, referrals).group_by("consumer_key").agg(brought=pl.len().cast(pl.Int64)),
        _expected(decisions, referrals, joined),
    ):
        people = people.join(part, on="consumer_key", how="left")
    nothing = pl.lit(0, dtype=pl.Int64)
    has_reviews = pl.lit(earliest is not None)
    return people.select(
        "consumer_key",
        posts_before_count=pl.coalesce("posts", pl.when(pl.col("has_account")).then(nothing)),
        reviews_before_count=pl.coalesce("reviews", pl.when(has_reviews).then(nothing)),
        ugc_on_record_days=(pl.col("decision_on") - pl.lit(earliest, dtype=pl.Date)).dt.total_days(),
        engagements_365d_count="engagements",
        referrals_before_count=pl.when(pl.col("expected").is_not_null()).then(pl.coalesce("brought", nothing)),
        referrals_expected_count="expected",
    )


def _engagements(decisions: pl.DataFrame, engagement: pl.DataFrame) -> pl.DataFrame:
    """Engagements of posts of the last year, each at its last reading before the decision."""
    recent = (pl.col("decision_on") - pl.col("published_on")).dt.total_days() <= 365
    return (
        visible_facts(decisions, engagement)
        .filter(recent)
        .sort("known", "on", "engagements")
        .group_by("consumer_key", "ugc_key", maintain_order=True)
        .agg(pl.col("engagements").last())
        .group_by("consumer_key")
        .agg(pl.col("engagements").sum())
    )


def _expected(decisions: pl.DataFrame, referrals: pl.DataFrame, joined: pl.DataFrame) -> pl.DataFrame:
    """What an average member of the same campaigns had brought in by then, added up over a person's campaigns.

    So a campaign of two weeks ago weighs as little as it has had time to tell, without a curve of how telling goes on.
    Where a campaign keeps who accepted, the others are no members of it.
    """
    if decisions.is_empty():
        return pl.DataFrame(schema={"consumer_key": pl.String, "expected": pl.Float64})
    parts = []
    for (on, at), part in decisions.group_by(["decision_on", "decision_at"], maintain_order=True):
        assert isinstance(on, date) and isinstance(at, datetime)
        brought = _seen(referrals, on, at)
        has_accepted = (pl.col("accepted_on") < on) & (pl.col("accepted_at") < at)
        members = (
            _seen(joined, on, at)
            .with_columns(has_accepted=has_accepted.fill_null(False))
            .filter(pl.col("has_accepted") | ~pl.col("has_accepted").any().over("campaign_id"))
        )
        average = (
            members.group_by("campaign_id")
            .agg(members=pl.len())
            .join(brought.group_by("campaign_id").agg(brought=pl.len()), on="campaign_id", how="left")
            .select("campaign_id", average=pl.coalesce("brought", pl.lit(0, dtype=pl.UInt32)) / pl.col("members"))
        )
        own = members.join(part.select("consumer_key"), on="consumer_key", how="semi").join(average, on="campaign_id")
        # Adding in one order: sums of floats differ in the last digit otherwise.
        parts.append(
            own.sort("consumer_key", "campaign_id")
            .group_by("consumer_key", maintain_order=True)
            .agg(expected=pl.col("average").sum())
        )
    return pl.concat(parts)


def _seen(facts: pl.DataFrame, on: date, at: datetime) -> pl.DataFrame:
    return facts.filter(pl.col("on") < on, pl.col("known").is_null() | (pl.col("known") < at))
