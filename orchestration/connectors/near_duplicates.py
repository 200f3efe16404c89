"""Copies and near copies among all texts a run may see, from the signatures that stand in each load's signals.

Belongs here: which texts are compared (those known by as_of), writing the clusters where dbt reads them. Does not: the
comparison (ml/text/duplicates.py), what a large cluster means (ml/text/authenticity.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import polars as pl

from ml.text.signals import near_duplicates
from orchestration.connectors.loads import Load, arrow_schema, write_table
from orchestration.connectors.signals import SIGNAL_STREAMS
from orchestration.connectors.signals_schema import CLUSTERS_SCHEMA

CLUSTERS = "text_clusters"
_READ = ("source", "load_id", "row_no", "stream", "text_hash", "words_count", "signature")


def cluster_texts(loads: Iterable[Load], known_by: datetime) -> pl.DataFrame:
    """The cluster of every text with words that was known at an instant.

    Args:
        loads: with their signals, in any order.
        known_by: naive UTC instant; texts without a stated time count as known.

    Returns:
        Columns of CLUSTERS_SCHEMA.
    """
    parts = []
    for load in loads:
        if load.stream in SIGNAL_STREAMS:
            known = pl.read_parquet(load.data, columns=["known_at"]).to_series()
            read = pl.read_parquet(load.signals, columns=list(_READ))
            parts.append(read.filter((known <= known_by).fill_null(True)).drop_nulls("signature"))
    if not parts:
        return pl.DataFrame(arrow_schema(CLUSTERS_SCHEMA).empty_table())
    texts = pl.concat(parts)
    return pl.concat([texts, near_duplicates(texts)], how="horizontal").select(*CLUSTERS_SCHEMA)


def lay_out_clusters(loads: Iterable[Load], known_by: datetime, landed_root: Path) -> int:
    """Write the clusters beside the loads' signals, where `selection.lay_out` has made the folder; rows written."""
    found = cluster_texts(loads, known_by)
    write_table(landed_root / CLUSTERS / "0001_all.parquet", found.to_arrow(), arrow_schema(CLUSTERS_SCHEMA))
    return found.height
