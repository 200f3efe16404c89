"""Streams of what people said a text says: labels given by hand, which the reading of texts is held against.

They are compared with, in exports and report, and never learned from: `nanolift train-text` takes a file of its own.
"""

from __future__ import annotations

from orchestration.connectors.streams.schema import Column, Stream

SENTIMENTS = ("negative", "neutral", "positive")
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
# A label that is none of nanolift's words ("can't tell").
OTHER = "other"

UGC_LABELS = Stream(
    name="ugc_labels",
    grain="One row per post or review and label that people gave it.",
    key=("ugc_source", "platform_or_site", "external_id", "label_set", "label"),
    occurred=("labelled_at",),
    columns=(
        Column(
            "ugc_source",
            "text",
            "what was labelled: a post or a review",
            required=True,
            allowed=("social_posts", "reviews"),
        ),
        Column("platform_or_site", "text", "platform of the post, site of the review", required=True),
        Column("external_id", "text", "post_id or review_id", required=True),
        Column("label_set", "text", "what the label is about", required=True, allowed=("sentiment", "moment")),
        Column(
            "label",
            "text",
            "the label in nanolift's words: a sentiment, a moment, or other",
            required=True,
            allowed=(*SENTIMENTS, *MOMENTS, OTHER),
        ),
        Column("given_words", "text", "the label in the source's own words; NULL: the same"),
        Column("agreement_share", "number", "labellers who agreed, 0 to 1; NULL: not told", minimum=0, maximum=1),
        Column("labelled_at", "instant", "when it was labelled, UTC; NULL: unknown"),
    ),
)

LABEL_STREAMS = (UGC_LABELS,)
