"""Who is in the cohort, and what it and everybody else buy month by month.

The rule, written down and not tuned to any outcome:
- early buyer: at least once among the first 16 % of the known buyers of a product that came on sale later than 90 days
  after the first sale of all (Rogers 2003, Diffusion of Innovations: innovators and early adopters are 16 %);
- socially active: among the 16 % of known buyers who published most, paid pieces left out;
- the cohort is both. Where no product came on sale later, socially active alone, and the note says so.
Products that came on sale later are left out of both series: who buys them early would lead by definition.

Belongs here: people and series. Does not: the test (lead.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from ml.arrays import FloatArray
from ml.errors import TooFewRowsError

FIRST_SHARE = 0.16
LAUNCHED_AFTER_DAYS = 90
FEWEST_PEOPLE = 50
# Purchases a month of a category by the cohort: below, its share is noise.
FEWEST_PURCHASES = 5.0


@dataclass(frozen=True)
class Cohort:
    """Early, socially active people; is_early_known: False where no product was launched."""

    people: pl.Series
    launched: pl.Series
    is_early_known: bool


@dataclass(frozen=True)
class MonthlySeries:
    """Months × categories: log odds of a purchase being of the category.

    Attributes:
        first_on: first day of the first month.
        categories: names, in column order; one without a name: log purchases of everything.
        cohort_purchases, others_purchases: purchases behind them.
    """

    first_on: date
    categories: tuple[str, ...]
    cohort: FloatArray
    others: FloatArray
    cohort_purchases: int
    others_purchases: int


def find_cohort(purchases: pl.DataFrame, ugc: pl.DataFrame) -> Cohort:
    """Apply the rule.

    Args:
        purchases: consumer_key, product_id, business_on; returns left out, people known.
        ugc: consumer_key, is_organic: pieces of known people.

    Raises:
        TooFewRowsError: nobody publishes, or fewer than 50 people are in the cohort.
    """
    buyers = purchases.select("consumer_key").unique()
    pieces = (
        ugc.filter(pl.col("is_organic").fill_null(value=True))
        .group_by("consumer_key")
        .agg(pl.len())
        .join(buyers, on="consumer_key", how="semi")
    )
    most = _at_most(pieces["len"], round(FIRST_SHARE * buyers.height))
    active = pieces.filter(pl.col("len") >= most)["consumer_key"]
    sold = purchases.group_by("product_id").agg(first_on=pl.col("business_on").min())
    start = purchases["business_on"].min()
    launched = sold.filter(pl.col("first_on") > start + timedelta(days=LAUNCHED_AFTER_DAYS))["product_id"]  # type: ignore[operator]
    first = (
        purchases.filter(pl.col("product_id").is_in(launched.implode()))
        .group_by("product_id", "consumer_key")
        .agg(pl.col("business_on").min())
    )
    place = pl.col("business_on").rank("min").over("product_id") / pl.len().over("product_id")
    early = first.filter(place <= FIRST_SHARE)["consumer_key"].unique()
    people = active.filter(active.is_in(early.implode())) if launched.len() else active
    if people.len() < FEWEST_PEOPLE:
        raise TooFewRowsError(
            f"{people.len()} people are early buyers and socially active, at least {FEWEST_PEOPLE} are needed: "
            "link more accounts and review authors to buyers (consumer_links)"
        )
    return Cohort(people.sort(), launched, bool(launched.len()))


def monthly_series(
    purchases: pl.DataFrame, cohort: Cohort, category: pl.DataFrame, first_on: date, months: int
) -> MonthlySeries:
    """Both series over whole months.

    Args:
        purchases: as above.
        category: product_id, category (NULL: unknown).
        first_on: first day of the first whole month.

    Raises:
        TooFewRowsError: the cohort buys too little.
    """
    rows = (
        purchases.filter(~pl.col("product_id").is_in(cohort.launched.implode()))
        .join(category, on="product_id", how="left")
        .with_columns(
            month=(pl.col("business_on").dt.year() - first_on.year) * 12
            + pl.col("business_on").dt.month()
            - first_on.month,
            is_cohort=pl.col("consumer_key").is_in(cohort.people.implode()),
        )
        .filter(pl.col("month").is_between(0, months - 1))
    )
    named = sorted(rows["category"].drop_nulls().unique())
    own, theirs = (_counts(rows.filter(pl.col("is_cohort") == side), named, months) for side in (True, False))
    enough = [place for place, name in enumerate(named) if own[:, place].mean() >= FEWEST_PURCHASES]
    if len(enough) >= 2:
        odds = [
            np.log((part[:, enough] + 0.5) / (part.sum(axis=1, keepdims=True) - part[:, enough] + 0.5))
            for part in (own, theirs)
        ]
        return MonthlySeries(
            first_on, tuple(named[place] for place in enough), odds[0], odds[1], int(own.sum()), int(theirs.sum())
        )
    totals = [rows.filter(pl.col("is_cohort") == side).group_by("month").len() for side in (True, False)]
    filled = [_by_month(part, months) for part in totals]
    if filled[0].mean() < FEWEST_PURCHASES:
        raise TooFewRowsError(
            f"the cohort buys {filled[0].mean():.1f} times a month, at least {FEWEST_PURCHASES:.0f} are needed"
        )
    logs = [np.log(part + 0.5)[:, None] for part in filled]
    return MonthlySeries(first_on, ("everything",), logs[0], logs[1], int(filled[0].sum()), int(filled[1].sum()))


def whole_months(first_known_on: date, last_known_on: date) -> tuple[date, int]:
    """First day of the first whole month, and how many whole months there are up to the last day known."""
    is_whole = first_known_on.day == 1
    first = first_known_on if is_whole else (first_known_on.replace(day=1) + timedelta(days=32)).replace(day=1)
    after = last_known_on + timedelta(days=1)
    return first, max((after.year - first.year) * 12 + after.month - first.month, 0)


def _at_most(counts: pl.Series, people: int) -> int:
    """The smallest count that no more than so many people reach, at least 1."""
    ordered = counts.sort(descending=True)
    if ordered.is_empty():
        return 1
    return int(ordered[people]) + 1 if people < ordered.len() else 1


def _counts(rows: pl.DataFrame, names: list[str], months: int) -> FloatArray:
    place = pl.DataFrame(
        {"category": names, "place": range(len(names))}, schema={"category": pl.String, "place": pl.Int64}
    )
    found = rows.join(place, on="category").group_by("month", "place").len()
    counts = np.zeros((months, len(names)))
    counts[found["month"].to_numpy(), found["place"].to_numpy()] = found["len"].to_numpy()
    return counts


def _by_month(found: pl.DataFrame, months: int) -> FloatArray:
    counts = np.zeros(months)
    counts[found["month"].to_numpy()] = found["len"].to_numpy()
    return counts
