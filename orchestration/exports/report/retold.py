"""The exports as a reader of another language reads them: their sentences and notes said again in it.

Belongs here: which column of which export is a sentence, and who says it. Does not: the sentences (the export's own
module), notes (orchestration/exports/retelling.py), values of closed sets: blocks compare them, and translate them
where they show them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from orchestration.exports import (
    brand_effect,
    design,
    extra_sales,
    prosumer_lead,
    reach,
    review_effect,
    score_results,
    store_lift,
    synergy,
    texts,
    wom_reach,
)
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.retelling import note
from orchestration.exports.sentences import Result, result_sentence

Row = Mapping[str, Any]
Sentence = Callable[[Row, Language], str]


def _headline(row: Row, language: Language) -> str:
    return result_sentence(Result.of(row), language)


SENTENCES: dict[str, tuple[str, Sentence]] = {
    "campaign_results": ("headline", _headline),
    "extra_sales": ("in_words", extra_sales.in_words),
    "store_lift": ("in_words", store_lift.in_words),
    "review_effect": ("in_words", review_effect.in_words),
    "wom_reach": ("in_words", wom_reach.in_words),
    "prosumer_lead": ("in_words", prosumer_lead.in_words),
    "synergy": ("in_words", synergy.in_words),
    "brand_effect": ("in_words", brand_effect.brand_in_words),
    "posts_sell": ("in_words", brand_effect.posts_in_words),
    "reach": ("in_words", reach.reach_in_words),
    "engagement": ("in_words", reach.engagement_in_words),
    "design_quality": ("in_words", design.in_words),
    "score_results": ("in_words", score_results.in_words),
    "store_alerts": ("headline", texts.alert_in_words),
}


def retold(exports: Mapping[str, pl.DataFrame], language: Language) -> dict[str, pl.DataFrame]:
    """The exports with every sentence and note in the language; in English as they are."""
    if language == ENGLISH:
        return dict(exports)
    return {name: _with_notes(sentences_of(name, table, language), language) for name, table in exports.items()}


def sentences_of(name: str, table: pl.DataFrame, language: Language) -> pl.DataFrame:
    """An export with its sentences made again from its own cells; rows without one stay so."""
    if name not in SENTENCES:
        return table
    column, say = SENTENCES[name]
    rows = wom_reach.as_told(table) if name == "wom_reach" else table
    said = [row[column] if row[column] is None else say(row, language) for row in rows.iter_rows(named=True)]
    return table.with_columns(pl.Series(column, said, pl.String))


def _with_notes(table: pl.DataFrame, language: Language) -> pl.DataFrame:
    if "note" not in table.columns:
        return table
    said = [text if text is None else note(text, language) for text in table["note"]]
    return table.with_columns(pl.Series("note", said, pl.String))
