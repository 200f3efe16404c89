"""Who stays together in folds: people over campaigns, groups over people, and no chain of everybody."""

from __future__ import annotations

import polars as pl

from ml.clusters import assigned_together


def _rows(*pairs: tuple[str, str | None]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema={"consumer_key": pl.String, "cluster_id": pl.String}, orient="row")


def test_a_person_of_two_campaigns_and_their_household_stay_together() -> None:
    # Ten more people alone, so that the three rows are no chain of everybody.
    alone = [(f"z{number}", None) for number in range(20)]
    codes = assigned_together(_rows(("a", None), ("a", "h1"), ("b", "h1"), ("c", "h2"), *alone))
    assert codes[0] == codes[1] == codes[2] != codes[3]
    assert len(set(codes.tolist())) == 22


def test_campaigns_drawn_by_different_groups_do_not_chain_everybody_into_one() -> None:
    # Shops of one campaign and towns of another share their people: then the group a row was drawn in decides.
    rows = [(f"k{person}", f"shop {person % 5}") for person in range(50)]
    rows += [(f"k{person}", f"town {person // 10}") for person in range(50)]
    assert len(set(assigned_together(_rows(*rows)).tolist())) == 10


def test_a_group_and_a_person_of_the_same_name_are_not_the_same() -> None:
    alone = [(f"z{number}", None) for number in range(20)]
    codes = assigned_together(_rows(("h1", None), ("b", "h1"), *alone))
    assert codes[0] != codes[1]
