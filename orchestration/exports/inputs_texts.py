"""What the exports about texts read: columns of marts and measurements, and nothing more."""

from __future__ import annotations

import polars as pl

_TEXT, _INT, _NUMBER, _FLAG, _DAY, _INSTANT = (
    pl.String(),
    pl.Int64(),
    pl.Float64(),
    pl.Boolean(),
    pl.Date(),
    pl.Datetime("us"),
)

# Besides what the exports about people read of fct_ugc.
UGC_TEXT_COLUMNS: dict[str, pl.DataType] = {
    "ugc_key": _TEXT,
    "source": _TEXT,
    "platform_or_site": _TEXT,
    "ugc_kind": _TEXT,
    "product_id": _TEXT,
    "incentive": _TEXT,
    "is_undisclosed_incentive": _FLAG,
    "is_counted": _FLAG,
    "text_length": _INT,
    "language": _TEXT,
    "sentiment": _TEXT,
    "rating": _NUMBER,
    "rating_max": _NUMBER,
}
TEXT_MARTS: dict[str, dict[str, pl.DataType]] = {
    "fct_moments": {
        "ugc_key": _TEXT,
        "moment": _TEXT,
        "polarity": _TEXT,
        "confidence": _NUMBER,
        "is_unsure": _FLAG,
        "is_bad": _FLAG,
        "consumer_key": _TEXT,
        "product_id": _TEXT,
        "store_id": _TEXT,
        "exposed_campaign_ids": pl.List(_TEXT),
        "published_on": _DAY,
        "is_counted": _FLAG,
        "deleted_at": _INSTANT,
    },
    "fct_moment_opportunities": {
        "subject_kind": _TEXT,
        "subject_id": _TEXT,
        "activity_on": _DAY,
        "transactions_count": _INT,
        "views_count": _INT,
    },
    "fct_ugc_labels": {"ugc_key": _TEXT, "label_set": _TEXT, "label": _TEXT, "given_words": _TEXT},
}
TEXT_MEASUREMENTS: dict[str, dict[str, pl.DataType]] = {
    "store_alerts": {
        "subject_kind": _TEXT,
        "subject_id": _TEXT,
        "moment": _TEXT,
        "opportunity": _TEXT,
        "recent_starts_on": _DAY,
        "earlier_starts_on": _DAY,
        "recent_count": _INT,
        "recent_opportunities": _INT,
        "earlier_count": _INT,
        "earlier_opportunities": _INT,
        "rate_ratio": _NUMBER,
        "is_alert": _FLAG,
    },
    "ugc_hints": {"ugc_key": _TEXT},
}
