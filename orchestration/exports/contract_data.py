"""What data_quality says: what came in, what is missing, what was refused.

Belongs here: its columns with units and NULL meaning. Does not: filling them (quality.py).
"""

from __future__ import annotations

from orchestration.exports.columns import ALL_BASES, AS_OF
from orchestration.exports.schema import Column, Output

DATA_QUALITY = Output(
    name="data_quality",
    title="Data quality",
    grain="One row per thing checked: rows, coverage, freshness, a gate, a model, an output, people left out.",
    purpose="What came in, what is missing, what was refused, and what each missing output needs.",
    sort_key=("area", "source", "stream", "item"),
    columns=(
        Column(
            "area",
            "Area",
            "text",
            "what kind of row this is",
            allowed=("rows", "coverage", "freshness", "gate", "output", "model", "change", "people"),
        ),
        Column("source", "Source", "text", "system the data comes from", when_null="not about one source"),
        Column("stream", "Stream", "text", "kind of data", when_null="not about one stream"),
        Column("item", "Item", "text", "what was counted or checked"),
        Column("value", "Value", "number", "the figure", unit="see value_unit", when_null="no figure, or not known"),
        Column("value_unit", "Unit", "text", "rows, people, share (0 to 1), checks", when_null="no figure"),
        Column("date_on", "Date", "date", "the day it is about", when_null="not about a day, or unknown"),
        Column("status", "Status", "text", "how it stands", allowed=("ok", "attention", "missing", "failed")),
        Column("detail", "Detail", "text", "in words", when_null="nothing to add"),
        AS_OF,
        ALL_BASES,
    ),
)
