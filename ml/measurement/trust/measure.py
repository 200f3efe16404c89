"""What contacts are worth under each published figure of trust: a table of sensitivity, never one hidden constant.

    trusted contacts = contacts of a channel · share who trust that channel, source by source

Belongs here: contacts by channel, the table. Does not: the figures (dbt seed trust_weights), counting who was told
(word_of_mouth/).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

TRUST_SCHEMA: dict[str, pl.DataType] = {
    "campaign_id": pl.String(),
    "source": pl.String(),
    "published_year": pl.Int64(),
    "scale": pl.String(),
    "channel": pl.String(),
    "contacts": pl.Float64(),
    "contacts_are": pl.String(),
    "trust_share": pl.Float64(),
    "trusted_contacts": pl.Float64(),
    "weighted_share": pl.Float64(),
    "status": pl.String(),
    "note": pl.String(),
}
ALL = "all channels"
FRIENDS, POSTS, PAGES = "friends_and_family", "online_opinions", "brand_site"
CHANNELS = (FRIENDS, POSTS, PAGES)
MISSING = {
    FRIENDS: "how many people were told is not measured (wom_surveys)",
    POSTS: "platforms report no reach of the campaign's posts (social_post_metrics)",
    PAGES: "no views of the campaign's pages are known (product_page_daily)",
}


def trust_sensitivity(frames: Mapping[str, pl.DataFrame], as_of: date) -> dict[str, pl.DataFrame]:
    """trust_sensitivity: one row per campaign that has contacts, source of trust figures and channel, and all channels.

    Args:
        frames: dim_trust_weights, dim_campaigns, fct_campaign_daily, bridge_campaign_products, fct_page_daily, and the
            measurement word_of_mouth.
        as_of: last day known; pages count up to it.
    """
    contacts = campaign_contacts(frames, as_of)
    weights = frames["dim_trust_weights"].sort("source", "published_year", nulls_last=True)
    sources = weights.select("source", "published_year", "scale").unique(maintain_order=True)
    rows: list[dict[str, Any]] = []
    for campaign, parts in contacts.items():
        for source in sources.iter_rows(named=True):
            own = weights.filter(
                pl.col("source").eq(source["source"]) & pl.col("published_year").eq_missing(source["published_year"])
            )
            given = dict(own.select("channel", "trust_share").iter_rows())
            rows += [{"campaign_id": campaign} | source | row for row in _rows(parts, given)]
    keys = ("campaign_id", "source", "published_year", "channel")
    return {"trust_sensitivity": pl.DataFrame(rows, schema=TRUST_SCHEMA).sort(keys, nulls_last=True)}


def campaign_contacts(frames: Mapping[str, pl.DataFrame], as_of: date) -> dict[str, dict[str, tuple[float, str]]]:
    """Campaign → channel → contacts and what they are; a channel that nobody counted is absent, never zero."""
    found: dict[str, dict[str, tuple[float, str]]] = {}
    told = frames["word_of_mouth"].filter(pl.col("status") == "measured").sort("campaign_id")
    for row in told.iter_rows(named=True):
        whole = row["reach"] is not None
        words = "people told by members and by those who heard it" if whole else "people told by members themselves"
        found.setdefault(row["campaign_id"], {})[FRIENDS] = (row["reach"] if whole else row["direct_reach"], words)
    for campaign, count in _summed(frames["fct_campaign_daily"], "reach_count"):
        found.setdefault(campaign, {})[POSTS] = (count, "people reached, as platforms report them")
    for campaign, count in _summed(_page_days(frames, as_of), "views_count"):
        if campaign in found:
            found[campaign][PAGES] = (count, "views of the campaign's pages while it ran")
    return dict(sorted(found.items()))


def _page_days(frames: Mapping[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    days = frames["dim_campaigns"].join(frames["bridge_campaign_products"], on="campaign_id")
    return frames["fct_page_daily"].join(days, on="product_id").filter(
        pl.col("page_on").is_between("starts_on", "ends_on") & (pl.col("page_on") <= as_of)
    )  # fmt: skip


def _summed(days: pl.DataFrame, column: str) -> list[tuple[str, float]]:
    """Sum of what is known by campaign; campaigns without any known value are absent."""
    known = days.drop_nulls(["campaign_id", column])
    return list(
        known.group_by("campaign_id").agg(pl.col(column).sum().cast(pl.Float64)).sort("campaign_id").iter_rows()
    )


def _rows(parts: Mapping[str, tuple[float, str]], given: Mapping[str, float]) -> list[dict[str, Any]]:
    """The channels under one source, and all of them together: only those that have both contacts and a figure."""
    rows: list[dict[str, Any]] = []
    for channel in CHANNELS:
        count, words = parts.get(channel, (None, None))
        weight = given.get(channel)
        both = count is not None and weight is not None
        why = MISSING[channel] if count is None else "the source gives no figure for this channel"
        rows.append(
            {
                "channel": channel,
                "contacts": count,
                "contacts_are": words,
                "trust_share": weight,
                "trusted_contacts": count * weight if count is not None and weight is not None else None,
                "status": "measured" if both else "refused",
                "note": None if both else why,
            }
        )
    known = [row for row in rows if row["status"] == "measured"]
    if not known:
        return [*rows, {"channel": ALL, "status": "refused", "note": "no channel has both contacts and a figure"}]
    contacts, trusted = (sum(row[name] for row in known) for name in ("contacts", "trusted_contacts"))
    left_out = [row["channel"] for row in rows if row["status"] == "refused"]
    whole = {
        "channel": ALL,
        "contacts": contacts,
        "trusted_contacts": trusted,
        "weighted_share": trusted / contacts if contacts else None,
        "status": "measured",
        "note": f"without {', '.join(left_out)}: see their rows" if left_out else None,
    }
    return [*rows, whole]
