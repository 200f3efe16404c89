"""When something is worth telling, and when nothing can be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from orchestration.observe.causes import causes_of, failed_run, undecided
from orchestration.observe.record import GateRecord, SourceRecord
from orchestration.observe.spec import Alerts
from tests.unit.observe.conftest import NOW, facts_of, run_of


def keys(**changed: object) -> list[str]:
    return [cause.key for cause in causes_of(facts_of(**changed), Alerts())]


def test_nothing_is_told_of_a_workspace_that_is_well() -> None:
    assert keys() == []


def test_twenty_six_hours_without_a_publication_are_told_and_not_one_minute_less() -> None:
    newest = facts_of().newest
    assert newest is not None
    late = replace(newest, at=NOW - timedelta(hours=26))
    assert keys(newest=late) == []
    assert keys(newest=replace(late, at=late.at - timedelta(minutes=1))) == ["no_publish"]
    assert keys(newest=None, begun_at=NOW - timedelta(hours=25)) == []
    assert keys(newest=None, begun_at=NOW - timedelta(hours=27)) == ["no_publish"]


def test_of_a_study_of_a_fixed_day_no_new_publication_is_expected() -> None:
    assert keys(newest=None, is_study=True) == []


def test_a_failed_gate_is_told_by_name_and_a_run_that_failed_otherwise_by_its_errors() -> None:
    gate = GateRecord("landing", 2, "gate landing failed: enough_rows on pos_lines: 9 of 9 rows; and 1 more")
    failed = run_of(outcome="failed", is_published=False, gates=(gate,))
    (cause,) = causes_of(facts_of(record=failed), Alerts())
    assert (cause.key, cause.instance, cause.summary) == ("gate_failed landing", failed.generation, gate.says)
    broken = run_of(outcome="failed", is_published=False, errors=("warehouse failed: IntegrityError: x",))
    (cause,) = causes_of(facts_of(record=broken), Alerts())
    assert cause.key == "run_failed"
    assert "published nothing: warehouse failed: IntegrityError: x" in cause.summary


def test_a_run_whose_process_is_gone_was_killed() -> None:
    record = run_of(outcome="under way", ended_at=None, process="999999999@1").settled()
    assert record.outcome == "killed"
    assert "was killed" in (failed_run(record) or "")
    assert keys(record=record) == ["run_failed"]


def test_a_source_that_is_down_is_told_once_of_the_day_it_went() -> None:
    sources = (SourceRecord("reviews", "stale", since="2026-10-30"), SourceRecord("tills", "landed", 5))
    (cause,) = causes_of(facts_of(record=run_of(sources=sources)), Alerts())
    assert (cause.key, cause.instance) == ("source_stale reviews", "2026-10-30")


def test_drift_is_told_of_a_model_from_the_limit_on_with_what_moved_most() -> None:
    rows = tuple(
        {"model": "ambassador", "subject": "people", "name": name, "psi": psi, "model_as_of": date(2026, 9, 1)}
        for name, psi in (("followers", 0.24), ("receipts", 0.25), ("reviews", 0.6), ("age_days", None))
    )
    (cause,) = causes_of(facts_of(drift=rows), Alerts())
    assert (cause.key, cause.instance) == ("drift ambassador people", "2026-09-01")
    assert cause.summary == "2 of 4 features of ambassador moved since 2026-09-01 (PSI reviews 0.60, receipts 0.25)"
    assert causes_of(facts_of(drift=rows), Alerts(drift_psi=0.7)) == ()


def test_what_did_not_arrive_is_told_by_target_and_not_as_a_failed_run_too() -> None:
    record = run_of(outcome="failed", errors=("delivery__targets failed: DeliveryError: share: no folder",))
    told = keys(record=record, undelivered=(("share", "20261101-20261102T030000", "no folder"),))
    assert told == ["delivery_failed share"]


def test_while_a_run_is_under_way_nothing_is_said_of_what_only_its_end_can_tell() -> None:
    assert undecided(facts_of()) == frozenset()
    assert undecided(facts_of(record=run_of(outcome="under way"))) == {"gate_failed", "run_failed", "source_stale"}
    assert undecided(facts_of(record=run_of(outcome="failed", sources=()))) == {"source_stale"}


def test_a_summary_is_one_line() -> None:
    record = run_of(outcome="failed", is_published=False, errors=("a\nb\r\nSubject: c",), started_at=str(datetime.min))
    (cause,) = causes_of(facts_of(record=record), Alerts())
    assert "\n" not in cause.summary
    assert "\r" not in cause.summary


def test_too_little_room_for_a_run_is_told_and_just_enough_is_not() -> None:
    assert keys(free_bytes=999_999_999, needed_bytes=1_000_000_000) == ["no_room"]
    assert keys(free_bytes=1_000_000_000, needed_bytes=1_000_000_000) == []
