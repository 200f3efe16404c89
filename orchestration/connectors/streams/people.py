"""Streams about people as the brand knows them: consumers, identity links, consents, survey answers."""

from __future__ import annotations

from orchestration.connectors.streams.schema import Column, Reference, Stream

LOYALTY = Reference("loyalty", "identity_key")

CONSUMERS = Stream(
    name="consumers",
    grain="One row per consumer as the brand's own system knows them.",
    key=("identity_key",),
    occurred=("joined_at",),
    columns=(
        Column("consumer_ref", "text", "the person in the brand's system", required=True, reference=LOYALTY),
        Column("unit_kind", "text", "what one consumer is", required=True, allowed=("person", "household")),
        Column("home_area_id", "text", "home area; NULL: unknown"),
        Column("preferred_store_id", "text", "usual store; NULL: unknown"),
        Column("language", "text", "ISO 639-1; NULL: unknown"),
        Column("age_band", "text", "age band as the brand keeps it; NULL: unknown"),
        Column("is_minor", "boolean", "known to be under age; NULL: unknown"),
        Column("joined_at", "instant", "when the person joined, UTC; NULL: unknown"),
    ),
)

CONSUMER_LINKS = Stream(
    name="consumer_links",
    grain="One row per consumer and external identity.",
    key=("identity_key", "kind", "external_identity_key"),
    occurred=("linked_at",),
    columns=(
        Column("consumer_ref", "text", "the person in the brand's system", required=True, reference=LOYALTY),
        Column(
            "kind",
            "text",
            "kind of the external identity",
            required=True,
            allowed=("loyalty", "email", "social_account", "review_author"),
        ),
        Column("scope", "text", "platform or site the identity belongs to; NULL: none"),
        Column(
            "external_ref",
            "text",
            "the identity elsewhere",
            required=True,
            reference=Reference(None, "external_identity_key", scope=("scope",), kind_column="kind"),
        ),
        Column("linked_at", "instant", "when the link became known, UTC; NULL: unknown"),
    ),
)

CONSENTS = Stream(
    name="consents",
    grain="One row per consumer, purpose and change of consent.",
    key=("identity_key", "purpose", "changed_at"),
    occurred=("changed_at",),
    columns=(
        Column("consumer_ref", "text", "who consented", required=True, reference=LOYALTY),
        Column("purpose", "text", "what for", required=True, allowed=("scoring", "contact", "ugc_reuse")),
        Column("status", "text", "the new status", required=True, allowed=("granted", "withdrawn")),
        Column("changed_at", "instant", "since when, UTC", required=True),
    ),
)

WOM_SURVEYS = Stream(
    name="wom_surveys",
    grain="One row per answer of a person to a word-of-mouth survey of a campaign.",
    key=("source", "campaign_id", "identity_key", "surveyed_at"),
    occurred=("surveyed_at",),
    columns=(
        Column("campaign_id", "text", "campaign asked about", required=True),
        Column("consumer_ref", "text", "who answered", required=True, reference=LOYALTY),
        Column("people_told_count", "integer", "people told; NULL: no answer", minimum=0),
        Column("valence", "text", "what was told; NULL: no answer", allowed=("positive", "mixed", "negative")),
        Column("generation", "integer", "0 = ambassador, 1 = hearer …; NULL: unknown", minimum=0),
        Column("bought_after_post", "boolean", "bought after seeing a post; NULL: not asked"),
        Column("surveyed_at", "instant", "when answered, UTC", required=True),
    ),
)

BRAND_SURVEYS = Stream(
    name="brand_surveys",
    grain="One row per answer of a person in a wave of a brand survey.",
    key=("source", "campaign_id", "identity_key", "wave"),
    occurred=("surveyed_at",),
    columns=(
        Column("campaign_id", "text", "campaign; NULL: not tied to one"),
        Column("consumer_ref", "text", "who answered", required=True, reference=LOYALTY),
        Column(
            "arm",
            "text",
            "arm as the survey recorded it; NULL: not recorded",
            allowed=("treatment", "control", "holdout", "comparison"),
        ),
        Column("wave", "text", "before or after the campaign", required=True, allowed=("before", "after")),
        Column("trust", "number", "trust in the brand, 0-10; NULL: no answer", minimum=0, maximum=10),
        Column("recommend", "integer", "would recommend, 0-10; NULL: no answer", minimum=0, maximum=10),
        Column("intent", "number", "intent to buy, 0-10; NULL: no answer", minimum=0, maximum=10),
        Column("surveyed_at", "instant", "when answered, UTC", required=True),
    ),
)

PEOPLE_STREAMS = (CONSUMERS, CONSUMER_LINKS, CONSENTS, WOM_SURVEYS, BRAND_SURVEYS)
