"""Frames of the landing gate, counted by DuckDB over the loads a run selected.

Belongs here: counting. Does not: what counts are right (expectations/suites/landing.py), how till lines are
compared with the days before (tills.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from expectations.runner import GateContext
from expectations.summaries.landing import columns_frame, loads_frame
from orchestration.connectors.streams import STREAMS
from orchestration.connectors.streams.schema import LANDED_COLUMNS, Stream
from orchestration.gate_frames.holes import hole_excess, longest_hole
from orchestration.gate_frames.tills import days_frame, tills_frame

# Streams that may be without a row although their source works: a brand that starts has no campaigns yet.
NEVER_EMPTY = frozenset(
    {"pos_lines", "stores", "products", "product_page_daily", "consumers", "social_profiles", "social_posts", "reviews"}
)
# What people do every day. Campaign feeds end with the campaign, and snapshots come when somebody polls: for them,
# max_age_days says how old they may be.
PACED = frozenset({"pos_lines", "product_page_daily", "social_posts", "reviews"})
# A stream has a pace when it had rows on this many of the last 60 days: then a week without any has a chance of less
# than one in 10,000.
DAYS_OF_A_PACE = 45
# Shops close for three days at most (Christmas before a Sunday); a stream with longer gaps may take twice its longest.
DAYS_CLOSED = 3
# Pages are looked at every day.
NEVER_CLOSED = frozenset({"product_page_daily"})
# Days of the 60 that lie before the last seven.
DAYS_BEFORE = 53
# Columns that say what a row is: whether another one is filled depends on them.
KINDS = ("kind", "unit", "wave")
# Filled once a row is changed; a load of new rows has none.
REVISIONS = frozenset({"updated_at", "deleted_at"})
# Rows with an absurd time that a load may hold, as a share and as a number.
ABSURD_SHARE, ABSURD_ROWS = 0.001, 5


@dataclass(frozen=True)
class ExpectedStream:
    """What the configuration promises of a stream.

    Attributes:
        is_required: one of its sources is required.
        is_live: rows keep coming; false for a research data set, whose end is its end.
        max_age_days: the age the configuration allows; None: the stream's own pace decides, where it is required.
    """

    stream: str
    is_required: bool
    is_live: bool
    max_age_days: int | None = None


@dataclass(frozen=True)
class LandedRun:
    """What a run selected.

    Attributes:
        root: builds/<run>/landed with a folder a stream.
        records: _load.json of every selected load.
        expected: what the configuration promises.
        cutoff: end of as_of in the brand's zone, naive UTC.
    """

    root: Path
    records: Sequence[Mapping[str, Any]]
    expected: Sequence[ExpectedStream]
    as_of: date
    cutoff: datetime
    brand_timezone: str

    def relation(self, stream: str) -> str:
        """A FROM item with the stream's rows, without what a source removed since."""
        return f"(select * from {self.files(stream)} where is_removed is not true)"  # noqa: S608

    def files(self, stream: str) -> str:
        """A FROM item with all that was landed of a stream."""
        pattern = str(self.root / stream / "*.parquet").replace("'", "''")
        return f"read_parquet('{pattern}', union_by_name = true, hive_partitioning = false)"


def landing_frames(run: LandedRun) -> tuple[dict[str, pd.DataFrame], frozenset[str]]:
    """The gate's frames, and the streams with rows this run may see (for GateContext.streams_with_rows)."""
    names = sorted({str(record["stream"]) for record in run.records} | {each.stream for each in run.expected})
    promised = _merged(run.expected)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        stored: dict[str, int] = {}
        stream_rows, column_rows = [], []
        for name in names:
            stored |= _stored_rows(connection, run, name)
            expected = promised.get(name, ExpectedStream(name, is_required=False, is_live=False))
            stream_rows.append(_stream_row(connection, run, STREAMS[name], expected))
            column_rows += _column_rows(connection, run, STREAMS[name])
        days = days_frame(connection, run, names)
        tills = tills_frame(connection, run, names)
    streams = pd.DataFrame(stream_rows)
    frames = {
        "loads": loads_frame(run.records, stored),
        "streams": streams,
        "columns": columns_frame(pd.DataFrame(column_rows)),
        "days": days,
        "tills": tills,
    }
    with_rows = set(streams.loc[streams["rows"] > 0, "stream"])
    return frames, frozenset(with_rows | {f"{day.split(' ')[0]}.last_7_days" for day in days["day"]})


