"""What a target is still to get, from what is published and what is on record."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestration.errors import IntegrityError
from orchestration.exports.delivery.package import Item, Package
from orchestration.exports.delivery.record import Record, delivered, due, failed, started
from orchestration.generations import Generation
from tests.unit.delivery.conftest import NOW

PublishDay = Callable[..., Generation]
PACKAGE = Package("t", "Oat", "g", "2026-01-02", 5, (Item("exports/a.csv", 3, "aa"),))


def record(generation: Generation, outcome: str) -> Record:
    sequence = int(generation.manifest["published_sequence"])
    return Record("t", "folder", generation.name, str(generation.as_of), sequence, outcome)


@pytest.mark.parametrize(
    ("outcomes", "wanted"),
    [
        ({}, ["d3"]),
        ({"d1": "delivered"}, ["d3", "d2"]),
        ({"d2": "delivered"}, ["d3"]),
        ({"d1": "delivered", "d2": "delivered", "d3": "delivered"}, []),
        ({"d1": "failed", "d2": "delivered", "d3": "started"}, ["d3", "d1"]),
    ],
)
def test_from_the_first_it_was_offered_on_all_that_did_not_arrive_newest_first(
    publish_day: PublishDay, outcomes: dict[str, str], wanted: list[str]
) -> None:
    found = [publish_day(f"2026-01-0{day}", name=f"d{day}") for day in (1, 2, 3)]
    records = {each.name: record(each, outcomes[each.name]) for each in found if each.name in outcomes}
    assert [each.name for each in due(found, records, found[-1])] == wanted


def test_what_was_rolled_back_is_not_due(publish_day: PublishDay) -> None:
    found = [publish_day(f"2026-01-0{day}", name=f"d{day}") for day in (1, 2, 3)]
    records = {"d1": record(found[0], "failed"), "d3": record(found[2], "failed")}
    assert [each.name for each in due(found, records, found[1])] == ["d2", "d1"]


def test_a_damaged_current_generation_is_told_and_nothing_is_due(publish_day: PublishDay) -> None:
    found = [publish_day(f"2026-01-0{day}", name=f"d{day}") for day in (1, 2)]
    manifest = found[1].path / "manifest.json"
    manifest.write_text(manifest.read_text().replace("2026-01-02", "2026-01-09"))
    with pytest.raises(IntegrityError, match=r"manifest\.json is damaged"):
        due(found[:1], {"d1": record(found[0], "delivered")}, Generation(found[1].path))


def test_nothing_published_is_nothing_due() -> None:
    assert due([], {}, None) == []


def test_every_attempt_stays_on_record_with_how_it_ended() -> None:
    first = failed(started(None, PACKAGE, "s3", NOW), "no answer", NOW)
    assert (first.outcome, first.why, first.is_delivered) == ("failed", "no answer", False)
    second = started(first, PACKAGE, "s3", NOW)
    assert second.why == "was stopped"
    files = {"audience/audience.csv": {"sha256": "bb", "bytes": 7}}
    done = delivered(second, {"files": files, "people": {"delivered": 2}}, True, NOW)
    assert [each["outcome"] for each in done.attempts] == ["failed", "delivered"]
    assert (done.files, done.bytes, done.people, done.delivered_at) == (
        files,
        7,
        {"delivered": 2},
        "2026-01-03T04:05:06Z",
    ), "what the target holds, not what was about to be sent"
