"""Reach of every campaign: gross, unique and effective, by platform and tier, and as a curve over ambassadors.

Belongs here: which accounts form a group, costs, the rows. Does not: the marts' reading (audiences.py), a group's reach
(group.py), the method's page (docs/methods/reach.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from ml.measurement.reach.audiences import campaign_accounts, campaign_contacts, social_pieces
from ml.measurement.reach.engagement import engagement_by_tier
from ml.measurement.reach.exact import FollowerLists
from ml.measurement.reach.group import Group, Row, measure_group
from ml.measurement.reach.schema import ALL, CURVE_SCHEMA, ENGAGEMENT_SCHEMA, REACH_SCHEMA

INTERVAL_LEVEL = 0.9
UNSIZED = "the audience of {} of {} accounts is not known: they are left out, so this is a lower reach"
NO_POSTS = "no social post is ascribed to the campaign: it needs social_posts with its hashtags, codes or tasks"
NO_SIZES = "no audience is known: social_profiles with followers_count are needed"


@dataclass(frozen=True)
class Population:
    """How many people could be reached at all.

    Attributes:
        market: over all platforms; None: not known.
        by_platform: where it is stated for a platform.
        basis: where the market's figure comes from, in words.
    """

    market: float | None = None
    by_platform: Mapping[str, float] = field(default_factory=dict)
    basis: str = "not known"

    def of(self, platform: str) -> tuple[float | None, str]:
        """(people, basis) of a platform, or of all."""
        if platform in self.by_platform:
            return self.by_platform[platform], "stated for the platform"
        return self.market, self.basis


def reach_of_campaigns(
    marts: Mapping[str, pl.DataFrame], lists: FollowerLists, population: Population, *, seed: int
) -> dict[str, pl.DataFrame]:
    """reach, reach_curve and engagement_by_tier (schema.py).

    Args:
        marts: fct_ugc, bridge_campaign_ugc, dim_accounts, fct_moments, fct_campaign_costs, dim_campaigns.
        lists: complete follower lists of some of the accounts.
        population: of the market and its platforms.
        seed: which pairs of lists are looked at where there are too many.
    """
    pieces = social_pieces(marts)
    accounts = campaign_accounts(pieces, marts["bridge_campaign_ugc"])
    contacts = campaign_contacts(pieces, marts["bridge_campaign_ugc"])
    costs = {campaign: (cost, currency) for campaign, cost, currency in _costs(marts["fct_campaign_costs"]).iter_rows()}
    rows: list[Row] = []
    curves: list[Row] = []
    for campaign in marts["dim_campaigns"]["campaign_id"].sort():
        own, met = accounts.filter(campaign_id=campaign), contacts.filter(campaign_id=campaign)
        if own.is_empty():
            refused = {"status": "refused", "note": NO_POSTS}
            rows.append({"campaign_id": campaign, "platform": ALL, "tier": ALL} | refused)
        for platform, tier in _groups(own):
            label = {"campaign_id": campaign, "platform": platform, "tier": tier}
            row, points = _measured(_part(own, platform, tier), lists, population.of(platform), seed)
            row |= label | _totals(_part(met, platform, tier))
            if (platform, tier) == (ALL, ALL):
                row |= _per_thousand(row, *costs.get(campaign, (None, None)))
                curves += [{"campaign_id": campaign} | point for point in points]
            rows.append(row)
    return {
        "reach": pl.DataFrame(rows, schema=REACH_SCHEMA).sort("campaign_id", "platform", "tier"),
        "reach_curve": pl.DataFrame(curves, schema=CURVE_SCHEMA).sort("campaign_id", "ambassadors_count"),
        "engagement_by_tier": pl.DataFrame(engagement_by_tier(pieces), schema=ENGAGEMENT_SCHEMA),
    }


def _groups(accounts: pl.DataFrame) -> list[tuple[str, str]]:
    """(platform, tier) of every group there is: the whole, each platform, each tier, each of both."""
    if accounts.is_empty():
        return []
    platforms, tiers = accounts["platform"].unique().sort(), accounts["tier"].unique().sort()
    both = accounts.select("platform", "tier").unique().sort("platform", "tier").rows()
    return [(ALL, ALL), *((one, ALL) for one in platforms), *((ALL, one) for one in tiers), *both]


def _part(frame: pl.DataFrame, platform: str, tier: str) -> pl.DataFrame:
    wanted = {name: value for name, value in (("platform", platform), ("tier", tier)) if value != ALL}
    return frame.filter(**wanted) if wanted else frame


def _measured(
    accounts: pl.DataFrame, lists: FollowerLists, population: tuple[float | None, str], seed: int
) -> tuple[Row, list[Row]]:
    """A row of reach without its labels, and the points of its curve."""
    complete = lists.sizes()
    listed = pl.col("account_key").replace_strict(complete, default=None, return_dtype=pl.Float64)
    sized = accounts.with_columns(listed=listed).with_columns(size=pl.coalesce("listed", "size"))
    known = sized.filter(pl.col("size") > 0)
    unsized = sized["size"].null_count()
    row: Row = {
        "accounts_count": accounts.height,
        "sized_accounts_count": accounts.height - unsized,
        "listed_accounts_count": known["listed"].count(),
        "population": population[0],
        "population_basis": population[1],
    }
    if known.is_empty():
        return row | {"status": "refused", "note": NO_SIZES}, []
    group = Group(
        tuple(known["account_key"]),
        known["size"].to_numpy().astype(np.float64),
        (known["size"] * known["seen_share"]).to_numpy().astype(np.float64),
        tuple(known["listed"].is_not_null().arg_true().to_list()),
    )
    found, points = measure_group(group, lists, population[0], seed)
    notes = [UNSIZED.format(unsized, accounts.height) if unsized else None, found.get("note")]
    row |= found | {"gross_reach": group.gross, "status": "measured", "interval_level": INTERVAL_LEVEL}
    return row | {"note": "; ".join(filter(None, notes)) or None}, points


def _totals(contacts: pl.DataFrame) -> dict[str, Any]:
    """Counts and contacts of a group's pieces; NULL stays NULL where nothing is known of any."""
    names = [name for name in contacts.columns if name not in ("campaign_id", "platform", "tier")]
    known = (pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in names)
    return contacts.select(*known).row(0, named=True)


def _costs(costs: pl.DataFrame) -> pl.DataFrame:
    """campaign_id, cost, currency; NULL where a campaign's costs are in several currencies."""
    total = costs.group_by("campaign_id").agg(pl.col("amount_minor").sum(), pl.col("currency").unique())
    one = pl.col("currency").list.len() == 1
    return total.select(
        "campaign_id", pl.when(one).then("amount_minor"), pl.when(one).then(pl.col("currency").list.first())
    )


def _per_thousand(row: Row, cost: int | None, currency: str | None) -> Row:
    """Cost of 1,000 people reached, of 1,000 who saw a piece, of 1,000 contacts; dearest where reach is lowest."""
    divisors = {
        "cost_per_1000_unique": "unique_reach",
        "cost_per_1000_unique_low": "unique_high",
        "cost_per_1000_unique_high": "unique_low",
        "cost_per_1000_effective": "effective_unique",
        "cost_per_1000_contacts": "contacts",
    }
    found = {name: 1000 * cost / row[by] for name, by in divisors.items() if cost is not None and row.get(by)}
    return {"cost_minor": cost, "currency": currency} | found
