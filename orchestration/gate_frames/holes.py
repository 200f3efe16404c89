"""The longest time without a row in the midst of what a source delivers every day: a file that never came.

Belongs here: finding it, and how long it may be. Does not: the last days (landing.py), other frames of the gate.

What is late shows in the last days of a stream. A file of last spring that never came shows nowhere else: rows come
every day, and the total is a few percent short. To all that reads landing such days are days without a customer.
"""

from __future__ import annotations

from datetime import date

import duckdb

# A month's file that is missing leaves 28 days and more; shops that close once a year do so for three weeks with the
# Sundays about them, 23 days.
HOLE_DAYS = 25
# A source had a pace before a hole when it had rows on this many of the 60 days before.
DAYS_OF_A_PACE = 45


def hole_excess(longest: int | None, max_age_days: int | None) -> int | None:
    """Days without a row beyond what is allowed.

    Args:
        longest: days of the longest hole; None: no source of the stream brings rows every day.
        max_age_days: how long the configuration lets the stream's source be silent: a shop that opens in season only
            needs it for the off-season anyway.
    """
    return None if longest is None else max(0, longest - max(HOLE_DAYS, max_age_days or 0))


def longest_hole(connection: duckdb.DuckDBPyConnection, relation: str, zone: str, as_of: date) -> int | None:
    """Days of the longest hole of a stream's sources; None where none of them had a pace.

    A store's own closing is no hole while its source's other stores go on.

    Args:
        relation: a FROM item with source, occurred_at (UTC).
        zone: the brand's time zone.
    """
    query = f"""
        with days as (
            select distinct source, cast(timezone($zone, timezone('UTC', occurred_at)) as date) as occurred_on
            from {relation}
        ),
        ends as (
            select
                date_diff('day', occurred_on, lead(occurred_on) over by_source) - 1 as hole_days,
                count(*) over (
                    partition by source order by occurred_on
                    range between interval 59 days preceding and current row
                ) as days_of_60
            from days
            where occurred_on <= $as_of
            window by_source as (partition by source order by occurred_on)
        )
        select max(hole_days) from ends where days_of_60 >= {DAYS_OF_A_PACE}
    """  # noqa: S608 - the relation is the caller's own
    row = connection.execute(query, {"zone": zone, "as_of": as_of}).fetchone()
    return None if row is None or row[0] is None else int(row[0])
