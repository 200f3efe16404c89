"""What a person at the terminal sees of a run: a line a step, with rows and seconds. Never a value of a row."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

logger = logging.getLogger("nanolift.progress")


@dataclass
class Step:
    """A step under way; what it sets here is printed when it ends."""

    rows: int | None = None
    note: str = ""
    seconds: float = 0.0


@contextmanager
def announce(name: str) -> Iterator[Step]:
    """Log one line when the step has ended, also when it failed."""
    step = Step()
    started = time.monotonic()
    outcome = "failed"
    try:
        yield step
        outcome = "ok"
    finally:
        step.seconds = time.monotonic() - started
        rows = "" if step.rows is None else f"{step.rows:,} rows"
        logger.info("%-28s %-6s %18s %7.1f s  %s", name, outcome, rows, step.seconds, step.note)
