"""Drift since training: steady people are steady, a moved trait is named, other campaigns' products are no drift."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from expectations.summaries.drift import bins_of
from ml.features.dictionary import FEATURE_NAMES
from orchestration.drift import people_drift, people_reference, score_drift


def _people(seed: int, *, day: date = date(2025, 1, 1), campaign: str = "c1", moved: float = 0.0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    known = {
        "purchases_30d_count": rng.poisson(3, 4000) + moved,
        "campaign_products_lines_90d_count": rng.poisson(2, 4000) + moved,
        "joined_age_days": np.full(4000, 10.0) + np.arange(4000) % 500 + (day - date(2025, 1, 1)).days,
    }
    return pl.DataFrame(
        {"campaign_id": campaign, "decision_on": day}
        | {name: known.get(name, np.full(4000, np.nan)) for name in FEATURE_NAMES}
    ).with_columns(pl.col(FEATURE_NAMES).fill_nan(None))


NAMES = ("purchases_30d_count", "campaign_products_lines_90d_count", "joined_age_days")


def test_the_same_kind_of_people_have_not_moved_nor_have_dates_that_only_grew_older() -> None:
    later = _people(2, day=date(2025, 1, 1) + timedelta(days=200))
    found = people_drift(later, people_reference(_people(1)), NAMES)
    assert set(found) == set(NAMES)
    assert max(found.values()) < 0.02


def test_a_trait_that_moved_is_named() -> None:
    found = people_drift(_people(2, moved=2.0), people_reference(_people(1)), NAMES)
    assert found["purchases_30d_count"] > 0.25


def test_interest_in_another_campaigns_products_is_not_compared() -> None:
    found = people_drift(_people(2, campaign="c2", moved=2.0), people_reference(_people(1)), NAMES)
    assert set(found) == {"purchases_30d_count", "joined_age_days"}


def test_scores_are_compared_with_the_first_published_ones_of_their_model() -> None:
    rng = np.random.default_rng(3)
    first, later = rng.normal(size=3000), rng.normal(1.0, 1.0, 3000)
    past = [
        {},
        bins_of(pl.Series(first).to_pandas(), "scores.ambassador.m1"),
        bins_of(pl.Series(later).to_pandas(), "scores.ambassador.m1"),
    ]
    moved = score_drift(pl.DataFrame({"score": later}), past, "scores.ambassador.m1")
    assert moved is not None and moved > 0.25
    assert score_drift(pl.DataFrame({"score": later}), past, "scores.ambassador.m2") is None
