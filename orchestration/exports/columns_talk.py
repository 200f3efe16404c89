"""Columns that several outputs about talk share.

Belongs here: what more than one of them says alike. Does not: the outputs (contract_wom.py, contract_synergy.py …).
"""

from __future__ import annotations

from orchestration.exports.schema import Column

NOT_MEASURED = "not measured: see note"
NAME = Column("campaign_name", "Name", "text", "name of the campaign", when_null="not given")
NOTE = Column("note", "Note", "text", "what to keep in mind, or what is missing", when_null="nothing to add")
LEVEL = Column(
    "interval_level",
    "Range holds",
    "share",
    "how often such a range holds the truth",
    unit="0 to 1",
    when_null=NOT_MEASURED,
)


def ranged(name: str, title: str, meaning: str, unit: str, when_null: str = NOT_MEASURED) -> tuple[Column, ...]:
    """A number with the ends of its range."""
    return (
        Column(name, title, "number", meaning, unit=unit, when_null=when_null),
        Column(f"{name}_low", "low", "number", "lower end of its range", unit=unit, when_null=when_null),
        Column(f"{name}_high", "high", "number", "upper end of its range", unit=unit, when_null=when_null),
    )
