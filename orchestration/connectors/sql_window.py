"""Which rows of a table a run reads: all of them, or those changed since the last run and a little before.

Belongs here: the cursor, its lag, when everything is due. Does not: SQL dialects and reading (sql_postgres.py,
sql_alchemy.py).

Why a lag: a row gets its updated_at when its statement runs and becomes visible when its transaction commits. One that
commits late is older than a cursor that passed it meanwhile, and would never be read. Rows read twice are duplicates
and dropped by the landing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from orchestration.connectors.sql_spec import SqlStream
from orchestration.errors import SourceError

# A clock of the source that runs ahead must not push the cursor past rows to come.
CLOCK_AHEAD = timedelta(days=1)
CursorValue = datetime | int


@dataclass(frozen=True)
class Window:
    """What to read.

    Attributes:
        since: only rows whose cursor column is at least this (or NULL); None: all rows.
        is_complete: rows that do not come are gone from the source.
    """

    since: CursorValue | None
    is_complete: bool


def window_of(
    stream: SqlStream, cursor: dict[str, Any] | None, last_complete_at: datetime | None, loaded_at: datetime
) -> Window:
    """What a run reads of a table.

    Args:
        cursor: as `cursor_of` gave it last time; None: nothing was landed yet.
        last_complete_at: when everything was last read, naive UTC.
        loaded_at: now, naive UTC.
    """
    compares = stream.full_compare_days > 0
    if stream.cursor is None or cursor is None or cursor.get("column") != stream.cursor:
        return Window(None, compares)
    due = last_complete_at is None or loaded_at - last_complete_at >= timedelta(days=stream.full_compare_days)
    if compares and due:
        return Window(None, True)
    value = cursor["value"]
    if isinstance(value, int):
        return Window(value - stream.lag_rows, False)
    return Window(datetime.fromisoformat(value) - timedelta(minutes=stream.lag_minutes), False)


def cursor_of(stream: SqlStream, highest: object, before: dict[str, Any] | None) -> dict[str, Any] | None:
    """The cursor to commit with a load.

    Args:
        highest: the highest value of the cursor column among the table's rows; None: it has none.
        before: the cursor before: it stays where the table has become empty.

    Raises:
        SourceError: the column holds neither times nor whole numbers.
    """
    if stream.cursor is None:
        return None
    if highest is None:
        return before if before is not None and before.get("column") == stream.cursor else None
    return {"column": stream.cursor, "value": _written(stream.cursor, highest)}


def _written(column: str, highest: object) -> str | int:
    if isinstance(highest, datetime):
        return highest.isoformat()
    if isinstance(highest, date):
        return datetime(highest.year, highest.month, highest.day).isoformat()
    if isinstance(highest, Decimal) and highest == highest.to_integral_value():
        return int(highest)
    if isinstance(highest, int) and not isinstance(highest, bool):
        return highest
    if isinstance(highest, str):  # SQLite keeps times as text
        try:
            return datetime.fromisoformat(highest).isoformat()
        except ValueError:
            pass
    raise SourceError(f"cursor {column!r} holds neither times nor whole numbers: take another column, or none")


def ceiling(loaded_at: datetime) -> datetime:
    """Cursor times above this are a wrong clock's; naive UTC."""
    return loaded_at + CLOCK_AHEAD


def aware(value: datetime) -> datetime:
    """A naive UTC instant as an aware one."""
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
