"""Waits grow, are random, and end with the deadline."""

from __future__ import annotations

import random

from orchestration.exports.delivery.patience import LONGEST_WAIT, Patience


class Time:
    def __init__(self) -> None:
        self.at = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def test_waits_lie_under_a_doubling_bound_and_end_before_the_deadline() -> None:
    time = Time()
    patience = Patience(now=lambda: time.at, sleep=time.sleep, random=random.Random(1))
    tries = 1
    while patience.waits(tries, 400.0):
        tries += 1
    assert time.at <= 400.0
    assert all(wait <= min(LONGEST_WAIT, 0.5 * 2**number) for number, wait in enumerate(time.slept))
    assert max(time.slept) > 8, "no growth: a target that is down would be asked for ever at the first pace"
    assert len(set(time.slept)) == len(time.slept)


def test_a_target_that_asks_for_a_wait_gets_it_or_is_left() -> None:
    time = Time()
    patience = Patience(now=lambda: time.at, sleep=time.sleep, random=random.Random(1))
    assert patience.waits(1, 200.0, asked=30)
    assert 30 <= time.slept[0] <= 31
    assert not patience.waits(1, 200.0, asked=90)
    assert len(time.slept) == 1
