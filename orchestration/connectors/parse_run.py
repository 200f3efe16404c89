"""Starts the parser process and judges its end: a crash, a kill or a timeout of it is a SourceError.

Belongs here: the job file, the child, its result. Does not: parsing (parse.py), what rows mean (mapping.py).

The landing may map a file's rows while the child is still at work; it commits nothing before the child ended well.
"""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.files import SourceFile
from orchestration.connectors.growing import POLL_SECONDS
from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.connectors.parse import WRONG_FILE
from orchestration.errors import IntegrityError, SourceError

logger = logging.getLogger(__name__)

# 50 million CSV rows take about 5 minutes; a parser that needs an hour hangs.
PARSER_SECONDS = 3_600.0
LAST_WORDS = "stderr.txt"
PARSER = (sys.executable, "-m", "orchestration.connectors.parse")


@dataclass(frozen=True)
class Parsed:
    """A parsed file: an Arrow IPC file of its rows, its malformed records, values of new columns, counts and columns.

    missing: columns that the mapping reads and the file lacks, where it may.

    Rows that come without a file have no paths; they are counted as they come.
    """

    file: SourceFile
    rows_path: Path | None
    malformed_path: Path | None
    aside_path: Path | None
    rows: int
    malformed: int
    columns_found: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arriving:
    """A delivery whose rows can be read before all of them are there.

    Attributes:
        rows_path: the parser's file, which may still grow, or not be there yet; None: a system's rows (file.rows).
        is_over: whether nothing more will be written into it.
        parsed: waits until all files were parsed well; the errors of Parsing.ended.
        missing: as in Parsed.
    """

    file: SourceFile
    rows_path: Path | None
    is_over: Callable[[], bool]
    parsed: Callable[[], Parsed]
    missing: tuple[str, ...] = ()


def arrived(parsed: Parsed) -> Arriving:
    """A delivery that is complete."""
    return Arriving(parsed.file, parsed.rows_path, lambda: True, lambda: parsed, parsed.missing)


class Child(Protocol):
    """What is asked of the parser process (as of subprocess.Popen)."""

    def poll(self) -> int | None: ...
    def wait(self) -> int: ...
    def kill(self) -> None: ...


def unparsed(file: SourceFile) -> Parsed:
    """Rows of a system, which are Arrow already."""
    assert file.rows is not None  # the caller asks only for those
    return Parsed(file, None, None, None, rows=0, malformed=0, columns_found=file.rows.columns_found)


class Parsing(AbstractContextManager["Parsing"]):
    """One child at work on files; leaving ends it."""

    def __init__(self, files: Sequence[tuple[SourceFile, StreamMapping]], folder: Path, child: Child, seconds: float):
        self._files = files
        self._folder = folder
        self._child = child
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self.ended = cache(self._ended)

    def __exit__(self, *_: object) -> None:
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()

    def arriving(self, number: int) -> Arriving:
        """A file whose rows may be mapped from now on, in the order of the files."""
        if may_lack(self._files[number][1]):  # only a whole file tells which columns it lacks
            return arrived(self.ended()[number])
        rows = self._folder / f"{number:05d}.arrow"
        return Arriving(self._files[number][0], rows, self._is_over, partial(self._parsed, number))

    def _parsed(self, number: int) -> Parsed:
        return self.ended()[number]

    def _ended(self) -> list[Parsed]:
        """Wait for the child; what became of each file.

        Raises:
            SourceUnavailableError: the child crashed, was killed or ran out of time.
            SourceError: a file is not what its mapping says, or changed while it was read.
            IntegrityError: another number of records than an extractor wrote.
        """
        while not self._is_over():
            time.sleep(POLL_SECONDS)
        results = self._results(self._child.wait())
        for (file, _), result in zip(self._files, results, strict=False):
            if "error" in result:
                raise SourceError(f"{file.shown} {result['error']}")
        both = zip(self._files, results, strict=True)
        return [_judged(*each, result, self._folder / f"{no:05d}") for no, (each, result) in enumerate(both)]

    def _is_over(self) -> bool:
        if self._child.poll() is not None:
            return True
        if time.monotonic() > self._deadline:
            raise SourceUnavailableError(
                f"parsing {_at(self._folder)} took more than {self._seconds:.0f} s and was stopped"
            )
        return False

    def _results(self, status: int) -> list[dict[str, Any]]:
        result = self._folder / "result.json"
        if status in (0, WRONG_FILE) and result.exists():
            results: list[dict[str, Any]] = json.loads(result.read_text(encoding="utf-8"))
            return results
        if (said := self._folder / LAST_WORDS).exists():
            logger.debug("parser's last words: %s", said.read_bytes()[-2000:].decode(errors="replace"))
        raise SourceUnavailableError(
            f"the parser process died at {_at(self._folder)} ({_how(status)}); nothing of this source was landed"
        )


