"""Work that falls silent is left, and what it still gets done ends at its next step."""

from __future__ import annotations

from threading import Event

import pytest

from orchestration.exports.delivery.errors import DeliveryError, DeliveryUnavailableError
from orchestration.exports.delivery.target import Arrived, Step
from orchestration.exports.delivery.watch import watched


def test_silent_work_is_left_and_takes_no_further_step() -> None:
    answer, ended, after = Event(), Event(), []

    def work(step: Step) -> Arrived:
        try:
            step("ask")
            answer.wait(5)
            step("go on")
            after.append("went on")
            return Arrived({}, True)
        finally:
            ended.set()

    with pytest.raises(DeliveryUnavailableError, match=r"x did not answer for 0\.05 s"):
        watched(work, lambda name: None, 0.05, "x")
    answer.set()
    assert ended.wait(5)
    assert after == []


def test_its_result_and_its_errors_are_handed_on() -> None:
    assert watched(lambda step: Arrived({"a": 1}, False), lambda name: None, 5, "x").manifest == {"a": 1}

    def refuse(step: Step) -> Arrived:
        raise DeliveryError("no")

    with pytest.raises(DeliveryError, match="no"):
        watched(refuse, lambda name: None, 5, "x")
