"""Vega's engine (vl-convert) in a process of its own: where it runs out of memory it ends that process, not the night.

Belongs here: the process, its questions and answers (a line of JSON each). Does not: what a drawing may hold (svg.py).
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

from orchestration.errors import NanoliftError

Question = dict[str, Any]


class DrawingError(NanoliftError):
    """The engine ended before it had drawn a chart."""


def drawn(question: Question) -> str:
    """The SVG of {spec, format_locale, time_format_locale}, drawn in this process."""
    import vl_convert  # the engine of a browser: a second, for a run that writes a report only

    options = {name: value for name, value in question.items() if name != "spec"}
    return str(vl_convert.vegalite_to_svg(question["spec"], **options))


class Engine:
    """The process, from when the block begins until it ends; it gets ready while others work.

    It reads until its input ends, so it ends with the process that started it, however that one ends.
    """

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "orchestration.exports.report.charts.engine"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a dump of its memory, where it ends by itself
            text=True,
            encoding="utf-8",
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.kill()
        self.process.communicate()

    def __call__(self, question: Question) -> str:
        """As `drawn`.

        Raises:
            DrawingError: the engine ended, by which signal or exit code.
            ValueError: what Vega says of a specification that it cannot draw.
        """
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(question) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise DrawingError(
                f"drawing the report's charts ended by {_ended(self.process.wait())}, as it does without enough "
                "memory: give the run more, and run again"
            )
        answer = json.loads(line)
        if "error" in answer:
            raise ValueError(answer["error"])
        return str(answer["svg"])


def _ended(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _serve() -> None:
    import vl_convert  # noqa: F401 before the first question

    for line in sys.stdin:
        try:
            answer = {"svg": drawn(json.loads(line))}
        except ValueError as error:
            answer = {"error": str(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
