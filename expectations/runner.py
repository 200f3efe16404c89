"""Runs a gate, so that it cannot pass without having looked.

great_expectations lets an empty table, an all-NULL column and an empty suite pass. Here a gate fails on a frame
that was not given, too few rows, a missing, mistyped or emptied column, a check that raised, and any number of
carried-out checks other than the declared one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from expectations.declare import Check, FrameExpectations, Frames, Suite
from expectations.engine import Engine, Outcome
from expectations.families import family_of, fits
from expectations.history import Past, compare, history_frame_expectations
from expectations.result import Failure, GateResult


class ChecksFrames(Protocol):
    """What carries checks out; great_expectations, except in tests of the runner itself."""

    def run(self, name: str, frame: pd.DataFrame, checks: Sequence[Check], label: str | None) -> list[Outcome]: ...


@dataclass(frozen=True)
class GateContext:
    """What a gate knows besides its frames.

    Attributes:
        streams_with_rows: streams that have rows this run may see; they decide which frames may be empty.
        past: figure → its values in published generations of earlier dates, oldest first.
    """

    streams_with_rows: frozenset[str] = frozenset()
    past: Past = field(default_factory=dict)


def validate(
    suite: Suite,
    frames: Frames,
    context: GateContext | None = None,
    make_engine: Callable[[], ChecksFrames] = Engine,
) -> GateResult:
    """Look at every declared frame and say what did not hold.

    Args:
        suite: the gate, from registry.suite(name).
        frames: the frames by name; only declared columns are looked at.
        context: streams with rows and past figures.
        make_engine: makes what carries out the checks.
    """
    context = context or GateContext()
    declared = sum(len(frame.checks) for frame in suite.frames)
    failures: list[Failure] = []
    if declared != suite.checks_count:
        why = f"the suite says {suite.checks_count} checks, its frames hold {declared}: was a rule lost?"
        failures.append(Failure(suite.gate, "suite_complete", why=why))
    failures += [f for expected in suite.frames for f in _structure(expected, frames, context)]
    broken = {failure.frame for failure in failures}
    figures: dict[str, float] = {}
    to_check = [(expected, frames[expected.name]) for expected in suite.frames if expected.name not in broken]
    if not broken and suite.limits:
        figures = suite.figures(frames)
        to_check.append((history_frame_expectations(suite.limits), compare(figures, context.past, suite.limits)))
    engine = make_engine()
    executed = asked = 0
    for expected, frame in to_check:
        if frame.empty:  # allowed: its streams have no rows
            continue
        outcomes = engine.run(expected.name, _declared_columns(expected, frame), expected.checks, expected.label)
        failures += _verdicts(expected, len(frame), outcomes)
        asked += len(expected.checks)
        executed += sum(not outcome.raised for outcome in outcomes)
    return GateResult(
        gate=suite.gate,
        executed=executed,
        declared=asked,
        failures=tuple(failures),
        rows={name: len(frames[name]) for name in (expected.name for expected in suite.frames) if name in frames},
        figures=figures,
    )


def _structure(expected: FrameExpectations, frames: Mapping[str, pd.DataFrame], context: GateContext) -> list[Failure]:
    """Frame there, columns there and of their family and filled, rows enough."""
    if expected.name not in frames:
        return [Failure(expected.name, "frame_present", why="the frame was not given to the gate")]
    frame = frames[expected.name]
    rows = len(frame)
    failures = []
    for column in expected.columns:
        if column.name not in frame.columns:
            failures.append(Failure(expected.name, "expect_column_to_exist", column.name, why="missing or renamed"))
        elif not fits(frame[column.name], column.family):
            why = f"expected {column.family}, found {family_of(frame[column.name]) or 'a mixture or unknown type'}"
            failures.append(Failure(expected.name, "column_type", column.name, why=why))
        elif column.filled and rows and not frame[column.name].notna().any():
            failures.append(Failure(expected.name, "column_filled", column.name, rows, rows, "every value is NULL"))
    streams = expected.may_be_empty_without
    may_be_empty = streams is not None and not context.streams_with_rows.intersection(streams)
    if rows < expected.min_rows and not (rows == 0 and may_be_empty):
        why = f"{rows} rows, at least {expected.min_rows} expected"
        failures.append(Failure(expected.name, "enough_rows", why=why))
    return failures


def _declared_columns(expected: FrameExpectations, frame: pd.DataFrame) -> pd.DataFrame:
    return frame[[column.name for column in expected.columns]]


def _verdicts(expected: FrameExpectations, rows: int, outcomes: Sequence[Outcome]) -> list[Failure]:
    """A failure per check that did not hold, raised, or was never carried out."""
    failures = []
    done = {outcome.check: outcome for outcome in outcomes}
    for check in expected.checks:
        outcome = done.get(check)
        column = ", ".join(check.columns)
        if outcome is None or outcome.raised:
            what = "was not carried out" if outcome is None else f"raised {', '.join(outcome.raised)}"
            failures.append(Failure(expected.name, "expectation_executed", column, why=f"{check.expectation} {what}"))
        elif not outcome.success:
            count = outcome.unexpected_count
            failures.append(Failure(expected.name, check.expectation, column, count, rows, check.why, outcome.labels))
    return failures
