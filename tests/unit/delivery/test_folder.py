"""A folder gets each generation once, whole, wherever an earlier delivery had stopped."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.errors import ConfigurationError, IntegrityError
from orchestration.exports.delivery.errors import DeliveryError
from orchestration.exports.delivery.record import read_records
from orchestration.exports.delivery.run import Courier, not_delivered
from orchestration.exports.delivery.spec import Delivery
from orchestration.exports.delivery.targets import target_of
from orchestration.generations import Generation
from orchestration.workspace import Workspace
from tests.unit.delivery.conftest import NOW

PublishDay = Callable[..., Generation]
MakeCourier = Callable[..., Courier]
FILES = {"exports/data_dictionary.csv", "exports/moments.csv", "exports/moments.parquet"}


class StoppedError(Exception):
    """Stands for a kill: nothing catches it."""


class StopAt:
    """Stops at the n-th step."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.steps: list[str] = []

    def __call__(self, name: str) -> None:
        self.steps.append(name)
        if self.left == 0:
            raise StoppedError
        self.left -= 1


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def held(out: Path) -> dict[str, set[str]]:
    """Generation → the files a reader finds in it, where its delivery.json says it is complete."""
    found = {}
    for manifest in (out / "generations").glob("*/delivery.json"):
        files = {path.relative_to(manifest.parent).as_posix() for path in manifest.parent.rglob("*") if path.is_file()}
        assert files - {"delivery.json"} == set(json.loads(manifest.read_text())["files"])
        found[manifest.parent.name] = files - {"delivery.json"}
    assert {path.name for path in (out / "generations").iterdir()} == set(found)
    return found


def latest(out: Path) -> str:
    return str(json.loads((out / "latest.json").read_text())["generation"])


def test_exports_arrive_and_nothing_else(publish_day: PublishDay, courier: MakeCourier, out: Path) -> None:
    publish_day("2026-01-01", text="first")
    assert [str(each) for each in courier().deliver()] == ["share: 2026-01-01 delivered"]
    assert held(out) == {"2026-01-01": FILES}
    assert (out / "generations/2026-01-01/exports/moments.csv").read_text() == "first"
    assert latest(out) == "2026-01-01"


def test_what_was_delivered_is_not_delivered_again(
    publish_day: PublishDay, courier: MakeCourier, out: Path, workspace: Workspace
) -> None:
    publish_day("2026-01-01")
    courier().deliver()
    shutil.rmtree(out / "generations")
    assert courier().deliver() == []
    assert courier().deliver(generation="2026-01-01") == []
    assert not (out / "generations").exists()
    record = read_records(workspace, "share")["2026-01-01"]
    assert (record.outcome, len(record.attempts), set(record.files)) == ("delivered", 1, FILES)
    assert record.bytes == len("column") + len("rows") + len("rowsrows")


def test_a_stop_at_any_step_leaves_one_complete_copy_after_the_next_run(
    publish_day: PublishDay, courier: MakeCourier, out: Path, workspace: Workspace
) -> None:
    publish_day("2026-01-01")
    whole = StopAt(99)
    courier(at_step=whole).deliver()
    assert whole.steps[-1] == "share recorded"
    for number, name in enumerate(whole.steps):
        shutil.rmtree(out)
        out.mkdir()
        shutil.rmtree(workspace.deliveries)
        with pytest.raises(StoppedError):
            courier(at_step=StopAt(number)).deliver()
        assert name == "share recorded" or not read_records(workspace, "share")["2026-01-01"].is_delivered
        again = StopAt(99)
        courier(at_step=again).deliver()
        assert held(out) == {"2026-01-01": FILES}
        assert latest(out) == "2026-01-01"
        assert not list((out / ".incoming").iterdir())
        attempts = read_records(workspace, "share")["2026-01-01"].attempts
        assert [each["outcome"] for each in attempts] == {"share recorded": ["delivered"]}.get(
            name, ["started", "delivered"]
        )
        arrived_before = name in ("share write latest", "share delivered", "share recorded")
        assert arrived_before == ("share put delivery.json" not in again.steps)


def test_latest_never_goes_back(publish_day: PublishDay, courier: MakeCourier, out: Path) -> None:
    publish_day("2026-01-02")
    courier().deliver()
    publish_day("2026-01-01")
    courier().deliver()
    assert latest(out) == "2026-01-02"
    publish_day("2026-01-02", name="again")
    courier().deliver()
    assert latest(out) == "again"
    assert set(held(out)) == {"2026-01-01", "2026-01-02", "again"}


