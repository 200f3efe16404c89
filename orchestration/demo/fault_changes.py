"""What faults do to delivered rows or to the newest file of a stream, given the cut-off (naive UTC).

Belongs here: the changes. Does not: their names and what must happen then (faults.py).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl

MALFORMED_ROWS = 8
DUPLICATED_ROWS = 12
SHIFT_HOURS = -6
DRIFT = 60
ARRIVED_OF = 20  # of so many late lines one is there


def _since(column: str, cutoff: datetime, days: float) -> pl.Expr:
    return pl.col(column) > cutoff - timedelta(days=days)


def _day(cutoff: datetime, days_before: int) -> date:
    """The day that ends at the cut-off, or so many before; a brand's midnight lies a few hours off UTC's."""
    return (cutoff - timedelta(days=days_before, hours=6)).date()


# Of all delivered rows.


def late(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    """Of the last two days, one line in twenty arrived."""
    return rows.filter(~_since("sold_at", cutoff, 2) | (pl.int_range(pl.len()) % ARRIVED_OF == 0))


def missing(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    return rows.filter(pl.col("page_on") < _day(cutoff, 0))


def missing_day(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    return rows.filter(~_since("sold_at", cutoff, 1))


def stale(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    return rows.filter(pl.col("page_on") <= _day(cutoff, 5))


def drifting(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    """Every account is looked at once more, an hour ago, by a system that counts otherwise."""
    last = rows.unique(("platform", "account_id"), keep="last", maintain_order=True)
    now = pl.lit(cutoff - timedelta(hours=1)).cast(rows.schema["observed_at"])
    return pl.concat([rows, last.with_columns(pl.col("followers_count") * DRIFT, observed_at=now, _known_at=now)])


def shifted(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    moved = pl.col("sold_at") + pl.duration(hours=SHIFT_HOURS)
    return rows.with_columns(sold_at=pl.when(_since("sold_at", cutoff, 14)).then(moved).otherwise("sold_at"))


def unit_change(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    changed = pl.when(_since("sold_at", cutoff, 3))
    return rows.with_columns(changed.then(pl.col("net_amount_minor") * 100).otherwise("net_amount_minor"))


def tenfold(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    """The last day's lines ten times, under ids of their own and at times a little apart."""
    day = rows.filter(_since("sold_at", cutoff, 1))
    copies = [
        day.with_columns(
            pl.col("transaction_id") + f"-{number}", sold_at=pl.col("sold_at") - pl.duration(seconds=37 * number)
        )
        for number in range(1, 10)
    ]
    return pl.concat([rows, *copies])


# Of the newest file.


def duplicated(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    del cutoff
    return pl.concat([rows, rows.tail(DUPLICATED_ROWS)])


def malformed(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    del cutoff
    text = pl.col("changed_at").dt.strftime("%Y-%m-%dT%H:%M:%S")
    is_bad = pl.int_range(pl.len()) < MALFORMED_ROWS
    return rows.with_columns(changed_at=pl.when(is_bad).then(pl.lit("31/02/20x5")).otherwise(text))


def malformed_mostly(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    del cutoff
    return rows.with_columns(changed_at=pl.col("changed_at").dt.strftime("%m.%d.%y um %H Uhr"))


def no_file(rows: pl.DataFrame, cutoff: datetime) -> None:
    del rows, cutoff


def without_column(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    del cutoff
    return rows.drop("net_amount_minor")


def renamed_column(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    del cutoff
    return rows.rename({"consumer_ref": "loyalty_card"})


def empty(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    del cutoff
    return rows.clear()


def all_null(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    del cutoff
    return rows.with_columns(consumer_ref=pl.lit(None, pl.String))
