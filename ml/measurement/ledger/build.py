"""The ledger of a run: what each campaign sold beyond what would have been sold, and what that cost.

Belongs here: the two tables, money per money. Does not: where parts come from (sources.py), what is counted (parts.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from ml.measurement.ledger.parts import CLAIMED, Part, Sum, counted_once, total
from ml.measurement.ledger.sources import claimed, in_stores, own_purchases, through_others

INTERVAL_LEVEL = 0.9
PARTS_SCHEMA: dict[str, pl.DataType] = {
    "campaign_id": pl.String(),
    "channel": pl.String(),
    "buyers": pl.String(),
    "evidence": pl.String(),
    "currency": pl.String(),
    "extra_minor": pl.Float64(),
    "extra_low_minor": pl.Float64(),
    "extra_high_minor": pl.Float64(),
    "is_counted": pl.Boolean(),
    "note": pl.String(),
}
_FIGURES = (
    "extra_minor", "extra_low_minor", "extra_high_minor", "claimed_minor", "cost_minor",
    "iroas", "iroas_low", "iroas_high", "new_buyers", "new_buyers_low", "new_buyers_high",
    "cost_per_new_buyer_minor", "cost_per_new_buyer_low_minor", "cost_per_new_buyer_high_minor", "interval_level",
)  # fmt: skip
VALUE_SCHEMA: dict[str, pl.DataType] = {
    "campaign_id": pl.String(),
    "currency": pl.String(),
    **{name: pl.Float64() for name in _FIGURES},
    "design": pl.String(),
    "status": pl.String(),
    "note": pl.String(),
}
_DESIGNS = {
    "randomised store test": "randomised",
    "randomised people test": "randomised",
    "matched stores": "matched",
}
_WEAKEST_FIRST = ("observational", "matched", "randomised")


def ledger(
    campaigns: pl.DataFrame,
    members: pl.DataFrame,
    people: pl.DataFrame,
    effects: pl.DataFrame,
    lifts: pl.DataFrame,
    costs: pl.DataFrame,
    *,
    currency: str,
    seed: int,
) -> dict[str, pl.DataFrame]:
    """incremental_sales (one row per campaign and part) and campaign_value (one row per campaign, and their sum).

    Args:
        campaigns: campaign_id of all campaigns.
        members: fct_campaign_members: campaign_id, arm, referred_net_minor.
        people: ml.features.training.training_frame.
        effects, lifts: campaign_effects and store_lift of the run.
        costs: fct_campaign_costs: campaign_id, amount_minor, currency.
        currency: the brand's; parts in other money are left out and the campaign's note says so.
        seed: the seed of `effects`.

    Returns:
        Amounts in minor units of `currency`. The row without campaign_id is the sum of the campaigns that have one,
        their errors taken as independent. A campaign of which nothing can be counted is refused with a note.
    """
    rows: list[dict[str, Any]] = []
    values: list[dict[str, Any]] = []
    sums: list[Sum] = []
    for campaign_id in campaigns["campaign_id"].unique().sort():
        own = {
            name: frame.filter(pl.col("campaign_id") == campaign_id)
            for name, frame in (("members", members), ("people", people), ("effects", effects), ("lifts", lifts))
        }
        parts, correlation = _parts(own, currency, seed)
        parts = counted_once(parts)
        rows += [_row(str(campaign_id), currency, part) for part in parts]
        found = total(parts, correlation)
        sums += [] if found is None else [found]
        spent = costs.filter(pl.col("campaign_id") == campaign_id)
        values.append(_value(str(campaign_id), currency, parts, found, spent, own))
    if sums:
        values.append(_all_campaigns(currency, sums, values))
    return {
        "incremental_sales": pl.DataFrame(rows, schema=PARTS_SCHEMA),
        "campaign_value": pl.DataFrame(values, schema=VALUE_SCHEMA),
    }


def _measured(frame: pl.DataFrame, outcome: str, currency: str | None) -> dict[str, Any] | None:
    rows = frame.filter(pl.col("outcome") == outcome, pl.col("status") == "measured")
    if currency is not None:
        rows = rows.filter(pl.col("currency") == currency)
    return rows.row(0, named=True) if rows.height else None


def _parts(
    own: Mapping[str, pl.DataFrame], currency: str, seed: int
) -> tuple[list[Part], dict[tuple[int, int], float]]:
    """All parts of a campaign, in any order of worth, and the correlations of their estimates."""
    parts: list[Part] = []
    correlation: dict[tuple[int, int], float] = {}
    if (effect := _measured(own["effects"], "net_spend", currency)) is not None:
        bought = own_purchases(own["people"], effect, seed)
        parts += bought.parts
        if len(bought.parts) == 2:
            correlation[0, 1] = bought.correlation
    if (lift := _measured(own["lifts"], "store_sales", currency)) is not None:
        parts.append(in_stores(lift))
    for part in (through_others(own["people"]), claimed(own["members"])):
        parts += [] if part is None else [part]
    return parts, correlation


def _row(campaign_id: str, currency: str, part: Part) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "channel": part.channel,
        "buyers": part.buyers,
        "evidence": part.evidence,
        "currency": currency,
        "extra_minor": part.extra,
        "extra_low_minor": part.low,
        "extra_high_minor": part.high,
        "is_counted": part.is_counted,
        "note": part.note,
    }


def _value(
    campaign_id: str,
    currency: str,
    parts: Sequence[Part],
    found: Sum | None,
    costs: pl.DataFrame,
    own: Mapping[str, pl.DataFrame],
) -> dict[str, Any]:
    """One row of campaign_value."""
    row: dict[str, Any] = dict.fromkeys(VALUE_SCHEMA) | {
        "campaign_id": campaign_id,
        "currency": currency,
        "claimed_minor": next((part.extra for part in parts if part.evidence == CLAIMED), None),
        "interval_level": INTERVAL_LEVEL,
        "status": "refused",
    }
    in_currency = costs.height > 0 and (costs["currency"] == currency).all()
    cost = float(costs["amount_minor"].sum()) if in_currency else None
    row["cost_minor"] = cost
    if found is None:
        return row | {"note": _why_nothing(own)}
    designs = {_DESIGNS.get(part.evidence, "observational") for part in parts if part.is_counted}
    row |= _amounts(found, cost) | {
        "status": "measured",
        "design": next(design for design in _WEAKEST_FIRST if design in designs),
        "note": _note(parts, cost, costs.height > 0),
    }
    return row | _buyers(_measured(own["effects"], "first_purchase", None), cost)


def _amounts(found: Sum, cost: float | None) -> dict[str, float | None]:
    """Extra sales and, where the cost is known and not nothing, each over the cost."""
    return {"extra_minor": found.extra, "extra_low_minor": found.low, "extra_high_minor": found.high} | {
        name: value / cost if cost else None
        for name, value in (("iroas", found.extra), ("iroas_low", found.low), ("iroas_high", found.high))
    }


def _buyers(effect: Mapping[str, Any] | None, cost: float | None) -> dict[str, float | None]:
    """Members who bought for the first time because of the campaign, and what each cost.

    Where the range of buyers reaches 0, no cost is too high to be ruled out: the high end is NULL.
    """
    if effect is None:
        return {}
    ends = [effect["treated_count"] * effect[name] for name in ("effect", "effect_low", "effect_high")]
    mean, few, many = (cost / end if cost and end > 0 else None for end in ends)
    return dict(zip(("new_buyers", "new_buyers_low", "new_buyers_high"), ends, strict=True)) | {
        "cost_per_new_buyer_minor": mean,
        "cost_per_new_buyer_low_minor": many,
        "cost_per_new_buyer_high_minor": few,
    }


def _note(parts: Sequence[Part], cost: float | None, has_costs: bool) -> str | None:
    """What the total leaves out."""
    counted = {part.buyers for part in parts if part.is_counted}
    notes = []
    if counted == {"members"}:
        notes.append("only what members bought themselves: what they sold to others could not be measured")
    if counted == {"others"}:
        notes.append("only what others bought: no test of the members' own purchases")
    if cost is None:
        notes.append("costs are in other money" if has_costs else "no costs are known (campaign_costs)")
    return "; ".join(notes) or None


def _why_nothing(own: Mapping[str, pl.DataFrame]) -> str:
    refused = [
        note
        for frame, outcome in ((own["effects"], "net_spend"), (own["lifts"], "store_sales"))
        for note in frame.filter(pl.col("outcome") == outcome)["note"].drop_nulls()
    ]
    return "; ".join(dict.fromkeys(refused)) or "no test of people or stores and no baseline of the products' sales"


def _all_campaigns(currency: str, sums: Sequence[Sum], values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The row of all campaigns that have a total. Costs and claims are of the same campaigns."""
    as_parts = [Part("all", "everybody", CLAIMED, one.extra, one.low, one.high, is_counted=True) for one in sums]
    whole = total(as_parts)
    assert whole is not None, "there is at least one sum"
    counted = [row for row in values if row["status"] == "measured"]
    costs = [row["cost_minor"] for row in counted]
    cost = None if None in costs else float(sum(costs))
    claims = [row["claimed_minor"] for row in counted if row["claimed_minor"] is not None]
    designs = {row["design"] for row in counted}
    left_out = len(values) - len(counted)
    return (
        dict.fromkeys(VALUE_SCHEMA)
        | {
            "currency": currency,
            "claimed_minor": float(sum(claims)) if claims else None,
            "cost_minor": cost,
            "interval_level": INTERVAL_LEVEL,
            "design": next(design for design in _WEAKEST_FIRST if design in designs),
            "status": "measured",
            "note": f"{left_out} campaigns could not be measured and are not in it" if left_out else None,
        }
        | _amounts(whole, cost)
    )