def start_parsing(
    files: Sequence[tuple[SourceFile, StreamMapping]],
    folder: Path,
    seconds: float = PARSER_SECONDS,
    child: Sequence[str] = PARSER,
    known: Sequence[Sequence[str] | None] = (),
) -> Parsing:
    """Parse files in one child process that writes into `folder` (which must exist and be private).

    Args:
        files: each file with the mapping that says which columns are read and how the file is written.
        folder: where the child writes; the caller removes it.
        seconds: wall-clock limit of the child.
        child: command that is given the job (tests put a dying one here).
        known: of each file, the columns it had when it was mapped; None, or not given: all are known.
    """
    entries = [
        {
            "path": str(file.local),
            "kind": file.kind,
            "columns": mapping.source_columns,
            "delimiter": mapping.delimiter,
            "encoding": mapping.encoding,
            "may_lack": mapping.source_columns if may_lack(mapping) else (),
            "known": columns,
        }
        for (file, mapping), columns in zip(files, known or [None] * len(files), strict=True)
    ]
    job = folder / "job.json"
    job.write_text(json.dumps({"output": str(folder), "files": entries}), encoding="utf-8")
    return Parsing(files, folder, _started(job, folder, child), seconds)


def parse_files(
    files: Sequence[tuple[SourceFile, StreamMapping]],
    folder: Path,
    seconds: float = PARSER_SECONDS,
    child: Sequence[str] = PARSER,
) -> list[Parsed]:
    """As start_parsing, waiting for the end; the errors of Parsing.ended."""
    with start_parsing(files, folder, seconds, child) as parsing:
        return parsing.ended()


def may_lack(mapping: StreamMapping) -> bool:
    """Whether a file that lost a column of its mapping is read all the same."""
    return mapping.on_drift == "quarantine"


def _started(job: Path, folder: Path, child: Sequence[str]) -> Child:
    with (folder / LAST_WORDS).open("wb") as said:
        return subprocess.Popen(
            [*child, str(job)],
            cwd=Path(__file__).resolve().parents[2],
            env={"LC_ALL": "C.UTF-8"},  # none of ours: the parser of foreign bytes must not hold the keys
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )


def _judged(file: SourceFile, mapping: StreamMapping, result: dict[str, Any], output: Path) -> Parsed:
    found = result["rows"] + result["malformed"]
    if result["sha256"] != file.sha256:
        raise SourceError(f"{file.shown} changed while it was read: run again when it is complete")
    if file.records is not None and found != file.records:
        raise IntegrityError(f"{file.shown}: {file.records} records were extracted, {found} were read from their file")
    lacking = set(mapping.source_columns) - set(result["columns_found"]) if result["rows"] else ()
    return Parsed(
        file=file,
        rows_path=output.with_suffix(".arrow"),
        malformed_path=output.with_suffix(".malformed.jsonl"),
        aside_path=output.with_suffix(".aside.jsonl"),
        rows=result["rows"],
        malformed=result["malformed"],
        columns_found=tuple(result["columns_found"]),
        missing=tuple(sorted(lacking)),
    )


def _at(folder: Path) -> str:
    at = folder / "at.txt"
    return at.read_text(encoding="utf-8") if at.exists() else "its start"


def _how(code: int) -> str:
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit status {code}"
