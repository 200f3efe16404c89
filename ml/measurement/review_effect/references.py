"""What others published on the number of reviews: lines on a chart, never a default effect.

Belongs here: figures with source and year as they were published. Does not: any use of them in an estimate.
"""

from __future__ import annotations

import polars as pl

from ml.measurement.review_effect.schema import REFERENCE_SCHEMA

# An elasticity e of sales in the number of reviews says (to / from) ** e; log1p would need its data.
VOLUME_ELASTICITY = 0.236

_ROWS: tuple[tuple[str, int | None, str, int, int, float], ...] = (
    ("Founding articles of nano-influence", None, "Pages with 50 reviews or more: up to +30 %", 0, 50, 0.30),
    ("Spiegel Research Center", 2017, "Five reviews against none: +270 %, and little beyond ten", 0, 5, 2.7),
    ("PowerReviews", None, "25 to 50 reviews: +18 %", 25, 50, 0.18),
    ("You et al.", 2015, "Elasticity of sales in reviews .236: 25 to 50", 25, 50, 2**VOLUME_ELASTICITY - 1),
)  # fmt: skip


def references() -> pl.DataFrame:
    """REFERENCE_SCHEMA; a year that the source does not state is NULL."""
    return pl.DataFrame(_ROWS, schema=REFERENCE_SCHEMA, orient="row")
