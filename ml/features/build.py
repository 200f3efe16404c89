"""From marts and decisions to the feature frame: one row per decision, one column per entry of the dictionary.

Facts are brought to their grain once and then cut off per campaign, so 27 campaigns cost 27 joins of baskets and no
scan of all till lines per window.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from ml.errors import InputError
from ml.features.affinity import affinity_features, product_facts
from ml.features.decisions import DECISION_COLUMNS, Basis, Marts, scoring_decisions
from ml.features.dictionary import AMBASSADOR_FEATURE_NAMES
from ml.features.history import event_facts, history_features, membership_facts, survey_facts
from ml.features.publishing import audience_facts, publishing_features, ugc_facts
from ml.features.purchases import purchase_facts, purchase_features
from ml.features.telling import (
    engagement_facts,
    joined_campaign_facts,
    referral_facts,
    telling_features,
    told_facts,
)
from ml.features.value import purchase_value

__all__ = ["REQUIRED_MARTS", "Basis", "Marts", "features_at", "scoring_frame"]

REQUIRED_MARTS = (
    "dim_accounts",
    "dim_consumers",
    "dim_products",
    "bridge_campaign_products",
    "fct_sales_lines",
    "fct_ugc",
    "fct_profile_snapshots",
    "fct_campaign_members",
    "fct_campaign_events",
    "fct_survey_answers",
    "fct_referred_sales",
    "fct_post_metric_snapshots",
)


def scoring_frame(
    marts: Marts, as_of: date, timezone: str, currency: str, *, campaign_id: str | None, basis: Basis
) -> pl.DataFrame:
    """Features of everybody who may be scored, at the end of `as_of`; see scoring_decisions and features_at."""
    decisions = scoring_decisions(marts, as_of, timezone, campaign_id=campaign_id, basis=basis)
    return features_at(marts, decisions, currency=currency)


def features_at(marts: Marts, decisions: pl.DataFrame, *, currency: str) -> pl.DataFrame:
    """Features of every decision, from facts visible at it and nothing later.

    Args:
        marts: at least REQUIRED_MARTS; empty frames are fine.
        decisions: as of ml.features.decisions; campaign_id and consumer_key identify a row.
        currency: money features count only amounts in it.

    Returns:
        DECISION_COLUMNS, AMBASSADOR_FEATURE_NAMES as Float64 (NULL: unknown) and purchase_value_minor, which is the
        campaign's and no feature (value.py); sorted by campaign_id, consumer_key.

    Raises:
        InputError: a mart is missing, or a decision stands twice.
    """
    missing = [name for name in REQUIRED_MARTS if name not in marts]
    if missing:
        raise InputError(f"features need the marts {missing}")
    if decisions.select("campaign_id", "consumer_key").is_duplicated().any():
        raise InputError("decisions hold a campaign and consumer twice")
    lines, products = marts["fct_sales_lines"], marts["dim_products"]
    baskets = purchase_facts(lines, currency)
    bought = product_facts(lines, products, currency)
    ugc, audience = ugc_facts(marts["fct_ugc"]), audience_facts(marts["fct_profile_snapshots"], marts["dim_accounts"])
    memberships = membership_facts(marts["fct_campaign_members"])
    events = event_facts(marts["fct_campaign_events"], "consumer_key")
    referrals = event_facts(marts["fct_campaign_events"], "referrer_consumer_key")
    surveys = survey_facts(marts["fct_survey_answers"])
    told, engagement = (
        told_facts(marts["fct_ugc"]),
        engagement_facts(marts["fct_post_metric_snapshots"], marts["fct_ugc"]),
    )
    brought = referral_facts(marts["fct_referred_sales"])
    joined = joined_campaign_facts(marts["fct_campaign_members"], marts["fct_campaign_events"])
    campaign_products = marts["bridge_campaign_products"].select("campaign_id", "product_id").unique()
    frames = []
    for (campaign_id,), part in decisions.group_by(["campaign_id"], maintain_order=True):
        own_products = campaign_products.filter(pl.col("campaign_id") == campaign_id).select("product_id")
        frame = part
        for features in (
            purchase_features(part, baskets),
            affinity_features(part, bought, own_products, products),
            publishing_features(part, ugc, audience),
            history_features(part, memberships, events, referrals, surveys, marts["dim_consumers"]),
            telling_features(part, told, engagement, audience, brought, joined),
        ):
            frame = frame.join(features, on="consumer_key", how="left")
        value = pl.lit(purchase_value(part, lines, own_products, currency), dtype=pl.Float64)
        features_of = pl.col(AMBASSADOR_FEATURE_NAMES).cast(pl.Float64)
        frames.append(frame.select(*DECISION_COLUMNS, features_of, purchase_value_minor=value))
    if not frames:
        return decisions.select(
            *DECISION_COLUMNS,
            *(
                pl.lit(None, dtype=pl.Float64).alias(name)
                for name in (*AMBASSADOR_FEATURE_NAMES, "purchase_value_minor")
            ),
        )
    return pl.concat(frames).sort("campaign_id", "consumer_key")
