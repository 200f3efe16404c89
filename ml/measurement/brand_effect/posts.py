"""Do posts sell? What people say, what codes and links show, what a holdout shows: three shares that are not the same.

The surveyed share counts people who bought anyway; codes and links count those who used them, for whatever reason; only
the holdout tells what would not have been bought. Belongs here: the three rows. Does not: brand questions (measure.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from ml.measurement.brand_effect.answers import difference, wilson

FEWEST_PEOPLE = 30
SAID, TRACKED, HELD_OUT = "said in a survey", "came by code or link", "more than in the holdout"


def posts_sell_rows(marts: Mapping[str, pl.DataFrame], as_of: date, level: float) -> list[dict[str, Any]]:
    """Three rows for every campaign with posts, members' codes or links, or a survey of purchases after posts.

    A campaign of coupons or samples that nobody posted about sells by other ways, and has no row.

    Args:
        marts: fct_survey_answers, fct_campaign_members, fct_campaign_events, dim_campaigns.
        as_of: last day known.
    """
    rows: list[dict[str, Any]] = []
    for campaign in marts["dim_campaigns"].sort("campaign_id").iter_rows(named=True):
        identifier = campaign["campaign_id"]
        own = {
            name: marts[name].filter(pl.col("campaign_id") == identifier)
            for name in ("fct_survey_answers", "fct_campaign_members", "fct_campaign_events")
        }
        members = own["fct_campaign_members"].filter(pl.col("unit") == "consumer")
        referred = own["fct_campaign_events"].drop_nulls("referrer_consumer_key")
        asked = own["fct_survey_answers"].filter(pl.col("survey") == "wom").drop_nulls("bought_after_post")
        if referred.is_empty() and asked.is_empty() and members.drop_nulls("published_on").is_empty():
            continue
        label = {"campaign_id": identifier, "interval_level": level}
        is_over = campaign["ends_on"] is None or campaign["ends_on"] <= as_of
        found = (
            _said(asked, level),
            _tracked(referred, level),
            _held_out(members, level),
        )
        for row in found:
            refused = {"status": "refused", "note": f"the campaign is not over: it ends on {campaign['ends_on']}"}
            rows.append(label | ({**_kind(row), **refused} if not is_over else row))
    return rows


def _kind(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("measure", "design")}


def _said(asked: pl.DataFrame, level: float) -> dict[str, Any]:
    """Share of those asked who say they bought after seeing a post; the last answer of each person."""
    asked = asked.drop_nulls("consumer_key").sort("surveyed_at").unique("consumer_key", keep="last")
    label = {"measure": SAID, "design": "observational"}
    if asked.height < FEWEST_PEOPLE:
        why = f"{asked.height} people were asked whether they bought after a post: at least {FEWEST_PEOPLE} are needed"
        return label | {"status": "refused", "note": why}
    bought = int(asked["bought_after_post"].sum())
    note = "as people say it: they may have bought anyway, and remember what fits"
    return label | _share(bought, asked.height, level) | {"status": "measured", "note": note}


def _tracked(events: pl.DataFrame, level: float) -> dict[str, Any]:
    """Of known people who came by a member's code or link, those who bought; clicks of nobody known give no share."""
    label = {"measure": TRACKED, "design": "observational"}
    redeemed = events.filter(pl.col("kind") == "code_redeemed").drop_nulls("consumer_key")["consumer_key"].unique()
    clicked = events.filter(pl.col("kind") == "link_click").drop_nulls("consumer_key")["consumer_key"].unique()
    came = pl.concat([redeemed, clicked]).unique()
    if came.len() < FEWEST_PEOPLE:
        why = f"{came.len()} known people came by a code or link (campaign_events): at least {FEWEST_PEOPLE} are needed"
        return label | {"status": "refused", "note": why}
    note = "people who used a code or link: some would have bought without it"
    if clicked.is_empty():
        return label | {
            "people_count": came.len(),
            "buyers_count": came.len(),
            "status": "measured",
            "note": f"{note}; no clicks are known, so that only buyers are seen and no share can be given",
        }
    return label | _share(redeemed.len(), came.len(), level) | {"status": "measured", "note": note}


def _held_out(members: pl.DataFrame, level: float) -> dict[str, Any]:
    """Share of first buyers among the treated less that among those kept out by chance."""
    known = members.drop_nulls("first_purchase").filter(pl.col("design") == "randomised")
    label = {"measure": HELD_OUT, "design": "randomised"}
    arms = [
        known.filter(pl.col("arm").is_in(names))["first_purchase"].to_numpy().astype(np.float64)
        for names in (["treatment"], ["control", "holdout"])
    ]
    if min(len(arm) for arm in arms) < FEWEST_PEOPLE:
        why = (
            f"{len(arms[0])} people who took part and {len(arms[1])} kept out by chance have a purchase window that is "
            f"over: at least {FEWEST_PEOPLE} of each are needed"
        )
        return label | {"status": "refused", "note": why}
    found = difference(arms[0], arms[1], level)
    return label | {
        "people_count": len(arms[0]),
        "buyers_count": int(arms[0].sum()),
        "share": found.value,
        "share_low": found.low,
        "share_high": found.high,
        "status": "measured",
        "note": "members' own first purchases that would not have come: of the campaign as a whole, posts among it",
    }


def _share(hits: int, count: int, level: float) -> dict[str, Any]:
    share, low, high = wilson(hits, count, level)
    return {"people_count": count, "buyers_count": hits, "share": share, "share_low": low, "share_high": high}
