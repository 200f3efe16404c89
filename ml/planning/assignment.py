"""Drawing by lot, before launch: stores in matched pairs, people by stratum and cluster. Rows of campaign_members.

Belongs here: the draw and its probabilities. Does not: files (orchestration/planning.py), power (store_lift/power.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from ml.arrays import FloatArray, IntArray
from ml.errors import InputError
from ml.measurement.store_lift.features import before_start

# The columns of the stream campaign_members.
MEMBER_SCHEMA: dict[str, pl.DataType] = {
    "campaign_id": pl.String(),
    "unit": pl.String(),
    "unit_ref": pl.String(),
    "arm": pl.String(),
    "assigned_at": pl.Datetime("us"),
    "assignment_probability": pl.Float64(),
    "cluster_id": pl.String(),
}
# The trend and the factors of the stores' past count less than their size: they are noisier.
_FACTOR_WEIGHT = 0.5
_RECENT = 4


def assign_stores(
    stores: Sequence[str], history: FloatArray, campaign_id: str, treated: int, seed: int
) -> pl.DataFrame:
    """Pairs of stores alike in size, trend and movement; in `treated` pairs drawn by lot, one store by lot.

    Every store in a pair has the same probability: treated / (2 · pairs). A store left over by an odd count is never
    drawn (probability 0) and stands in the arm comparison.

    Args:
        stores: store_ids, in the order of history's rows.
        history: (stores, weeks) sales, complete.

    Raises:
        InputError: more stores asked for than there are pairs, or fewer than one.
    """
    pairs = match_pairs(history)
    if not 1 <= treated <= len(pairs):
        raise InputError(f"{treated} stores asked for: {len(stores)} stores make {len(pairs)} pairs, one a pair")
    rng = np.random.default_rng(seed)
    drawn = rng.choice(len(pairs), treated, replace=False)
    side = rng.integers(0, 2, len(pairs))
    arm = np.full(len(stores), "comparison", dtype=object)
    pair_of = np.full(len(stores), -1)
    for number, pair in enumerate(pairs):
        arm[pair] = "control"
        pair_of[pair] = number
        if number in drawn:
            arm[pair[side[number]]] = "treatment"
    chance = treated / (2 * len(pairs))
    return pl.DataFrame(
        {
            "campaign_id": [campaign_id] * len(stores),
            "unit": ["store"] * len(stores),
            "unit_ref": list(stores),
            "arm": arm.tolist(),
            "assigned_at": [None] * len(stores),
            "assignment_probability": [chance if number >= 0 else 0.0 for number in pair_of],
            "cluster_id": [f"pair {number + 1}" if number >= 0 else None for number in pair_of],
        },
        schema=MEMBER_SCHEMA,
    ).sort("unit_ref")


def match_pairs(history: FloatArray) -> IntArray:
    """Pairs of rows, the closest two first, each row once: (pairs, 2). Greedy on size, recent trend and factors."""
    before = before_start(history, max(history.shape[1] - _RECENT, 1))
    size = np.log(np.maximum(history.mean(axis=1), 1e-12))
    spread = max(float(size.std()), 1e-12)
    traits = np.column_stack([size / spread, _FACTOR_WEIGHT * before.trend, _FACTOR_WEIGHT * before.factors[:, :2]])
    distance = np.linalg.norm(traits[:, None] - traits[None], axis=2)
    first, second = np.triu_indices(len(traits), 1)
    order = np.argsort(distance[first, second], kind="stable")
    free, pairs = np.ones(len(traits), dtype=np.bool_), []
    for left, right in zip(first[order], second[order], strict=True):
        if free[left] and free[right]:
            free[[left, right]] = False
            pairs.append((int(left), int(right)))
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def assign_people(
    people: pl.DataFrame,
    campaign_id: str,
    holdout_share: float,
    seed: int,
    *,
    strata: Sequence[str] = (),
    cluster: str | None = None,
) -> pl.DataFrame:
    """Treatment or holdout by lot within strata, whole clusters together.

    In a stratum of n clusters the holdout has n · share of them; where that is no whole number chance rounds it, so
    that everybody's probability of treatment is exactly 1 - share.

    Args:
        people: consumer_ref, and the columns of strata and cluster; an unknown stratum is a stratum, a person without
            cluster is a cluster of their own.
        cluster: what is assigned together (a household, a friends' circle); its stratum is that of its first person.

    Raises:
        InputError: a share outside 0 to 1, a column that is not there, a person twice or without a reference.
    """
    if not 0 < holdout_share < 1:
        raise InputError(f"the holdout share must lie between 0 and 1, not {holdout_share}")
    needed = ["consumer_ref", *strata, *([cluster] if cluster else [])]
    if missing := sorted(set(needed) - set(people.columns)):
        raise InputError(f"the list of people has no column {missing}; it has {people.columns}")
    rows = people.select(needed).with_columns(pl.col("consumer_ref").cast(pl.String)).sort("consumer_ref")
    if rows["consumer_ref"].null_count() or rows["consumer_ref"].n_unique() != rows.height:
        raise InputError("every person needs a consumer_ref, and stands in the list once")
    alone = pl.concat_str(pl.lit("person "), "consumer_ref")
    group = (
        pl.coalesce(pl.concat_str(pl.lit(f"{cluster} "), pl.col(cluster).cast(pl.String)), alone) if cluster else alone
    )
    layers = [
        pl.col(name).cast(pl.String).fill_null("unknown").str.replace_all("|", " ", literal=True) for name in strata
    ]
    rows = rows.with_columns(
        group=group, stratum=pl.concat_str(*layers, separator="|") if layers else pl.lit("everybody")
    )
    groups = rows.group_by("group", maintain_order=True).agg(pl.col("stratum").first()).sort("stratum", "group")
    rng = np.random.default_rng(seed)
    held: list[str] = []
    for (_,), own in groups.group_by("stratum", maintain_order=True):
        share = own.height * holdout_share
        count = int(share) + int(rng.random() < share - int(share))
        names = own["group"].to_list()
        held += [names[place] for place in rng.permutation(len(names))[:count]]
    is_held = pl.col("group").is_in(held)
    return rows.select(
        campaign_id=pl.lit(campaign_id),
        unit=pl.lit("consumer"),
        unit_ref=pl.col("consumer_ref"),
        arm=pl.when(is_held).then(pl.lit("holdout")).otherwise(pl.lit("treatment")),
        assigned_at=pl.lit(None, pl.Datetime("us")),
        assignment_probability=pl.lit(1 - holdout_share),
        cluster_id=pl.col(cluster).cast(pl.String) if cluster else pl.lit(None, pl.String),
    ).cast(pl.Schema(MEMBER_SCHEMA))
