"""Members of a campaign together with influencers, and with promotions: every campaign, measured or refused in words.

Belongs here: which campaigns and outcomes, and the rows. Does not: windows (areas.py), the regression
(interaction.py), pages (visitors.py), its page (docs/methods/synergy.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from ml.arrays import BoolArray, FloatArray
from ml.errors import NothingToLearnError
from ml.measurement.synergy.areas import ANY, ORDERS, POST_DAYS, Burst, Meeting, Units, meeting
from ml.measurement.synergy.interaction import Changes, Interaction, interaction
from ml.measurement.synergy.promotions import promotion_change
from ml.measurement.synergy.schema import SYNERGY_SCHEMA
from ml.measurement.synergy.visitors import new_visitors

INTERVAL_LEVEL = 0.9
OUTCOMES = {"store_sales": "net_amount_minor", "store_receipts": "transactions_count"}
VISITORS = "new_visitor_orders"
INFLUENCER, PROMOTION = "influencer", "promotion"
# Days before that new visitors are compared with, as many as an influencer's post is taken to work.
VISITOR_DAYS_BEFORE = 2 * POST_DAYS
Rows = list[dict[str, Any]]


def synergy(marts: Mapping[str, pl.DataFrame], as_of: date, *, seed: int) -> dict[str, pl.DataFrame]:
    """The table synergy (schema.py).

    Args:
        marts: fct_influencer_bursts, fct_store_days, dim_stores, dim_campaigns, fct_campaign_members,
            bridge_campaign_products, fct_page_daily; sales and pages are read only where a campaign asks for them.
        as_of: last day that is known.
    """
    members = marts["fct_campaign_members"].filter(pl.col("unit").is_in(["store", "area"]))
    posts = marts["fct_influencer_bursts"]
    rows: Rows = []
    for campaign in marts["dim_campaigns"].sort("campaign_id").iter_rows(named=True):
        own = members.filter(pl.col("campaign_id") == campaign["campaign_id"])
        bursts = [
            Burst(row["published_on"], tuple(row["areas"] or ()), row["tier"])
            for row in posts.filter(pl.col("campaign_id") == campaign["campaign_id"])
            .sort("burst_id")
            .iter_rows(named=True)
        ]
        if bursts:
            rows += _with_influencer(campaign, own, bursts, marts, as_of, seed)
            rows.append(_on_pages(campaign, bursts, marts, as_of))
        if own.height:
            rows += _with_promotion(campaign, own, marts, as_of, seed)
    keys = ("campaign_id", "partner", "outcome", "order")
    return {"synergy": pl.DataFrame(rows, schema=SYNERGY_SCHEMA).sort(keys)}


def _label(campaign: Mapping[str, Any], outcome: str, partner: str, order: str = ANY) -> dict[str, Any]:
    return {
        "campaign_id": campaign["campaign_id"],
        "outcome": outcome,
        "partner": partner,
        "order": order,
        "interval_level": INTERVAL_LEVEL,
        # Whom the partner reached was not drawn by lot, or nobody recorded it.
        "design": "observational",
        "reading": "suggestive",
    }


def _with_influencer(
    campaign: Mapping[str, Any],
    own: pl.DataFrame,
    bursts: list[Burst],
    marts: Mapping[str, pl.DataFrame],
    as_of: date,
    seed: int,
) -> Rows:
    tiers = ", ".join(sorted({burst.tier for burst in bursts if burst.tier})) or None
    rows: Rows = []
    for outcome, value in OUTCOMES.items():
        label = _label(campaign, outcome, INFLUENCER) | {"tiers": tiers}
        try:
            if own.is_empty():
                raise NothingToLearnError(
                    "its members are people, not areas or stores: nothing tells where members and influencer met"
                )
            met = _met(campaign, own, bursts, marts, value, as_of)
            now, before = changes(met), changes(met, before=True)
            spans = list(met.windows.values())
            days = {"first_on": min(one[0] for one in spans), "last_on": max(one[1] for one in spans)}
            rows.append(label | days | _measured(now, before, seed))
            if len(spans) > 1:
                rows += [label | _of_order(met, order, now, before, seed) for order in met.windows]
        except NothingToLearnError as error:
            rows.append(label | {"status": "refused", "note": str(error)})
    return rows


def _with_promotion(
    campaign: Mapping[str, Any], own: pl.DataFrame, marts: Mapping[str, pl.DataFrame], as_of: date, seed: int
) -> Rows:
    label = _label(campaign, "store_receipts", PROMOTION)
    try:
        met = _met(campaign, own, [], marts, OUTCOMES["store_receipts"], as_of)
        (first, last) = met.windows[-1]
        dose = promotion_change(
            marts["fct_store_days"], marts["dim_stores"], met.panel, first, last, own["unit"][0] == "area"
        )
        partner = (dose > np.median(dose)).astype(np.float64)
        now, before = (
            _window(met, -1, partner, np.ones(len(dose), dtype=np.bool_), is_before) for is_before in (False, True)
        )
        return [label | {"first_on": first, "last_on": last} | _measured(now, before, seed)]
    except NothingToLearnError as error:
        return [label | {"status": "refused", "note": str(error)}]


def _met(
    campaign: Mapping[str, Any],
    own: pl.DataFrame,
    bursts: list[Burst],
    marts: Mapping[str, pl.DataFrame],
    value: str,
    as_of: date,
) -> Meeting:
    if campaign["starts_on"] is None or campaign["ends_on"] is None:
        raise NothingToLearnError("the first or the last day of the campaign is not known")
    stores = marts["dim_stores"].filter("is_known")
    by_area = own["unit"][0] == "area"
    area = stores.drop_nulls("area_id")
    area_of = dict(zip(area["area_id" if by_area else "store_id"], area["area_id"], strict=True))
    units = Units(
        tuple(sorted(own.filter(arm="treatment")["unit_id"].unique())),
        tuple(sorted(own.filter(pl.col("arm") != "treatment")["unit_id"].unique())),
        area_of,
        by_area,
    )
    days = marts["fct_store_days"].filter(pl.col("channel") == "store")
    if days.is_empty():
        raise NothingToLearnError("no sales of stores are known (pos_lines of channel store)")
    main = (
        days.group_by("currency").agg(pl.col("lines_count").sum()).sort("lines_count", descending=True)["currency"][0]
    )
    span = (campaign["starts_on"], campaign["ends_on"])
    return meeting(units, bursts, span, days.filter(pl.col("currency").eq_missing(main)), stores, value, as_of)


def _of_order(met: Meeting, order: int, now: Changes, before: Changes, seed: int) -> dict[str, Any]:
    """The row of one order; refused by itself where it has too few areas."""
    first, last = met.windows[order]
    label = {"order": ORDERS[order], "first_on": first, "last_on": last}
    rows = now.window == order
    try:
        return label | _measured(now.kept(rows), before.kept(rows), seed)
    except NothingToLearnError as error:
        return label | {"status": "refused", "note": str(error)}


def changes(met: Meeting, before: bool = False) -> Changes:
    """Every order's window: areas that met the influencer so, and all that met none; before: where no effect can be."""
    parts = [
        _window(met, order, (met.order == order).astype(np.float64), (met.order == order) | (met.order == -1), before)
        for order in met.windows
    ]
    return Changes(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Changes)))


