"""What a gate found: counts and names, never a value of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Enough to see a pattern in a message; the counts tell the rest.
LABELS_SHOWN = 5


@dataclass(frozen=True)
class Failure:
    """One thing that did not hold.

    Attributes:
        frame, column: where; column "" where the frame as a whole is meant.
        expectation: great_expectations' name, or the runner's own: frame_present, enough_rows, column_type,
            column_filled, expectation_executed, suite_complete.
        unexpected_count: rows that failed; None where rows are not counted.
        row_count: rows looked at.
        why: the reason of the limit, or what to look at.
        labels: names of failing rows of a summary frame.
    """

    frame: str
    expectation: str
    column: str = ""
    unexpected_count: int | None = None
    row_count: int | None = None
    why: str = ""
    labels: tuple[str, ...] = ()

    def one_line(self) -> str:
        where = f"{self.frame}.{self.column}" if self.column else self.frame
        counts = "" if self.unexpected_count is None else f": {self.unexpected_count:,} of {self.row_count:,} rows"
        named = list(self.labels[:LABELS_SHOWN])
        if len(self.labels) > LABELS_SHOWN:
            named.append(f"{len(self.labels) - LABELS_SHOWN} more")
        return (
            f"{self.expectation} on {where}{counts}"
            + (f" [{', '.join(named)}]" if named else "")
            + (f" ({self.why})" if self.why else "")
        )


@dataclass(frozen=True)
class GateResult:
    """A gate's verdict.

    Attributes:
        executed: expectations that were carried out; declared: those the suite has for frames that have rows.
        rows: rows of each frame looked at.
        figures: this run's numbers for the history, to be kept only if the run is published.
    """

    gate: str
    executed: int
    declared: int
    failures: tuple[Failure, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return not self.failures

    def one_line(self) -> str:
        """The verdict in one line: which expectation failed first, on what, how many rows."""
        if self.passed:
            return f"gate {self.gate} passed: {self.executed} expectations on {len(self.rows)} frames"
        more = f"; and {len(self.failures) - 1} more" if len(self.failures) > 1 else ""
        return f"gate {self.gate} failed: {self.failures[0].one_line()}{more}"

    def to_json(self) -> dict[str, Any]:
        """A summary without values, for gates/<gate>.json and the manifest; figures go to the state instead."""
        return {
            "gate": self.gate,
            "passed": self.passed,
            "executed": self.executed,
            "declared": self.declared,
            "rows": dict(sorted(self.rows.items())),
            "failures": [
                {
                    "frame": failure.frame,
                    "column": failure.column,
                    "expectation": failure.expectation,
                    "unexpected_count": failure.unexpected_count,
                    "row_count": failure.row_count,
                    "labels": list(failure.labels),
                    "why": failure.why,
                }
                for failure in self.failures
            ],
        }
