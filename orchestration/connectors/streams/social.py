"""Streams of what people publish: accounts, posts and their figures, follower edges, reviews."""

from __future__ import annotations

from datetime import timedelta

from orchestration.connectors.streams.schema import Column, Reference, Stream

ACCOUNT = Reference("social_account", "account_identity_key", scope=("platform",))


def _metric(name: str, what: str) -> Column:
    return Column(f"{name}_count", "integer", f"{what}; NULL: the platform does not report it", minimum=0)


SOCIAL_PROFILES = Stream(
    name="social_profiles",
    grain="One row per account and time it was looked at.",
    key=("platform", "account_identity_key", "observed_at"),
    occurred=("observed_at",),
    columns=(
        Column("platform", "text", "social platform", required=True),
        Column("account_id", "text", "the account", required=True, reference=ACCOUNT),
        Column("followers_count", "integer", "followers; NULL: unknown, which is a tier of its own", minimum=0),
        Column("following_count", "integer", "accounts followed; NULL: unknown", minimum=0),
        Column("posts_count", "integer", "posts so far; NULL: unknown", minimum=0),
        Column("is_verified", "boolean", "the platform's badge; NULL: unknown"),
        Column("observed_at", "instant", "when it was looked at, UTC", required=True),
    ),
)

SOCIAL_POSTS = Stream(
    name="social_posts",
    grain="One row per post, photo, video or comment.",
    key=("platform", "post_id"),
    occurred=("published_at",),
    known=("updated_at",),
    known_lag=timedelta(hours=1),
    columns=(
        Column("platform", "text", "social platform", required=True),
        Column("post_id", "text", "the post", required=True),
        Column("account_id", "text", "who published it", required=True, reference=ACCOUNT),
        Column("text", "text", "what it says; NULL: no text", is_text=True),
        Column(
            "language",
            "text",
            "language the platform says it is in, ISO 639; counts where the text tells none; NULL: not told",
        ),
        Column("media_kinds", "text_list", "photo, video …; NULL: not recorded, empty: none"),
        Column("parent_post_id", "text", "the post it answers; NULL: none"),
        Column("repost_of_post_id", "text", "the post it repeats; NULL: none"),
        Column("hashtags", "text_list", "hashtags without #, lower case; NULL: not recorded, empty: none"),
        Column(
            "mentions",
            "text_list",
            "accounts mentioned; NULL: not recorded",
            reference=Reference("social_account", "mention_identity_keys", scope=("platform",)),
        ),
        Column("product_ids", "text_list", "products tagged by the platform; NULL: not recorded"),
        Column(
            "surface",
            "text",
            "where it stands: social_network, marketplace, brand_site, search_engine, blog; NULL: unknown",
        ),
        Column(
            "incentive",
            "text",
            "what the author got for it",
            required=True,
            allowed=("none", "free_product", "paid", "unknown"),
        ),
        Column("is_disclosed", "boolean", "the incentive is disclosed; NULL: unknown or no incentive"),
        Column("published_at", "instant", "when it was published, UTC; NULL: unknown, enters no window"),
        Column("updated_at", "instant", "when the source last changed it, UTC; NULL: not given"),
        Column("deleted_at", "instant", "when it was deleted, UTC; NULL: it stands"),
    ),
)

SOCIAL_POST_METRICS = Stream(
    name="social_post_metrics",
    grain="One row per post and time its figures were read.",
    key=("platform", "post_id", "observed_at"),
    occurred=("observed_at",),
    columns=(
        Column("platform", "text", "social platform", required=True),
        Column("post_id", "text", "the post", required=True),
        _metric("likes", "likes"),
        _metric("comments", "comments and replies"),
        _metric("shares", "shares, reposts and quotes"),
        _metric("saves", "saves and bookmarks"),
        _metric("views", "views"),
        _metric("reach", "people reached"),
        _metric("impressions", "impressions"),
        Column("observed_at", "instant", "when the figures were read, UTC", required=True),
    ),
)

SOCIAL_EDGES = Stream(
    name="social_edges",
    grain="One row per account, follower and time it was looked at.",
    key=("platform", "account_identity_key", "follower_identity_key", "observed_at"),
    occurred=("observed_at",),
    columns=(
        Column("platform", "text", "social platform", required=True),
        Column("account_id", "text", "the account followed", required=True, reference=ACCOUNT),
        Column(
            "follower_ref",
            "text",
            "the account that follows",
            required=True,
            reference=Reference("social_account", "follower_identity_key", scope=("platform",)),
        ),
        Column("observed_at", "instant", "when it was looked at, UTC", required=True),
    ),
)

REVIEWS = Stream(
    name="reviews",
    grain="One row per review or rating on a site.",
    key=("site", "review_id"),
    occurred=("submitted_at",),
    known=("updated_at",),
    known_lag=timedelta(days=1),
    columns=(
        Column("site", "text", "where it stands", required=True),
        Column("review_id", "text", "the review", required=True),
        Column("origin_site", "text", "where it was first written; NULL: the same site or unknown"),
        Column("product_id", "text", "product reviewed; NULL: a store review"),
        Column("store_id", "text", "store reviewed; NULL: a product review"),
        Column(
            "author_ref",
            "text",
            "who wrote it; NULL: not given",
            reference=Reference("review_author", "author_identity_key", scope=("site",)),
        ),
        Column("rating", "number", "stars given; NULL: none", minimum=0),
        Column("rating_max", "number", "most stars possible; NULL: no rating", minimum=1),
        Column("title", "text", "title; NULL: none", is_text=True),
        Column("body", "text", "what it says; NULL: a rating alone", is_text=True),
        Column(
            "language",
            "text",
            "language the site says it is in, ISO 639; counts where the text tells none; NULL: not told",
        ),
        Column("is_verified_purchase", "boolean", "the site knows of the purchase; NULL: not recorded"),
        Column(
            "incentive",
            "text",
            "what the author got for it",
            required=True,
            allowed=("none", "free_product", "paid", "unknown"),
        ),
        Column("is_disclosed", "boolean", "the incentive is disclosed; NULL: unknown or no incentive"),
        Column("media_count", "integer", "photos and videos; NULL: not recorded", minimum=0),
        Column("helpful_count", "integer", "readers who found it helpful; NULL: not recorded", minimum=0),
        Column("submitted_at", "instant", "when it was written, UTC; NULL: unknown, enters no window"),
        Column("updated_at", "instant", "when the source last changed it, UTC; NULL: not given"),
        Column("deleted_at", "instant", "when it was taken down, UTC; NULL: it stands"),
    ),
)

SOCIAL_STREAMS = (SOCIAL_PROFILES, SOCIAL_POSTS, SOCIAL_POST_METRICS, SOCIAL_EDGES, REVIEWS)