def _window(met: Meeting, order: int, partner: FloatArray, inside: BoolArray, before: bool) -> Changes:
    """The areas inside in one window, or (before) in as many days just before any touch."""
    first, last = met.windows[order]
    length = min((last - first).days + 1, met.panel.periods_before // 2)
    change = met.change_before(length) if before else met.change(first, last)
    count = len(change)
    covariates = np.empty((count, 0)) if before else met.covariates()
    return Changes(
        change, met.nano, partner, np.full(count, order, dtype=np.int64), np.arange(count, dtype=np.int64), covariates
    ).kept(inside)


def _measured(now: Changes, before: Changes, seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    found, check = (interaction(rows, INTERVAL_LEVEL, rng) for rows in (now, before))
    neither, nano, partner, both = found.cells
    return {
        "both_count": both,
        "nano_count": nano,
        "partner_count": partner,
        "neither_count": neither,
        **_ranges(found),
        "check": check.both.value,
        "check_low": check.both.low,
        "check_high": check.both.high,
        "log_error": found.both.error,
        "freedom": found.both.freedom,
        "p_value": found.both.p_value,
        "status": "measured",
    }


def _ranges(found: Interaction) -> dict[str, float]:
    parts = {"nano_effect": found.nano, "partner_effect": found.partner, "interaction": found.both}
    ends = {
        f"{name}{end}": value
        for name, one in parts.items()
        for end, value in (("", one.value), ("_low", one.low), ("_high", one.high))
    }
    return ends | dict(zip(("additive", "additive_low", "additive_high"), found.additive, strict=True))


def _on_pages(
    campaign: Mapping[str, Any], bursts: list[Burst], marts: Mapping[str, pl.DataFrame], as_of: date
) -> dict[str, Any]:
    """New visitors of the campaign's pages while members and posts are both at work."""
    tiers = ", ".join(sorted({burst.tier for burst in bursts if burst.tier})) or None
    label = _label(campaign, VISITORS, INFLUENCER) | {"tiers": tiers}
    try:
        if campaign["starts_on"] is None or campaign["ends_on"] is None:
            raise NothingToLearnError("the first or the last day of the campaign is not known")
        posts = [burst.on for burst in bursts]
        first = max(campaign["starts_on"], min(posts))
        last = min(campaign["ends_on"], max(posts) + timedelta(days=POST_DAYS - 1))
        if last > as_of or last < first:
            raise NothingToLearnError("the campaign is not over, or its posts and members never worked at one time")
        untouched = min(campaign["starts_on"], min(posts)) - timedelta(days=1)
        before = (untouched - timedelta(days=VISITOR_DAYS_BEFORE - 1), untouched)
        products = marts["bridge_campaign_products"].filter(pl.col("campaign_id") == campaign["campaign_id"])
        found = new_visitors(marts["fct_page_daily"], products["product_id"], (first, last), before, INTERVAL_LEVEL)
    except NothingToLearnError as error:
        return label | {"status": "refused", "note": str(error)}
    check = found.returning
    return label | {
        "first_on": first,
        "last_on": last,
        "both_count": found.pages,
        "neither_count": found.others,
        "interaction": found.new.value,
        "interaction_low": found.new.low,
        "interaction_high": found.new.high,
        "check": None if check is None else check.value,
        "check_low": None if check is None else check.low,
        "check_high": None if check is None else check.high,
        "log_error": found.new.error,
        "freedom": found.new.freedom,
        "p_value": found.new.p_value,
        "status": "measured",
        "note": "pages cannot tell members from influencer: the change is of both together",
    }
