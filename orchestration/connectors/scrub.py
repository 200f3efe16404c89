"""Takes out of a row's free texts what names or reaches a person, before the row is stored.

Belongs here: which columns of a stream are scrubbed. Does not: the formats and their placeholders (ml/text/scrub.py,
which reading texts applies too). What people's names are cannot be told by a pattern; that is why text bodies never
enter the warehouse.
"""

from __future__ import annotations

import polars as pl

from ml.text.scrub import scrub as scrubbed
from orchestration.connectors.streams import Stream

__all__ = ["scrub", "scrubbed"]


def scrub(rows: pl.DataFrame, stream: Stream) -> pl.DataFrame:
    """Rows with every free-text column scrubbed; NULL stays NULL."""
    return rows.with_columns(scrubbed(rows[name].cast(pl.String)).alias(name) for name in stream.text_columns())
