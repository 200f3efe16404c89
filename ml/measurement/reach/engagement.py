"""Engagement and amplification by tier, and the tiers' ratios within platform, month and kind.

A rate is a ratio of sums over the pieces that tell both numbers; rates by followers (ERF), reach (ERR) and impressions
(ERI) are three things. Belongs here: the rates and their intervals. Does not: reach (group.py).
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from ml.arrays import FloatArray

ENGAGEMENTS = ("likes_count", "comments_count", "shares_count", "saves_count")
TIERS = ("nano", "micro", "macro")
# Rate: (numerator, denominator).
RATES = {
    "engagement by followers": ("engagements", "followers"),
    "engagement by reach": ("engagements", "reach_count"),
    "engagement by impressions": ("engagements", "impressions_count"),
    "shares by reach": ("shares_count", "reach_count"),
    "reposts a post": ("reposts", "ones"),
}
FEWEST_ACCOUNTS, FEWEST_PIECES = 10, 5
FOLDS = 20
NORMAL_90 = 1.6448536269514722
ALL = "all"


def engagement_by_tier(pieces: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of engagement_by_tier: every rate by platform and tier, then the tiers against each other.

    Args:
        pieces: of audiences.social_pieces.
    """
    told = _with_numbers(pieces)
    rows: list[dict[str, Any]] = []
    for rate, (above, below) in RATES.items():
        own = told.filter((pl.col(below) > 0) & pl.col(above).is_not_null()).select(
            "platform", "tier", "month", "ugc_kind", "fold", "account_key", above=pl.col(above).cast(pl.Float64),
            below=pl.col(below).cast(pl.Float64),
        )  # fmt: skip
        for (platform, tier), part in own.partition_by("platform", "tier", as_dict=True).items():
            rows.append({"platform": platform, "rate": rate, "tier": tier} | _rate(part))
        for platform in sorted(set(own["platform"])):
            of_platform = own.filter(platform=platform)
            rows += [
                {"platform": platform, "rate": rate, "tier": one, "against_tier": other}
                | _ratio(of_platform, one, other, rate)
                for one, other in combinations(TIERS, 2)
            ]
    return sorted(rows, key=lambda row: (row["platform"], row["rate"], row.get("against_tier") or "", row["tier"]))


def _with_numbers(pieces: pl.DataFrame) -> pl.DataFrame:
    """Originals that stand, with engagements (of the kinds the platform reports), reposts, month and fold."""
    reposts = (
        pieces.filter(pl.col("repost_of_post_id").is_not_null())
        .group_by("platform", external_id="repost_of_post_id")
        .agg(reposts=pl.len())
    )
    originals = pieces.filter(pl.col("repost_of_post_id").is_null() & pl.col("published_on").is_not_null())
    has_reposts = set(reposts["platform"])
    told = pl.any_horizontal(pl.col(name).is_not_null() for name in ENGAGEMENTS)
    return originals.join(reposts, on=["platform", "external_id"], how="left").with_columns(
        engagements=pl.when(told).then(pl.sum_horizontal(ENGAGEMENTS)),
        reposts=pl.when(pl.col("platform").is_in(has_reposts)).then(pl.col("reposts").fill_null(0)),
        ones=pl.lit(1),
        month=pl.col("published_on").dt.truncate("1mo"),
        fold=pl.col("account_key").rank("dense") % FOLDS,
    )


def _rate(part: pl.DataFrame) -> dict[str, Any]:
    """Ratio of sums; its error from how accounts differ (linearised, on the log scale)."""
    by_account = part.group_by("account_key").agg(pl.col("above", "below").sum()).sort("account_key")
    above, below = by_account["above"].to_numpy(), by_account["below"].to_numpy()
    value, count = float(above.sum() / below.sum()), len(above)
    row = {"value": value, "pieces_count": part.height, "accounts_count": count, "status": "measured"}
    if count < FEWEST_ACCOUNTS or value == 0:
        return row | {"note": f"no range: it needs {FEWEST_ACCOUNTS} accounts and some engagement"}
    error = float(np.sqrt(count / (count - 1) * ((above - value * below) ** 2).sum())) / float(above.sum())
    return row | {"low": value * np.exp(-NORMAL_90 * error), "high": value * np.exp(NORMAL_90 * error)}


