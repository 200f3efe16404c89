"""Instants are UTC whatever the source writes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.connectors.mapping_cast import brands
from orchestration.connectors.mapping_time import to_date, to_instant
from orchestration.errors import SourceError


def instant(text: str | None, zone: str | None = None, form: str | None = None) -> tuple[datetime | None, bool]:
    cast = to_instant(pl.col("raw"), pl.String(), "sold_at", form, zone)
    frame = pl.DataFrame({"raw": [text]}, schema={"raw": pl.String}).select(value=cast.value, failed=cast.failed)
    return frame.row(0)


@pytest.mark.parametrize(
    "text",
    ["2024-07-01T10:00:00Z", "2024-07-01T12:00:00+02:00", "2024-07-01 12:00+0200", "2024-07-01T05:00:00.000 -05"],
)
def test_an_offset_in_the_text_counts(text: str) -> None:
    assert instant(text, zone="Asia/Tokyo") == (datetime(2024, 7, 1, 10), False)


def test_times_of_several_forms_in_one_column_are_each_read_as_if_alone() -> None:
    texts = [
        "2024-07-01 12:00:00",
        None,
        "2024-07-01",
        "2024-07-01T12:00Z",
        "soon",
        "2024-03-31 02:30:00",
        "2024-07-01T12:00:00.5",
    ]
    frame = pl.DataFrame({"^a*$": texts})
    for zone in ("Europe/Paris", None):
        cast = to_instant(brands("^a*$"), pl.String(), "sold_at", None, zone)
        together = frame.select(value=cast.value, failed=cast.failed).rows()
        assert together == [instant(text, zone) for text in texts]


def test_a_local_time_is_put_into_utc_by_its_zone() -> None:
    assert instant("2024-07-01 12:00", zone="Europe/Paris") == (datetime(2024, 7, 1, 10), False)
    assert instant("2024-01-01 12:00:30.5", zone="Europe/Paris") == (datetime(2024, 1, 1, 11, 0, 30, 500000), False)


def test_a_local_time_without_zone_fails() -> None:
    assert instant("2024-07-01 12:00") == (None, True)


def test_a_time_that_the_clocks_skip_fails() -> None:
    assert instant("2017-03-12 02:30:00", zone="America/New_York") == (None, True)


def test_a_time_that_the_clocks_show_twice_is_the_earlier_instant() -> None:
    assert instant("2017-11-05 01:30:00", zone="America/New_York") == (datetime(2017, 11, 5, 5, 30), False)


@pytest.mark.parametrize("text", ["yesterday", "2024-13-01T00:00:00Z", "12:00", "2024-07-01T12:00:00+2"])
def test_what_is_no_time_fails(text: str) -> None:
    assert instant(text, zone="UTC") == (None, True)


def test_formats_and_epochs_are_read() -> None:
    assert instant("2015-02-24 11:35:52 -0800", form="%Y-%m-%d %H:%M:%S %z") == (
        datetime(2015, 2, 24, 19, 35, 52),
        False,
    )
    assert instant("03.10.2026 09:14", zone="Europe/Paris", form="%d.%m.%Y %H:%M") == (
        datetime(2026, 10, 3, 7, 14),
        False,
    )
    assert instant("1700000000", form="epoch_seconds") == (datetime(2023, 11, 14, 22, 13, 20), False)
    assert instant("1700000000500", form="epoch_milliseconds") == (datetime(2023, 11, 14, 22, 13, 20, 500000), False)


def test_a_typed_local_column_needs_a_zone() -> None:
    with pytest.raises(SourceError, match=r"sold_at: .* give `zone`"):
        to_instant(pl.col("raw"), pl.Datetime("ns"), "sold_at", None, None)


def test_a_date_is_read_from_text_and_from_a_time() -> None:
    frame = pl.DataFrame(
        {"text": ["2017-03-03", "2017-03-03 23:00", "3/3/2017"], "time": [datetime(2017, 3, 3, 23)] * 3}
    )
    text = to_date(pl.col("text"), pl.String(), "starts_on", None, None)
    time = to_date(pl.col("time"), pl.Datetime("us"), "starts_on", None, None)
    assert frame.select(text.value).to_series().to_list() == [date(2017, 3, 3), date(2017, 3, 3), None]
    assert frame.select(text.failed).to_series().to_list() == [False, False, True]
    assert frame.select(time.value).to_series().to_list() == [date(2017, 3, 3)] * 3


@given(st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2037, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_every_offset_leads_back_to_its_instant(moment: datetime, minutes: int) -> None:
    from datetime import timedelta, timezone

    local = moment.replace(tzinfo=UTC).astimezone(timezone(timedelta(minutes=minutes)))
    assert instant(local.isoformat()) == (moment, False)


@pytest.mark.parametrize("form", ["epoch_seconds", "epoch_milliseconds"])
def test_a_count_that_is_no_time_of_our_calendar_fails(form: str) -> None:
    """18446744073710 seconds, in microseconds, would come round in 64 bits as 0.4 seconds of 1970."""
    assert instant("18446744073710000", form=form) == (None, True)
    assert instant("18446744073710", form="epoch_seconds") == (None, True)
