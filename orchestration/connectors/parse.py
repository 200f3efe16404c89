"""The parser process: `python -m orchestration.connectors.parse job.json`.

Foreign files are untrusted input to native code, so they are parsed here, apart: this process writes only into the
folder its job names, holds no key and no connection, and reports by its exit status and result.json.

Belongs here: the process. Does not: the formats (readers*.py), starting it and judging its end (parse_run.py).
Exit status: 0 all parsed; 3 a file is not what its mapping says (result.json tells); anything else: it died.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from pathlib import Path
from typing import Any

import pyarrow as pa

from orchestration.connectors.readers import Malformed, Task, WrongFileError, read

WRONG_FILE = 3


def main(job_path: Path) -> int:
    """Parse every file of the job; the exit status."""
    job = json.loads(job_path.read_text(encoding="utf-8"))
    output = Path(job["output"])
    results: list[dict[str, Any]] = []
    status = 0
    for number, entry in enumerate(job["files"]):
        (output / "at.txt").write_text(entry["path"], encoding="utf-8")
        task = Task(
            entry["kind"],
            Path(entry["path"]),
            tuple(entry["columns"]),
            entry["delimiter"],
            entry["encoding"],
            may_lack=tuple(entry.get("may_lack", ())),
            known=None if entry.get("known") is None else tuple(entry["known"]),
        )
        try:
            results.append(parse_file(task, output / f"{number:05d}"))
        except WrongFileError as error:
            results.append({"error": str(error)})
            status = WRONG_FILE
            break
    (output / "result.json").write_text(json.dumps(results), encoding="utf-8")
    return status


def parse_file(task: Task, output: Path) -> dict[str, Any]:
    """Write `<output>.arrow` (the rows), `.malformed.jsonl` and `.aside.jsonl`; the counts and columns found.

    Raises:
        WrongFileError: the file is not of its kind, cannot be unzipped, or lacks a column of the mapping.
    """
    found: tuple[str, ...] = ()
    rows = malformed = 0
    writer = None
    try:
        with (
            output.with_suffix(".malformed.jsonl").open("w", encoding="utf-8") as broken,
            output.with_suffix(".aside.jsonl").open("w", encoding="utf-8") as aside,
        ):
            for batch in read(task):
                if writer is None:
                    writer = pa.ipc.new_stream(str(output.with_suffix(".arrow")), batch.table.schema)
                writer.write_table(batch.table)
                for record in batch.malformed:
                    broken.write(_line(record))
                for row_no, values in batch.aside:
                    aside.write(json.dumps({"row_no": row_no, "values": values}, default=str) + "\n")
                rows += batch.table.num_rows
                malformed += len(batch.malformed)
                found = batch.columns_found
    except (EOFError, OSError, UnicodeError, zlib.error) as error:
        raise WrongFileError(f"cannot be read to its end ({type(error).__name__})") from error
    finally:
        if writer is not None:
            writer.close()
    digest = hashlib.file_digest(task.path.open("rb"), "sha256").hexdigest()
    return {"rows": rows, "malformed": malformed, "columns_found": sorted(found), "sha256": digest}


def _line(record: Malformed) -> str:
    return json.dumps({"row_no": record.row_no, "reason": record.reason, "raw": record.raw}) + "\n"


class _NoPandas:
    """Arrow imports pandas with its first array where it finds it: a third of a second, and nothing here needs it."""

    @staticmethod
    def find_spec(name: str, *_: Any) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


if __name__ == "__main__":
    sys.meta_path.insert(0, _NoPandas)
    sys.exit(main(Path(sys.argv[1])))
