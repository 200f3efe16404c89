"""Each cause is told once of each time, once more when it is over, and waits for a channel that is down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from orchestration.exports.delivery.errors import DeliveryUnavailableError
from orchestration.observe.alerts import Notice, tell
from orchestration.observe.causes import Cause
from orchestration.workspace import Workspace
from tests.unit.observe.conftest import NOW

GATE = Cause("gate_failed", "landing", "g1", "gate landing failed")
STALE = Cause("source_stale", "reviews", "2026-10-30", "source reviews is down")


@dataclass
class Kept:
    """A channel that keeps what it gets, unless it is down."""

    name: str = "kept"
    is_down: bool = False
    got: list[Notice] = field(default_factory=list)

    def send(self, notice: Notice, at: datetime) -> None:
        if self.is_down:
            raise DeliveryUnavailableError("down")
        self.got.append(notice)

    def said(self) -> list[str]:
        found = [f"{notice.event} {notice.cause.key} {notice.cause.instance}" for notice in self.got]
        self.got.clear()
        return found


def looked(
    place: Path, causes: list[Cause], *channels: Kept, at: datetime = NOW, undecided: tuple[str, ...] = ()
) -> list[str]:
    return tell(Workspace.at(place), causes, frozenset(undecided), channels, at)[1]


def test_a_cause_is_told_once_and_once_more_when_it_is_over(tmp_path: Path) -> None:
    channel = Kept()
    looked(tmp_path, [GATE, STALE], channel)
    assert channel.said() == ["opened gate_failed landing g1", "opened source_stale reviews 2026-10-30"]
    looked(tmp_path, [GATE, STALE], channel)
    assert channel.said() == []
    looked(tmp_path, [STALE], channel)
    assert channel.said() == ["resolved gate_failed landing g1"]
    looked(tmp_path, [STALE], channel)
    assert channel.said() == []


def test_the_same_cause_in_another_generation_is_told_again(tmp_path: Path) -> None:
    channel = Kept()
    looked(tmp_path, [GATE], channel)
    channel.said()
    looked(tmp_path, [Cause("gate_failed", "landing", "g2", "gate landing failed")], channel)
    assert channel.said() == ["opened gate_failed landing g2"]


def test_what_cannot_be_said_now_is_not_told_as_over(tmp_path: Path) -> None:
    channel = Kept()
    looked(tmp_path, [GATE], channel)
    channel.said()
    looked(tmp_path, [], channel, undecided=("gate_failed",))
    assert channel.said() == []


def test_a_channel_that_was_down_gets_its_notices_later_and_the_other_gets_none_twice(tmp_path: Path) -> None:
    up, down = Kept("up"), Kept("down", is_down=True)
    assert looked(tmp_path, [GATE, STALE], up, down) == ["down: down"]
    assert len(up.said()) == 2
    down.is_down = False
    assert looked(tmp_path, [STALE], up, down) == []
    assert up.said() == ["resolved gate_failed landing g1"]
    assert down.said() == [
        "opened gate_failed landing g1",
        "opened source_stale reviews 2026-10-30",
        "resolved gate_failed landing g1",
    ]


def test_a_notice_that_nobody_took_for_a_week_is_dropped(tmp_path: Path) -> None:
    channel = Kept(is_down=True)
    looked(tmp_path, [GATE], channel)
    channel.is_down = False
    looked(tmp_path, [GATE], channel, at=NOW + timedelta(days=7))
    assert channel.said() == []


def test_two_tries_of_a_notice_have_one_key_and_two_notices_have_two() -> None:
    first = Notice("opened", GATE, "2026-11-02T08:00:00Z", ("webhook", "email"))
    assert first.key == Notice("opened", GATE, "2026-11-02T08:00:00Z", ("email",)).key
    assert first.key != Notice("resolved", GATE, "2026-11-02T08:00:00Z").key


def test_a_damaged_memory_tells_anew_instead_of_never(tmp_path: Path) -> None:
    channel = Kept()
    looked(tmp_path, [GATE], channel)
    channel.said()
    (tmp_path / "logs" / "alerts.json").write_text('{"open"')
    looked(tmp_path, [GATE], channel)
    assert channel.said() == ["opened gate_failed landing g1"]


def test_a_notice_is_sent_where_nothing_can_be_written_down(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the place of the folder")
    channel = Kept()
    assert [looked(tmp_path, [GATE], channel) for _ in range(2)] == [[], []]
    assert channel.said() == ["opened gate_failed landing g1"] * 2
