"""Who must stay together in folds and bootstraps: a person in all campaigns, and whoever was assigned with them.

Belongs here: from people and assigned groups to one label a row. Does not: folds (arrays.py), intervals (evaluate/).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ml.arrays import IntArray, cluster_codes

# Several campaigns assigned by different groups can chain everybody into one: no fold can be made of that.
LARGEST_SHARE = 0.2


def assigned_together(rows: pl.DataFrame) -> IntArray:
    """(n,) code of what no split may part.

    Rows of one person share it, and so do rows of one assigned group (a store's people, a household); a group's id
    means the same group in every campaign. Where that would chain more than LARGEST_SHARE of the rows together, the
    assigned group decides alone, else the person.

    Args:
        rows: consumer_key, and cluster_id (NULL: the person was assigned alone).
    """
    person = cluster_codes(rows["consumer_key"].to_numpy(), rows.height)
    alone = pl.concat_str(pl.lit("person "), "consumer_key")
    group = pl.coalesce(pl.concat_str(pl.lit("group "), "cluster_id"), alone)
    groups = cluster_codes(rows.select(group).to_series().to_numpy(), rows.height)
    people, sets = (int(codes.max(initial=-1)) + 1 for codes in (person, groups))
    links = coo_array((np.ones(rows.height), (person, people + groups)), shape=(people + sets, people + sets))
    component = connected_components(links, directed=False)[1][person].astype(np.int64)
    if rows.height and np.bincount(component).max() > LARGEST_SHARE * rows.height:
        return groups
    return cluster_codes(component, rows.height)
