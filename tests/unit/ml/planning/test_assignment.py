"""Draws before launch: probabilities hold, pairs are alike, clusters and strata are kept, the seed decides all."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from ml.arrays import FloatArray
from ml.errors import InputError
from ml.planning.assignment import MEMBER_SCHEMA, assign_people, assign_stores, match_pairs


def past(stores: int = 10) -> tuple[list[str], FloatArray]:
    """Stores in twins: 0 and 1 nearly alike, 2 and 3 nearly alike, and so on."""
    wave = 1 + 0.1 * np.sin(np.arange(20))
    size = np.repeat(np.exp(np.arange(stores // 2, dtype=np.float64)), 2) * np.tile([1.0, 1.01], stores // 2)
    return [f"s{n}" for n in range(stores)], size[:, None] * wave


def people(count: int = 100) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "consumer_ref": [f"p{n:03d}" for n in range(count)],
            "tier": ["nano" if n % 4 else "micro" for n in range(count)],
            "household": [f"h{n // 2}" for n in range(count)],
        }
    )


def test_pairs_are_the_twins() -> None:
    assert sorted(sorted(pair) for pair in match_pairs(past()[1]).tolist()) == [[2 * n, 2 * n + 1] for n in range(5)]


def test_each_drawn_pair_has_one_store_that_takes_part_and_one_that_does_not() -> None:
    stores, history = past()
    members = assign_stores(stores, history, "c9", 3, seed=1)
    assert members.schema == pl.Schema(MEMBER_SCHEMA)
    assert (members["arm"] == "treatment").sum() == 3
    drawn = members.filter(arm="treatment")["cluster_id"]
    assert drawn.n_unique() == 3
    assert members.filter(pl.col("cluster_id").is_in(drawn.implode()))["arm"].to_list().count("control") == 3
    # 3 treated of 5 pairs of 2: 3 / 10 for every store.
    assert members["assignment_probability"].unique().to_list() == [0.3]


def test_every_store_is_drawn_as_often_as_its_probability_says() -> None:
    stores, history = past()
    draws = [assign_stores(stores, history, "c9", 2, seed=seed)["arm"] == "treatment" for seed in range(300)]
    share = np.mean([one.to_numpy() for one in draws], axis=0)
    # 2 of 10; a share of 300 draws has a standard error of .023.
    assert np.abs(share - 0.2).max() < 0.09


def test_a_store_left_over_is_never_drawn() -> None:
    stores, history = past()
    members = assign_stores(stores[:9], history[:9], "c9", 4, seed=1)
    left = members.filter(pl.col("cluster_id").is_null())
    assert left.select("arm", "assignment_probability").rows() == [("comparison", 0.0)]


def test_more_stores_than_pairs_are_refused() -> None:
    stores, history = past()
    with pytest.raises(InputError, match="10 stores make 5 pairs"):
        assign_stores(stores, history, "c9", 6, seed=1)


def test_the_holdout_has_its_share_of_every_stratum() -> None:
    members = assign_people(people(), "c9", 0.2, seed=1, strata=["tier"]).join(
        people(), left_on="unit_ref", right_on="consumer_ref"
    )
    held = members.filter(arm="holdout").group_by("tier").len().sort("tier")
    assert held.rows() == [("micro", 5), ("nano", 15)]  # a fifth of 25 and of 75
    assert members["assignment_probability"].unique().to_list() == [0.8]


def test_a_household_is_drawn_as_a_whole() -> None:
    members = assign_people(people(), "c9", 0.3, seed=1, cluster="household")
    assert members.group_by("cluster_id").agg(pl.col("arm").n_unique())["arm"].max() == 1
    assert (members["arm"] == "holdout").sum() == 30


def test_a_share_that_is_no_whole_number_is_rounded_by_chance_so_that_the_probability_holds() -> None:
    few = people(3)
    held = [(assign_people(few, "c9", 0.5, seed=seed)["arm"] == "holdout").sum() for seed in range(400)]
    assert set(held) == {1, 2}
    assert np.mean(held) == pytest.approx(1.5, abs=0.1)


def test_the_same_seed_draws_the_same_whatever_the_order_of_the_list() -> None:
    one = assign_people(people(), "c9", 0.2, seed=5, strata=["tier"], cluster="household")
    other = assign_people(people().reverse(), "c9", 0.2, seed=5, strata=["tier"], cluster="household")
    assert one.equals(other)


@pytest.mark.parametrize(
    ("frame", "share", "message"),
    [
        (people().head(3).with_columns(consumer_ref=pl.lit("same")), 0.2, "stands in the list once"),
        (people().drop("consumer_ref"), 0.2, "no column"),
        (people(), 1.0, "between 0 and 1"),
    ],
)
def test_a_list_or_share_that_cannot_be_drawn_is_refused(frame: pl.DataFrame, share: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        assign_people(frame, "c9", share, seed=1)
