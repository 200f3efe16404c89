"""How far people and scores have moved since a model in use was trained, and how old it is.

Belongs here: keeping a model's reference, comparing with it. Does not: the formula (expectations/summaries/drift.py),
night-to-night faults (the features and scores gates), words (exports/quality.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import polars as pl

from expectations.summaries.drift import bins_of, psi
from ml.features.dictionary import BY_NAME, FEATURE_NAMES, GROUPS

PEOPLE, SCORES = "people", "scores"
# With another campaign other products are meant: that people's interest in them differs is no drift.
INTEREST = GROUPS[2]
AGE = "_age_days"
DRIFT_SCHEMA = {
    "model": pl.String,
    "subject": pl.String,
    "name": pl.String,
    "psi": pl.Float64,
    "model_as_of": pl.Date,
}


def people_reference(people: pl.DataFrame) -> dict[str, Any]:
    """What a model's card keeps of the people who could be scored when it was trained: bins per feature, campaign."""
    bins: dict[str, float] = {}
    for name in FEATURE_NAMES:
        for view, values in _views(people, name).items():
            bins |= bins_of(values, view)
    return {"campaigns": _campaigns(people), "bins": bins}


def people_drift(people: pl.DataFrame, reference: Mapping[str, Any], features: Sequence[str]) -> dict[str, float]:
    """Feature → PSI against the reference; features that cannot be compared are left out.

    An age has moved only if the dates behind it have too: either stays still where nothing but time passes.
    """
    past = {name: [value] for name, value in reference["bins"].items()}
    is_same_campaign = reference["campaigns"] == _campaigns(people)
    found = {}
    for name in features:
        if BY_NAME[name].group == INTEREST and not is_same_campaign:
            continue
        value = min(psi(values, view, past) for view, values in _views(people, name).items())
        if value == value:  # NaN: too few people then or now
            found[name] = value
    return found


def score_drift(scores: pl.DataFrame, past: Sequence[Mapping[str, float]], name: str) -> float | None:
    """PSI of a score list against the earliest published one of the same model; None: there is none yet.

    Args:
        past: figures of the scores gate, oldest day first.
        name: "scores.<list>.<model_id>", as the scores gate names its bins.
    """
    first = next((figures for figures in past if f"{name}.share_null" in figures), None)
    if first is None:
        return None
    value = psi(scores["score"].to_pandas(), name, {figure: [each] for figure, each in first.items()})
    return value if value == value else None


def _views(people: pl.DataFrame, name: str) -> dict[str, pd.Series]:
    values = people[name].to_pandas().astype("float64")
    if not name.endswith(AGE):
        return {name: values}
    day = people["decision_on"].cast(pl.Int32).to_pandas()
    return {name: values, f"{name}.dated": day - values}


def _campaigns(people: pl.DataFrame) -> list[str]:
    return people["campaign_id"].drop_nulls().unique().sort().to_list()
