"""Faults in landed files are stopped by the landing gate under their own name; the same days without them pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from expectations.declare import columns_needed
from expectations.registry import suite
from expectations.result import GateResult
from expectations.runner import validate
from orchestration.gate_frames.holes import HOLE_DAYS, hole_excess
from orchestration.gate_frames.landing import (
    ExpectedStream,
    LandedRun,
    landing_context,
    landing_frames,
    missing_excess,
    stale_excess,
)

Landed = Callable[..., LandedRun]
LAST_DAY = "cast(sold_at as date) = date '2026-03-31'"
# Column → SQL that makes the fault.
FAULTS: dict[str, tuple[str, str]] = {
    "tenfold volume": (
        "volume_ratio",
        f"insert into lines select * replace (transaction_id || '-' || n as transaction_id, "
        f"sold_at + to_seconds(n) as sold_at) from lines, range(1, 10) as copies(n) where {LAST_DAY}".replace(
            "select *", "select * exclude (n)"
        ),
    ),
    "one row": ("volume_ratio", f"delete from lines where {LAST_DAY} and transaction_id <> 'd0-5'"),
    "shifted time zone": (
        "unusual_hour_share",
        f"update lines set sold_at = sold_at - interval 8 hours where {LAST_DAY}",
    ),
    "cents for units": ("amount_ratio", f"update lines set net_amount_minor = net_amount_minor * 100 where {LAST_DAY}"),
    "grams for kilograms": ("quantity_ratio", f"update lines set quantity = 1000 where {LAST_DAY}"),
    "other currency": ("foreign_currency_count", f"update lines set currency = 'USD' where {LAST_DAY}"),
    "day copied": (
        "is_copy_of_other_day",
        f"delete from lines where {LAST_DAY}; insert into lines select * replace ("
        "transaction_id || '-again' as transaction_id, sold_at + interval 1 day as sold_at) "
        "from lines where cast(sold_at as date) = date '2026-03-30'",
    ),
    "day delivered twice under other ids": (
        "repeated_share",
        "insert into lines select * replace (transaction_id || '-again' as transaction_id) "
        f"from lines where {LAST_DAY}",
    ),
    "stale": ("days_stale_excess", "delete from lines where sold_at >= timestamp '2026-03-27'"),
    "missing days": (
        "missing_days_excess",
        "delete from lines where cast(sold_at as date) in (date '2026-03-28', date '2026-03-29')",
    ),
    "key NULL": ("null_keys_count", "update lines set store_id = null where row_no = 1"),
    "years typed wrong": (
        "absurd_times_excess",
        "update lines set sold_at = sold_at + interval 90 years where row_no <= 6",
    ),
    "column all NULL in the new load": (
        "is_emptied",
        f"update lines set load_id = 'l2', identity_key = null where {LAST_DAY}",
    ),
}


def judged(run: LandedRun, column: str = "") -> GateResult:
    """The gate's verdict, on the frames with that column; on all where none is named."""
    whole = suite("landing")
    frames, present = landing_frames(run)
    if column:
        wanted = tuple(each for each in whole.frames if column in columns_needed(whole, each.name))
        whole = replace(whole, frames=wanted, checks_count=sum(len(frame.checks) for frame in wanted), limits=())
    return validate(whole, frames, landing_context(present, {}))


def test_clean_days_pass(landed: Landed) -> None:
    result = judged(landed())
    assert result.passed, result.one_line()
    assert result.figures["pos_lines.rows"] == 62 * 60
    assert result.figures["pos_lines.rows_per_day"] == 60
    assert result.figures["pos_lines.identity_key.filled_share"] == 1.0


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_the_gate_stops(fault: str, landed: Landed) -> None:
    column, bend = FAULTS[fault]
    assert column in {failure.column for failure in judged(landed(bend), column).failures}


