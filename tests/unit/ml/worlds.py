"""Small worlds with known truth for the tests of ml: arrays with known effects, and marts of a few rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from ml.arrays import FloatArray
from ml.features.dictionary import AMBASSADOR_FEATURE_NAMES

S, D, T, N, F, B = pl.String, pl.Date, pl.Datetime("us"), pl.Int64, pl.Float64, pl.Boolean


def effect_world(
    rows: int, seed: int, *, spread: float = 0.1, average: float = 0.05, share: float = 0.5
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """X, y, treatment, true effect: purchase probability .1 to .5 without contact; feature 2 decides the effect."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 6))
    without = 0.1 + 0.4 / (1 + np.exp(-X[:, 0]))
    effect = average + spread * np.sign(X[:, 2])
    treatment = (rng.random(rows) < share).astype(np.float64)
    y = (rng.random(rows) < without + effect * treatment).astype(np.float64)
    X[rng.random((rows, 6)) < 0.05] = np.nan
    return X, y, treatment, effect


MART_SCHEMAS: dict[str, dict[str, Any]] = {
    "dim_accounts": {"account_key": S, "consumer_key": S},
    "dim_consumers": {"consumer_key": S, "is_minor": B, "consent_scoring": S, "joined_at": T, "language": S},
    "dim_products": {"product_id": S, "category": S},
    "bridge_campaign_products": {"campaign_id": S, "product_id": S},
    "fct_sales_lines": {
        "source": S,
        "store_id": S,
        "transaction_id": S,
        "product_id": S,
        "consumer_key": S,
        "channel": S,
        "business_on": D,
        "known_at": T,
        "net_amount_minor": N,
        "discount_minor": N,
        "currency": S,
        "is_return": B,
    },
    "fct_ugc": {
        "ugc_key": S,
        "consumer_key": S,
        "ugc_source": S,
        "rating_share": F,
        "is_organic": B,
        "is_syndicated_copy": B,
        "published_on": D,
        "known_at": T,
    },
    "fct_post_metric_snapshots": {
        "ugc_key": S,
        "observed_at": T,
        "likes_count": N,
        "comments_count": N,
        "shares_count": N,
        "known_at": T,
    },
    "fct_referred_sales": {
        "campaign_id": S,
        "referrer_consumer_key": S,
        "source": S,
        "store_id": S,
        "transaction_id": S,
        "product_id": S,
        "business_on": D,
        "net_amount_minor": N,
        "known_at": T,
    },
    "fct_profile_snapshots": {"account_key": S, "followers_count": N, "observed_at": T, "known_at": T},
    "fct_campaign_members": {
        "campaign_id": S,
        "unit": S,
        "unit_id": S,
        "consumer_key": S,
        "arm": S,
        "design": S,
        "assigned_at": T,
        "starts_on": D,
        "before_starts_on": D,
        "outcome_ends_on": D,
        "assignment_probability": F,
        "cluster_id": S,
        "overlapping_campaigns_count": N,
        "outcome_basis": S,
        "window_status": S,
        "bought_before": B,
        "first_purchase": B,
        "net_spend_before_minor": N,
        "net_spend_after_minor": N,
        "net_spend_after_online_minor": N,
        "referred_net_minor": N,
        "currency": S,
    },
    "fct_campaign_events": {
        "campaign_id": S,
        "consumer_key": S,
        "referrer_consumer_key": S,
        "kind": S,
        "happened_on": D,
        "known_at": T,
    },
    "fct_survey_answers": {
        "consumer_key": S,
        "people_told_count": N,
        "recommend": N,
        "surveyed_at": T,
        "surveyed_on": D,
        "known_at": T,
    },
}


def marts(**rows: list[dict[str, Any]]) -> dict[str, pl.DataFrame]:
    """All marts that ml reads, empty but for the rows given; columns not given are NULL."""
    return {
        name: pl.DataFrame([dict.fromkeys(schema) | row for row in rows.get(name, [])], schema=schema, orient="row")
        for name, schema in MART_SCHEMAS.items()
    }


