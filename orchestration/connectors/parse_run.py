"""Starts the parser process and judges its end: a crash, a kill or a timeout of it is a SourceError.

Belongs here: the job file, the child, its result. Does not: parsing (parse.py), what rows mean (mapping.py).
"""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.files import SourceFile
from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.connectors.parse import WRONG_FILE
from orchestration.errors import IntegrityError, SourceError

logger = logging.getLogger(__name__)

# 50 million CSV rows take about 5 minutes; a parser that needs an hour hangs.
PARSER_SECONDS = 3_600.0
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


def unparsed(file: SourceFile) -> Parsed:
    """Rows of a system, which are Arrow already."""
    assert file.rows is not None  # the caller asks only for those
    return Parsed(file, None, None, None, rows=0, malformed=0, columns_found=file.rows.columns_found)


def parse_files(
    files: list[tuple[SourceFile, StreamMapping]],
    folder: Path,
    seconds: float = PARSER_SECONDS,
    child: Sequence[str] = PARSER,
    known: Sequence[Sequence[str] | None] = (),
) -> list[Parsed]:
    """Parse files in one child process that writes into `folder` (which must exist and be private).

    Args:
        files: each file with the mapping that says which columns are read and how the file is written.
        folder: where the child writes; the caller removes it.
        seconds: wall-clock limit of the child.
        child: command that is given the job (tests put a dying one here).
        known: of each file, the columns it had when it was mapped; None, or not given: all are known.

    Raises:
        SourceUnavailableError: the child crashed, was killed or ran out of time.
        SourceError: a file is not what its mapping says, or changed while it was read.
        IntegrityError: another number of records than an extractor wrote.
    """
    entries = [
        {
            "path": str(file.local),
            "kind": file.kind,
            "columns": mapping.source_columns,
            "delimiter": mapping.delimiter,
            "encoding": mapping.encoding,
            "may_lack": mapping.source_columns if mapping.on_drift == "quarantine" else (),
            "known": columns,
        }
        for (file, mapping), columns in zip(files, known or [None] * len(files), strict=True)
    ]
    job = folder / "job.json"
    job.write_text(json.dumps({"output": str(folder), "files": entries}), encoding="utf-8")
    results = _run(job, folder, seconds, child)
    shown = {str(file.local): file.shown for file, _ in files}
    for result, entry in zip(results, entries, strict=False):
        if "error" in result:
            raise SourceError(f"{shown[str(entry['path'])]} {result['error']}")
    parsed = []
    for number, ((file, mapping), result) in enumerate(zip(files, results, strict=True)):
        if result["sha256"] != file.sha256:
            raise SourceError(f"{file.shown} changed while it was read: run again when it is complete")
        if file.records is not None and result["rows"] + result["malformed"] != file.records:
            found = result["rows"] + result["malformed"]
            raise IntegrityError(
                f"{file.shown}: {file.records} records were extracted, {found} were read from their file"
            )
        parsed.append(
            Parsed(
                file=file,
                rows_path=folder / f"{number:05d}.arrow",
                malformed_path=folder / f"{number:05d}.malformed.jsonl",
                aside_path=folder / f"{number:05d}.aside.jsonl",
                rows=result["rows"],
                malformed=result["malformed"],
                columns_found=tuple(result["columns_found"]),
                missing=tuple(sorted(set(mapping.source_columns) - set(result["columns_found"])))
                if result["rows"]
                else (),
            )
        )
    return parsed


def _run(job: Path, folder: Path, seconds: float, child: Sequence[str]) -> list[dict[str, Any]]:
    try:
        done = subprocess.run(
            [*child, str(job)],
            cwd=Path(__file__).resolve().parents[2],
            env={"LC_ALL": "C.UTF-8"},  # none of ours: the parser of foreign bytes must not hold the keys
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SourceUnavailableError(f"parsing {_at(folder)} took more than {seconds:.0f} s and was stopped") from None
    if done.returncode in (0, WRONG_FILE) and (folder / "result.json").exists():
        results: list[dict[str, Any]] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        return results
    logger.debug("parser's last words: %s", done.stderr[-2000:].decode(errors="replace"))
    raise SourceUnavailableError(
        f"the parser process died at {_at(folder)} ({_how(done.returncode)}); nothing of this source was landed"
    )


def _at(folder: Path) -> str:
    at = folder / "at.txt"
    return at.read_text(encoding="utf-8") if at.exists() else "its start"


def _how(code: int) -> str:
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit status {code}"
