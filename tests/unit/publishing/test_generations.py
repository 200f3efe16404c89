"""Which generation a run starts from, which one readers see, which ones are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from orchestration.errors import IntegrityError
from orchestration.generations import Generation, current, generations, kept, previous_of, starting_point
from orchestration.settings import Retention
from orchestration.workspace import Build, Workspace

Publish = Callable[..., bool]


def listed(tmp_path: Path, *days: str) -> list[Generation]:
    """Generations of those days, published in that order, named by their place: 0, 1, …"""
    found = []
    for number, day in enumerate(days):
        path = tmp_path / str(number)
        path.mkdir()
        Build(path).manifest.write_text(json.dumps({"as_of": day, "published_sequence": number, "parent": None}))
        found.append(Generation(path))
    return found


def days_back(first: str, count: int) -> list[str]:
    return [(date.fromisoformat(first) - timedelta(days=n)).isoformat() for n in range(count)][::-1]


def test_fourteen_days_and_twelve_month_ends_stay(tmp_path: Path) -> None:
    # 400 nights up to 2026-03-10. Of the last 14 days: 02-25 to 03-10. Month-ends: the latest of each of the last 12
    # months with a generation, March (03-10) back to April 2025: 12 names, of which 03-10 and 02-28 are among the 14.
    found = listed(tmp_path, *days_back("2026-03-10", 400))
    day_of = {generation.name: generation.as_of for generation in found}
    stay = {day_of[name] for name in kept(found, frozenset(), Retention())}
    last_days = {date(2026, 2, 25) + timedelta(days=n) for n in range(14)}
    month_ends = {date(2025, m, 30 if m in (4, 6, 9, 11) else 31) for m in range(4, 13)} | {date(2026, 1, 31)}
    assert stay == last_days | month_ends
    assert len(stay) == 14 + 10


def test_current_and_its_parent_stay_however_old(tmp_path: Path) -> None:
    found = listed(tmp_path, "2020-01-01", "2020-01-02", "2026-01-01")
    retention = Retention(generations_days=1, generations_month_ends=0)
    assert kept(found, frozenset(), retention) == {"2"}
    assert kept(found, frozenset({"0", "1"}), retention) == {"0", "1", "2"}


def test_of_reruns_of_a_day_the_newest_stays(tmp_path: Path) -> None:
    found = listed(tmp_path, "2026-01-01", "2026-01-01", "2026-01-01")
    assert kept(found, frozenset(), Retention()) == {"2"}


def test_a_run_starts_from_the_newest_generation_that_is_not_newer(workspace: Workspace, publish_day: Publish) -> None:
    for day in ("2026-01-01", "2026-01-05", "2026-01-03"):
        publish_day(day)
    assert [g.name for g in generations(workspace)] == ["2026-01-01", "2026-01-05", "2026-01-03"]
    start = starting_point(workspace, date(2026, 1, 4))
    assert start is not None
    assert start.name == "2026-01-03"
    assert starting_point(workspace, date(2025, 12, 31)) is None


def test_what_readers_saw_before_is_no_backfill(tmp_path: Path) -> None:
    found = listed(tmp_path, "2026-01-01", "2026-01-02", "2025-06-01", "2026-01-03")
    before = previous_of(found[3], found)
    assert before is not None
    assert before.name == "1"
    assert previous_of(found[2], found) is None


def test_nothing_published_is_no_generation(workspace: Workspace) -> None:
    assert current(workspace) is None
    assert generations(workspace) == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"as_of": "2026-01-01"}'])
def test_a_damaged_manifest_is_named_and_no_run_starts_from_it(
    workspace: Workspace, publish_day: Publish, content: str
) -> None:
    publish_day("2026-01-01")
    publish_day("2026-01-02")
    Build(workspace.generations / "2026-01-02").manifest.write_text(content)
    with pytest.raises(IntegrityError, match=r"2026-01-02/manifest\.json is damaged"):
        Generation(workspace.generations / "2026-01-02").manifest  # noqa: B018
    start = starting_point(workspace, date(2026, 1, 2))
    assert start is not None
    assert start.name == "2026-01-01"


def test_one_changed_digit_of_a_manifest_is_damage(workspace: Workspace, publish_day: Publish) -> None:
    publish_day("2026-01-01")
    manifest = Build(workspace.generations / "2026-01-01").manifest
    manifest.write_text(manifest.read_text().replace("2026-01-01", "2026-01-07"))
    with pytest.raises(IntegrityError, match="damaged"):
        Generation(manifest.parent).manifest  # noqa: B018


def test_a_manifest_whose_seal_lost_its_name_is_damaged(workspace: Workspace, publish_day: Publish) -> None:
    publish_day("2026-01-01")
    manifest = Build(workspace.generations / "2026-01-01").manifest
    manifest.write_text(manifest.read_text().replace('"seal"', '"sael"'))
    with pytest.raises(IntegrityError, match="damaged"):
        Generation(manifest.parent).manifest  # noqa: B018


def test_a_night_publishes_over_a_current_generation_whose_manifest_is_damaged(
    workspace: Workspace, publish_day: Publish
) -> None:
    publish_day("2026-01-02")
    Build(workspace.generations / "2026-01-02").manifest.write_text("{")
    assert publish_day("2026-01-02", name="again")
    now = current(workspace)
    assert now is not None
    assert now.name == "again"
