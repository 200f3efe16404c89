"""Counting pieces of UGC, and beside each count how many people wrote them.

Belongs here: that pair of expressions. Does not: what is too few (contract_groups.py, small_groups.py).

A piece whose author is not given counts as of a person of its own: nothing in the data ties it to anybody.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from orchestration.exports.contract_groups import RULES, people_of

AUTHOR = pl.coalesce("consumer_key", "ugc_key")


def pieces_and_people(**conditions: pl.Expr) -> dict[str, pl.Expr]:
    """For a group_by over pieces with consumer_key and ugc_key: how many fulfil each condition, and by how many people.

    Args:
        conditions: name of the count → what its pieces fulfil; unknown is not among those known to.
    """
    told = {}
    for name, condition in conditions.items():
        fulfils = condition.fill_null(False) & AUTHOR.is_not_null()  # every piece has a key: as long as the group
        told[name] = fulfils.sum().cast(pl.Int64)
        told[people_of(name)] = AUTHOR.filter(fulfils).n_unique().cast(pl.Int64)
    return told


def beside(output: str) -> Sequence[str]:
    """The counts of people that an output carries until small groups are taken out of it."""
    return [people_of(name) for name in RULES[output].of_pieces]
