"""Exposure of areas: active members over population; unknown stays unknown."""

from __future__ import annotations

from datetime import date

import polars as pl

from ml.measurement.store_lift.exposure import area_exposure

ACTIVE = date(2024, 3, 1)


def test_active_members_are_divided_by_their_areas_population_and_unknowns_stay_null() -> None:
    members = pl.DataFrame(
        {
            "campaign_id": ["c1"] * 6,
            "unit": ["consumer"] * 5 + ["store"],
            "consumer_key": ["k1", "k2", "k3", "k4", "k5", None],
            "arm": ["treatment", "treatment", "treatment", "holdout", "treatment", "treatment"],
            "active_on": [ACTIVE, ACTIVE, ACTIVE, ACTIVE, None, ACTIVE],
        }
    )
    consumers = pl.DataFrame(
        {"consumer_key": ["k1", "k2", "k3", "k4", "k5"], "home_area_id": ["a", "a", None, "a", "a"]}
    )
    stores = pl.DataFrame({"area_id": ["a", "a", None], "area_population": [400, None, 9]})
    found = area_exposure(members, consumers, stores)
    # k1 and k2 of 400 people; k3's home is not known; k4 was held out, k5 never told anybody.
    assert found.rows() == [("c1", "a", 2, 400, 2 / 400), ("c1", None, 1, None, None)]
