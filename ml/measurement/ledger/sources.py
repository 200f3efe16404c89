"""What the measurements of a run say of one campaign's sales, as parts of the ledger.

Belongs here: from effects, store tests and tracking to parts. Does not: what is counted (parts.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ml.arrays import FloatArray
from ml.measurement.campaign_rows import CampaignRows, rows_of
from ml.measurement.estimators import residuals
from ml.measurement.ledger.parts import Evidence, Part

Z_90 = 1.644854
_STORE_EVIDENCE: dict[str, Evidence] = {
    "randomised": "randomised store test",
    "matched": "matched stores",
    "observational": "chosen stores",
}
_OTHERS_NOTE = (
    "sales of the campaign's products to people outside it, beyond their usual rate before and after; "
    "a price cut or advertising at the same time goes into it"
)
_DISAGREE = "the test and the comparison of untouched stores disagree, so no effect is ruled out"


@dataclass(frozen=True)
class OwnPurchases:
    """What members bought themselves: one part, or store and online with the correlation of their estimates."""

    parts: tuple[Part, ...]
    correlation: float = 0.0


def own_purchases(people: pl.DataFrame, effect: dict[str, object], seed: int) -> OwnPurchases:
    """The measured effect on members' net spend, times the members.

    Args:
        people: rows of the campaign in ml.features.training.training_frame.
        effect: its row of campaign_effects, outcome net_spend, measured.
        seed: of the adjustment; the seed of campaign_effects, so that the parts add up to it.
    """
    treated = float(str(effect["treated_count"]))
    extra, low, high = (treated * float(str(effect[name])) for name in ("effect", "effect_low", "effect_high"))
    if effect["design"] != "randomised":
        return OwnPurchases((Part("all", "members", "people compared with their like", extra, low, high),))
    whole = Part("all", "members", "randomised people test", extra, low, high)
    drawn = people.filter(pl.col("arm") != "comparison")
    both = [
        rows_of(drawn, pl.col(name).cast(pl.Float64), is_randomised=True)
        for name in ("net_spend_after_minor", "net_spend_after_online_minor")
    ]
    if both[0].y.size != both[1].y.size or np.ptp(both[1].y) == 0 or np.ptp(both[0].y - both[1].y) == 0:
        return OwnPurchases((whole,))
    (_, influence_all), (of_online, influence_online) = (_influence(rows, seed) for rows in both)
    # Published intervals scale with these spreads, and parts and whole keep their covariances.
    spread_all, spread_online = np.sqrt((influence_all**2).sum()), np.sqrt((influence_online**2).sum())
    reach = (high - low) / 2
    online_reach = reach * spread_online / spread_all
    influence_store = influence_all - influence_online
    spread_store = np.sqrt((influence_store**2).sum())
    store_reach = reach * spread_store / spread_all
    online = treated * of_online
    store = extra - online
    return OwnPurchases(
        (
            Part("store", "members", "randomised people test", store, store - store_reach, store + store_reach),
            Part("online", "members", "randomised people test", online, online - online_reach, online + online_reach),
        ),
        float((influence_store * influence_online).sum() / (spread_store * spread_online)),
    )


def _influence(rows: CampaignRows, seed: int) -> tuple[float, FloatArray]:
    """(difference of the arms' adjusted means, what each group assigned together adds to it)."""
    residual, _ = residuals(rows.X, rows.y, rows.treatment, rows.propensity, rows.cluster, seed)
    groups = int(rows.cluster.max()) + 1
    sums: list[FloatArray] = []
    means = []
    for arm, chance in ((1.0, rows.propensity), (0.0, 1 - rows.propensity)):
        weight = np.where(rows.treatment == arm, 1 / chance, 0.0)
        mean = float(np.average(residual, weights=weight))
        part = np.bincount(rows.cluster, weight * (residual - mean), groups) / weight.sum()
        inside = max(int(np.unique(rows.cluster[rows.treatment == arm]).size), 2)
        sums.append(part * np.sqrt(inside / (inside - 1)))
        means.append(mean)
    return means[0] - means[1], np.concatenate(sums)


def through_others(people: pl.DataFrame) -> Part | None:
    """Purchases of the campaign's products by people outside it, beyond the usual; None: no baseline or no value.

    Tracked ones pay their own, discounted, average; the others the usual value (ml/ambassador/capture.py does the same
    over all campaigns). The range is that of the counts.
    """
    row = people.drop_nulls(["caused_purchases_count", "caused_purchases_error_count", "purchase_value_minor"]).head(1)
    if row.is_empty() or not row["caused_purchases_error_count"][0]:
        return None
    known = row.row(0, named=True)
    caused, value, tracked = (
        known["caused_purchases_count"],
        known["purchase_value_minor"],
        known["tracked_purchases_count"],
    )
    net = known["tracked_net_minor"]
    coded = net / tracked if net and tracked else value
    with_code = float(np.clip(caused, 0, tracked or 0))
    extra = with_code * coded + (caused - with_code) * value
    reach = Z_90 * known["caused_purchases_error_count"] * value
    return Part("all", "others", "sales beyond the usual", extra, extra - reach, extra + reach, _OTHERS_NOTE)


def in_stores(lift: dict[str, object]) -> Part:
    """The measured extra sales of the campaign's stores: all buyers, all products.

    Where the test and its placebos disagree the range is made to hold 0.
    """
    extra, low, high = (float(str(lift[name])) for name in ("extra", "extra_low", "extra_high"))
    evidence = _STORE_EVIDENCE[str(lift["design"])]
    if lift["is_clear"] or low <= 0 <= high:
        return Part("store", "everybody", evidence, extra, low, high)
    return Part("store", "everybody", evidence, extra, min(low, 0.0), max(high, 0.0), _DISAGREE)


def claimed(members: pl.DataFrame) -> Part | None:
    """What codes and links tie to the members; None: nothing is tracked."""
    known = members.filter(pl.col("arm") == "treatment")["referred_net_minor"].drop_nulls()
    return Part("all", "others", "codes and links", float(known.sum())) if known.len() else None