def test_nights_that_were_missed_are_caught_up_newest_first(
    publish_day: PublishDay, courier: MakeCourier, out: Path
) -> None:
    for day in ("2026-01-01", "2026-01-02"):
        publish_day(day)
    courier().deliver()
    assert set(held(out)) == {"2026-01-02"}, "a new target begins with the current one"
    for day in ("2026-01-03", "2026-01-04"):
        publish_day(day)
    assert [each.generation for each in courier().deliver()] == ["2026-01-04", "2026-01-03"]


def test_a_target_that_is_not_there_stops_no_other(publish_day: PublishDay, courier: MakeCourier, out: Path) -> None:
    publish_day("2026-01-01")
    both = courier(
        {"name": "gone", "kind": "folder", "path": "/nowhere/at/all", "retry_seconds": 0},
        {"name": "share", "kind": "folder", "path": "../out"},
    )
    outcomes = both.deliver()
    assert [each.target for each in not_delivered(outcomes)] == ["gone"]
    assert "make the folder, or mount it" in str(outcomes[0])
    assert held(out) == {"2026-01-01": FILES}
    assert both.deliver(target="share") == []


def test_what_is_not_nanolifts_is_left_alone(publish_day: PublishDay, courier: MakeCourier, out: Path) -> None:
    publish_day("2026-01-01")
    (out / "generations/2026-01-01").mkdir(parents=True)
    (out / "generations/2026-01-01/notes.txt").write_text("mine")
    assert "is not nanolift's" in str(courier().deliver()[0])
    assert (out / "generations/2026-01-01/notes.txt").read_text() == "mine"


def test_two_brands_do_not_share_a_place(publish_day: PublishDay, courier: MakeCourier, out: Path) -> None:
    publish_day("2026-01-01")
    courier().deliver()
    other = courier({"name": "other", "kind": "folder", "path": "../out"})
    assert "give each a place of its own" in str(other.deliver()[0])


def test_damaged_bytes_are_not_delivered(
    publish_day: PublishDay, courier: MakeCourier, out: Path, workspace: Workspace
) -> None:
    generation = publish_day("2026-01-01")
    (generation.path / "exports/moments.csv").write_text("rowz")
    assert "is not what was published" in str(courier().deliver()[0])
    record = read_records(workspace, "share")["2026-01-01"]
    assert (record.outcome, record.files) == ("failed", {})
    assert "is not what was published" in record.why
    assert not (out / "generations").exists()


def test_a_damaged_record_is_named_instead_of_delivering_twice(
    publish_day: PublishDay, courier: MakeCourier, workspace: Workspace
) -> None:
    publish_day("2026-01-01")
    courier().deliver()
    (workspace.deliveries / "share/2026-01-01.json").write_text("{")
    with pytest.raises(IntegrityError, match="look whether share holds that generation"):
        courier().deliver()


def test_unknown_names_are_refused(publish_day: PublishDay, courier: MakeCourier) -> None:
    publish_day("2026-01-01")
    with pytest.raises(ConfigurationError, match="there are share"):
        courier().deliver(target="lake")
    with pytest.raises(ConfigurationError, match="there are 2026-01-01"):
        courier().deliver(generation="x")


@pytest.mark.parametrize("path", [".", "generations", "state/deliveries", "landing/../builds/x"])
def test_the_workspaces_own_folders_are_no_target(publish_day: PublishDay, courier: MakeCourier, path: str) -> None:
    publish_day("2026-01-01")
    refused = courier({"name": "inside", "kind": "folder", "path": path}).deliver()
    assert "is the workspace's own" in str(refused[0])


def test_names_of_people_do_not_lie_in_the_workspace(
    publish_day: PublishDay, courier: MakeCourier, workspace: Workspace
) -> None:
    publish_day("2026-01-01")
    (workspace.root / "lists").mkdir()
    audience = {"choose_from": "ambassador_scores", "purpose": "contact", "identifier": "consumer_ref"}
    inside = Delivery.model_validate({"name": "a", "kind": "folder", "path": "lists", "audience": audience})
    with pytest.raises(DeliveryError, match="where no names are kept"):
        target_of(inside, workspace, None, lambda: NOW)
