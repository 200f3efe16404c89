"""The form of what texts say, beside each load and over all of them: column → DuckDB type of each relation dbt reads.

Belongs here: columns and types. Does not: how they are found out (signals.py, near_duplicates.py), where they are laid
out (selection.py).
"""

from __future__ import annotations

# What a row of signals is of: the landed row.
_ROW: dict[str, str] = {"source": "varchar", "load_id": "varchar", "row_no": "bigint", "stream": "varchar"}

SIGNALS_SCHEMA: dict[str, str] = _ROW | {
    "text_length": "bigint",
    "text_hash": "varchar",
    "language": "varchar",
    "language_confidence": "double",
    "ugc_kind": "varchar",
    "sentiment_negative": "double",
    "sentiment_neutral": "double",
    "sentiment_positive": "double",
    "sentiment_model_id": "varchar",
    "has_moments_read": "boolean",
    "hashtags": "varchar[]",
    "code_tokens": "varchar[]",
    "words_count": "bigint",
    "distinct_words_share": "double",
    "links_count": "bigint",
    "handles_count": "bigint",
    "emoji_count": "bigint",
    "link_density": "double",
    "handle_density": "double",
    "capitals_share": "double",
    "has_disclosure_words": "boolean",
    "signature": "blob",
}
MOMENTS_SCHEMA: dict[str, str] = _ROW | {
    "moment": "varchar",
    "polarity": "varchar",
    "confidence": "double",
    "is_unsure": "boolean",
    "cues": "varchar",
}
CLUSTERS_SCHEMA: dict[str, str] = _ROW | {"duplicate_cluster_id": "varchar"}

# Relation that dbt reads → its columns.
SIGNAL_RELATIONS: dict[str, dict[str, str]] = {
    "signals": SIGNALS_SCHEMA,
    "signal_moments": MOMENTS_SCHEMA,
    "text_clusters": CLUSTERS_SCHEMA,
}
