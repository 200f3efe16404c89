"""Pages by whole weeks: orders, views, and the reviews and rating a page showed when the week began.

Belongs here: marts → one row per page (product on a site) and week. Does not: estimating anything from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

PANEL_SCHEMA: dict[str, pl.DataType] = {
    "site": pl.String(),
    "product_id": pl.String(),
    "week_on": pl.Date(),  # Monday
    "orders": pl.Float64(),
    "exposure": pl.Float64(),  # views; days with figures where the site reports no views
    "reviews": pl.Float64(),  # on the day before the week
    "shown": pl.Float64(),  # in the week: exp of the mean of log1p over its days, minus 1
    "rating": pl.Float64(),  # stars on the day before the week; NULL: none
    "log_price": pl.Float64(),  # of the week's mean price; NULL: not known
    "is_promoted": pl.Float64(),  # share of the week's days in a campaign of the product
    "dose": pl.String(),
    "has_views": pl.Boolean(),
}
DISPLAYED, REBUILT = "displayed", "rebuilt"
STALE = timedelta(days=28)  # a number of reviews seen longer ago is not what the page shows
STARS = 5.0


def page_weeks(marts: Mapping[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    """PANEL_SCHEMA in order of site, product, week.

    Args:
        marts: fct_page_daily, fct_ugc, dim_campaigns, bridge_campaign_products.
        as_of: last day that is known; a week that is not over is left out.
    """
    days = _page_days(marts["fct_page_daily"], as_of)
    if days.is_empty():
        return pl.DataFrame(schema=PANEL_SCHEMA)
    shown = _with_rebuilt(days, marts["fct_ugc"])
    shown = shown.join(_promoted(shown, marts), on=["product_id", "page_on"], how="left").with_columns(
        pl.col("is_promoted").fill_null(0.0)  # no campaign names the product that day
    )
    keys = ["site", "product_id", "week_on"]
    weeks = (
        shown.with_columns(week_on=pl.col("page_on").dt.truncate("1w"))
        .filter(pl.col("week_on") + timedelta(days=6) <= as_of)
        .sort(*keys, "page_on")  # means of floats depend on the order of rows
        .group_by(keys, maintain_order=True)
        .agg(
            pl.col("orders").sum(),
            pl.col("exposure").sum(),
            shown=pl.col("reviews").log1p().mean().exp() - 1,
            log_price=pl.col("price").mean().log(),
            is_promoted=pl.col("is_promoted").mean(),
            dose=pl.col("dose").first(),
            has_views=pl.col("has_views").first(),
        )
        .sort(keys)
    )
    return _with_lagged(weeks, shown).select(list(PANEL_SCHEMA)).cast(pl.Schema(PANEL_SCHEMA)).sort(keys)


def _page_days(pages: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per page and day, splits by visitor summed; days without orders, or views where the site has them, out.

    A site that counts no orders but units is measured in units.
    """
    counted = pages.filter(pl.col("page_on") <= as_of, pl.col("product_id").is_not_null())
    known = counted.group_by("site").agg(
        has_orders=pl.col("orders_count").is_not_null().any(), has_views=pl.col("views_count").is_not_null().any()
    )
    counted = counted.join(known, on="site").with_columns(
        orders=pl.when("has_orders").then("orders_count").otherwise("units_count")
    )
    days = (
        counted.filter(pl.col("orders").is_not_null() & (pl.col("views_count").is_not_null() | ~pl.col("has_views")))
        .sort("site", "product_id", "page_on", "displayed_rating", "price_minor")
        .group_by("site", "product_id", "page_on", maintain_order=True)
        .agg(
            pl.col("orders").sum().cast(pl.Float64),
            pl.col("views_count").sum().cast(pl.Float64),
            pl.col("has_views").first(),
            reviews=pl.col("displayed_reviews_count").max().cast(pl.Float64),
            rating=pl.col("displayed_rating").mean(),
            price=pl.col("price_minor").mean(),
        )
    )
    return days.with_columns(exposure=pl.when("has_views").then("views_count").otherwise(1.0)).filter(
        pl.col("exposure") > 0
    )


def _with_rebuilt(days: pl.DataFrame, ugc: pl.DataFrame) -> pl.DataFrame:
    """Sites that never say what they display get the reviews and ratings written there up to the day before."""
    days = days.with_columns(
        dose=pl.when(pl.col("reviews").is_not_null().any().over("site"))
        .then(pl.lit(DISPLAYED))
        .otherwise(pl.lit(REBUILT))
    )
    keys = ["site", "product_id"]
    written = ugc.filter(
        (pl.col("ugc_source") == "reviews") & pl.col("published_on").is_not_null() & pl.col("product_id").is_not_null()
    ).rename({"platform_or_site": "site"})
    stars = STARS * pl.col("rating_share")
    came = written.select(*keys, on=pl.col("published_on"), count=pl.lit(1.0), rated=stars.is_not_null(), stars=stars)
    went = written.filter(pl.col("deleted_at").is_not_null()).select(
        *keys, on=pl.col("deleted_at").dt.date(), count=pl.lit(-1.0), rated=stars.is_not_null(), stars=-stars
    )
    moves = (
        pl.concat([came, went])
        .sort(*keys, "on", "count", "stars")
        .group_by(*keys, "on", maintain_order=True)
        .agg(
            pl.col("count").sum(),
            (pl.col("count") * pl.col("rated")).sum().alias("rated"),
            pl.col("stars").sum(),
        )
        .sort(*keys, "on")
        .with_columns(pl.col("count", "rated", "stars").cum_sum().over(keys))
        .with_columns(on=pl.col("on") + timedelta(days=1))
    )
    rebuilt = (
        days.filter(dose=REBUILT)
        .drop("reviews", "rating")
        .sort(*keys, "page_on")
        .join_asof(
            moves.sort("on"), left_on="page_on", right_on="on", by=keys, strategy="backward", check_sortedness=False
        )
        .with_columns(
            reviews=pl.col("count").fill_null(0.0),  # none was written before that day
            rating=pl.when(pl.col("rated") > 0).then(pl.col("stars") / pl.col("rated")),
        )
    )
    both = pl.concat([days.filter(dose=DISPLAYED), rebuilt.select(days.columns)])
    return both.sort(*keys, "page_on")


def _with_lagged(weeks: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Reviews and rating of the last day before the week that is known; weeks without one are left out."""
    keys = ["site", "product_id"]
    seen = days.filter(pl.col("reviews").is_not_null()).select(*keys, "page_on", "reviews", "rating").sort("page_on")
    lagged = weeks.with_columns(before=pl.col("week_on") - timedelta(days=1)).sort("before")
    return (
        lagged.join_asof(
            seen,
            left_on="before",
            right_on="page_on",
            by=keys,
            strategy="backward",
            tolerance=STALE,
            check_sortedness=False,
        )
        .filter(pl.col("reviews").is_not_null())
        .with_columns(shown=pl.coalesce("shown", "reviews"))
    )


def _promoted(days: pl.DataFrame, marts: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Product and day → 1.0 where a campaign of the product is running."""
    running = marts["bridge_campaign_products"].join(
        marts["dim_campaigns"].filter(pl.col("starts_on").is_not_null() & pl.col("ends_on").is_not_null()),
        on="campaign_id",
    )
    return (
        days.select("product_id", "page_on")
        .unique()
        .join(running.select("product_id", "starts_on", "ends_on"), on="product_id")
        .filter(pl.col("page_on").is_between("starts_on", "ends_on"))
        .select("product_id", "page_on", is_promoted=pl.lit(1.0))
        .unique()
    )
