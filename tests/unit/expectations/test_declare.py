"""A suite that could not catch anything cannot be declared."""

from __future__ import annotations

import pytest

from expectations.declare import Column, FrameExpectations, Suite, SuiteError, columns_needed, never_null, unique
from expectations.registry import SUITES, suite

KEY = Column("key", "text", filled=True)


def test_a_frame_without_a_check_is_refused() -> None:
    with pytest.raises(SuiteError, match="declares no check"):
        FrameExpectations("people", (KEY,), ())


def test_a_check_on_a_column_that_is_not_declared_is_refused() -> None:
    with pytest.raises(SuiteError, match="colour"):
        FrameExpectations("people", (KEY,), (unique("colour"),))


def test_only_declared_columns_are_needed() -> None:
    frame = FrameExpectations("people", (KEY, Column("age", "number")), never_null("key"))
    assert columns_needed(Suite("marts", (frame,), 1), "people") == ("key", "age")


def test_an_unknown_frame_or_gate_is_named() -> None:
    with pytest.raises(SuiteError, match="no frame 'shops'"):
        suite("marts").frame("shops")
    with pytest.raises(SuiteError, match="no gate 'lunch'"):
        suite("lunch")


@pytest.mark.parametrize("gate", sorted(SUITES))
def test_every_suite_says_how_many_checks_it_has(gate: str) -> None:
    assert SUITES[gate].checks_count == sum(len(frame.checks) for frame in SUITES[gate].frames)
