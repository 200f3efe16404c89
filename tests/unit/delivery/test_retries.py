"""A target that does not answer is tried again until its time is over; each try is on record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from orchestration.exports.delivery.patience import Patience
from orchestration.exports.delivery.record import read_records
from orchestration.exports.delivery.run import Courier
from orchestration.generations import Generation
from orchestration.workspace import Workspace

PublishDay = Callable[..., Generation]
MakeCourier = Callable[..., Courier]


def test_a_target_that_comes_back_in_time_gets_its_generation(
    publish_day: PublishDay, courier: MakeCourier, workspace: Workspace, tmp_path: Path
) -> None:
    publish_day("2026-01-01")
    at = [0.0]

    def sleep(seconds: float) -> None:
        at[0] += seconds + 1
        if at[0] > 3:
            (tmp_path / "late").mkdir(exist_ok=True)

    late = {"name": "late", "kind": "folder", "path": "../late", "retry_seconds": 60}
    outcomes = courier(late, patience=Patience(now=lambda: at[0], sleep=sleep)).deliver()
    assert outcomes[0].error is None
    attempts = read_records(workspace, "late")["2026-01-01"].attempts
    assert [each["outcome"] for each in attempts] == ["failed"] * (len(attempts) - 1) + ["delivered"]
    assert len(attempts) > 1
    assert [each["number"] for each in attempts] == list(range(1, len(attempts) + 1))


def test_a_target_that_does_not_come_back_is_left_with_its_other_generations(
    publish_day: PublishDay, courier: MakeCourier, workspace: Workspace
) -> None:
    gone = courier({"name": "gone", "kind": "folder", "path": "../gone", "retry_seconds": 0})
    publish_day("2026-01-01")
    gone.deliver()
    publish_day("2026-01-02")
    outcomes = gone.deliver()
    assert [each.generation for each in outcomes] == ["2026-01-02"], "asked once, not once a generation"
    assert "is not there" in str(outcomes[0])
    assert {name: len(each.attempts) for name, each in read_records(workspace, "gone").items()} == {
        "2026-01-01": 1,
        "2026-01-02": 1,
    }
