"""What a person at the terminal sees of a run: a line a step, with rows and seconds. Never a value of a row."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from orchestration.unquoted import unquoted

logger = logging.getLogger("nanolift.progress")

# What a record of ours says besides its text, for readers other than people (observe/log.py).
STEP_FIELD = "nanolift_step"


@dataclass
class Step:
    """A step under way; what it sets here is printed when it ends."""

    rows: int | None = None
    note: str = ""
    seconds: float = 0.0


@contextmanager
def announce(name: str, source: str | None = None) -> Iterator[Step]:
    """Log one line when the step has ended, also when it failed; what it raises is told without values of rows.

    Args:
        source: the configured source that the step reads.
    """
    step = Step()
    started = time.monotonic()
    outcome = "failed"
    _tell(logging.DEBUG, "begins", {"step": name, "source": source})
    try:
        with unquoted():
            yield step
        outcome = "ok"
    finally:
        step.seconds = time.monotonic() - started
        rows = "" if step.rows is None else f"{step.rows:,} rows"
        text = f"{name:<28} {outcome:<6} {rows:>18} {step.seconds:7.1f} s  {step.note}"
        said = {"outcome": outcome, "rows": step.rows, "seconds": round(step.seconds, 3), "note": step.note}
        _tell(logging.INFO, text, {"step": name, "source": source, **said})


def _tell(level: int, text: str, said: dict[str, Any]) -> None:
    logger.log(level, "%s", text, extra={STEP_FIELD: said})
