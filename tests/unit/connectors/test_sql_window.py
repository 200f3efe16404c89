"""Which rows of a table a run reads."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from orchestration.connectors.sql_spec import SqlStream
from orchestration.connectors.sql_window import Window, cursor_of, window_of
from orchestration.errors import SourceError

NOW = datetime(2026, 10, 5, 1)
CURSOR = {"column": "updated_at", "value": "2026-10-04T22:15:00+00:00"}
TABLE = SqlStream(table="till_lines", cursor="updated_at")


def test_the_first_run_reads_everything() -> None:
    assert window_of(TABLE, None, None, NOW) == Window(None, is_complete=True)


def test_later_runs_read_from_an_hour_before_the_cursor() -> None:
    window = window_of(TABLE, CURSOR, NOW - timedelta(days=1), NOW)
    assert window == Window(datetime(2026, 10, 4, 21, 15, tzinfo=UTC), is_complete=False)


def test_a_number_goes_back_by_rows() -> None:
    stream = SqlStream(table="t", cursor="id", lag_rows=50)
    window = window_of(stream, {"column": "id", "value": 1_000}, NOW, NOW)
    assert window == Window(950, is_complete=False)


@pytest.mark.parametrize("days_ago, is_complete", [(6.9, False), (7.0, True)])
def test_everything_is_read_again_when_the_comparison_is_due(days_ago: float, is_complete: bool) -> None:
    window = window_of(TABLE, CURSOR, NOW - timedelta(days=days_ago), NOW)
    assert window.is_complete is is_complete and (window.since is None) is is_complete


def test_without_comparisons_no_row_is_ever_taken_as_gone() -> None:
    stream = SqlStream(table="t", cursor="updated_at", full_compare_days=0)
    assert window_of(stream, None, None, NOW) == Window(None, is_complete=False)
    assert window_of(stream, CURSOR, None, NOW).since is not None


def test_another_cursor_column_starts_from_the_beginning() -> None:
    stream = SqlStream(table="t", cursor="changed_at")
    assert window_of(stream, CURSOR, NOW, NOW).since is None


def test_without_a_cursor_every_run_reads_everything() -> None:
    assert window_of(SqlStream(table="t"), None, NOW, NOW) == Window(None, is_complete=True)


@pytest.mark.parametrize(
    "highest, written",
    [
        (datetime(2026, 10, 4, 22, 15, tzinfo=UTC), "2026-10-04T22:15:00+00:00"),
        (date(2026, 10, 4), "2026-10-04T00:00:00"),
        ("2026-10-04 22:15:00", "2026-10-04T22:15:00"),
        (17, 17),
        (Decimal(17), 17),
    ],
)
def test_the_cursor_is_written_as_json_can_hold_it(highest: object, written: str | int) -> None:
    assert cursor_of(TABLE, highest, None) == {"column": "updated_at", "value": written}


def test_a_table_that_became_empty_keeps_its_cursor() -> None:
    assert cursor_of(TABLE, None, CURSOR) == CURSOR
    assert cursor_of(TABLE, None, {"column": "other", "value": 3}) is None


@pytest.mark.parametrize("highest", ["tomorrow", 1.5, True])
def test_a_cursor_without_an_order_in_time_is_refused(highest: object) -> None:
    with pytest.raises(SourceError, match="'updated_at' holds neither times nor whole numbers"):
        cursor_of(TABLE, highest, None)
