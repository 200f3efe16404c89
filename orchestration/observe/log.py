"""The structured log of a workspace: logs/nanolift.jsonl, one JSON object a line, rotated when a run begins.

Belongs here: what a line says, the file. Does not: what is worth a line (whoever logs), what people see at the terminal
(nightly.py).

A line holds names, counts, times and texts that nanolift itself wrote. Of an error it holds the class and, where it is
one of ours, what it says: other libraries quote values of rows. Values of the workspace's secrets are blanked, should
one ever stand in a text.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from orchestration.errors import NanoliftError
from orchestration.progress import STEP_FIELD
from orchestration.workspace import Workspace

# A night of the demo brand writes some 170 lines, 60 kB: a file lasts for 80 nights, all of them for two years.
LARGEST_BYTES, FILES_KEPT = 5_000_000, 10
# Whose records are ours.
LOGGERS = ("nanolift", "orchestration", "ml", "expectations")
BLANK = "[secret]"


@dataclass(frozen=True)
class Ended:
    """A step that has ended: outcome ok or failed; rows None where a step has none."""

    step: str
    source: str | None
    outcome: str
    rows: int | None
    seconds: float


class RunLog(logging.Handler):
    """Writes each record with the run and the step it belongs to.

    Attributes:
        ended: the steps that have ended, in order.
    """

    def __init__(self, path: Path, run: dict[str, Any], secrets: Sequence[str] = ()) -> None:
        super().__init__(logging.DEBUG)
        self.run, self.ended, self.under_way = run, list[Ended](), list[dict[str, Any]]()
        self._secrets = sorted(secrets, key=len, reverse=True)
        self._has_said_so = False
        self._file: FileIO | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            self._is_lost(error)

    def emit(self, record: logging.LogRecord) -> None:
        """Append one line. A disk that is full must not end a night that would fit."""
        said: dict[str, Any] = getattr(record, STEP_FIELD, {})
        begins = bool(said) and "outcome" not in said
        if begins:
            self.under_way.append(said)
        here = said or (self.under_way[-1] if self.under_way else {})
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            **self.run,
            "step": here.get("step"),
            "source": here.get("source"),
            "logger": record.name,
            "event": "step began" if begins else "step ended" if said else "message",
            **{name: said.get(name) for name in ("outcome", "rows", "seconds", "note") if name in said},
            **({} if said else {"message": record.getMessage()}),
            **_error(record),
        }
        if self._file is not None:
            try:
                self._file.write((self._blanked(json.dumps(line, ensure_ascii=False)) + "\n").encode())
            except OSError as error:
                self._is_lost(error)
        if said and not begins:
            self.under_way = [each for each in self.under_way if each["step"] != said["step"]]
            self.ended.append(Ended(said["step"], said["source"], said["outcome"], said["rows"], said["seconds"]))

    def _is_lost(self, error: OSError) -> None:
        """Said once, where it still can be."""
        if not self._has_said_so:
            sys.stderr.write(f"nanolift: the log cannot be written: {error.strerror}\n")
            self._has_said_so = True

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()

    def _blanked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(json.dumps(secret, ensure_ascii=False)[1:-1], BLANK)
        return text


def _error(record: logging.LogRecord) -> dict[str, str]:
    error = record.exc_info[1] if record.exc_info else None
    return {} if error is None else {"error": told(error)}


def told(error: BaseException) -> str:
    """An error for logs and alerts: class, and text where it is ours, which names files and counts, never a value.

    Where ours repeats what another library's said, that one's class stands for it.
    """
    if not isinstance(error, NanoliftError):
        return type(error).__name__
    text, cause = str(error), error.__cause__ or error.__context__
    while cause is not None:
        if not isinstance(cause, NanoliftError) and str(cause):
            text = text.replace(str(cause), type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return f"{type(error).__name__}: {text}"


def rotate(path: Path, largest: int = LARGEST_BYTES, kept: int = FILES_KEPT) -> None:
    """Make room for a new file where this one is large: x.jsonl to x.jsonl.1, and so on; the oldest goes.

    Only whoever holds the workspace calls it: others may append meanwhile, and write on into the renamed file.
    """
    if not path.exists() or path.stat().st_size < largest:
        return
    files = [path, *(path.with_name(f"{path.name}.{number}") for number in range(1, kept))]
    for newer, older in reversed(list(pairwise(files))):
        if newer.exists():
            newer.replace(older)


@contextmanager
def logging_to(workspace: Workspace, run: dict[str, Any], secrets: Sequence[str] = ()) -> Iterator[RunLog]:
    """Write what our loggers say into the workspace's log, while the block runs.

    Args:
        run: what every line says of its run: run_id, generation, as_of.
        secrets: values to be blanked.
    """
    handler = RunLog(workspace.log, run, secrets)
    loggers = [logging.getLogger(name) for name in LOGGERS]
    levels = [each.level for each in loggers]
    progress = logging.getLogger("nanolift.progress")
    before = progress.level
    _enable()
    try:
        for each in loggers:
            each.addHandler(handler)
            each.setLevel(logging.INFO)
        progress.setLevel(logging.DEBUG)
        if not progress.propagate:
            progress.addHandler(handler)
        yield handler
    finally:
        progress.removeHandler(handler)
        progress.setLevel(before)
        for each, level in zip(loggers, levels, strict=True):
            each.removeHandler(handler)
            each.setLevel(level)
        handler.close()


def _enable() -> None:
    """Libraries that configure logging (alembic, import-linter) may have switched off every logger they found."""
    for name, each in logging.root.manager.loggerDict.items():
        if name.split(".")[0] in LOGGERS and isinstance(each, logging.Logger):
            each.disabled = False