def sale(consumer: str, day: date, net: int, **more: Any) -> dict[str, Any]:
    """A till line known at noon of its day."""
    return {
        "source": "shop",
        "store_id": "s1",
        "transaction_id": f"{consumer}-{day}",
        "product_id": "p1",
        "consumer_key": consumer,
        "channel": "store",
        "business_on": day,
        "known_at": datetime(day.year, day.month, day.day, 12),
        "net_amount_minor": net,
        "currency": "EUR",
        "is_return": False,
    } | more


def member(consumer: str, arm: str, starts_on: date, **more: Any) -> dict[str, Any]:
    """A person in an arm of campaign c1, randomised, window over."""
    return {
        "campaign_id": "c1",
        "unit": "consumer",
        "unit_id": consumer,
        "consumer_key": consumer,
        "arm": arm,
        "design": "randomised",
        "starts_on": starts_on,
        "before_starts_on": starts_on - timedelta(days=90),
        "outcome_ends_on": starts_on + timedelta(days=89),
        "window_status": "complete",
        "currency": "EUR",
    } | more


def training_world(rows: int, seed: int, *, spread: float = 0.1, average: float = 0.05) -> pl.DataFrame:
    """A training frame of one randomised campaign: recency decides the effect, spend how much is bought anyway."""
    X, y, treatment, _ = effect_world(rows, seed, spread=spread, average=average)
    rng = np.random.default_rng(seed + 1)
    known = {
        "net_spend_90d_minor": np.exp(7 + np.nan_to_num(X[:, 0])),
        "purchases_90d_count": X[:, 1],
        "last_purchase_age_days": 50 + 10 * X[:, 2],
        "followers_largest_count": np.exp(5 + np.nan_to_num(X[:, 3])),
        "ugc_90d_count": X[:, 4],
    }
    known |= {
        "accounts_known_count": np.where(rng.random(rows) < 0.6, 1.0, np.nan),
        "ugc_on_record_days": np.full(rows, 365.0),
        "posts_before_count": rng.poisson(2.0, rows).astype(float),
    }
    referred = rng.poisson(0.2 * (known["followers_largest_count"] / 150) ** 0.8)
    start = date(2025, 3, 1)
    return pl.DataFrame(
        {
            "campaign_id": "c1",
            "consumer_key": [f"k{number:06d}" for number in range(rows)],
            "decision_on": start,
            "decision_at": datetime(2025, 3, 1),
        }
        | {name: known.get(name, np.full(rows, np.nan)) for name in AMBASSADOR_FEATURE_NAMES}
        | {
            "arm": np.where(treatment == 1, "treatment", "control"),
            "design": "randomised",
            "overlapping_campaigns_count": 0,
            "outcome_basis": "products",
            "outcome_ends_on": start + timedelta(days=89),
            "window_status": "complete",
            "bought_before": False,
            "first_purchase": y == 1,
            "net_spend_before_minor": np.round(np.exp(6 + rng.normal(size=rows))).astype(int),
            "net_spend_after_minor": np.round(y * np.exp(7 + rng.normal(size=rows) / 2)).astype(int),
            "referred_net_minor": 900 * referred,
            "referred_purchases_count": referred,
            "purchase_value_minor": 1000.0,
            "tracked_purchases_count": int(referred[treatment == 1].sum()),
            "tracked_net_minor": 900 * int(referred[treatment == 1].sum()),
            "caused_purchases_count": 1.5 * referred[treatment == 1].sum(),
            "caused_purchases_error_count": 10.0,
            "currency": "EUR",
            "treatment": treatment.astype(np.int8),
        }
    ).with_columns(
        pl.col(AMBASSADOR_FEATURE_NAMES).fill_nan(None),
        pl.when(pl.col("treatment") == 1).then(pl.col("referred_net_minor", "referred_purchases_count")),
        assignment_probability=pl.lit(None, dtype=pl.Float64),
        cluster_id=pl.lit(None, dtype=pl.String),
    )
