"""Frames of counts for the landing gate, and the figures later nights compare with.

Belongs here: arithmetic on counts that the caller read from loads. Does not: reading loads (the caller), limits
that compare nights (suites/landing.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from expectations.declare import Frames
from expectations.summaries.numbers import numbers

# Up to 2 % of a load may be quarantined: real feeds lose some rows to typing, a wrong mapping or a changed format
# loses most of them. Tighter stops nights for a broken line in a hundred, wider lets a store's worth of lines go.
QUARANTINE_SHARE = 0.02
# In loads of a few rows one bad row is more than 2 %: these many always may.
QUARANTINE_ROWS = 5
# A key that says too little makes different rows collide in bulk; true double deliveries with changed values were
# 1 % in the largest real set tried (155 of 14,640 posts).
CONFLICT_SHARE = 0.20
CONFLICT_ROWS = 20

LOAD_COLUMNS = (
    "load",
    "rows_read",
    "rows_unaccounted",
    "rows_missing_in_file",
    "quarantine_excess",
    "conflict_excess",
    "is_empty_delivery",
    "control_cells_differing",
)


def loads_frame(records: Iterable[Mapping[str, Any]], stored_rows: Mapping[str, int]) -> pd.DataFrame:
    """One row per load.

    Args:
        records: contents of the _load.json files.
        stored_rows: "source/stream/load_id" → rows counted in its data.parquet.

    Returns:
        load, rows_read, rows_unaccounted (0 when read = accepted + quarantined + duplicate + suppressed + expired),
        rows_missing_in_file (accepted + removed - stored), quarantine_excess and conflict_excess (rows above the
        allowance, 0: within), is_empty_delivery (1: the latest load of a source's stream read no row, an earlier one
        did; not where only news was asked for), control_cells_differing (store-days whose rows or amount are not what
        the source says of
        them; 0 also where it was not asked).
    """
    rows = []
    ordered = sorted(records, key=lambda record: int(record["sequence"]))
    latest = {(record["source"], record["stream"]): record["load_id"] for record in ordered}
    had_rows = {(record["source"], record["stream"]) for record in ordered if int(record["rows_read"]) > 0}
    for record in ordered:
        place = (record["source"], record["stream"])
        load = f"{record['source']}/{record['stream']}/{record['load_id']}"
        read, accepted = int(record["rows_read"]), int(record["rows_accepted"])
        quarantined, duplicate = int(record["rows_quarantined"]), int(record["rows_duplicate"])
        withheld = int(record.get("rows_suppressed", 0)) + int(record.get("rows_expired", 0))
        kept = accepted + int(record.get("rows_removed", 0))
        only_news = record.get("cursor") is not None and not record.get("is_complete", False)
        is_empty = read == 0 and not only_news and latest[place] == record["load_id"] and place in had_rows
        refused = quarantined - int(record.get("rows_drifted", 0))
        allowed = max(QUARANTINE_ROWS, int(QUARANTINE_SHARE * read))
        conflicts_allowed = max(CONFLICT_ROWS, int(CONFLICT_SHARE * read))
        rows.append(
            {
                "load": load,
                "rows_read": read,
                "rows_unaccounted": read - accepted - quarantined - duplicate - withheld,
                "rows_missing_in_file": kept - stored_rows[load] if load in stored_rows else kept,
                "quarantine_excess": max(0, refused - allowed),
                "conflict_excess": max(0, int(record["conflicting_duplicates"]) - conflicts_allowed),
                "is_empty_delivery": int(is_empty),
                "control_cells_differing": int((record.get("control") or {}).get("cells_differing", 0)),
            }
        )
    return pd.DataFrame(rows, columns=list(LOAD_COLUMNS))


# Fewer new rows than this say nothing about an emptied column: with half of the rows filled, 20 NULLs in a row
# come about once in a million.
FEWEST_NEW_ROWS = 20
FILLED_BEFORE_SHARE = 0.5


def columns_frame(counts: pd.DataFrame) -> pd.DataFrame:
    """One row per stream's column that may be NULL.

    Args:
        counts: stream, column, kind, rows_before, filled_before, rows_new, filled_new; kind: what decides whether the
            column is filled at all (an invitation has no receipt), "" where nothing does; new: the latest load of
            each source, before: all its earlier loads; a source with one load counts as new only.

    Returns:
        column ("stream.column"), filled_share (NaN: no rows), is_emptied: 1 where the new rows have no value,
        although of earlier rows of the same kinds at least half had one.
    """
    known = counts[(counts["rows_before"] > 0) & (counts["rows_new"] > 0)]
    expected = known["rows_new"] * known["filled_before"] / known["rows_before"]
    sums = (
        counts.assign(
            rows_compared=known["rows_new"],
            rows_known_before=known["rows_before"],
            filled_expected=expected,
        )
        .groupby(["stream", "column"], sort=False)
        .sum(numeric_only=True)
    )
    emptied = (
        (sums["filled_expected"] >= FILLED_BEFORE_SHARE * sums["rows_compared"])
        & (sums["rows_known_before"] >= FEWEST_NEW_ROWS)
        & (sums["rows_compared"] >= FEWEST_NEW_ROWS)
        & (sums["filled_new"] == 0)
    )
    rows = sums["rows_before"] + sums["rows_new"]
    frame = pd.DataFrame(
        {
            "filled_share": (sums["filled_before"] + sums["filled_new"]) / rows.where(rows > 0),
            "is_emptied": emptied.astype("int64"),
        }
    ).reset_index()
    frame.insert(0, "name", frame["stream"].astype("str") + "." + frame["column"].astype("str"))
    return frame.drop(columns=["stream", "column"]).rename(columns={"name": "column"})


def figures(frames: Frames) -> dict[str, float]:
    """Rows and rows a day per stream, filled share per column, usual hour and amount of the tills."""
    return {
        **numbers(frames["streams"], "stream", "rows", "{}.rows"),
        **numbers(frames["streams"], "stream", "rows_per_day_median", "{}.rows_per_day"),
        **numbers(frames["columns"], "column", "filled_share", "{}.filled_share"),
        **numbers(frames["tills"], "till", "median_local_hour", "tills.{}.local_hour"),
        **numbers(frames["tills"], "till", "median_amount_minor", "tills.{}.amount"),
    }
