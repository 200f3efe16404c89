"""Labels of telling: purchases tied to each member in their window, and what a campaign's telling sold in all.

Codes and links miss the friend who buys without one and count the friend who would have bought anyway. So a campaign
has a second figure that needs neither: how much more of its products people outside it bought than before.

Belongs here: counting. Does not: what share of the caused the tracked are, over campaigns (ambassador/capture.py).
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from ml.features.telling import referral_facts

TRACKING_COLUMNS = (
    "tracked_purchases_count",
    "tracked_net_minor",
    "caused_purchases_count",
    "caused_purchases_error_count",
)
# Less of a baseline than this says little of a season; the world's and most brands' launches run for weeks.
FEWEST_BASELINE_DAYS = 28
WEEK, FEWEST_WEEKS = 7, 4


def tracked_purchases(members: pl.DataFrame, referred_sales: pl.DataFrame) -> pl.DataFrame:
    """One row per campaign and person: referred_purchases_count in the outcome window, where telling is tracked."""
    windows = members.filter(pl.col("referred_net_minor").is_not_null()).select(
        "campaign_id", "consumer_key", "starts_on", "outcome_ends_on"
    )
    counts = (
        referral_facts(referred_sales)
        .join(windows, on=["campaign_id", "consumer_key"], how="inner")
        .filter(pl.col("on").is_between("starts_on", "outcome_ends_on"))
        .group_by("campaign_id", "consumer_key")
        .agg(referred_purchases_count=pl.len().cast(pl.Int64))
    )
    return windows.join(counts, on=["campaign_id", "consumer_key"], how="left").select(
        "campaign_id", "consumer_key", pl.coalesce("referred_purchases_count", pl.lit(0, dtype=pl.Int64))
    )


def campaign_tracking(
    members: pl.DataFrame,
    sales_lines: pl.DataFrame,
    campaign_products: pl.DataFrame,
    consumers: pl.DataFrame,
    tracked: pl.DataFrame,
    referred_sales: pl.DataFrame,
) -> pl.DataFrame:
    """One row per campaign with tracked telling: TRACKING_COLUMNS.

    tracked_net_minor is what the tracked purchases paid for the campaign's own products, returns taken off.

    Caused: purchases of the campaign's products within the window beyond the rate around it, by people known before
    the baseline began and not treated (carried over to all known buyers), and by unknown ones. Around: as many days
    before and half as many after, as far as there are: sales that grow or fade by themselves cancel for the larger
    part. NULL where the products were on sale too short a time before. The error is that of both counts: Poisson's,
    times how much more the weeks outside the window differ from each other than such counts do (never less than 1).
    """
    purchases = (
        sales_lines.filter(~pl.col("is_return"))
        .join(campaign_products, on="product_id", how="inner")
        .group_by("campaign_id", "source", "store_id", "transaction_id")
        .agg(on=pl.col("business_on").min(), consumer_key=pl.col("consumer_key").first())
    )
    # Accounts and authors that were never tied to a buyer are people too, but nobody's purchases stand for theirs.
    since = consumers.join(sales_lines, on="consumer_key", how="semi").select(
        "consumer_key", since_on=pl.col("joined_at").dt.date()
    )
    paid = (
        referred_sales.join(campaign_products, on=["campaign_id", "product_id"], how="semi")
        .join(
            members.filter(pl.col("referred_net_minor").is_not_null()).select(
                "campaign_id", "starts_on", "outcome_ends_on", referrer_consumer_key="consumer_key"
            ),
            on=["campaign_id", "referrer_consumer_key"],
            how="inner",
        )
        .filter(pl.col("business_on").is_between("starts_on", "outcome_ends_on"))
        .group_by("campaign_id")
        .agg(tracked_net_minor=pl.col("net_amount_minor").sum())
    )
    rows = [
        _campaign(str(campaign_id), own, purchases.filter(pl.col("campaign_id") == campaign_id), since, tracked)
        for (campaign_id,), own in members.filter(pl.col("unit") == "consumer").group_by(
            ["campaign_id"], maintain_order=True
        )
        if campaign_id in tracked["campaign_id"]
    ]
    schema = {"campaign_id": pl.String, TRACKING_COLUMNS[0]: pl.Int64} | dict.fromkeys(TRACKING_COLUMNS[2:], pl.Float64)
    counted = pl.DataFrame(rows, schema=schema, orient="row")
    return counted.join(paid, on="campaign_id", how="left").select("campaign_id", *TRACKING_COLUMNS).sort("campaign_id")


def _campaign(
    campaign_id: str, members: pl.DataFrame, purchases: pl.DataFrame, since: pl.DataFrame, tracked: pl.DataFrame
) -> tuple[str, int, float | None, float | None]:
    count = int(tracked.filter(pl.col("campaign_id") == campaign_id)["referred_purchases_count"].sum())
    start, end, first = members["starts_on"].min(), members["outcome_ends_on"].max(), purchases["on"].min()
    if not (isinstance(start, date) and isinstance(end, date) and isinstance(first, date)):
        return campaign_id, count, None, None
    days = (end - start).days + 1
    begins = max(first, start - timedelta(days=days))
    before = (start - begins).days
    if before < FEWEST_BASELINE_DAYS:
        return campaign_id, count, None, None
    treated = members.filter(pl.col("arm") == "treatment").select("consumer_key")
    everybody = since.filter(pl.col("since_on").is_null() | (pl.col("since_on") <= start))
    untreated = everybody.filter(pl.col("since_on").is_null() | (pl.col("since_on") < begins)).join(
        treated, on="consumer_key", how="anti"
    )
    last = purchases["on"].max()
    assert isinstance(last, date)
    ends = min(last, end + timedelta(days=days // 2))
    around = before + max(0, (ends - end).days)
    groups = (
        (purchases.join(untreated, on="consumer_key", how="semi"), everybody.height / max(1, untreated.height)),
        (purchases.filter(pl.col("consumer_key").is_null()), 1.0),
    )
    caused = variance = 0.0
    for bought, share in groups:
        near = bought.filter(pl.col("on").is_between(begins, ends))
        is_within = near["on"].is_between(start, end)
        within, outside = int(is_within.sum()), near.filter(~is_within)
        caused += share * (within - outside.height * days / around)
        spread = dispersion(outside["on"], begins, (ends - begins).days + 1, (start, end))
        variance += spread * share**2 * (within + outside.height * (days / around) ** 2)
    return campaign_id, count, caused, variance**0.5


def dispersion(on: pl.Series, begins: date, days: int, without: tuple[date, date]) -> float:
    """Variance over mean of the counts of whole weeks outside `without`, at least 1; 1 with fewer than four weeks.

    Args:
        on: day of each purchase, none of them within `without`.
        begins, days: the time they were counted over.
    """
    first, last = ((day - begins).days for day in without)
    weeks = [week for week in range(days // WEEK) if (week + 1) * WEEK <= first or week * WEEK > last]
    if len(weeks) < FEWEST_WEEKS:
        return 1.0
    number = ((on - begins).dt.total_days() // WEEK).to_numpy()
    counts = np.bincount(number, minlength=max(weeks) + 1)[weeks]
    return float(max(1.0, counts.var(ddof=1) / counts.mean())) if counts.any() else 1.0
