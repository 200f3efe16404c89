"""The words a gate is declared with: columns, checks, frames, limits against history, suites.

Belongs here: the shape of a declaration and the mistakes it refuses. Does not: what must hold (suites/), how a
check is carried out (engine.py), what follows from its result (runner.py, result.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

Family = Literal["text", "number", "boolean", "date", "instant"]
Frames = Mapping[str, pd.DataFrame]


class SuiteError(Exception):
    """A suite is declared wrongly, or asked for something it does not know."""


@dataclass(frozen=True)
class Column:
    """A column a frame must have.

    Attributes:
        name: its name.
        family: what its values must be; a column without any value has every family.
        filled: True where no value at all means that something broke; checks alone would pass on such a column.
    """

    name: str
    family: Family
    filled: bool = False


@dataclass(frozen=True)
class Check:
    """One expectation on one frame.

    Attributes:
        expectation: great_expectations' name of it, for instance expect_column_values_to_be_unique.
        columns: columns it looks at.
        arguments: its other arguments.
        why: what a failure means, or the reason of the limit; printed when the check fails.
    """

    expectation: str
    columns: tuple[str, ...]
    arguments: tuple[tuple[str, Any], ...] = ()
    why: str = ""


def never_null(*columns: str) -> tuple[Check, ...]:
    """No NULL in any of the columns: one check a column."""
    return tuple(Check("expect_column_values_to_not_be_null", (column,)) for column in columns)


def unique(column: str) -> Check:
    """No value of the column twice."""
    return Check("expect_column_values_to_be_unique", (column,))


def unique_together(*columns: str) -> Check:
    """No combination of the columns twice; put never_null beside it, NULL is a value here."""
    return Check("expect_compound_columns_to_be_unique", columns, (("ignore_row_if", "never"),))


def within(column: str, low: float | None, high: float | None, why: str = "", mostly: float = 1.0) -> Check:
    """Every value (a share `mostly` of them) in [low, high]; NULL passes; None leaves a side open."""
    arguments = (("min_value", low), ("max_value", high), ("mostly", mostly))
    return Check("expect_column_values_to_be_between", (column,), arguments, why)


def one_of(column: str, values: Sequence[Any], why: str = "") -> Check:
    """Every value in a closed set; NULL passes."""
    return Check("expect_column_values_to_be_in_set", (column,), (("value_set", tuple(values)),), why)


def always(column: str, value: Any, why: str) -> Check:
    """Every value is `value`; NULL passes. For counts of what must not be: always("…_count", 0, "…")."""
    return one_of(column, (value,), why)


def ordered(low: str, high: str, why: str = "") -> Check:
    """low <= high in every row where both are known."""
    arguments = (("or_equal", True), ("ignore_row_if", "either_value_is_missing"))
    return Check("expect_column_pair_values_a_to_be_greater_than_b", (high, low), arguments, why)


@dataclass(frozen=True)
class FrameExpectations:
    """What one frame must be.

    Attributes:
        name: the frame's name, also in messages.
        columns: the columns it must have; only these are loaded.
        checks: what must hold, at least one.
        min_rows: fewest rows, where the frame may not be empty.
        may_be_empty_without: streams (or other words the caller says in GateContext.streams_with_rows); the frame
            may be empty when none of them has rows. None: never empty; (): may always be empty.
        label: a column that names the row of a summary (a rule, a stream, a load), printed when the row fails.
            Never a column with a person's value.
    """

    name: str
    columns: tuple[Column, ...]
    checks: tuple[Check, ...]
    min_rows: int = 1
    may_be_empty_without: tuple[str, ...] | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        names = {column.name for column in self.columns}
        asked = {name for check in self.checks for name in check.columns} | ({self.label} if self.label else set())
        if not self.checks:
            raise SuiteError(f"frame {self.name} declares no check: an empty suite would pass")
        if asked - names:
            raise SuiteError(f"frame {self.name} checks columns it does not declare: {sorted(asked - names)}")
        if self.min_rows < 1:
            raise SuiteError(f"frame {self.name}: min_rows must be at least 1; say may_be_empty_without instead")


@dataclass(frozen=True)
class Limit:
    """How far a figure may lie from what published generations had.

    Attributes:
        figure: name of the figure, or a pattern with * (fnmatch).
        low, high: bounds of value / median of past values, or of value - median where `difference`.
        fewest_past: past figures needed before the limit binds; below that, anything goes.
        min_past: the limit binds only where the past median is at least this (a ratio to nothing says nothing).
        why: the reason of the bounds.
        may_end: a figure that this run no longer has is no fault (the scores of a campaign that is over).
    """

    figure: str
    low: float
    high: float
    fewest_past: int
    why: str
    difference: bool = False
    min_past: float | None = None
    may_end: bool = False


def no_figures(frames: Frames) -> dict[str, float]:
    """For gates that keep no history."""
    return {}


@dataclass(frozen=True)
class Suite:
    """A gate.

    Attributes:
        gate: landing, marts, features, scores or exports.
        frames: what must hold, frame by frame.
        checks_count: how many checks the frames declare together, written out: a rule that gets lost is noticed.
        figures: computes the numbers of this run that later runs compare theirs with.
        limits: how far figures may lie from their past.
    """

    gate: str
    frames: tuple[FrameExpectations, ...]
    checks_count: int
    figures: Callable[[Frames], dict[str, float]] = no_figures
    limits: tuple[Limit, ...] = ()

    def frame(self, name: str) -> FrameExpectations:
        """The declared frame of that name.

        Raises:
            SuiteError: the suite declares no such frame.
        """
        for frame in self.frames:
            if frame.name == name:
                return frame
        raise SuiteError(f"gate {self.gate} has no frame {name!r}; it has {[frame.name for frame in self.frames]}")


def columns_needed(suite: Suite, frame: str) -> tuple[str, ...]:
    """The columns a caller has to load for a frame: nothing else is looked at."""
    return tuple(column.name for column in suite.frame(frame).columns)