def _merged(expected: Iterable[ExpectedStream]) -> dict[str, ExpectedStream]:
    """One promise a stream, where several sources bring it: the stricter word of each."""
    found: dict[str, ExpectedStream] = {}
    for each in expected:
        other = found.get(each.stream, each)
        ages = [age for age in (each.max_age_days, other.max_age_days) if age is not None]
        found[each.stream] = ExpectedStream(
            each.stream,
            is_required=each.is_required or other.is_required,
            is_live=each.is_live or other.is_live,
            max_age_days=min(ages, default=None),
        )
    return found


def landing_context(streams_with_rows: Iterable[str], past: Mapping[str, Sequence[float]]) -> GateContext:
    """What the landing gate knows besides its frames."""
    return GateContext(frozenset(streams_with_rows), past)


def _stored_rows(connection: duckdb.DuckDBPyConnection, run: LandedRun, stream: str) -> dict[str, int]:
    query = f"select source, load_id, count(*) from {run.files(stream)} group by all"  # noqa: S608
    return {f"{source}/{stream}/{load}": int(rows) for source, load, rows in connection.execute(query).fetchall()}


def _stream_row(
    connection: duckdb.DuckDBPyConnection, run: LandedRun, stream: Stream, expected: ExpectedStream
) -> dict[str, Any]:
    null_key = " or ".join(f'"{name}" is null' for name in _keys_always_known(stream)) or "false"
    has_channel = any(column.name == "channel" for column in stream.columns)
    online = "channel = 'online'" if has_channel else "true" if stream.name in NEVER_CLOSED else "false"
    query = f"""
        with visible as (
            select *, cast(timezone($zone, timezone('UTC', occurred_at)) as date) as occurred_on
            from {run.relation(stream.name)}
            where known_at is null or known_at <= $cutoff
        ),
        days as (
            select occurred_on, count(*) as rows_count
            from visible
            where occurred_on > $as_of - interval 60 days and occurred_on <= $as_of
            group by all
        ),
        gaps as (
            select occurred_on, rows_count,
                date_diff('day', lag(occurred_on) over (order by occurred_on), occurred_on) as gap_days
            from days
        )
        select
            (select count(*) from visible),
            (select count(*) from visible where {null_key}),
            (select count(*) from visible where occurred_at < timestamp '1990-01-01')
            + (select count(*) from {run.relation(stream.name)}
                where known_at > $cutoff + interval 366 days or occurred_at > $cutoff + interval 366 days),
            (select date_diff('day', max(occurred_on), cast($as_of as date)) from visible where occurred_on <= $as_of),
            (select count(*) from days),
            (select max(gap_days) from gaps),
            (select median(rows_count) from days where occurred_on > $as_of - interval 28 days),
            (select count(*) from days where occurred_on > $as_of - interval 7 days),
            (select count(distinct occurred_on) from visible
                where {online} and occurred_on > $as_of - interval 60 days and occurred_on <= $as_of - interval 7 days)
    """  # noqa: S608 - stream and column names are the project's own
    values = {"zone": run.brand_timezone, "cutoff": run.cutoff, "as_of": run.as_of}
    row = connection.execute(query, values).fetchall()[0]
    rows, null_keys, absurd, behind, days, longest_gap, per_day, days_of_week, online_days = row
    known = f"(select * from {run.relation(stream.name)} where known_at is null or known_at <= '{run.cutoff}')"  # noqa: S608
    hole = longest_hole(connection, known, run.brand_timezone, run.as_of) if _is_paced(expected) else None
    return {
        "stream": stream.name,
        "rows": rows,
        "is_lacking": int(expected.is_required and stream.name in NEVER_EMPTY and rows == 0),
        "days_stale_excess": stale_excess(expected, behind, days, longest_gap),
        "missing_days_excess": missing_excess(expected, days, days_of_week, online_days),
        "hole_days_excess": hole_excess(hole, expected.max_age_days),
        "null_keys_count": null_keys,
        "absurd_times_excess": max(0, absurd - max(ABSURD_ROWS, int(ABSURD_SHARE * rows))),
        "rows_per_day_median": per_day,
    }


