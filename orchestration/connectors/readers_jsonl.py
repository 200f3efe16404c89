"""JSON Lines: one object a line, every scalar as the text it was written in (no float ever stands in between).

Belongs here: the grammar of JSON Lines and dotted paths into an object. Does not: what values mean (mapping.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from orchestration.connectors.base import FILE_ROW
from orchestration.connectors.readers import (
    BATCH_ROWS,
    LONGEST_RECORD,
    Batch,
    Malformed,
    Task,
    WrongFileError,
    as_encodable,
    check_columns,
    is_encodable,
    open_text,
)

_ABSENT = object()


def read_jsonl(task: Task) -> Iterator[Batch]:
    """The batches of a JSON Lines file. A key that a line lacks is NULL there; one that all lines lack is an error.

    Raises:
        WrongFileError: lines exist and a column of the mapping is in none of them.
    """
    found: set[str] = set()
    row_no = rows_seen = 0
    values: dict[str, list[str | None]] = {name: [] for name in task.columns}
    numbers: list[int] = []
    malformed: list[Malformed] = []
    aside: list[tuple[int, dict[str, Any]]] = []
    known = frozenset() if task.known is None else frozenset((*task.known, *task.columns))
    with open_text(task) as text:
        while line := text.readline(LONGEST_RECORD):
            if not line.strip():
                continue
            row_no += 1
            record, reason = _record(line, task.encoding)
            if record is None:
                malformed.append(Malformed(row_no, reason, as_encodable(line)))
            else:
                rows_seen += 1
                found.update(record)
                for name in task.columns:
                    value = _walk(record, name)
                    if value is not _ABSENT:
                        found.add(name)
                    values[name].append(None if value is _ABSENT else _text(value))
                numbers.append(row_no)
                if known and (
                    new := {name: record[name] for name in record.keys() - known if record[name] is not None}
                ):
                    aside.append((row_no, new))
            if len(numbers) + len(malformed) >= BATCH_ROWS:
                yield _batch(task, values, numbers, malformed, found, aside)
                values, numbers, malformed, aside = {name: [] for name in task.columns}, [], [], []
    if rows_seen:
        check_columns(task, tuple(found))
    elif row_no:
        raise WrongFileError("holds no JSON object in any of its lines: not JSON Lines")
    yield _batch(task, values, numbers, malformed, found, aside)


def _record(line: str, encoding: str) -> tuple[dict[str, Any] | None, str]:
    if not is_encodable(line):
        return None, f"file: not {encoding}"
    if len(line) >= LONGEST_RECORD:
        return None, "file: line too long"
    try:
        record = json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None, "file: not JSON"
    return (record, "") if isinstance(record, dict) else (None, "file: not a JSON object")


def _walk(record: dict[str, Any], name: str) -> Any:
    if name in record:
        return record[name]
    value: Any = record
    for part in name.split("."):
        if not isinstance(value, dict) or part not in value:
            return _ABSENT
        value = value[part]
    return value


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return _whole(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _whole(text: str) -> str:
    """Half a character that an escape left alone ("\\ud83d" of a cut emoji) becomes the replacement character."""
    if text.isascii() or is_encodable(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _batch(
    task: Task,
    values: dict[str, list[str | None]],
    numbers: list[int],
    malformed: list[Malformed],
    found: set[str],
    aside: list[tuple[int, dict[str, Any]]],
) -> Batch:
    columns = [pa.array(values[name], pa.string()) for name in task.columns]
    table = pa.table([pa.array(numbers, pa.int64()), *columns], names=[FILE_ROW, *task.columns])
    return Batch(table, tuple(malformed), tuple(sorted(found)), tuple(aside))