# A second half-year before the fixture's 62 days; between them 26 days, or 25, without a line.
EARLIER = (
    "insert into lines select * exclude (n) replace (transaction_id || '-' || n as transaction_id, "
    "sold_at - to_days(cast({days} as int)) as sold_at) from lines, range(1, 3) as copies(n)"
)


@pytest.mark.parametrize(("days", "excess"), [(62 + 26, {"hole_days_excess"}), (62 + 25, set())])
def test_a_file_of_a_month_that_never_came_is_stopped_and_three_weeks_of_closing_are_not(
    days: int, excess: set[str], landed: Landed
) -> None:
    failures = judged(landed(EARLIER.format(days=f"n * {days}")), "hole_days_excess").failures
    assert {failure.column for failure in failures} == excess


def test_a_source_that_begins_while_another_goes_on_has_no_hole(landed: Landed) -> None:
    begins = "update lines set source = 'new tills' where row_no % 2 = 0 and sold_at >= timestamp '2026-03-01'"
    assert judged(landed(begins), "hole_days_excess").passed


def test_a_source_that_falls_silent_beside_another_has_a_hole(landed: Landed) -> None:
    other = "insert into lines select * replace ('market' as source) from lines where row_no % 2 = 0"
    hole = f"{EARLIER.format(days='62 * n')}; {other}; delete from lines where source = 'tills' and "
    hole += "sold_at between timestamp '2026-01-01' and timestamp '2026-02-01'"
    assert not judged(landed(hole), "hole_days_excess").passed


def test_how_long_a_hole_may_be_follows_what_the_configuration_lets_a_source_be_silent() -> None:
    assert hole_excess(61, None) == 61 - HOLE_DAYS
    assert hole_excess(61, 90) == 0
    assert hole_excess(None, None) is None


def test_a_required_stream_without_a_row_that_was_known_by_then_is_stopped(landed: Landed) -> None:
    result = judged(landed("alter table lines add column known_at timestamp default timestamp '2027-01-01'"))
    assert "is_lacking" in {failure.column for failure in result.failures}


def test_one_day_without_sales_may_be_a_holiday(landed: Landed) -> None:
    assert judged(landed("delete from lines where cast(sold_at as date) = date '2026-03-29'")).passed


def test_a_research_data_set_may_end_long_before_the_day(landed: Landed) -> None:
    assert judged(landed("delete from lines where sold_at >= timestamp '2026-02-20'", is_live=False)).passed


def test_an_empty_delivery_after_full_ones_is_stopped(landed: Landed) -> None:
    run = landed(f"update lines set load_id = 'l2' where {LAST_DAY}")
    run.records[1].update(rows_read=0, rows_accepted=0)  # type: ignore[attr-defined]
    assert "is_empty_delivery" in {failure.column for failure in judged(run).failures}


@pytest.mark.parametrize(
    ("expected", "behind", "longest_gap", "excess"),
    [
        (ExpectedStream("reviews", is_required=True, is_live=True), 3, 1, 0),
        (ExpectedStream("reviews", is_required=True, is_live=True), 4, 1, 1),
        (ExpectedStream("reviews", is_required=True, is_live=True), 4, 2, 0),
        (ExpectedStream("reviews", is_required=True, is_live=True, max_age_days=1), 4, 2, 3),
        (ExpectedStream("reviews", is_required=False, is_live=True), 400, 1, None),
        (ExpectedStream("reviews", is_required=True, is_live=False), 400, 1, None),
    ],
)
def test_how_old_a_stream_may_be(expected: ExpectedStream, behind: int, longest_gap: int, excess: int | None) -> None:
    assert stale_excess(expected, behind, 60, longest_gap) == excess


def test_a_web_shop_has_no_holidays() -> None:
    live = ExpectedStream("pos_lines", is_required=True, is_live=True)
    assert missing_excess(live, days=59, days_of_week=6, online_days=20) == 0
    assert missing_excess(live, days=59, days_of_week=6, online_days=53) == 1
    assert missing_excess(live, days=50, days_of_week=6, online_days=44) is None