def _keys_always_known(stream: Stream) -> list[str]:
    """Key columns that are required; others of a key may be NULL (a visitor type that a site does not tell)."""
    known = {"source"}
    for column in stream.columns:
        if column.required and column.reference is None:
            known.add(column.name)
        elif column.required and column.reference is not None and column.reference.only_when is None:
            known.add(column.reference.landed_as)
    return [name for name in stream.key if name in known]


def stale_excess(expected: ExpectedStream, behind: int | None, days: int, longest_gap: int | None) -> int | None:
    """Days the latest row is older than allowed; None where nothing says how old it may be."""
    if behind is None or not expected.is_live:
        return None
    if expected.max_age_days is not None:
        return max(0, behind - expected.max_age_days)
    if not _is_paced(expected) or days < DAYS_OF_A_PACE or longest_gap is None:
        return None
    return max(0, behind - max(DAYS_CLOSED, 2 * longest_gap))


def _is_paced(expected: ExpectedStream) -> bool:
    return expected.is_live and expected.is_required and expected.stream in PACED


def missing_excess(expected: ExpectedStream, days: int, days_of_week: int, online_days: int) -> int | None:
    """Days of the last seven without a row, where the 53 days before had rows every day.

    One such day may be a holiday, but not where something was sold or seen online on each of the 53: web shops do
    not close. None where the stream does not bring rows every day.
    """
    if not _is_paced(expected) or days - days_of_week < DAYS_BEFORE:
        return None
    holidays = 0 if online_days == DAYS_BEFORE else 1
    return max(0, 7 - days_of_week - holidays)


def _column_rows(connection: duckdb.DuckDBPyConnection, run: LandedRun, stream: Stream) -> list[dict[str, Any]]:
    """Filled rows of every column that may be NULL, in the latest load of each source and in the earlier ones."""
    required = {column.name for column in stream.columns if column.required} | REVISIONS
    names = [name for name in stream.landed_schema() if name not in required and name not in LANDED_COLUMNS]
    if not names:
        return []
    latest: dict[str, tuple[int, str]] = {}
    for record in run.records:
        if record["stream"] == stream.name:
            this = (int(record["sequence"]), str(record["load_id"]))
            latest[str(record["source"])] = max(this, latest.get(str(record["source"]), this))
    newest = [f"{source}/{load}" for source, (_, load) in latest.items()]
    is_new = "list_contains($newest, source || '/' || load_id)"
    counts = ", ".join(f'count("{n}") filter (not {is_new}), count("{n}") filter ({is_new})' for n in names)
    kind = next((name for name in KINDS if name in {column.name for column in stream.columns}), "''")
    query = f"""
        select {kind} as kind, count(*) filter (not {is_new}), count(*) filter ({is_new}), {counts}
        from {run.relation(stream.name)}
        group by all
    """  # noqa: S608 - stream and column names are the project's own
    return [
        {
            "stream": stream.name,
            "column": name,
            "kind": row[0],
            "rows_before": row[1],
            "rows_new": row[2],
            "filled_before": row[3 + 2 * position],
            "filled_new": row[4 + 2 * position],
        }
        for row in connection.execute(query, {"newest": newest}).fetchall()
        for position, name in enumerate(names)
    ]
