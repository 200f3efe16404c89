"""A trial's results, one JSON line each, written at once: a stop loses nothing, a later call goes on.

Belongs here: the file, what is done, what is due. Does not: what a trial does (the parts).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


class Journal:
    """Results of one part by the name of the trial."""

    def __init__(self, part: str, folder: Path = RESULTS) -> None:
        self.path = folder / f"reliability_{part}.jsonl"
        self.done: dict[str, dict[str, Any]] = {}
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                try:
                    result = json.loads(line)
                except ValueError:  # the line that a stop cut off
                    continue
                self.done[result["trial"]] = result

    def due(self, trials: Iterable[str]) -> Iterator[str]:
        """Those that are not done yet, in order."""
        return (trial for trial in trials if trial not in self.done)

    def write(self, trial: str, **result: Any) -> None:
        """Keep a result for good."""
        self.path.parent.mkdir(exist_ok=True)
        self.done[trial] = {"trial": trial, **result}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(self.done[trial]) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def of(self, trials: Iterable[str]) -> list[dict[str, Any]]:
        """Results of those that are done."""
        return [self.done[trial] for trial in trials if trial in self.done]


def seconds_left() -> float:
    """How long trials may still go on: NANOLIFT_TRIALS_UNTIL (seconds since 1970) minus now; not set: for ever."""
    import time

    until = os.environ.get("NANOLIFT_TRIALS_UNTIL")
    return float("inf") if until is None else float(until) - time.time()
