"""What of a fact table could be seen at a decision: the one place where the future is cut off."""

from __future__ import annotations

from datetime import date

import polars as pl


def is_visible(on: str, known: str) -> pl.Expr:
    """Facts of an earlier day, known before the decision; a row that states no known time is visible to all."""
    return (pl.col(on) < pl.col("decision_on")) & (pl.col(known).is_null() | (pl.col(known) < pl.col("decision_at")))


def visible_facts(
    decisions: pl.DataFrame, facts: pl.DataFrame, *, on: str = "on", known: str = "known"
) -> pl.DataFrame:
    """Facts joined to one campaign's decisions by consumer_key, as far as visible, with `age_days` (>= 1).

    Args:
        decisions: one row per consumer_key.
        facts: any number of rows per consumer_key, with a day `on` and an instant `known`.
    """
    return (
        facts.join(decisions.select("consumer_key", "decision_on", "decision_at"), on="consumer_key", how="inner")
        .filter(is_visible(on, known))
        .with_columns(age_days=(pl.col("decision_on") - pl.col(on)).dt.total_days())
    )


def covered_from(decisions: pl.DataFrame, facts: pl.DataFrame, *, on: str = "on", known: str = "known") -> date | None:
    """First day of the facts visible at the earliest of these decisions; None: there are none.

    A window that reaches further back is not covered: its feature is NULL, not a small number.
    """
    first_on, first_at = decisions["decision_on"].min(), decisions["decision_at"].min()
    earliest = facts.filter(pl.col(on) < first_on, pl.col(known).is_null() | (pl.col(known) < first_at))[on].min()
    assert earliest is None or isinstance(earliest, date)
    return earliest


def is_covered(earliest: date | None, days: int) -> pl.Expr:
    """Whether a window of so many days before the decision lies within the facts."""
    if earliest is None:
        return pl.lit(False)
    return (pl.col("decision_on") - pl.lit(earliest, dtype=pl.Date)).dt.total_days() >= days
