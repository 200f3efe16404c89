"""What the marts' small tables must be, row by row: keys, known words, ranges, what may be empty without which stream.

Belongs here: one FrameExpectations a table. Does not: counts over large marts and the gate (marts.py).
"""

from __future__ import annotations

from expectations.declare import Column, FrameExpectations, never_null, one_of, ordered, unique, unique_together, within

TIERS = ("nano", "micro", "macro", "unknown")
CONSENT = ("granted", "withdrawn")
ARMS = ("treatment", "control", "holdout", "comparison")
UGC_KINDS = (
    "post",
    "photo",
    "video",
    "comment",
    "repost",
    "review",
    "rating",
    "recipe",
    "tutorial",
    "question",
    "mention",
)
SENTIMENTS = ("negative", "neutral", "positive", "unsure")
MOMENTS = (
    "delight",
    "disappointment",
    "wait",
    "confusing_instructions",
    "staff",
    "purchase",
    "mixed",
    "support",
    "product_fault",
    "fulfilment",
    "price",
    "place",
)
PEOPLE = ("consumers", "pos_lines", "social_profiles", "social_posts", "reviews", "campaign_members")
CAMPAIGNS = ("campaigns", "campaign_members", "campaign_products", "campaign_events")

DIM_CONSUMERS = FrameExpectations(
    name="dim_consumers",
    may_be_empty_without=PEOPLE,
    columns=(
        Column("consumer_key", "text", filled=True),
        Column("tier", "text", filled=True),
        Column("followers_count", "number"),
        Column("consent_scoring", "text"),
        Column("consent_contact", "text"),
        Column("consent_ugc_reuse", "text"),
        Column("is_in_source", "boolean", filled=True),
    ),
    checks=(
        *never_null("consumer_key", "tier", "is_in_source"),
        unique("consumer_key"),
        one_of("tier", TIERS),
        within("followers_count", 0, 1e9, "no account has more followers than there are accounts"),
        one_of("consent_scoring", CONSENT),
        one_of("consent_contact", CONSENT),
        one_of("consent_ugc_reuse", CONSENT),
    ),
)

DIM_ACCOUNTS = FrameExpectations(
    name="dim_accounts",
    may_be_empty_without=("social_profiles", "social_posts"),
    columns=(Column("account_key", "text", filled=True), Column("tier", "text", filled=True)),
    checks=(*never_null("account_key", "tier"), unique("account_key"), one_of("tier", TIERS)),
)

DIM_STORES = FrameExpectations(
    name="dim_stores",
    may_be_empty_without=("stores", "pos_lines"),  # a review names a store only where it is one of a store
    columns=(
        Column("store_id", "text", filled=True),
        Column("is_known", "boolean", filled=True),
        Column("latitude", "number"),
        Column("longitude", "number"),
    ),
    checks=(
        *never_null("store_id", "is_known"),
        unique("store_id"),
        within("latitude", -90, 90),
        within("longitude", -180, 180),
    ),
)

DIM_PRODUCTS = FrameExpectations(
    name="dim_products",
    may_be_empty_without=("products", "pos_lines", "reviews", "product_page_daily", "campaign_products"),
    columns=(Column("product_id", "text", filled=True), Column("is_known", "boolean", filled=True)),
    checks=(*never_null("product_id", "is_known"), unique("product_id")),
)

DIM_CAMPAIGNS = FrameExpectations(
    name="dim_campaigns",
    may_be_empty_without=CAMPAIGNS,
    columns=(
        Column("campaign_id", "text", filled=True),
        Column("design", "text", filled=True),
        Column("starts_on", "date"),
        Column("ends_on", "date"),
    ),
    checks=(
        *never_null("campaign_id", "design"),
        unique("campaign_id"),
        one_of("design", ("randomised", "observational")),
        ordered("starts_on", "ends_on", "a campaign ends before it starts"),
    ),
)

FCT_CAMPAIGNS = FrameExpectations(
    name="fct_campaigns",
    may_be_empty_without=CAMPAIGNS,
    columns=(Column("campaign_id", "text", filled=True),),
    checks=(*never_null("campaign_id"), unique("campaign_id")),
)

FCT_CAMPAIGN_MEMBERS = FrameExpectations(
    name="fct_campaign_members",
    may_be_empty_without=("campaign_members",),
    columns=(
        Column("campaign_id", "text", filled=True),
        Column("unit", "text", filled=True),
        Column("unit_id", "text", filled=True),
        Column("arm", "text", filled=True),
        Column("window_status", "text", filled=True),
        Column("assignment_probability", "number"),
    ),
    checks=(
        *never_null("campaign_id", "unit", "unit_id", "arm", "window_status"),
        unique_together("campaign_id", "unit", "unit_id"),
        one_of("unit", ("consumer", "store", "area", "product")),
        one_of("arm", ARMS),
        one_of("window_status", ("complete", "no_pre", "immature")),
        within("assignment_probability", 0, 1),
    ),
)

FCT_UGC = FrameExpectations(
    name="fct_ugc",
    may_be_empty_without=("social_posts", "reviews"),
    columns=(
        Column("ugc_key", "text", filled=True),
        Column("ugc_source", "text", filled=True),
        Column("ugc_kind", "text", filled=True),
        Column("incentive", "text", filled=True),
        Column("sentiment", "text"),
        Column("is_counted", "boolean", filled=True),
        Column("duplicates_count", "number"),
        Column("rating_share", "number"),
        Column("likes_count", "number"),
        Column("views_count", "number"),
    ),
    checks=(
        *never_null("ugc_key", "ugc_source", "ugc_kind", "incentive", "is_counted"),
        unique("ugc_key"),
        one_of("sentiment", SENTIMENTS),
        within("duplicates_count", 1, None, "a text is at least its own copy"),
        one_of("ugc_source", ("social_posts", "reviews")),
        one_of("ugc_kind", UGC_KINDS),
        one_of("incentive", ("none", "free_product", "paid", "unknown")),
        within("rating_share", 0, 1, "a rating outside its scale"),
        within("likes_count", 0, None),
        within("views_count", 0, None),
    ),
)

FCT_MOMENTS = FrameExpectations(
    name="fct_moments",
    may_be_empty_without=(),  # texts in other languages, or of nothing, have none
    columns=(
        Column("moment_key", "text", filled=True),
        Column("moment", "text", filled=True),
        Column("polarity", "text", filled=True),
        Column("confidence", "number", filled=True),
        Column("is_unsure", "boolean", filled=True),
        Column("is_bad", "boolean", filled=True),
    ),
    checks=(
        *never_null("moment_key", "moment", "polarity", "confidence", "is_unsure", "is_bad"),
        unique("moment_key"),
        one_of("moment", MOMENTS),
        one_of("polarity", ("negative", "neutral", "positive", "mixed")),
        within("confidence", 0, 1),
    ),
)

TABLES = (
    DIM_CONSUMERS,
    DIM_ACCOUNTS,
    DIM_STORES,
    DIM_PRODUCTS,
    DIM_CAMPAIGNS,
    FCT_CAMPAIGNS,
    FCT_CAMPAIGN_MEMBERS,
    FCT_UGC,
    FCT_MOMENTS,
)
