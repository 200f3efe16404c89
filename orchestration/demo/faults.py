"""Faults by name: what goes wrong in a delivery, and what must happen then, declared beforehand.

Belongs here: changes to delivered rows and their expected effect. Does not: noticing them (expectations, connectors).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import polars as pl

from orchestration.errors import ConfigurationError

Change = Callable[[pl.DataFrame, datetime], pl.DataFrame | None]


@dataclass(frozen=True)
class Fault:
    """A fault of one stream's newest file.

    Attributes:
        effect: what must happen: rows are quarantined; rows are counted as duplicates; a gate stops the run; the
            source is refused with an error that names the file (no gate is reached).
        gate: the gate that must stop the run, for effect "gate".
        rows: how many rows must be quarantined or counted as duplicates; None: no such count.
        expectation: part of the message a person must see.
        needs_history: it shows only against an earlier published generation.
        change: the newest file's rows and the cut-off (naive UTC) to the faulty ones; None: no file.
    """

    name: str
    stream: str
    effect: Literal["quarantined", "duplicates", "gate", "refused"]
    description: str
    change: Change
    gate: Literal["landing", "marts", "features", "scores", "exports"] | None = None
    rows: int | None = None
    expectation: str = ""
    needs_history: bool = False


MALFORMED_ROWS = 8
DUPLICATED_ROWS = 200
SHIFT_HOURS = -6


def _since(column: str, cutoff: datetime, days: float) -> pl.Expr:
    return pl.col(column) > cutoff - timedelta(days=days)


def _late(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    """Of the last two days, one transaction in fifty arrived."""
    arrived = pl.col("transaction_id").str.slice(-4).str.to_integer(strict=False) % 50 == 0
    return rows.filter(~_since("sold_at", cutoff, 2) | arrived.fill_null(False))


def _duplicated(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    del cutoff
    return pl.concat([rows, rows.head(DUPLICATED_ROWS)])


def _malformed(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    del cutoff
    place = pl.int_range(pl.len())
    text = pl.col("changed_at").dt.strftime("%Y-%m-%dT%H:%M:%S")
    return rows.with_columns(changed_at=pl.when(place < MALFORMED_ROWS).then(pl.lit("31/02/20x5")).otherwise(text))


def _malformed_mostly(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    del cutoff
    return rows.with_columns(changed_at=pl.col("changed_at").dt.strftime("%m.%d.%y um %H Uhr"))


def _missing_day(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    return rows.filter(~_since("sold_at", cutoff, 1))


def _no_file(rows: pl.DataFrame, cutoff: datetime) -> None:
    del rows, cutoff


def _without_column(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    del cutoff
    return rows.drop("net_amount_minor")


def _renamed_column(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    del cutoff
    return rows.rename({"consumer_ref": "loyalty_card"})


def _drifting(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    del cutoff
    return rows.with_columns(pl.col("followers_count") * 60)


def _shifted(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    shifted = pl.col("sold_at") + pl.duration(hours=SHIFT_HOURS)
    return rows.with_columns(sold_at=pl.when(_since("sold_at", cutoff, 14)).then(shifted).otherwise("sold_at"))


def _empty(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    del cutoff
    return rows.clear()


def _all_null(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    del cutoff
    return rows.with_columns(consumer_ref=pl.lit(None, pl.String))


def _unit_change(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    changed = pl.when(_since("sold_at", cutoff, 3))
    return rows.with_columns(changed.then(pl.col("net_amount_minor") * 100).otherwise("net_amount_minor"))


def _tenfold(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    """The last day's lines ten times, under ids of their own and at times a little apart."""
    day = rows.filter(_since("sold_at", cutoff, 1))
    copies = [
        day.with_columns(
            pl.col("transaction_id") + f"-{number}", sold_at=pl.col("sold_at") - pl.duration(seconds=37 * number)
        )
        for number in range(1, 10)
    ]
    return pl.concat([rows, *copies])


def _stale(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    return rows.filter(pl.col("page_on") <= (cutoff - timedelta(days=5)).date())


FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault(
            "late",
            "pos_lines",
            "gate",
            "most till lines of the last two days have not arrived yet",
            _late,
            gate="landing",
            expectation="volume_ratio",
        ),
        Fault(
            "duplicated",
            "pos_lines",
            "duplicates",
            f"{DUPLICATED_ROWS} till lines are delivered twice",
            _duplicated,
            rows=DUPLICATED_ROWS,
        ),
        Fault(
            "malformed",
            "consents",
            "quarantined",
            f"{MALFORMED_ROWS} consents bear a date that is none",
            _malformed,
            rows=MALFORMED_ROWS,
        ),
        Fault(
            "malformed_mostly",
            "consents",
            "gate",
            "every consent's date comes in another format",
            _malformed_mostly,
            gate="landing",
            expectation="quarantine_excess",
        ),
        Fault(
            "missing",
            "product_page_daily",
            "gate",
            "the last day is not in the delivery of product pages",
            lambda rows, cutoff: rows.filter(pl.col("page_on") <= (cutoff - timedelta(days=1, hours=6)).date()),
            gate="landing",
            expectation="missing_days_excess",
        ),
        Fault(
            "missing_day",
            "pos_lines",
            "gate",
            "the tills' last day is not in the delivery",
            _missing_day,
            gate="landing",
            expectation="missing_days_excess",
        ),
        Fault(
            "missing_file",
            "products",
            "refused",
            "the file of products is gone",
            _no_file,
            expectation="products",
        ),
        Fault(
            "missing_column",
            "pos_lines",
            "refused",
            "till lines come without their amount",
            _without_column,
            expectation="net_amount_minor",
        ),
        Fault(
            "renamed_column",
            "pos_lines",
            "refused",
            "the shopper's column of the tills bears another name",
            _renamed_column,
            expectation="consumer_ref",
        ),
        Fault(
            "drifting",
            "social_profiles",
            "gate",
            "followers of the newest snapshots are 60 times too many",
            _drifting,
            gate="marts",
            expectation="tier",
            needs_history=True,
        ),
        Fault(
            "shifted_time_zone",
            "pos_lines",
            "gate",
            "till times of two weeks are another zone's",
            _shifted,
            gate="landing",
            expectation="unusual_hour_share",
        ),
        Fault(
            "empty",
            "pos_lines",
            "gate",
            "the newest file of till lines has no rows",
            _empty,
            gate="landing",
            expectation="is_empty_delivery",
        ),
        Fault(
            "all_null",
            "pos_lines",
            "gate",
            "no till line of the newest file names its shopper",
            _all_null,
            gate="landing",
            expectation="is_emptied",
        ),
        Fault(
            "unit_change",
            "pos_lines",
            "gate",
            "amounts of three days are a hundred times too high",
            _unit_change,
            gate="landing",
            expectation="amount_ratio",
        ),
        Fault(
            "tenfold_volume",
            "pos_lines",
            "gate",
            "the last day's till lines come ten times under new ids",
            _tenfold,
            gate="landing",
            expectation="volume_ratio",
        ),
        Fault(
            "stale",
            "product_page_daily",
            "gate",
            "product pages stand still for five days",
            _stale,
            gate="landing",
            expectation="missing_days_excess",
        ),
    )
}


def faults_named(names: tuple[str, ...]) -> tuple[Fault, ...]:
    """The faults of those names.

    Raises:
        ConfigurationError: a name that is none.
    """
    if unknown := sorted(set(names) - set(FAULTS)):
        raise ConfigurationError(f"the demo world has no fault {unknown}; it has {sorted(FAULTS)}")
    return tuple(FAULTS[name] for name in names)
