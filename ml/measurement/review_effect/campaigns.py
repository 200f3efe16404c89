"""Campaigns in which chance decided: which products got reviews written, or which people were asked.

Belongs here: members and pages → the rows of one estimate. Does not: estimates (seeded.py), output rows (measure.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from ml.errors import NothingToLearnError
from ml.measurement.review_effect.comparison import AFTER, EARLY, LATE, SeededRows
from ml.measurement.review_effect.curve import share_of_reference
from ml.measurement.review_effect.panel import DISPLAYED

WEEKS = 26  # at most, before and after: half a year, so that a season weighs on both alike
FEWEST_WEEKS = 4


@dataclass(frozen=True)
class Draw:
    """The panel rows of campaigns that drew products, with what marks them in an output row."""

    rows: SeededRows
    reviews: pl.Series  # shown, of the rows
    dose: str
    has_views: bool
    weeks: int


def drawn_products(members: pl.DataFrame) -> list[str]:
    """Campaigns with products as units, in order of their ids."""
    return members.filter(pl.col("unit") == "product")["campaign_id"].unique().sort().to_list()


def drawn_people(members: pl.DataFrame) -> list[str]:
    """Campaigns that drew people by lot, in order of their ids."""
    drawn = members.filter((pl.col("unit") == "consumer") & (pl.col("design") == "randomised"))
    return drawn["campaign_id"].unique().sort().to_list()


def draw_of(panel: pl.DataFrame, members: pl.DataFrame, campaigns: Sequence[str]) -> Draw:
    """Half a year of the pages of the drawn products, before and after.

    Raises:
        NothingToLearnError: no comparison group, no page, or too few weeks.
    """
    own = members.filter(pl.col("campaign_id").is_in(campaigns) & (pl.col("unit") == "product"))
    if (own["arm"] == "treatment").all() or not (own["arm"] == "treatment").any():
        raise NothingToLearnError("no comparison: the draw left no product out, or seeded none")
    if own["starts_on"].null_count():
        raise NothingToLearnError("the first day of the campaign is not known")
    units = own.select(
        "campaign_id",
        "starts_on",
        "assignment_probability",
        "cluster_id",
        product_id=pl.col("unit_id"),
        is_treated=pl.col("arm") == "treatment",
    ).unique(subset=["campaign_id", "product_id"], keep="first", maintain_order=False)
    units = units.sort("campaign_id", "product_id").with_columns(
        share=pl.col("is_treated").mean().over("campaign_id"),
        states_chance=pl.col("assignment_probability")
        .is_between(0, 1, closed="none")
        .fill_null(False)
        .all()
        .over("campaign_id"),
    )
    joined = panel.join(units, on="product_id").with_columns(
        weeks_after=(pl.col("week_on") - pl.col("starts_on")).dt.total_days() / 7
    )
    if joined.is_empty():
        raise NothingToLearnError("none of the campaign's products has a page (product_page_daily)")
    if (joined["dose"] == DISPLAYED).any():
        joined = joined.filter(dose=DISPLAYED)
    # The week in which it starts is neither before nor after.
    joined = joined.filter(
        pl.col("weeks_after").is_between(0, WEEKS, closed="left") | pl.col("weeks_after").is_between(-WEEKS, -1)
    ).with_columns(half=pl.col("weeks_after").filter(pl.col("weeks_after") < 0).min().over("campaign_id") / 2)
    told = joined.group_by("campaign_id").agg(
        before=pl.col("week_on").filter(pl.col("weeks_after") < 0).n_unique(),
        after=pl.col("week_on").filter(pl.col("weeks_after") >= 0).n_unique(),
    )
    for side, words in (("before", "before its start"), ("after", "after its start")):
        fewest = int(told[side].min() or 0)  # type: ignore[arg-type]
        if fewest < FEWEST_WEEKS:
            raise NothingToLearnError(
                f"{fewest} whole weeks of pages are known {words}; at least {FEWEST_WEEKS} are needed"
            )
    return _as_draw(joined.sort("campaign_id", "product_id", "site", "week_on"))


def _as_draw(joined: pl.DataFrame) -> Draw:
    product = joined.select(pl.struct("campaign_id", "product_id").rle_id()).to_series()
    page = joined.select(pl.struct("campaign_id", "product_id", "site").rle_id()).to_series()
    units = joined.unique(subset=["campaign_id", "product_id"], keep="first", maintain_order=True)
    after, half = joined["weeks_after"].to_numpy(), joined["half"].to_numpy()
    # A product in two campaigns is one cluster.
    cluster = units.select(pl.coalesce("cluster_id", "product_id").rank("dense")).to_series()
    chance = units.select(pl.when("states_chance").then("assignment_probability").otherwise("share")).to_series()
    return Draw(
        rows=SeededRows(
            orders=joined["orders"].to_numpy(),
            exposure=joined["exposure"].to_numpy(),
            h=share_of_reference(joined["shown"].to_numpy()),
            rating=joined["rating"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
            period=np.where(after >= 0, AFTER, np.where(after >= half, LATE, EARLY)).astype(np.int64),
            page=page.to_numpy().astype(np.int64),
            product=product.to_numpy().astype(np.int64),
            treated=units["is_treated"].to_numpy().astype(np.bool_),
            probability=chance.to_numpy().astype(np.float64),
            campaign=units.select(pl.col("campaign_id").rle_id()).to_series().to_numpy().astype(np.int64),
            cluster=cluster.to_numpy().astype(np.int64),
        ),
        reviews=joined["shown"],
        dose=str(joined["dose"][0]),
        has_views=bool(joined["has_views"].all()),
        weeks=int(joined.filter(pl.col("weeks_after") >= 0)["week_on"].n_unique()),
    )


def people_reviews(marts: Mapping[str, pl.DataFrame], campaign: str, as_of: date) -> pl.DataFrame:
    """Reviews of the campaign's products that each drawn person wrote within WEEKS of the start; one row a person.

    Args:
        marts: fct_campaign_members, fct_ugc, bridge_campaign_products.

    Raises:
        NothingToLearnError: the campaign names no product, or is not old enough.
    """
    products = marts["bridge_campaign_products"].filter(campaign_id=campaign)["product_id"].unique()
    if products.is_empty():
        raise NothingToLearnError("the campaign names no product (campaign_products)")
    own = marts["fct_campaign_members"].filter(
        (pl.col("campaign_id") == campaign) & pl.col("arm").is_in(["treatment", "control", "holdout"])
    )
    people = own.unique(subset="consumer_key", keep="first").filter(pl.col("consumer_key").is_not_null())
    starts_on = people["starts_on"].max()
    if not isinstance(starts_on, date) or starts_on + timedelta(weeks=FEWEST_WEEKS) > as_of:
        raise NothingToLearnError("fewer than four weeks have passed since its start")
    written = marts["fct_ugc"].filter(
        (pl.col("ugc_source") == "reviews")
        & pl.col("product_id").is_in(products.implode())
        & pl.col("is_syndicated_copy").eq_missing(True).not_()  # shown again elsewhere, written once
    )
    counted = (
        written.join(people.select("consumer_key", "starts_on"), on="consumer_key")
        .filter(pl.col("published_on").is_between("starts_on", pl.col("starts_on") + timedelta(weeks=WEEKS)))
        .group_by("consumer_key")
        .agg(reviews=pl.len().cast(pl.Float64))
    )
    return (
        people.join(counted, on="consumer_key", how="left")
        .with_columns(
            pl.col("reviews").fill_null(0.0),  # the review sites are read in whole: none found is none written
            is_treated=pl.col("arm") == "treatment",
            share=(pl.col("arm") == "treatment").mean(),
            cluster=pl.coalesce("cluster_id", "consumer_key").rank("dense"),
        )
        .sort("consumer_key")
    )