def _ratio(own: pl.DataFrame, one: str, other: str, rate: str) -> dict[str, Any]:
    """Tier `one` against `other` in the same month and kind (Mantel and Haenszel), with a jackknife over accounts."""
    found = {tier: own.filter(tier=tier) for tier in (one, other)}
    accounts = {tier: frame["account_key"].n_unique() for tier, frame in found.items()}
    counts = {
        "pieces_count": sum(frame.height for frame in found.values()),
        "accounts_count": sum(accounts.values()),
        "strata_count": 0,
    }
    scarce = [f"{tier} has {number}" for tier, number in accounts.items() if number < FEWEST_ACCOUNTS]
    if scarce:
        note = f"not testable: {rate} needs {FEWEST_ACCOUNTS} accounts of each tier; {', '.join(scarce)}"
        return counts | {"status": "refused", "note": note}
    above, below = _by_fold_and_stratum(own, one, other)
    counts["strata_count"] = above.shape[2]
    value = _mantel_haenszel(above.sum(axis=1), below.sum(axis=1))
    if value is None:
        note = "not testable: no month and kind with enough pieces and engagement of both tiers"
        return counts | {"status": "refused", "note": note}
    rest_above, rest_below = (part.sum(axis=1, keepdims=True) - part for part in (above, below))
    left = [_mantel_haenszel(rest_above[:, fold], rest_below[:, fold]) for fold in range(FOLDS)]
    logs = np.log(np.array([ratio for ratio in left if ratio is not None]))
    error = float(np.sqrt((len(logs) - 1) / len(logs) * ((logs - logs.mean()) ** 2).sum()))
    ends = {"low": value * float(np.exp(-NORMAL_90 * error)), "high": value * float(np.exp(NORMAL_90 * error))}
    return counts | {"value": value, "status": "measured"} | ends


def _by_fold_and_stratum(own: pl.DataFrame, one: str, other: str) -> tuple[FloatArray, FloatArray]:
    """(above, below), each tier × fold × stratum, of the months and kinds with enough pieces of both tiers."""
    cells = own.filter(pl.col("tier").is_in([one, other])).group_by("tier", "month", "ugc_kind", "fold")
    sums = cells.agg(pl.col("above", "below").sum(), pieces=pl.len())
    enough = (
        sums.group_by("month", "ugc_kind", "tier")
        .agg(pl.col("pieces").sum())
        .filter(pl.col("pieces") >= FEWEST_PIECES)
        .group_by("month", "ugc_kind")
        .agg(tiers=pl.len())
        .filter(pl.col("tiers") == 2)
        .sort("month", "ugc_kind")
        .select("month", "ugc_kind")
        .with_row_index("stratum")
    )
    placed = sums.join(enough, on=["month", "ugc_kind"]).with_columns(place=(pl.col("tier") == other).cast(pl.Int64))
    where = tuple(placed[name].to_numpy().astype(np.int64) for name in ("place", "fold", "stratum"))
    found = []
    for name in ("above", "below"):
        table = np.zeros((2, FOLDS, enough.height))
        table[where] = placed[name].to_numpy()
        found.append(table)
    return found[0], found[1]


def _mantel_haenszel(above: FloatArray, below: FloatArray) -> float | None:
    """Σ above·below'/(below+below') / Σ above'·below/(below+below'), over strata; rows are the two tiers."""
    weight = 1 / np.maximum(below.sum(axis=0), 1e-300)
    ends = float((above[0] * below[1] * weight).sum()), float((above[1] * below[0] * weight).sum())
    return ends[0] / ends[1] if min(ends) > 0 else None
